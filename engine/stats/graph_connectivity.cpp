// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/graph_connectivity.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

/// Sizes of the strongly connected components of the graph whose edges stay within a type.
class Components {
 public:
  Components(const kernels::KnnGraph& graph, std::span<const std::int32_t> type, int types)
      : graph_(graph), type_(type), order_(type.size(), -1), low_(type.size(), 0), open_(type.size(), 0),
        largest_(static_cast<std::size_t>(types), 0) {
    for (std::size_t i = 0; i < type.size(); ++i)
      if (type[i] >= 0 && order_[i] < 0) visit(static_cast<std::int32_t>(i));
  }
  const std::vector<std::int64_t>& largest() const { return largest_; }

 private:
  struct Frame {
    std::int32_t node;
    int edge = 0;
  };

  void enter(std::int32_t node) {
    order_[static_cast<std::size_t>(node)] = low_[static_cast<std::size_t>(node)] = next_++;
    open_[static_cast<std::size_t>(node)] = 1;
    stack_.push_back(node);
    frames_.push_back({node});
  }
  void visit(std::int32_t root) {
    enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const auto node = static_cast<std::size_t>(frame.node);
      if (frame.edge < graph_.k) {
        const std::int32_t other = graph_.index[node * static_cast<std::size_t>(graph_.k) + static_cast<std::size_t>(frame.edge++)];
        if (other < 0 || type_[static_cast<std::size_t>(other)] != type_[node]) continue;
        const auto to = static_cast<std::size_t>(other);
        if (order_[to] < 0) enter(other);   // `frame` is no longer valid
        else if (open_[to]) low_[node] = std::min(low_[node], order_[to]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        const auto parent = static_cast<std::size_t>(frames_.back().node);
        low_[parent] = std::min(low_[parent], low_[node]);
      }
      if (low_[node] == order_[node]) close(node);
    }
  }
  void close(std::size_t root) {
    std::int64_t size = 0;
    for (std::size_t member = root + 1; member != root; ++size) {
      member = static_cast<std::size_t>(stack_.back());
      stack_.pop_back();
      open_[member] = 0;
    }
    auto& largest = largest_[static_cast<std::size_t>(type_[root])];
    largest = std::max(largest, size);
  }

  const kernels::KnnGraph& graph_;
  std::span<const std::int32_t> type_;
  std::vector<std::int32_t> order_, low_;
  std::vector<std::uint8_t> open_;
  std::vector<std::int64_t> largest_;     // of each type
  std::vector<std::int32_t> stack_;
  std::vector<Frame> frames_;
  std::int32_t next_ = 0;
};

}  // namespace

double graph_connectivity(const kernels::KnnGraph& graph, std::span<const std::int32_t> type, int types) {
  require(static_cast<std::int64_t>(type.size()) == graph.rows, "one type a row of the graph");
  std::vector<std::int64_t> count(static_cast<std::size_t>(types), 0);
  for (const std::int32_t code : type) {
    require(code >= -1 && code < types, "a type is in range");
    if (code >= 0) ++count[static_cast<std::size_t>(code)];
  }
  const Components components(graph, type, types);
  double sum = 0;
  int present = 0;
  for (std::size_t t = 0; t < count.size(); ++t) {
    if (count[t] == 0) continue;
    sum += static_cast<double>(components.largest()[t]) / static_cast<double>(count[t]);
    ++present;
  }
  return present > 0 ? sum / present : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace geocyte::stats
