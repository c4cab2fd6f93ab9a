// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/six_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/simulate/counts.h"
#include "engine/simulate/section.h"

namespace geocyte::simulate {

namespace {

struct SourcePlan {
  const char* name;
  const char* patient;
  bool spots;
  int rows;
  double counts_per_gene;      ///< expected total count of a row / number of genes
  double platform;             ///< strength of the platform factors; slides are the reference
  double outlier;              ///< strength of the dissociation effect
};

constexpr SourcePlan kPlan[] = {
    {"P2_ST1", "P2", true, 1700, 1.5, 0.0, 0.0},    {"P2_ST2", "P2", true, 1500, 1.4, 0.0, 0.0},
    {"P2_ST3", "P2", true, 1200, 1.1, 0.0, 0.0},    {"P2_SC", "P2", false, 2700, 0.8, 1.0, 1.0},
    {"P10_ST3", "P10", true, 460, 1.2, 0.0, 0.0},   {"P10_SC", "P10", false, 950, 1.0, 0.3, 0.0},
};

constexpr double kMoreCellsPerSpot = 4;    // a spot holds 1 + Poisson(this)
constexpr double kStressRise = 2.2;        // log rise of stress genes, in units of outlier_log_sd

void check_option(bool holds, const char* name, const std::string& given, const char* allowed) {
  if (!holds)
    throw Error(ErrorCode::bad_config, fmt::format("The simulation option {} is {}; it must be {}", name, given, allowed));
}

/// Everything of the simulation that sources share. Each part comes from its own stream.
struct World {
  SixSourcesOptions options;
  RngStreams streams;
  GeneProgrammes genes;
  std::map<std::string, Tissue> tissues;
  std::map<std::string, std::vector<double>> patient;      ///< log factors
  std::map<std::string, double> um_per_unit;               ///< of a patient's first slide
  std::vector<double> platform, outlier;

