// SPDX-License-Identifier: GPL-3.0-or-later
// What the seed's own system adds to the parameters and metrics: everything that acts with model.kind: seed only.
#include <string>
#include <utility>

#include "engine/config/spec_builders.h"
#include "plugins/st_edm/seed/options.h"
#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {
namespace {

using config::one_of;
using config::Parameter;
using config::parameter;
using config::ParameterType;
using config::within;

constexpr const char *kGroup = "Seed system", *kLosses = "Seed losses";

Parameter of_seed(Parameter p) {
  p.only_with = "model.kind=seed";
  return p;
}

void add_networks(config::Schema& s, const SeedOptions& o) {
  const auto whole = [&](const char* path, std::int64_t value, double low, double high, const char* title, const char* help) {
    s.push_back(of_seed(within(parameter(path, ParameterType::integer, value, kGroup, title, help), low, high)));
  };
  whole("edm.latent", o.latent, 2, 256, "Columns of a place", "The seed's D = 32, of which a tissue fills two or three; 2 is the switch that leaves the empty ones out.");
  whole("edm.width", o.width, 2, 256, "Width of a head", "Of each of the four attention heads; 64 makes the seed's 256.");
  whole("edm.points", o.points, 1, 512, "Inducing points", "Points through which cells see each other.");
  whole("edm.context", o.context, 1, 16, "Context blocks", "Blocks of the context encoder.");
  whole("edm.generate", o.generate, 1, 16, "Generator blocks", "Blocks of the generator.");
  whole("edm.denoise", o.denoise, 1, 16, "Score blocks", "Blocks of the score network, each with its modulation.");
  whole("edm.sets", o.sets, 1, 64, "Sets a step", "Sets of cells of a step; the seed took 8 to 16.");
}

void add_training(config::Schema& s, const SeedOptions& o) {
  const auto flag = [&](const char* path, bool value, const char* title, const char* help) {
    s.push_back(of_seed(parameter(path, ParameterType::boolean, value, kGroup, title, help, kLive)));
  };
  flag("edm.clamp", o.clamp, "Clamp of sizes", "On: losses of geometry see places whose size was corrected by up to e^0.5 (V_geom). Off: they see what the network made.");
  flag("edm.normalised", o.normalised, "Normalised score", "On: the score is divided by the sum of its weights, so that doing nothing costs little. Off: the weights of EDM, doing nothing costs 1.");
  flag("edm.gates", o.gates, "Gates", "On: losses of geometry count at low noise only. Off: at every noise level.");
  s.push_back(of_seed(one_of(parameter("edm.frame", ParameterType::choice, o.frame, kGroup, "Frame of the target",
                                       "gram: the factor of each set's Gram matrix, in a frame of its own as in the seed. generator: turned onto the generator's places first."),
                             {"gram", "generator"})));
  s.push_back(of_seed(within(parameter("edm.self_conditioning", ParameterType::number, o.self_conditioning, kGroup, "Self-conditioning",
                                       "Share of steps in which the score network sees an estimate of its own.", kLive), 0, 1)));
  s.push_back(of_seed(within(parameter("edm.generator_lr", ParameterType::number, o.generator_lr, kGroup, "Rate of the generator", "Times optimizer.lr.", kLive), 0, 1000)));
  s.push_back(of_seed(within(parameter("edm.caps", ParameterType::list, o.caps, kGroup, "Phases of noise",
                                       "Highest noise level of each phase of the curriculum, in units of sigma_data; places are sampled from the last one in the open loop."),
                             1e-3, 1000)));
  s.push_back(of_seed(within(parameter("edm.check_every", ParameterType::integer, o.check_every, kGroup, "Check every", "Steps between two checks of a phase.", kLive), 1, 1e6, "steps")));
  s.push_back(of_seed(within(parameter("edm.start", ParameterType::number, o.start, kGroup, "Refine from",
                                       "Noise that is added to the generator's places before they are refined, in units of sigma_data; the seed names one to two.", kLive),
                             0.05, 20)));
}

}  // namespace

void add_seed_parameters(config::Schema& schema) {
  const SeedOptions defaults;
  add_networks(schema, defaults);
  add_training(schema, defaults);
  for (const SeedTermFacts& term : kSeedTerms) {
    const std::string path = std::string("loss.") + term.name;
    schema.push_back(of_seed(parameter(path + ".enabled", ParameterType::boolean, true, kLosses, term.title, term.help, kLive)));
    schema.push_back(of_seed(within(parameter(path + ".weight", ParameterType::number, term.weight, kLosses, std::string(term.title) + " weight",
                                              "What the term is multiplied by in the sum; the seed's value.", kLive), 0, 1e6)));
  }
}

void add_seed_metrics(std::vector<config::MetricSpec>& m) {
  using config::Direction;
  using config::metric;
  for (const SeedTermFacts& term : kSeedTerms)
    m.push_back(metric(std::string("loss/") + term.name, term.title, std::string(term.help) + " A term of the seed's system.", term.equation, "Falls.", "Seed losses"));
  m.push_back(metric("curriculum/phase", "Phase", "Phase of the curriculum of noise levels that the seed's system has reached.", "from 1", "Rises to the last one.", "Curriculum",
                     Direction::higher_is_better));
  m.push_back(metric("curriculum/stalls", "Stalls", "Checks in a row that did not let the curriculum go on.", "fewer than 2 of 6 passed", "0; the seed stood at 57 with a limit of 6.", "Curriculum"));
  m.push_back(metric("curriculum/highest_level", "Highest noise level", "Of the phase that was checked, in radii.", "cap x sigma_data", "", "Curriculum", Direction::neutral));
  m.push_back(metric("curriculum/scale", "Size at the highest level", "Size of denoised places of validation cells over the right size, at the highest level of the phase.", "rms D / rms V",
                     "Near 1, and more than the do-nothing network's 1 / sqrt(1 + cap^2).", "Curriculum", Direction::higher_is_better));
  m.push_back(metric("curriculum/jaccard", "Neighbours at the highest level", "Overlap of the ten nearest cells, there.", "|A and B| / |A or B|", "Rises.", "Curriculum", Direction::higher_is_better));
  m.push_back(metric("conditioning/difference", "Conditioning", "How much of the network's output changes when its context is taken away, at high noise.", "|F_H - F_0| / |F_H|",
                     "Above 0.10 the context is used; whether for the better is another question.", "Conditioning", Direction::neutral));
  m.push_back(metric("conditioning/f_ratio", "Output without context", "Size of the output without context over that with it.", "|F_0| / |F_H|", "", "Conditioning", Direction::neutral));
  m.push_back(metric("val/open_loop_recall", "Open loop", "Share of the ten nearest validation cells that are right in places drawn from noise alone.", "recall@10",
                     "Above chance, 10 / (n - 1).", "Open loop", Direction::higher_is_better));
}

}  // namespace geocyte::plugins::st_edm
