// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/array_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/verdict_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

[[noreturn]] void bad(const std::string& why) { throw Error(ErrorCode::bad_data, why); }

/// The name under which the k-th label or array is stored: its own one, if that can stand in a path.
std::string stored_name(const std::string& name, std::size_t k) {
  return is_clean_relative(name) && name.find('/') == std::string::npos ? name : fmt::format("{}", k);
}

const Json& list_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) bad("the axes of this run are damaged");
  return *found;
}

const std::vector<std::string>& texts_at(const hdf5::ArrayFile& file, const std::string& name) {
  const auto found = file.texts.find(name);
  if (found == file.texts.end()) bad("the axes of this run lack " + geocyte::quoted(name));
  return found->second;
}

AxisLabels labels_from(const hdf5::ArrayFile& file, const std::string& axis, const Json& entry, std::int64_t size) {
  const std::string key = text_at(entry, "stored");
  AxisLabels labels;
  labels.name = text_at(entry, "name");
  labels.categories = texts_at(file, axis + "/categories/" + key);
  const NamedArray* codes = file.find(axis + "/labels/" + key);
  if (!codes || codes->dtype != DType::i32 || codes->size() != size) bad("the labels " + geocyte::quoted(labels.name) + " of this run are damaged");
  const auto values = codes->as<std::int32_t>();
  const auto count = static_cast<std::int64_t>(labels.categories.size());
  if (std::any_of(values.begin(), values.end(), [&](std::int32_t code) { return code < -1 || code >= count; }))
    bad("the labels " + geocyte::quoted(labels.name) + " of this run name categories that do not exist");
  labels.codes.assign(values.begin(), values.end());
  return labels;
}

}  // namespace

hdf5::ArrayFile to_array_file(const Snapshot& snapshot) {
  hdf5::ArrayFile file;
  file.kind = "snapshot";
  file.arrays = snapshot.arrays;
  Json verdicts = Json::array();
  for (const Verdict& verdict : snapshot.verdicts) verdicts.push_back(to_json(verdict));
  Json checks = Json::array();
  for (const Check& check : snapshot.checks) checks.push_back(to_json(check));
  file.attributes = {{"step", snapshot.step}, {"stage", snapshot.stage}, {"part", snapshot.part}, {"scalars", snapshot.scalars},
                     {"verdicts", std::move(verdicts)}, {"checks", std::move(checks)}, {"about", snapshot.attributes}};
  return file;
}

Snapshot snapshot_from(hdf5::ArrayFile file) {
  const Json& attributes = file.attributes;
  if (file.kind != "snapshot" || !attributes.is_object()) bad("this file is no snapshot");
  Snapshot snapshot;
  const auto step = attributes.find("step");
  if (step == attributes.end() || !step->is_number_unsigned()) bad("this snapshot does not say its step");
  snapshot.step = step->get<std::int64_t>();
  snapshot.stage = text_at(attributes, "stage");
  snapshot.part = text_at(attributes, "part");
  if (const Json scalars = attributes.value("scalars", Json()); scalars.is_object())
    for (const auto& [tag, value] : scalars.items())
      if (value.is_number()) snapshot.scalars[tag] = value.get<double>();
  if (const Json verdicts = attributes.value("verdicts", Json()); verdicts.is_array())
    for (const Json& verdict : verdicts) snapshot.verdicts.push_back(verdict_from_json(verdict));
  if (const Json checks = attributes.value("checks", Json()); checks.is_array())
    for (const Json& check : checks) snapshot.checks.push_back(check_from_json(check));
  if (const Json about = attributes.value("about", Json()); about.is_object()) snapshot.attributes = about;
  snapshot.arrays = std::move(file.arrays);
  return snapshot;
}

