// SPDX-License-Identifier: GPL-3.0-or-later
// What each part that can be added to the objective costs a step, beside the rest: forward and backward to the embedding and to the
// part's own networks, in float32. Prints one line a part: least, median and 90 % quantile of the milliseconds, and the milliseconds of
// processor time of all threads together, which other work on the machine does not change.
//   bench_cures [--self] [repeats] [threads]
// Six sources (four slides, two of single cells), a stratified batch of 256, 128 dimensions, 2,000 genes.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "engine/losses/adversary.h"
#include "engine/losses/class_discrepancy.h"
#include "engine/losses/count_likelihood.h"
#include "engine/losses/expression_plan.h"
#include "engine/losses/feature_matching.h"
#include "engine/losses/partner_contrast.h"
#include "engine/losses/pseudo_labels.h"
#include "engine/losses/round_trip.h"
#include "engine/losses/score_reconstruction.h"
#include "engine/losses/source_adversary.h"
#include "engine/losses/spatial_contrast.h"
#include "engine/losses/spherical_kmeans.h"
#include "engine/losses/wasserstein.h"
#include "engine/nn/adversary_heads.h"
#include "engine/nn/critic.h"
#include "engine/nn/domain_norm.h"
#include "engine/nn/generator.h"
#include "engine/nn/source_decoder.h"
#include "engine/nn/translator.h"

namespace {

using namespace geocyte;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kCells = 256, kLatent = 128, kGenes = 2000, kScores = 50, kSources = 6, kSlides = 4, kTypes = 12;

std::vector<std::int64_t> labels(const std::function<std::int64_t(std::int64_t)>& of_cell) {
  std::vector<std::int64_t> made;
  for (std::int64_t cell = 0; cell < kCells; ++cell) made.push_back(of_cell(cell));
  return made;
}

struct Bench {
  int repeats;
  at::Generator generator = nn::make_generator(7);
  at::Tensor z = normal({kCells, kLatent}).requires_grad_(true);
  losses::Groups source{labels([](auto c) { return c % kSources; }), kSources};
  losses::Groups modality{labels([](auto c) { return c % kSources < kSlides ? 0 : 1; }), 2};
  losses::Groups slide{labels([](auto c) { return c % kSources < kSlides ? c % kSources : -1; }), kSlides};
  losses::Groups cells{labels([](auto c) { return c % kSources < kSlides ? -1 : 0; }), 1};
  losses::Groups type{labels([](auto c) { return c / kSources % kTypes; }), kTypes};
  losses::Groups half_typed{labels([](auto c) { return c % kSources < kSlides ? -1 : c / kSources % kTypes; }), kTypes};

  at::Tensor normal(at::IntArrayRef shape) { return at::empty(shape).normal_(0, 1, generator); }

