// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/evaluation.h"

#include <algorithm>
#include <map>

#include <ATen/Parallel.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "engine/analysis/alignment_checks.h"
#include "engine/analysis/gate_verdict.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/baselines/alignment_scores.h"
#include "engine/baselines/baseline.h"
#include "engine/core/text.h"
#include "engine/data/proportions.h"
#include "engine/embed/pca.h"
#include "engine/kernels/parallel.h"
#include "engine/stats/alignment_gates.h"
#include "plugins/gems/evaluation_verdict.h"

namespace geocyte::plugins::gems {
namespace {

using train::Measured;

constexpr int kComponents = 50;
constexpr std::int64_t kMostProbeDims = 512;   // a classifier on thousands of genes takes minutes and says no more

/// Row of a score in the table; those not here stand under align/ by their own name.
std::string path_of(const baselines::Score& score, const Cells& cells) {
  static const std::map<std::string, std::string> kPaths = {
      {"max_distance", "align/max_centroid_distance"}, {"median_distance", "align/median_centroid_distance"},
      {"cell_type_accuracy", "biology/cell_type_accuracy"}, {"region_accuracy", "biology/region_accuracy"},
      {"type_transfer", "biology/type_transfer"}, {"clisi", "biology/clisi"}, {"graph_connectivity", "biology/graph_connectivity"},
      {"isolated_labels", "biology/isolated_labels"}, {"spatial_overlap", "biology/spatial_overlap"},
      {"expression_overlap", "biology/expression_overlap"}};
  const auto at = kPaths.find(score.name);
  const std::string path = at == kPaths.end() ? "align/" + score.name : at->second;
  return score.source < 0 ? path : path + "/" + cells.sources[static_cast<std::size_t>(score.source)].name;
}

std::vector<std::int64_t> some_of(const std::vector<std::int64_t>& rows, const Cells& cells, std::uint64_t seed) {
  std::vector<std::int32_t> codes;
  for (const std::int64_t row : rows) codes.push_back(cells.source_of_cell[static_cast<std::size_t>(row)]);
  std::vector<std::int64_t> chosen;
  for (const std::int64_t position : analysis::stratified(codes, kMostCells, seed)) chosen.push_back(rows[static_cast<std::size_t>(position)]);
  return chosen;
}

baselines::FloatRows to_rows(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  return {{host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()}, host.size(0), host.size(1)};
}

/// The cells that are judged, with what is known of them, in one numbering.
class Judged {
 public:
  Judged(const Cells& cells, const SpotProportions& proportions, std::uint64_t seed) : cells_(cells) {
    const auto training = some_of(cells.split.train, cells, seed), held_out = some_of(cells.split.held_out, cells, seed);
    rows_ = training;
    rows_.insert(rows_.end(), held_out.begin(), held_out.end());
    for (std::size_t i = 0; i < rows_.size(); ++i) (i < training.size() ? train_ : held_out_).push_back(static_cast<std::int64_t>(i));
    for (const std::int64_t row : rows_) {
      const auto at = static_cast<std::size_t>(row);
      source_.push_back(cells.source_of_cell[at]);
      if (!cells.types.categories.empty()) type_.push_back(cells.types.codes[at]);
      if (!cells.places.empty()) xy_.insert(xy_.end(), {cells.places[2 * at], cells.places[2 * at + 1]});
    }
    const std::size_t types = proportions.types.size();
    for (const std::int64_t row : rows_) {
      const auto first = proportions.shares.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * types);
      proportions_.insert(proportions_.end(), first, first + static_cast<std::ptrdiff_t>(types));
    }
    type_column_ = data::types_of_labels(proportions.types, cells.types.categories);
    types_ = static_cast<int>(types);
    for (const SourceFacts& facts : cells.sources) domain_.push_back(facts.modality == kSingleCells ? 1 : 0);
    device_rows_ = at::tensor(rows_, at::kLong).to(cells.expression.device());
    const auto raw = to_rows(cells.expression.index_select(0, device_rows_));
    panel_ = baselines::cells_of(raw.points(), source_, static_cast<int>(cells.sources.size()));
  }

