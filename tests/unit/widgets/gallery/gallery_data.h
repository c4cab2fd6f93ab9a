// SPDX-License-Identifier: GPL-3.0-or-later
// Invented data for pictures: six sources, arrays, curves, a form.
#pragma once

#include <cmath>
#include <memory>
#include <numeric>
#include <random>

#include "widgets/base/array_map.h"
#include "widgets/base/curve_set.h"
#include "widgets/base/field_model.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/config_form.h"

namespace geocyte::widgets::gallery {

inline const QStringList kSources{"P2_ST1", "P2_ST2", "P2_ST3", "P2_SC", "P10_ST3", "P10_SC"};
inline constexpr int kCounts[] = {1700, 1500, 1200, 2700, 460, 950};

template <class T>
ArrayView arrayOf(std::vector<T> values, std::vector<std::int64_t> shape, QStringList axes, ElementType type) {
  auto owner = std::make_shared<const std::vector<T>>(std::move(values));
  ArrayView view;
  view.type = type;
  view.data = owner->data();
  view.shape = std::move(shape);
  view.axes = std::move(axes);
  view.owner = owner;
  return view;
}

inline ArrayMap someArrays() {
  ArrayMap map;
  map.step = 12300;
  map.caption = "n = 1 702 held-out cells";
  const std::vector<double> distance{0, .11, .14, .71, .22, .19, .42, 0, .08, .69, .20, .17, .69, .20, 0, .73, .21, .20,
                                     2.49, 2.51, 2.62, 0, .78, .58, .86, .79, .75, 3.18, 0, .27, .58, .44, .60, 2.10, 1.12, 0};
  map.arrays["align/centroid_distance"] = arrayOf<double>(distance, {6, 6}, {"source", "source"}, ElementType::f64);
  map.arrays["align/centroid_distance"].caption = "Mahalanobis, held-out";
  map.arrays["align/raw"] = map.arrays["align/centroid_distance"];
  map.arrays["align/raw"].caption = "centroid distance";
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const float at[6][2] = {{-3, 1}, {-2.6F, -1}, {-1.5F, 1.6F}, {2.6F, 0}, {0, -2}, {1.4F, -2.2F}};
  std::vector<float> points;
  auto codes = std::make_shared<std::vector<std::int32_t>>();
  auto types = std::make_shared<std::vector<std::int32_t>>();
  for (int s = 0; s < 6; ++s)
    for (int i = 0; i < kCounts[s]; ++i) {
      points.push_back(at[s][0] + 0.9F * normal(random));
      points.push_back(at[s][1] + 1.1F * normal(random));
      codes->push_back(s);
      types->push_back(static_cast<int>(random() % 5));
    }
  points[8] = NAN;
  map.arrays["embedding/umap"] = arrayOf<float>(points, {8510, 2}, {"cell", "xy"}, ElementType::f32);
  map.arrays["embedding/umap"].caption = "UMAP k=15, cosine, seed 7";
  map.arrays["embedding/pca"] = map.arrays["embedding/umap"];
  const std::pair<const char*, std::vector<double>> columns[] = {{"std", {.98, .99, .97, 1.02, .95, .97}}, {"rank", {41, 42, 40, 47, 36, 39}}, {"own share", {.21, .19, .16, .64, .09, .15}}, {"AUC", {.54, .53, .55, .81, .57, .56}}};
  for (const auto& [name, values] : columns) {
    map.arrays[QString("source/%1").arg(name)] = arrayOf<double>(values, {6}, {"source"}, ElementType::f64);
    map.arrays[QString("source/%1").arg(name)].caption = name;
  }
  map.labels["source"] = {"source", kSources, codes};
  map.labels["cell_type"] = {"cell_type", {"T", "B", "tumour", "stroma", "endothelial"}, types};
  return map;
}

inline CurveSet someCurves(const PaletteModel& palette) {
  CurveSet set;
  set.total_steps = 20000;
  set.marks = {{7600, "change", "coral 500→50"}, {4000, "checkpoint", ""}};
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  const auto decay = [&](double from, double to, double scale, double noise, int end) {
    auto series = std::make_shared<Series>();
    for (int s = 0; s <= end; s += 20) {
      series->steps.push_back(s);
      series->values.push_back(to + (from - to) * std::exp(-s / scale) + noise * (0.3 + std::exp(-s / scale)) * normal(random));
    }
    return series;
  };
  set.by_tag["loss/total"] = {{"a", "recommended", "", palette.category(0), false, decay(3.2, 1.2, 4000, 0.25, 12340)},
                              {"b", "seed", "", palette.category(4), true, decay(3.9, 1.7, 4000, 0.3, 20000)}};
  set.by_tag["adversary/accuracy"] = {{"a", "recommended", "", palette.category(0), false, decay(1, .5, 1500, 0.06, 12340)},
                                      {"b", "seed", "", palette.category(4), true, decay(1, .49, 1500, 0.06, 20000)}};
  set.chance["adversary/accuracy"] = 0.5;
  for (const char* term : {"vicreg", "adversary", "domain_coral"})
    set.by_tag[QString("weighted/%1").arg(term)] = {{"a", "recommended", "", palette.category(0), false, decay(2, .3, 3000 + 900 * term[0] % 7000, 0.05, 12340)}};
  auto few = std::make_shared<Series>();
  few->steps = {0, 500, 1000, 1500, 2000, 2500};
  few->values = {2.5, 2.1, NAN, 1.7, 1.2, 1.1};
  set.by_tag["align/max"] = {{"a", "recommended", "", palette.category(0), false, few}};
  return set;
}

/// Eight weighted terms; at step 6 810 one of them loses nine tenths of its weight.
inline CurveSet someTerms() {
  CurveSet set;
  set.marks = {{6810, "change", "source coral weight 500 → 50"}};
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  const std::pair<const char*, double> terms[] = {{"vicreg", .36}, {"adversary", .12}, {"domain_coral", .12}, {"patient_coral", .12}, {"source_coral", .16}, {"local_align", .09}, {"sinkhorn", .08}, {"spatial", .06}};
  for (const auto& [name, size] : terms) {
    auto series = std::make_shared<Series>();
    for (int s = 0; s <= 12340; s += 5) {
      series->steps.push_back(s);
      series->values.push_back(size * (QString(name) == "source_coral" && s < 6810 ? 10 : 1) * (1 + 2 * std::exp(-s / 3000.0)) * std::exp(0.25 * normal(random)));
    }
    set.by_tag[QString("weighted/%1").arg(name)] = {{"a", "recommended", "", Qt::gray, false, series}};
  }
  return set;
}

inline Field someField(const QString& path, const QString& title, const QString& group, FieldType type, QVariant value, QVariant normal, bool live = false) {
  Field field;
  field.path = path;
  field.title = title;
  field.group = group;
  field.type = type;
  field.value = std::move(value);
  field.default_value = std::move(normal);
  field.live = live;
  field.help = "What it does and what a good value is.";
  return field;
}

inline FieldModel someFields() {
  FieldModel model;
  const char* weights[] = {"vicreg weight", "adversary weight", "coral weight", "patient coral weight", "source coral weight", "local align weight"};
  for (const char* name : weights) {
    Field field = someField(QString(name).replace(' ', '.'), name, "Losses", FieldType::number, QString(name).startsWith("source") ? 50.0 : 1.0, 1.0, true);
    field.minimum = 0;
    model.fields.push_back(field);
  }
  Field device = someField("device", "Device", "General", FieldType::choice, "cpu", "auto");
  device.choices = QStringList{"auto", "cpu", "cuda"};
  Field sources = someField("sources", "Sources", "Data", FieldType::list, QVariantList{}, QVariantList{});
  model.fields.push_back(someField("batch", "Batch size", "Model", FieldType::integer, 256LL, 256LL));
  model.fields.back().unit = "cells";
  for (const char* name : {"Name", "File", "Patient", "Modality"}) sources.fields.push_back(someField(QString(name).toLower(), name, "", FieldType::text, "", ""));
  sources.value = QVariantList{QVariantMap{{"name", "P2_ST1"}, {"file", "p2_st1.h5ad"}, {"patient", "P2"}, {"modality", "st"}}, QVariantMap{{"name", "P2_SC"}, {"file", "p2_sc.h5ad"}, {"patient", "P2"}, {"modality", "sc"}}};
  model.fields.insert(model.fields.end(), {someField("dropout", "Dropout", "Model", FieldType::number, 0.1, 0.1), someField("hidden", "Hidden layers", "Model", FieldType::list, QVariantList{512LL, 256LL}, QVariantList{512LL, 256LL}), device,
                                           someField("centre", "Centre by source", "General", FieldType::boolean, true, false), someField("shuffle", "Shuffle", "General", FieldType::boolean, false, false),
                                           someField("folder", "Data folder", "Data", FieldType::path, "/data/breast", "simulate:six_sources"), sources});
  return model;
}

}  // namespace geocyte::widgets::gallery
