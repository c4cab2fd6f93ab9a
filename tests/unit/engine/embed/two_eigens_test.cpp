// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <Eigen/SVD>
#include <string>

#include "engine/embed/scnum/scnum.h"

namespace {

// The layout library brings an Eigen of its own; both live in one process and must not mix.
TEST(TwoEigens, EachSideUsesItsOwn) {
  const std::string ours = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION);
  EXPECT_EQ(ours, "3.4");
  EXPECT_EQ(std::string(scnum_eigen_version()).rfind("5.", 0), 0u) << scnum_eigen_version();
  const Eigen::MatrixXd matrix = Eigen::Vector3d(3, 2, 1).asDiagonal();
  EXPECT_TRUE(Eigen::JacobiSVD<Eigen::MatrixXd>(matrix).singularValues().isApprox(Eigen::Vector3d(3, 2, 1)));
}

}  // namespace
