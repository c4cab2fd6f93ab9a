// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/named_array.h"

#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace geocyte {
namespace {

const std::vector<float> kSix{1, 2, 3, 4, 5, 6};

NamedArray two_by_three() { return make_array<float>("embedding", kSix, {2, 3}, {"cell", "latent"}, "points"); }

TEST(NamedArray, HoldsWhatItWasGiven) {
  const NamedArray array = two_by_three();
  EXPECT_EQ(array.dtype, DType::f32);
  EXPECT_EQ(array.size(), 6);
  EXPECT_EQ(array.as<float>()[5], 6);
  EXPECT_EQ(array.to_double(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(NamedArray, CopiesShareTheirBytes) {
  const NamedArray array = two_by_three(), copy = array;
  EXPECT_EQ(array.bytes.get(), copy.bytes.get());
}

TEST(NamedArray, RefusesTheWrongElementType) { EXPECT_THROW(two_by_three().as<double>(), Error); }

TEST(NamedArray, RefusesAShapeThatDoesNotFitItsValues) {
  EXPECT_THROW(make_array<float>("a", kSix, {2, 2}, {"cell", "xy"}), Error);
  EXPECT_THROW(make_array<float>("a", kSix, {-2, -3}, {"cell", "xy"}), Error);
  EXPECT_THROW(make_array<float>("a", kSix, {6}, {}), Error);
}

TEST(NamedArray, NeverReadsBeyondItsBuffer) {
  NamedArray array = two_by_three();
  array.shape = {1000, 1000};
  EXPECT_THROW(array.as<float>(), Error);
  array.bytes.reset();
  EXPECT_THROW(array.as<float>(), Error);
}

TEST(NamedArray, MayBeEmptyOrAScalar) {
  EXPECT_TRUE(make_array<double>("none", {}, {0, 3}, {"cell", "gene"}).as<double>().empty());
  const std::vector<std::int64_t> one{42};
  EXPECT_EQ(make_array<std::int64_t>("one", one, {}, {}).as<std::int64_t>()[0], 42);
}

TEST(DType, NamesAndSizesBelongTogether) {
  EXPECT_STREQ(name_of(DType::f32), "f32");
  EXPECT_EQ(size_of(DType::f32), 4u);
  EXPECT_EQ(size_of(DType::i64), 8u);
  EXPECT_EQ(size_of(DType::u8), 1u);
}

}  // namespace
}  // namespace geocyte
