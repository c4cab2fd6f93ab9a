// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/sha256.h"

#include <fstream>

#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace geocyte::store {
namespace {

TEST(Sha256, GivesTheReferenceValuesOfTheStandard) {  // FIPS 180-2, appendix B, and the empty message
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheMessageIsCut) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (std::size_t length : {0u, 1u, 55u, 56u, 63u, 64u, 65u, 119u, 128u, 300u})
    for (std::size_t piece : {1u, 3u, 63u, 64u, 65u}) {
      Sha256 hash;
      for (std::size_t at = 0; at < length; at += piece) hash.update(text.data() + at, std::min(piece, length - at));
      EXPECT_EQ(hash.hex(), sha256_of(std::string_view(text).substr(0, length))) << length << " in pieces of " << piece;
    }
}

TEST(Sha256, OfAFileIsThatOfItsContent) {
  const std::string path = testing::TempDir() + "/hashed.bin";
  const std::string content(700'000, '\x5a');
  std::ofstream(path, std::ios::binary) << content;
  EXPECT_EQ(sha256_of_file(path), sha256_of(content));
  EXPECT_THROW(sha256_of_file(path + ".absent"), Error);
}

}  // namespace
}  // namespace geocyte::store
