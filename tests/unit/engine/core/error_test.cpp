// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/error.h"

#include <gtest/gtest.h>

#include "engine/core/check.h"

namespace geocyte {
namespace {

TEST(Error, IsOneSentenceWithContextAndHint) {
  Error error(ErrorCode::bad_data, "the matrix is empty", "Choose another file.");
  EXPECT_STREQ(error.what(), "the matrix is empty. Choose another file.");
  error.add_context("reading X").add_context("opening breast.h5ad");
  EXPECT_STREQ(error.what(), "the matrix is empty (while reading X, opening breast.h5ad). Choose another file.");
  EXPECT_EQ(error.exit_code(), 3);
}

TEST(Error, DoesNotDoubleAFullStopBeforeTheHint) {
  EXPECT_STREQ(Error(ErrorCode::usage, "What?", "Try again.").what(), "What? Try again.");
}

TEST(Error, WithContextKeepsTheInnermostPlaceFirst) {
  try {
    with_context("outer", [] { return with_context("inner", []() -> int { throw Error(ErrorCode::storage, "full"); }); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.context(), (std::vector<std::string>{"inner", "outer"}));
    EXPECT_EQ(error.code(), ErrorCode::storage);
  }
}

TEST(Error, WithContextHandsTheResultThrough) { EXPECT_EQ(with_context("sum", [] { return 2 + 3; }), 5); }

TEST(Error, CodesHaveTheDocumentedNamesAndExitCodes) {
  EXPECT_STREQ(name_of(ErrorCode::bad_config), "bad_config");
  EXPECT_STREQ(name_of(ErrorCode::interrupted), "interrupted");
  EXPECT_EQ(static_cast<int>(ErrorCode::interrupted), 130);
}

TEST(Check, ShapesAreWrittenForAPerson) {
  EXPECT_EQ(shape_text(std::vector<std::int64_t>{8510, 128}), "8510 x 128");
  EXPECT_EQ(shape_text(std::vector<std::int64_t>{-1, 2}), "any x 2");
  EXPECT_EQ(shape_text({}), "scalar");
}

TEST(Check, AShapeMustMatchExceptWhereAnyExtentIsAllowed) {
  const std::vector<std::int64_t> given{5, 2};
  EXPECT_NO_THROW(require_shape("points", given, std::vector<std::int64_t>{-1, 2}));
  try {
    require_shape("points", given, std::vector<std::int64_t>{-1, 3});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a promise was broken: points must have the shape any x 3, but has 5 x 2");
  }
  EXPECT_THROW(require_shape("points", given, std::vector<std::int64_t>{5}), Error);
}

}  // namespace
}  // namespace geocyte
