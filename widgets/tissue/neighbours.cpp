// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/neighbours.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace geocyte::widgets::tissue {
namespace {

constexpr std::size_t kLeaf = 12;

class Tree {
 public:
  Tree(const Places& places, const std::vector<std::size_t>& rows) : order_(rows.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    at_.reserve(rows.size());
    for (const std::size_t row : rows) at_.push_back(places[row]);
    if (!rows.empty()) build(0, rows.size());
  }

  /// Nearest first into `found`; the asking position itself is left out.
  void ask(std::int32_t self, std::size_t k, std::vector<std::pair<double, std::int32_t>>& found) const {
    found.clear();
    if (!nodes_.empty()) look(0, self, k, found);
  }

 private:
  struct Node {
    std::size_t begin, end, left = 0, right = 0;     ///< left 0 = a leaf
    Place low, high;
  };

  std::size_t build(std::size_t begin, std::size_t end) {
    const std::size_t own = nodes_.size();
    Node node{begin, end, 0, 0, at_[static_cast<std::size_t>(order_[begin])], at_[static_cast<std::size_t>(order_[begin])]};
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t d = 0; d < 3; ++d) {
        const double x = at_[static_cast<std::size_t>(order_[i])][d];
        node.low[d] = std::min(node.low[d], x), node.high[d] = std::max(node.high[d], x);
      }
    nodes_.push_back(node);
    if (end - begin <= kLeaf) return own;
    std::size_t wide = 0;
    for (std::size_t d = 1; d < 3; ++d)
      if (node.high[d] - node.low[d] > node.high[wide] - node.low[wide]) wide = d;
    const std::size_t middle = begin + (end - begin) / 2;
    const auto from = order_.begin();
    std::nth_element(from + static_cast<std::ptrdiff_t>(begin), from + static_cast<std::ptrdiff_t>(middle), from + static_cast<std::ptrdiff_t>(end),
                     [&](std::int32_t a, std::int32_t b) { return at_[static_cast<std::size_t>(a)][wide] < at_[static_cast<std::size_t>(b)][wide]; });
    const std::size_t left = build(begin, middle), right = build(middle, end);
    nodes_[own].left = left, nodes_[own].right = right;
    return own;
  }

  double gap(const Node& node, const Place& x) const {
    double sum = 0;
    for (std::size_t d = 0; d < 3; ++d) {
      const double off = std::max({node.low[d] - x[d], 0.0, x[d] - node.high[d]});
      sum += off * off;
    }
    return sum;
  }

  void look(std::size_t at, std::int32_t self, std::size_t k, std::vector<std::pair<double, std::int32_t>>& found) const {
    const Node& node = nodes_[at];
    const Place& x = at_[static_cast<std::size_t>(self)];
    if (found.size() == k && gap(node, x) >= found.back().first) return;
    if (node.left == 0) {
      for (std::size_t i = node.begin; i < node.end; ++i) {
        const std::int32_t other = order_[i];
        if (other == self) continue;
        double sum = 0;
        for (std::size_t d = 0; d < 3; ++d) {
          const double off = at_[static_cast<std::size_t>(other)][d] - x[d];
          sum += off * off;
        }
        if (found.size() == k && sum >= found.back().first) continue;
        if (found.size() == k) found.pop_back();
        const std::pair<double, std::int32_t> entry{sum, other};
        found.insert(std::upper_bound(found.begin(), found.end(), entry), entry);
      }
      return;
    }
    const bool left_first = gap(nodes_[node.left], x) <= gap(nodes_[node.right], x);
    look(left_first ? node.left : node.right, self, k, found);
    look(left_first ? node.right : node.left, self, k, found);
  }

  std::vector<Place> at_;
  std::vector<std::int32_t> order_;
  std::vector<Node> nodes_;
};

}  // namespace

std::vector<std::int32_t> nearest(const Places& places, const std::vector<std::size_t>& rows, int k) {
  std::vector<std::int32_t> made(rows.size() * static_cast<std::size_t>(std::max(0, k)), -1);
  if (k <= 0) return made;
  const Tree tree(places, rows);
  std::vector<std::pair<double, std::int32_t>> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    tree.ask(static_cast<std::int32_t>(i), static_cast<std::size_t>(k), found);
    for (std::size_t j = 0; j < found.size(); ++j) made[i * static_cast<std::size_t>(k) + j] = found[j].second;
  }
  return made;
}

SharedNeighbours sharedNeighbours(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b, int k, const std::vector<std::uint8_t>& of) {
  SharedNeighbours made;
  if (k <= 0 || a.size() != b.size()) return made;
  const auto width = static_cast<std::size_t>(k);
  const std::size_t all = a.size() / width;
  made.k = k;
  for (std::size_t i = 0; i < all; ++i) {
    if (!of.empty() && (i >= of.size() || !of[i])) continue;
    int both = 0;
    for (std::size_t x = 0; x < width; ++x) {
      const std::int32_t one = a[i * width + x];
      if (one >= 0) both += static_cast<int>(std::count(b.begin() + static_cast<std::ptrdiff_t>(i * width), b.begin() + static_cast<std::ptrdiff_t>((i + 1) * width), one));
    }
    ++made.n;
    made.recall += static_cast<double>(both) / k;
    made.jaccard += static_cast<double>(both) / (2 * k - both);
  }
  if (made.n > 0) made.recall /= static_cast<double>(made.n), made.jaccard /= static_cast<double>(made.n);
  made.chance_recall = all > 1 ? std::min(1.0, k / static_cast<double>(all - 1)) : 0;
  made.chance_jaccard = made.chance_recall / (2 - made.chance_recall);
  return made;
}

}  // namespace geocyte::widgets::tissue