  explicit World(const SixSourcesOptions& o) : options(o), streams(o.seed) {
    genes = draw_programmes(o.genes, streams.stream("genes"));
    platform = draw_log_factors(o.genes, o.platform_log_sd, streams.stream("platform"));
    outlier = draw_log_factors(o.genes, o.outlier_log_sd, streams.stream("outlier"));
    for (int g = 0; g < o.genes; ++g)
      if (genes.stress[g]) outlier[g] += kStressRise * o.outlier_log_sd;
    for (const char* name : {"P2", "P10"}) {
      tissues.emplace(name, Tissue(streams.stream(std::string("tissue/") + name)));
      patient[name] = draw_log_factors(o.genes, o.patient_log_sd, streams.stream(std::string("patient/") + name));
    }
  }
};

/// The log factors of one source, kept as truth beside the counts.
struct SourceFactors {
  std::vector<double> platform, patient, slide, outlier;
  std::vector<float> product;
};

SourceFactors factors_of(const SourcePlan& plan, World& world) {
  SourceFactors out;
  const int genes = world.options.genes;
  out.patient = world.patient.at(plan.patient);
  out.slide = draw_log_factors(genes, world.options.slide_log_sd, world.streams.stream(std::string("slide/") + plan.name));
  for (int g = 0; g < genes; ++g) {
    out.platform.push_back(plan.platform * world.platform[g]);
    out.outlier.push_back(plan.outlier * world.outlier[g]);
    out.product.push_back(static_cast<float>(std::exp(out.platform[g] + out.patient[g] + out.slide[g] + out.outlier[g])));
  }
  return out;
}

data::Column categorical(std::string name, std::vector<std::int32_t> codes, std::vector<std::string> categories) {
  data::Column column;
  column.name = std::move(name);
  column.kind = data::ColumnKind::categorical;
  column.codes = std::move(codes);
  column.categories = std::move(categories);
  return column;
}

data::Column constant(std::string name, std::string value, std::size_t rows) {
  return categorical(std::move(name), std::vector<std::int32_t>(rows, 0), {std::move(value)});
}

data::Column numeric(std::string name, std::vector<double> numbers) {
  data::Column column;
  column.name = std::move(name);
  column.numbers = std::move(numbers);
  return column;
}

/// The rows of a source with their truth, before counting.
struct SourceRows {
  Sampled places;
  std::vector<RowTruth> rows;
  std::vector<std::int32_t> type, domain;
  std::vector<double> library_factor, n_cells;
};

SourceRows draw_rows(const SourcePlan& plan, World& world, std::int64_t n) {
  const auto stream = [&](const char* what) -> Rng& { return world.streams.stream(std::string(what) + "/" + plan.name); };
  const Tissue& tissue = world.tissues.at(plan.patient);
  SourceRows out;
  if (plan.spots) {
    out.places = cut_slide(tissue, n, stream("places"));
    world.um_per_unit.try_emplace(plan.patient, out.places.um_per_unit);
  } else {
    out.places = dissociate(tissue, n, world.um_per_unit.at(plan.patient), stream("places"));
  }
  Rng &cells = stream("cells"), &libraries = stream("library");
  for (const Place place : out.places.tissue) {
    RowTruth& row = out.rows.emplace_back();
    const auto membership = tissue.membership(place, out.places.z);
    row.gradients = tissue.gradients(place, out.places.z);
    auto weights = composition(membership, row.gradients);
    if (!plan.spots)
      for (int t = 0; t < kTypes; ++t) weights[t] *= std::pow(cell_types()[t].recovery, world.options.recovery);
    const std::int64_t count = plan.spots ? 1 + cells.poisson(kMoreCellsPerSpot) : 1;
    for (std::int64_t i = 0; i < count; ++i) ++row.cells[draw(cells, weights)];
    const double factor = std::exp(world.options.library_log_sd * libraries.normal());
    row.library = factor * plan.counts_per_gene * world.options.genes;
    out.library_factor.push_back(factor);
    out.n_cells.push_back(static_cast<double>(count));
    out.type.push_back(static_cast<std::int32_t>(std::max_element(row.cells.begin(), row.cells.end()) - row.cells.begin()));
    out.domain.push_back(static_cast<std::int32_t>(std::max_element(membership.begin(), membership.end()) - membership.begin()));
  }
  return out;
}

data::Table make_obs(const SourcePlan& plan, SourceRows& rows) {
  data::Table obs;
  const std::size_t n = rows.rows.size();
  for (std::size_t i = 0; i < n; ++i) obs.index.push_back(fmt::format("{}_{:04}", plan.name, i + 1));
  std::vector<std::string> type_names;
  for (const auto& type : cell_types()) type_names.push_back(type.name);
  obs.columns.push_back(constant("source", plan.name, n));
  obs.columns.push_back(constant("patient", plan.patient, n));
  obs.columns.push_back(constant("modality", plan.spots ? "st" : "sc", n));
  obs.columns.push_back(categorical("cell_type", std::move(rows.type), std::move(type_names)));
  obs.columns.push_back(categorical("domain", std::move(rows.domain), {domain_names().begin(), domain_names().end()}));
  obs.columns.push_back(numeric("library_factor", std::move(rows.library_factor)));
  obs.columns.push_back(numeric("n_cells", std::move(rows.n_cells)));
  return obs;
}

data::Table make_var(const World& world, SourceFactors factors) {
  data::Table var;
  var.index = world.genes.names;
  data::Column marker;
  marker.name = "marker_of";
  marker.kind = data::ColumnKind::text;
  marker.texts = world.genes.marker_of;
  var.columns.push_back(data::as_categorical(marker));
  var.columns.push_back(numeric("platform_log_factor", std::move(factors.platform)));
  var.columns.push_back(numeric("patient_log_factor", std::move(factors.patient)));
  var.columns.push_back(numeric("slide_log_factor", std::move(factors.slide)));
  var.columns.push_back(numeric("outlier_log_factor", std::move(factors.outlier)));
  return var;
}

data::DenseMatrix coordinates(const std::vector<Place>& places, double um_per_unit) {
  data::DenseMatrix out{static_cast<std::int64_t>(places.size()), 2, {}};
  for (const Place place : places) {
    out.values.push_back(static_cast<float>(place.x * um_per_unit));
    out.values.push_back(static_cast<float>(place.y * um_per_unit));
  }
  return out;
}

data::DenseMatrix proportions(const std::vector<RowTruth>& rows, const std::vector<double>& n_cells) {
  data::DenseMatrix out{static_cast<std::int64_t>(rows.size()), kTypes, {}};
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const int count : rows[i].cells) out.values.push_back(static_cast<float>(count / n_cells[i]));
  return out;
}

data::Dataset make_source(const SourcePlan& plan, World& world) {
  const SixSourcesOptions& o = world.options;
  SourceRows rows = draw_rows(plan, world, std::max<std::int64_t>(5, std::llround(plan.rows * o.scale)));
  SourceFactors factors = factors_of(plan, world);
  const CountModel model{o.dispersion, plan.spots ? 0 : o.dropout, plan.spots ? o.ambient : 0, factors.product};
  data::Dataset out;
  out.name = plan.name;
  out.x = draw_counts(rows.rows, world.genes, model, world.streams.stream(std::string("counts/") + plan.name));
  out.obsm["true_coordinates"] = coordinates(rows.places.tissue, world.um_per_unit.at(plan.patient));
  if (plan.spots) out.obsm["spatial"] = coordinates(rows.places.slide, 1);
  out.obsm["cell_type_proportions"] = proportions(rows.rows, rows.n_cells);
  out.obs = make_obs(plan, rows);
  out.var = make_var(world, std::move(factors));
  out.uns["geocyte_simulated"] = describe(o) + ", source " + plan.name;
  out.simulated = true;
  return out;
}

}  // namespace