  /// `loss` forward and backward to z and to `parameters`.
  void time(const char* name, const std::vector<at::Tensor>& parameters, const std::function<losses::Term()>& loss) {
    std::vector<at::Tensor> inputs{z};
    inputs.insert(inputs.end(), parameters.begin(), parameters.end());
    std::vector<double> ms;
    double value = 0;
    std::clock_t cpu = 0;
    for (int i = 0; i < repeats + 3; ++i) {
      if (i == 3) cpu = std::clock();
      const auto start = Clock::now();
      const auto term = loss();
      if (!term) {
        fmt::print("{:<28} absent: {}\n", name, term.why_absent);
        return;
      }
      if (term.value->requires_grad()) torch::autograd::grad({*term.value}, inputs, {}, std::nullopt, false, /*allow_unused=*/true);
      if (i >= 3) ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
      value = term.value->item<double>();
    }
    const double processor = 1000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / repeats;
    std::sort(ms.begin(), ms.end());
    fmt::print("{:<28} {:8.2f} {:8.2f} {:8.2f} {:8.2f}   value {:.4f}\n", name, ms[0], ms[ms.size() / 2], ms[ms.size() * 9 / 10], processor, value);
    std::fflush(stdout);
  }
};

void reconstructions(Bench& b) {
  const auto counts = at::empty({kCells, kGenes}).exponential_(1, b.generator).mul_(0.5).floor_();   // one entry in seven is above 0
  const auto scores = b.normal({kCells, kScores});
  for (const std::int64_t width : {256, 512}) {
    nn::CountDecoder decoder(nn::SourceDecoderOptions{.latent = kLatent, .sources = kSources, .hidden = {width}, .out = kGenes}, nn::Dispersion::gene, b.generator);
    for (const auto model : {losses::CountModel::negative_binomial, losses::CountModel::poisson})
      b.time(fmt::format("counts {} {}", model == losses::CountModel::poisson ? "poisson" : "nb", width).c_str(), decoder->parameters(), [&] {
        return losses::count_likelihood(decoder->forward(b.z, b.source.label_tensor()), counts, decoder->log_dispersion(), b.source, {.model = model});
      });
  }
  nn::SourceDecoder decoder(nn::SourceDecoderOptions{.latent = kLatent, .sources = kSources, .out = kScores, .source_offset = false}, b.generator);
  b.time("within-source scores", decoder->parameters(), [&] { return losses::score_reconstruction(decoder->forward(b.z, b.source.label_tensor()), scores, b.source); });
}

void adversaries(Bench& b) {
  nn::AdversaryHeads heads(nn::AdversaryHeadsOptions{.latent = kLatent, .levels = {{"modality", 2}, {"source", kSources}}}, b.generator);
  const auto both = [&](bool confusion) {
    const auto logits = heads->forward(confusion ? b.z : losses::reverse_gradient(b.z, 1));
    const auto one = [&](const at::Tensor& l, const losses::Groups& g) { return confusion ? losses::source_confusion(l, g) : losses::source_cross_entropy(l, g); };
    return losses::mean_of(std::vector{one(logits[0], b.modality), one(logits[1], b.source)});
  };
  b.time("adversary, 2 heads, reversal", heads->parameters(), [&] { return both(false); });
  b.time("adversary, 2 heads, confuse", {}, [&] { return both(true); });
  nn::Critic critic(nn::CriticOptions{.latent = kLatent, .outputs = kSources}, b.generator);
  const losses::CriticFunction scores = [&](const at::Tensor& x) { return critic->scores(x); };
  b.time("critic, encoder's side", {}, [&] { return losses::wasserstein_gap(scores(b.z), b.source); });
  b.time("critic, one update, 3 scales", critic->parameters(), [&] { return losses::critic_loss(scores, b.z, b.source, {}, b.generator).loss; });
  nn::Critic plain(nn::CriticOptions{.latent = kLatent, .scales = {kLatent}, .outputs = 1}, b.generator);
  b.time("critic, one update, 1 scale", plain->parameters(),
         [&] { return losses::critic_loss([&](const at::Tensor& x) { return plain->scores(x); }, b.z, b.modality, {}, b.generator).loss; });
  b.time("feature matching", {}, [&] { return losses::feature_matching(critic->forward(b.z).features, b.source); });
}

void contrasts(Bench& b) {
  const auto xy = at::empty({kCells, 2}).uniform_(0, 10, b.generator), radius = at::ones({kCells}) * 1.5;
  b.time("spatial contrast", {}, [&] { return losses::spatial_contrast(b.z, xy, radius, b.slide); });
  const auto x = b.normal({kCells, kScores}), genes = b.normal({kCells, kGenes});
  const auto partners = losses::mutual_neighbours(x, b.source, {.k = 5, .lowest = -1});
  b.time("mnn contrast, 50 scores", {}, [&] { return losses::mnn_contrast(b.z, losses::mutual_neighbours(x, b.source, {.k = 5, .lowest = -1}), b.source); });
  b.time("mnn contrast, 2000 genes", {}, [&] { return losses::mnn_contrast(b.z, losses::mutual_neighbours(genes, b.source, {.k = 5, .lowest = -1}), b.source); });
  b.time("expression contrast", {}, [&] { return losses::expression_contrast(b.z, losses::partner_plan(partners), b.source); });
  b.time("expression contrast, plan", {}, [&] { return losses::expression_contrast(b.z, losses::expression_plan(x, b.source), b.source); });
  const auto many = b.normal({8000, kScores});
  std::vector<std::int64_t> of_many;
  for (std::int64_t cell = 0; cell < 8000; ++cell) of_many.push_back(cell % kSources);
  const losses::Groups all(of_many, kSources);
  const auto start = Clock::now();
  const auto table = losses::PartnerTable::find(many, all, {.k = 15, .lowest = -1});
  fmt::print("{:<28} {:8.2f} ms once, 8000 cells, {} pairs\n", "partner table", std::chrono::duration<double, std::milli>(Clock::now() - start).count(), table.pairs());
  const auto rows = at::arange(kCells, at::kLong);
  b.time("mnn contrast, table", {}, [&] { return losses::mnn_contrast(b.z, table.among(rows, many.slice(0, 0, kCells), b.source), b.source); });
}

void types_and_cycles(Bench& b) {
  b.time("class discrepancy", {}, [&] { return losses::class_discrepancy(b.z, b.source, b.type); });
  auto prototypes = losses::TypePrototypes::of(kTypes, kLatent, b.z.options().requires_grad(false));
  b.time("pseudo-labels", {}, [&] {
    prototypes.follow(b.z, b.half_typed, b.source);
    const losses::PseudoLabelOptions options{.confidence = 0, .margin = 0, .share = 1};
    return losses::pseudo_label_loss(b.z, losses::select_pseudo_labels(b.z, b.half_typed, prototypes, options), prototypes, options);
  });
  const auto xy = at::empty({kCells, 2}).uniform_(0, 10, b.generator);
  b.time("round trip", {}, [&] { return losses::round_trip(b.z, xy, b.slide, b.cells); });
  nn::Translator translator(nn::TranslatorOptions{.latent = kLatent}, b.generator);
  b.time("translator cycle", translator->parameters(),
         [&] { return losses::translation_cycle(translator->round_trip(b.z, b.modality.label_tensor()), b.z, b.modality); });
  for (const std::int64_t width : {kLatent, kGenes}) {
    nn::DomainNorm norm(nn::DomainNormOptions{.width = width, .sources = kSources});
    const auto x = width == kLatent ? b.z : b.normal({kCells, width}).requires_grad_(true);
    b.time(fmt::format("domain norm, width {}", width).c_str(), norm->parameters(), [&] {
      nn::DomainNormImpl::Measured measured;
      const auto y = norm->forward(x, b.source.label_tensor(), measured);
      norm->absorb(measured);
      return losses::Term::of(y.pow(2).mean());
    });
  }
  const auto many = b.normal({8000, kScores});
  const auto start = Clock::now();
  const auto found = losses::spherical_kmeans(many, kTypes, b.generator);
  fmt::print("{:<28} {:8.2f} ms once, 8000 x 50, {} types, {} passes\n", "spherical k-means", std::chrono::duration<double, std::milli>(Clock::now() - start).count(), kTypes, found.passes);
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<int> given;
  for (int i = 1; i < count; ++i)
    if (const int value = std::atoi(arguments[i]); value > 0) given.push_back(value);   // --self: there is no peer
  Bench bench{.repeats = given.empty() ? 30 : given[0]};
  at::set_num_threads(given.size() > 1 ? given[1] : 2);
  fmt::print("{} repeats, {} threads; ms: least, median, 90 % quantile, processor\n", bench.repeats, at::get_num_threads());
  reconstructions(bench);
  adversaries(bench);
  contrasts(bench);
  types_and_cycles(bench);
}
