// SPDX-License-Identifier: GPL-3.0-or-later
// What a run has learned, used on cells that it has never seen, where more is needed than an encoder (engine/nn/registry.h): a system makes one
// from its artifact. It opens no file: counts come some rows at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"

namespace geocyte::train {

struct Artifact;

struct NewCells {
  const data::Dataset* tables = nullptr;   ///< obs, var, obsm and uns; no counts
  std::function<data::Matrix(std::int64_t begin, std::int64_t end)> counts;
  std::vector<std::string> sources;        ///< names; each source is a set of its own
  std::vector<std::int32_t> source_of_cell;
  std::int64_t count() const { return static_cast<std::int64_t>(source_of_cell.size()); }
};

struct ApplyOptions {
  bool missing_as_zero = false;            ///< genes of the panel that the cells lack
  std::uint64_t seed = 0;
  int threads = 1;
  std::int64_t at_once = 0;                ///< cells that are worked on together, where a system works in parts; 0 = as it sees fit
  StopToken stop = {};
  std::function<void(double fraction, std::string_view what)> progress = [](double, std::string_view) {};
};

struct Applied {
  data::DenseMatrix values;                ///< a row a cell
  std::vector<data::Column> columns;       ///< numbers a cell, for obs
  std::map<std::string, std::string> facts;   ///< for uns: units, how it was made
  std::vector<std::string> notes;          ///< sentences a user should read
};

class Applier {
 public:
  virtual ~Applier() = default;
  virtual const std::vector<std::string>& panel() const = 0;
  /// An obsm key that every cell must have; "" = none.
  virtual std::string needs_obsm() const { return {}; }
  /// Which encoder must have made it: the hashes of its weights and of its recipe. Empty = not said.
  virtual std::vector<std::string> needs_encoder() const { return {}; }
  /// What applying to so many cells takes at its peak, without the file itself.
  virtual double memory_bytes(std::int64_t cells, std::int64_t at_once) const = 0;
  /// Throws Error{bad_data} in one sentence, Error{interrupted} when stopped.
  virtual Applied apply(const NewCells& cells, const ApplyOptions& options) const = 0;
};

/// What a system is besides (by dynamic_cast) whose artifacts can be applied so.
class AppliesArtifacts {
 public:
  virtual ~AppliesArtifacts() = default;
  /// Needs no begin(). Null for an artifact that is good for nothing but what engine/nn/registry.h can do with it.
  virtual std::unique_ptr<Applier> applier(const Artifact& artifact) const = 0;
};

}  // namespace geocyte::train