void check_options(const SixSourcesOptions& o) {
  check_option(o.genes >= 50 && o.genes <= 30'000, "genes", std::to_string(o.genes), "between 50 and 30000");
  check_option(o.scale >= 0.02 && o.scale <= 20, "scale", fmt::format("{}", o.scale), "between 0.02 and 20");
  const auto check_size = [](double value, const char* name, double most, const char* allowed) {
    check_option(value >= 0 && value <= most, name, fmt::format("{}", value), allowed);
  };
  check_size(o.platform_log_sd, "platform_log_sd", 3, "between 0 and 3");
  check_size(o.slide_log_sd, "slide_log_sd", 3, "between 0 and 3");
  check_size(o.patient_log_sd, "patient_log_sd", 3, "between 0 and 3");
  check_size(o.outlier_log_sd, "outlier_log_sd", 3, "between 0 and 3");
  check_size(o.library_log_sd, "library_log_sd", 3, "between 0 and 3");
  check_size(o.dropout, "dropout", 1, "between 0 and 1");
  check_size(o.ambient, "ambient", 0.9, "between 0 and 0.9");
  check_size(o.dispersion, "dispersion", 10, "between 0 and 10");
  check_size(o.recovery, "recovery", 5, "between 0 and 5");
}

void only_platform(SixSourcesOptions& o) {
  o.slide_log_sd = o.patient_log_sd = o.outlier_log_sd = o.library_log_sd = o.dropout = o.ambient = o.recovery = 0;
}

std::vector<data::Dataset> simulate_six_sources(const SixSourcesOptions& options, const Progress& progress) {
  check_options(options);
  World world(options);
  std::vector<data::Dataset> out;
  double done = 0, total = 0;
  for (const auto& plan : kPlan) total += plan.rows;
  for (const auto& plan : kPlan) {
    if (progress) progress(done / total, std::string("simulating ") + plan.name);
    out.push_back(make_source(plan, world));
    done += plan.rows;
  }
  if (progress) progress(1, "simulated");
  return out;
}

Json six_sources_list() {
  Json list = Json::array();
  for (const auto& plan : kPlan)
    list.push_back({{"name", plan.name}, {"file", std::string(plan.name) + ".h5ad"}, {"by", ""}, {"patient", plan.patient},
                    {"modality", plan.spots ? "st" : "sc"}, {"labels", "cell_type"}, {"spatial", plan.spots ? "spatial" : ""}});
  return list;
}

std::string describe(const SixSourcesOptions& options) {
  return fmt::format("simulated: six_sources, {} genes, seed {}", options.genes, options.seed);
}

}  // namespace geocyte::simulate
