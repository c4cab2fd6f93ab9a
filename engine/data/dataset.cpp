// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/dataset.h"

#include <cmath>
#include <unordered_set>

#include "engine/core/check.h"
#include "engine/core/text.h"

namespace geocyte::data {
namespace {

using NameSet = std::unordered_set<std::string>;

const std::vector<std::string>& genes_of(const Source& source) {
  require(source.dataset != nullptr, "source " + source.name + " has a data set");
  return source.dataset->var.index;
}

NameSet unique_genes(const Source& source) {
  const auto& genes = genes_of(source);
  NameSet names(genes.begin(), genes.end());
  if (names.size() == genes.size()) return names;
  NameSet seen;
  for (const auto& gene : genes)
    if (!seen.insert(gene).second)
      throw Error(ErrorCode::bad_data,
                  "source " + source.name + " names " +
                      grouped(static_cast<std::int64_t>(genes.size() - names.size())) +
                      " of its genes more than once, for example " + quoted(gene),
                  "Make the gene names unique (var_names_make_unique in Python) or sum the duplicates.");
  return names;
}

std::size_t count_shared(const NameSet& a, const NameSet& b) {
  const NameSet &small = a.size() < b.size() ? a : b, &large = a.size() < b.size() ? b : a;
  std::size_t shared = 0;
  for (const auto& name : small) shared += large.contains(name);
  return shared;
}

[[noreturn]] void nothing_shared(const std::vector<Source>& sources, const std::vector<NameSet>& names) {
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (std::size_t j = i + 1; j < sources.size(); ++j)
      if (count_shared(names[i], names[j]) == 0)
        throw Error(ErrorCode::bad_data,
                    "sources " + sources[i].name + " and " + sources[j].name + " share no gene (" +
                        quoted(genes_of(sources[i]).front()) + " and " + quoted(genes_of(sources[j]).front()) +
                        " are the first of each)",
                    "Check that both use the same kind of gene names (symbols or Ensembl ids) and the same species.");
  throw Error(ErrorCode::bad_data,
              "no gene is in all of the " + std::to_string(sources.size()) + " sources, though any two share some",
              "Leave out the source that has the fewest genes.");
}

std::int64_t non_finite_in(const Source& source) {
  const Matrix& x = source.dataset->x;
  return source.rows.empty() ? count_non_finite(x) : count_non_finite(select_rows(x, source.rows));
}

}  // namespace

std::int64_t Source::size() const {
  if (!rows.empty()) return static_cast<std::int64_t>(rows.size());
  return dataset ? data::rows(dataset->x) : 0;
}

std::vector<std::string> shared_genes(const std::vector<Source>& sources) {
  if (sources.empty()) return {};
  std::vector<NameSet> names;
  for (const auto& source : sources) {
    names.push_back(unique_genes(source));
    if (names.back().empty())
      throw Error(ErrorCode::bad_data, "source " + source.name + " has no genes", "Check its file.");
  }
  std::vector<std::string> shared;
  for (const auto& gene : genes_of(sources.front())) {
    bool everywhere = true;
    for (std::size_t i = 1; i < names.size() && everywhere; ++i) everywhere = names[i].contains(gene);
    if (everywhere) shared.push_back(gene);
  }
  if (shared.empty()) nothing_shared(sources, names);
  return shared;
}

void check_unique_genes(const Source& source) { unique_genes(source); }

void check_source(const Source& source, std::int64_t min_cells) {
  if (genes_of(source).empty())
    throw Error(ErrorCode::bad_data, "source " + source.name + " has no genes", "Check its file.");
  require(cols(source.dataset->x) == static_cast<std::int64_t>(genes_of(source).size()),
          "the matrix of source " + source.name + " has one column a gene");
  if (source.size() < min_cells)
    throw Error(ErrorCode::bad_data,
                "source " + source.name + " has " + grouped(source.size()) +
                    (source.size() == 1 ? " cell" : " cells") + ", but at least " + grouped(min_cells) + " are needed",
                "Leave the source out or give it more cells.");
  if (const std::int64_t broken = non_finite_in(source); broken > 0)
    throw Error(ErrorCode::bad_data,
                "source " + source.name + " has " + grouped(broken) + " expression " +
                    (broken == 1 ? "value that is" : "values that are") + " not a finite number",
                "Replace NaN and infinite values in X before training.");
}

}  // namespace geocyte::data
