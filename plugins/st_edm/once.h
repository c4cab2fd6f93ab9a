// SPDX-License-Identifier: GPL-3.0-or-later
// Something that costs seconds and follows from the state of a system alone: found for whoever asks first, told to the others until the state moves.
// A checkpoint, the snapshot and the evaluation of one step ask for the same judgement and the same places.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "engine/core/stop_token.h"

namespace geocyte::plugins::st_edm {

template <class T, class Key = std::uint64_t>
class Once {
 public:
  /// What `make` gave for this key (the seed of its draws, a name) since forget(). Who asks at the same time from another thread waits. What was made while a
  /// stop was requested may be a part only: it is returned and not kept.
  T of(const Key& key, const StopToken& stop, const std::function<T()>& make) {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    T made = make();
    if (!stop.stop_requested()) known_.emplace(key, made);
    return made;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    known_.clear();
  }

 private:
  std::mutex mutex_;
  std::map<Key, T> known_;
};

}  // namespace geocyte::plugins::st_edm
