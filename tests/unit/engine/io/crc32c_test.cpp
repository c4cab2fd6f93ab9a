// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/crc32c.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::io {
namespace {

std::uint32_t of(const std::string& text) { return crc32c(std::as_bytes(std::span(text))); }

std::vector<std::byte> bytes(std::size_t n, auto&& value_at) {
  std::vector<std::byte> result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = static_cast<std::byte>(value_at(i));
  return result;
}

TEST(Crc32c, GivesTheVectorsOfRfc3720) {
  // RFC 3720, B.4.
  EXPECT_EQ(crc32c(bytes(32, [](auto) { return 0; })), 0x8a9136aaU);
  EXPECT_EQ(crc32c(bytes(32, [](auto) { return 0xff; })), 0x62a8ab43U);
  EXPECT_EQ(crc32c(bytes(32, [](auto i) { return i; })), 0x46dd794eU);
  EXPECT_EQ(crc32c(bytes(32, [](auto i) { return 31 - i; })), 0x113fdb5cU);
}

TEST(Crc32c, GivesTheCheckValueAndZeroForNothing) {
  EXPECT_EQ(of("123456789"), 0xe3069283U);
  EXPECT_EQ(of(""), 0u);
}

TEST(Crc32c, TheTableAndTheInstructionAgreeAtEveryLength) {
  Rng rng(1);
  const auto data = bytes(300, [&](auto) { return rng.below(256); });
  for (std::size_t length = 0; length <= data.size(); ++length)
    ASSERT_EQ(crc32c(std::span(data).first(length)), crc32c_by_table(std::span(data).first(length))) << length;
}

TEST(Crc32c, MaskRotatesByFifteenAndAddsTheConstant) {
  EXPECT_EQ(masked(0), 0xa282ead8U);
  EXPECT_EQ(masked(0x00008000U), 0xa282ead9U);
  EXPECT_EQ(masked(1), 0xa284ead8U);
}

}  // namespace
}  // namespace geocyte::io