  const at::Tensor& rows() const { return device_rows_; }
  /// In words, where not all cells are judged: "; 3,000 of 6,808 training cells and all 1,702 held-out ones are judged".
  std::string bound() const {
    const std::size_t train = cells_.split.train.size(), held_out = cells_.split.held_out.size();
    if (train_.size() == train && held_out_.size() == held_out) return "";
    const auto part = [](std::size_t some, std::size_t all) {
      const std::string whole = grouped(static_cast<std::int64_t>(all));
      return some == all ? "all " + whole : grouped(static_cast<std::int64_t>(some)) + " of " + whole;
    };
    return "; " + part(train_.size(), train) + " training cells and " + part(held_out_.size(), held_out) + " held-out ones are judged";
  }
  const baselines::Cells& panel() const { return panel_; }
  /// What the tools are fitted on: training cells; a source that is held out whole is fitted by its own, as one that comes later.
  std::vector<std::int64_t> fitted() const {
    std::vector<std::uint8_t> seen(cells_.sources.size(), 0);
    for (const std::int64_t row : train_) seen[static_cast<std::size_t>(source_[static_cast<std::size_t>(row)])] = 1;
    std::vector<std::int64_t> rows = train_;
    for (const std::int64_t row : held_out_)
      if (!seen[static_cast<std::size_t>(source_[static_cast<std::size_t>(row)])]) rows.push_back(row);
    return rows;
  }
  /// Sources without training cells.
  std::vector<int> whole() const {
    std::vector<int> sources;
    for (int s = 0; s < panel_.sources; ++s)
      if (std::none_of(train_.begin(), train_.end(), [&](std::int64_t row) { return source_[static_cast<std::size_t>(row)] == s; })) sources.push_back(s);
    return sources;
  }
  baselines::ScoredCells scored(const kernels::Points& points, const kernels::Points& expression) const {
    baselines::ScoredCells scored;
    scored.points = points;
    scored.source = source_;
    scored.sources = panel_.sources;
    scored.domain = domain_;
    scored.train = train_;
    scored.held_out = held_out_;
    scored.cell_type = type_;
    scored.xy = xy_;
    scored.expression = expression;
    scored.proportions = proportions_;
    scored.types = types_;
    scored.type_column = type_column_;
    return scored;
  }
  /// 1 for the slides of the patient with the most spots; for all sources when there are no spots.
  std::vector<std::uint8_t> reference() const {
    std::map<std::int64_t, std::int64_t> spots;
    for (const SourceFacts& facts : cells_.sources)
      if (facts.modality == kSpots) spots[facts.patient] += facts.size;
    std::int64_t patient = -1, most = 0;
    for (const auto& [who, count] : spots)
      if (count > most) patient = who, most = count;
    std::vector<std::uint8_t> reference;
    for (const SourceFacts& facts : cells_.sources) reference.push_back(spots.empty() || (facts.modality == kSpots && facts.patient == patient) ? 1 : 0);
    return reference;
  }

 private:
  const Cells& cells_;
  std::vector<std::int64_t> rows_, train_, held_out_;
  std::vector<std::int32_t> source_, type_, type_column_;
  std::vector<std::uint8_t> domain_;
  std::vector<float> xy_, proportions_;
  int types_ = 0;
  at::Tensor device_rows_;
  baselines::Cells panel_;
};

struct Method {
  std::string name, split;
  baselines::FloatRows points;
  baselines::AlignmentScores scores;
  stats::AlignmentGates gates;
  baselines::AlignmentGuards guards;
};

/// The gates as rows: the share of pairs that pass, and the worst pair; the share of guards that hold.
void add_gates(const Method& method, std::vector<Measured>& rows) {
  const auto guards = static_cast<std::int64_t>(method.guards.judged.size());
  if (guards > 0) rows.push_back({"guards/held", method.name, static_cast<double>(method.guards.held()) / static_cast<double>(guards), {}, {}, {}, guards, method.split});
  const stats::PairGate* worst = method.gates.worst();
  if (worst == nullptr) return;
  const auto pairs = static_cast<std::int64_t>(method.gates.pairs.size());
  const std::int64_t n = worst->n_a + worst->n_b;
  const double share = static_cast<double>(method.gates.passed()) / static_cast<double>(pairs);
  rows.push_back({"gates/pairs_passed", method.name, share, {}, {}, {}, pairs, method.split});
  rows.push_back({"gates/worst_bound", method.name, worst->bound, {}, {}, worst->allowed, n, method.split});
  if (worst->classified) rows.push_back({"gates/worst_auc", method.name, worst->auc.value, worst->auc.low, worst->auc.high, 0.5, n, method.split});
}

}  // namespace