hdf5::ArrayFile to_array_file(const std::vector<Axis>& axes) {
  hdf5::ArrayFile file;
  file.kind = "axes";
  Json listed = Json::array();
  for (const Axis& axis : axes) {
    require(is_clean_relative(axis.name) && axis.name.find('/') == std::string::npos, "an axis is named with one plain word");
    Json labels = Json::array(), arrays = Json::array();
    file.texts[axis.name + "/ids"] = axis.ids;
    for (std::size_t k = 0; k < axis.labels.size(); ++k) {
      const AxisLabels& label = axis.labels[k];
      require(label.codes.size() == axis.ids.size(), "the labels " + label.name + " have a code for every row of " + axis.name);
      const std::string key = stored_name(label.name, k);
      file.arrays.push_back(make_array<std::int32_t>(axis.name + "/labels/" + key, label.codes, {axis.size()}, {axis.name}, "labels"));
      file.texts[axis.name + "/categories/" + key] = label.categories;
      labels.push_back({{"name", label.name}, {"stored", key}});
    }
    for (std::size_t k = 0; k < axis.arrays.size(); ++k) {
      NamedArray array = axis.arrays[k];
      require(!array.shape.empty() && array.shape[0] == axis.size(), "the array " + array.name + " has a row for every row of " + axis.name);
      const std::string key = stored_name(array.name, k);
      arrays.push_back({{"name", array.name}, {"stored", key}});
      array.name = axis.name + "/arrays/" + key;
      file.arrays.push_back(std::move(array));
    }
    listed.push_back({{"name", axis.name}, {"size", axis.size()}, {"labels", std::move(labels)}, {"arrays", std::move(arrays)}});
  }
  file.attributes = {{"axes", std::move(listed)}};
  return file;
}

std::vector<Axis> axes_from(const hdf5::ArrayFile& file) {
  if (file.kind != "axes" || !file.attributes.is_object()) bad("this file holds no axes");
  std::vector<Axis> axes;
  for (const Json& listed : list_at(file.attributes, "axes")) {
    if (!listed.is_object()) bad("the axes of this run are damaged");
    Axis axis;
    axis.name = text_at(listed, "name");
    axis.ids = texts_at(file, axis.name + "/ids");
    for (const Json& entry : list_at(listed, "labels")) axis.labels.push_back(labels_from(file, axis.name, entry, axis.size()));
    for (const Json& entry : list_at(listed, "arrays")) {
      const NamedArray* array = file.find(axis.name + "/arrays/" + text_at(entry, "stored"));
      if (!array || array->shape.empty() || array->shape[0] != axis.size()) bad("the arrays of the axis " + geocyte::quoted(axis.name) + " are damaged");
      axis.arrays.push_back(*array);
      axis.arrays.back().name = text_at(entry, "name");
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::string difference_of(const std::vector<Axis>& before, const std::vector<Axis>& now) {
  if (before.size() != now.size()) return fmt::format("the run has {} axes, the data now have {}", before.size(), now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    const Axis &a = before[i], &b = now[i];
    if (a.name != b.name) return fmt::format("the run has an axis {} where the data now have {}", a.name, b.name);
    if (a.size() != b.size()) return fmt::format("the run was started with {} rows of axis {}, the data now have {}", grouped(a.size()), a.name, grouped(b.size()));
    const auto differs = std::mismatch(a.ids.begin(), a.ids.end(), b.ids.begin());
    if (differs.first != a.ids.end())
      return fmt::format("row {} of axis {} was {} when the run was started and is {} now", differs.first - a.ids.begin() + 1, a.name,
                         geocyte::quoted(*differs.first), geocyte::quoted(*differs.second));
    if (a.labels.size() != b.labels.size()) return fmt::format("the labels of axis {} are not those the run was started with", a.name);
    for (std::size_t k = 0; k < a.labels.size(); ++k)
      if (a.labels[k].name != b.labels[k].name || a.labels[k].codes != b.labels[k].codes || a.labels[k].categories != b.labels[k].categories)
        return fmt::format("the labels {} of axis {} are not those the run was started with", geocyte::quoted(b.labels[k].name), a.name);
  }
  return {};
}

std::size_t bytes_of(const std::vector<NamedArray>& arrays) {
  std::size_t bytes = 0;
  for (const NamedArray& array : arrays) bytes += static_cast<std::size_t>(array.size()) * size_of(array.dtype);
  return bytes;
}

}  // namespace geocyte::store
