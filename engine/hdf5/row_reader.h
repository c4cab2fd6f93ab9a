// SPDX-License-Identifier: GPL-3.0-or-later
// The expression of an AnnData file, some rows at a time, so that a file may be larger than memory. Dense and CSR matrices
// are read row by row; a CSC matrix (by genes) can only be read whole, and is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/data/dataset.h"

namespace geocyte::hdf5 {

class RowReader {
 public:
  /// `place`: "X", "raw" (raw/X with its own genes) or the name of a layer. Throws what read_h5ad() throws.
  RowReader(const std::string& path, const std::string& place);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  std::int64_t rows() const;
  std::int64_t cols() const;
  /// obs, var and uns without any matrix; var is that of `place`.
  const data::Dataset& tables() const;
  /// Rows [begin, end). Throws Error{bad_data} for damage.
  data::Matrix read(std::int64_t begin, std::int64_t end) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace geocyte::hdf5