train::Evaluation evaluate_alignment(const Cells& cells, const SpotProportions& proportions, const Embedding& model, const train::EvaluationRequest& request,
                                     const StopToken& stop) {
  train::Evaluation evaluation;
  if (cells.split.held_out.size() < 2) return evaluation;
  const Judged judged(cells, proportions, request.seed);
  const int threads = at::get_num_threads();
  const std::string split = "held out: " + cells.split.method + judged.bound();
  std::vector<Method> methods;
  methods.push_back({"model", split, to_rows(model(judged.rows())), {}, {}, {}});
  baselines::BaselineOptions how;
  how.components = kComponents;
  how.harmony.stop = stop;
  baselines::BaselineRun run(baselines::all_baselines(how), judged.panel(), judged.fitted(), judged.reference());
  run.make_all(threads);
  for (const baselines::Baseline& one : run.list())
    if (!run.failures().contains(one.name))
      methods.push_back({one.name, split + (one.transductive ? "; sees held-out cells" : ""), baselines::to_float(run.embedding(one.name)), {}, {}, {}});
  const auto pca = std::find_if(methods.begin(), methods.end(), [](const Method& one) { return one.name == "pca"; });
  const kernels::Points expression = pca == methods.end() ? kernels::Points{} : pca->points.points();

  baselines::ScoreOptions options;
  options.bootstrap = request.bootstrap;
  options.seed = request.seed;
  options.stop = stop;
  options.max_probe_dims = kMostProbeDims;
  kernels::parallel_blocks(threads, static_cast<std::int64_t>(methods.size()), [&](std::int64_t i) {
    Method& one = methods[static_cast<std::size_t>(i)];
    const baselines::ScoredCells scored = judged.scored(one.points.points(), expression);
    one.scores = baselines::alignment_scores(scored, options);
    if (one.points.dims > kMostProbeDims) return;   // gates need a classifier
    stats::GateOptions gate;
    gate.seed = request.seed;
    gate.stop = stop;
    gate.classify_all = i == 0;                     // what fails by distance has failed
    one.gates = stats::alignment_gates({scored.points, scored.source, scored.sources, scored.train, scored.held_out}, gate);
  });
  const auto scores_of = [&](const char* name) {
    const auto found = std::find_if(methods.begin(), methods.end(), [&](const Method& one) { return one.name == name; });
    return found == methods.end() ? nullptr : &found->scores;
  };
  for (Method& one : methods) one.guards = baselines::alignment_guards(one.scores, scores_of("pca"), scores_of("raw"), judged.whole());
  std::vector<std::string> names;
  for (const SourceFacts& facts : cells.sources) names.push_back(facts.name);
  evaluation.checks = analysis::alignment_checks(methods.front().gates, methods.front().scores, methods.front().guards, names, scores_of("pca"));
  for (const Method& one : methods) {
    for (const baselines::Score& score : one.scores.scores)
      evaluation.rows.push_back({path_of(score, cells), one.name, score.value, score.low, score.high, score.chance, score.n, one.split});
    add_gates(one, evaluation.rows);
  }
  evaluation.verdicts = {analysis::gate_verdict(methods.front().gates, names)};
  for (store::Verdict& verdict : alignment_verdicts(evaluation.rows, evaluation.checks)) evaluation.verdicts.push_back(std::move(verdict));
  for (const auto& [name, sentence] : run.failures())
    for (store::Verdict& verdict : evaluation.verdicts) verdict.evidence += " " + name + " is missing: " + sentence + ".";
  return evaluation;
}

}  // namespace geocyte::plugins::gems
