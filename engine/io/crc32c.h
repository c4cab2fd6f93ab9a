// SPDX-License-Identifier: GPL-3.0-or-later
// CRC-32C (Castagnoli), the checksum of TensorBoard's record framing.
// Polynomial 0x1EDC6F41, reflected 0x82F63B78, initial value and final inversion all ones.
// Reference: RFC 3720, B.4 (test vectors); check value of "123456789" is 0xE3069283.
// Cost: eight bytes an instruction where the CPU has SSE4.2, otherwise one byte a look-up in a table; same numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace geocyte::io {

std::uint32_t crc32c(std::span<const std::byte> bytes);
/// The plain form, for machines without the instruction.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes);

/// TFRecord stores a rotated checksum plus a constant, so that a checksum of data that hold checksums stays strong:
/// masked = ((c >> 15) | (c << 17)) + 0xa282ead8.
constexpr std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }
inline std::uint32_t masked_crc(std::string_view bytes) { return masked(crc32c(std::as_bytes(std::span(bytes)))); }

}  // namespace geocyte::io
