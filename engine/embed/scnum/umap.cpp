// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <umappp/umappp.hpp>

#include "engine/embed/scnum/scnum.h"

struct scnum_umap {
  umappp::Status<int, float> status;
};

namespace {

thread_local std::string last_error;

/// Keeps exceptions inside the library: `failed` is what the caller sees.
template <class Result, class Work>
Result guarded(Result failed, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    last_error = "out of memory";
  } catch (const std::exception& error) {
    last_error = error.what();
  } catch (...) {
    last_error = "unknown failure";
  }
  return failed;
}

umappp::Options options_of(const scnum_umap_options& wanted) {
  umappp::Options options;
  options.num_epochs = wanted.epochs;
  options.min_dist = wanted.min_dist;
  options.spread = wanted.spread;
  options.learning_rate = wanted.learning_rate;
  options.initialize_seed = wanted.seed;
  options.optimize_seed = wanted.seed + 1;
  options.num_threads = 1;  // helper threads spin: one thread costs less beside a trainer
  options.parallel_optimization = false;
  switch (wanted.start) {
    case SCNUM_START_GIVEN:
      options.initialize_method = umappp::NONE;
      break;
    case SCNUM_START_RANDOM:
      options.initialize_method = umappp::RANDOM;
      break;
    case SCNUM_START_SPECTRAL:
      options.initialize_method = umappp::SPECTRAL;
      break;
  }
  return options;
}

}  // namespace

extern "C" const char* scnum_error() { return last_error.c_str(); }
extern "C" const char* scnum_eigen_version() { return EIGEN_VERSION_STRING; }

extern "C" scnum_umap* scnum_umap_new(const std::int32_t* index, const float* distance, std::int32_t rows, int k,
                                      const scnum_umap_options* options, float* layout) {
  return guarded<scnum_umap*>(nullptr, [&] {
    umappp::NeighborList<int, float> neighbours(rows);
    for (std::int32_t i = 0; i < rows; ++i) {
      neighbours[i].reserve(k);
      for (int j = 0; j < k; ++j) {
        const std::size_t at = std::size_t(i) * k + j;
        if (index[at] < 0) break;
        neighbours[i].emplace_back(index[at], distance[at]);
      }
    }
    return new scnum_umap{umappp::initialize(std::move(neighbours), std::size_t(2), layout, options_of(*options))};
  });
}

extern "C" int scnum_umap_run(scnum_umap* state, float* layout, int until_epoch) {
  return guarded(-1, [&] {
    const int until = std::min(until_epoch, state->status.num_epochs());
    if (until > state->status.epoch()) state->status.run(layout, until);
    return state->status.epoch();
  });
}

extern "C" int scnum_umap_epochs(const scnum_umap* state) { return state->status.num_epochs(); }

extern "C" void scnum_umap_free(scnum_umap* state) { delete state; }
