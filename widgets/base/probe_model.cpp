// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/probe_model.h"

namespace geocyte::widgets {

void ProbeModel::ask(const QVariantMap& args) {
  if (state_ == State::pending) {
    next_ = args;
    return;
  }
  args_ = args;
  state_ = State::pending;
  problem_.clear();
  progress_.clear();
  clock_.start();
  emit changed();
  emit asked(args_);
}

void ProbeModel::answer(ArrayMap arrays) {
  if (state_ != State::pending) return;
  arrays_ = std::move(arrays);
  conclude(State::answered);
}

void ProbeModel::fail(const QString& sentence) {
  if (state_ != State::pending) return;
  problem_ = sentence;
  next_.reset();
  conclude(State::failed);
}

void ProbeModel::setProgress(const QString& words) {
  if (state_ != State::pending || progress_ == words) return;
  progress_ = words;
  emit changed();
}

void ProbeModel::reset() {
  if (state_ == State::idle) return;
  next_.reset();
  arrays_ = {};
  args_.clear();
  problem_.clear();
  state_ = State::idle;
  emit changed();
}

void ProbeModel::conclude(State state) {
  seconds_ = static_cast<double>(clock_.elapsed()) / 1000;
  state_ = state;
  progress_.clear();
  emit changed();
  if (!next_) return;
  const QVariantMap args = *next_;
  next_.reset();
  ask(args);
}

}  // namespace geocyte::widgets
