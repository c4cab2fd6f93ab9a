// SPDX-License-Identifier: GPL-3.0-or-later
// The few parts of the protobuf wire format that event files need. The library itself is left out: its symbols clash
// with the copy inside LibTorch. Reference: protobuf.dev, "Encoding".
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace geocyte::io::protobuf {

enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
  out += static_cast<char>(value);
}

inline void put_key(std::string& out, std::uint32_t field, Wire wire) {
  put_varint(out, (std::uint64_t{field} << 3) | static_cast<std::uint64_t>(wire));
}

template <class Number>
void put_raw(std::string& out, Number value) {  // little endian, as every machine that Geocyte runs on
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void put_bytes(std::string& out, std::uint32_t field, std::string_view bytes) {
  put_key(out, field, Wire::bytes);
  put_varint(out, bytes.size());
  out += bytes;
}

/// One field of a message: its number, its wire type and the value in the member that belongs to the type.
struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t word = 0;   ///< varint, fixed64 and fixed32 as their bits
  std::string_view bytes;   ///< of a length-delimited field

  double as_double() const {
    double value;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }
  float as_float() const {
    const auto bits = static_cast<std::uint32_t>(word);
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
};

/// Walks the fields of a message. Never reads beyond it; stops with ok() == false at anything malformed.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  bool next(Field& field) {
    if (!ok_ || rest_.empty()) return false;
    std::uint64_t key = 0;
    if (!take_varint(key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF) return fail();
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.wire = static_cast<Wire>(key & 7);
    field.word = 0;
    field.bytes = {};
    switch (field.wire) {
      case Wire::varint: return take_varint(field.word) || fail();
      case Wire::fixed64: return take_raw(field.word, 8) || fail();
      case Wire::fixed32: return take_raw(field.word, 4) || fail();
      case Wire::bytes: {
        std::uint64_t length = 0;
        if (!take_varint(length) || length > rest_.size()) return fail();
        field.bytes = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return true;
      }
    }
    return fail();  // groups (3, 4) went out of use before event files came
  }
  bool ok() const { return ok_; }

  /// A varint at the front of a packed field.
  bool take_varint(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

 private:
  bool take_raw(std::uint64_t& word, std::size_t size) {
    if (rest_.size() < size) return false;
    std::memcpy(&word, rest_.data(), size);
    rest_.remove_prefix(size);
    return true;
  }
  bool fail() { return ok_ = false; }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace geocyte::io::protobuf
