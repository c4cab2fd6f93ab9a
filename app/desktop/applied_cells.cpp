// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/applied_cells.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/desktop/number_text.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

using widgets::CheckRow;
using widgets::CheckState;
using widgets::groupedText;

QString words(const char* text) { return QCoreApplication::translate("ApplyDialog", text); }
QString text(const Json& json, const char* key) { return QString::fromStdString(json.value(key, std::string())); }

/// As float; null and whatever is no number is NaN.
std::shared_ptr<std::vector<float>> numbersOf(const Json& list) {
  auto made = std::make_shared<std::vector<float>>();
  if (!list.is_array()) return made;
  made->reserve(list.size());
  for (const Json& value : list) made->push_back(value.is_number() ? value.get<float>() : NAN);
  return made;
}

widgets::ArrayView viewOf(std::shared_ptr<std::vector<float>> values, std::int64_t rows, std::int64_t columns, const QString& caption) {
  widgets::ArrayView view;
  view.data = values->data();
  view.shape = columns > 1 ? std::vector<std::int64_t>{rows, columns} : std::vector<std::int64_t>{rows};
  view.axes = columns > 1 ? QStringList{QStringLiteral("cell"), QStringLiteral("xy")} : QStringList{QStringLiteral("cell")};
  view.role = columns > 1 ? QStringLiteral("points") : QStringLiteral("values");
  view.caption = caption;
  view.owner = std::move(values);
  return view;
}

widgets::LabelView labelOf(const Json& json, std::int64_t rows) {
  widgets::LabelView label;
  label.name = text(json, "name");
  for (const Json& name : json.value("categories", Json::array()))
    if (name.is_string()) label.categories << QString::fromStdString(name.get<std::string>());
  auto codes = std::make_shared<std::vector<std::int32_t>>();
  for (const Json& code : json.value("codes", Json::array())) {
    const std::int32_t value = code.is_number_integer() ? code.get<std::int32_t>() : -1;
    codes->push_back(value < label.categories.size() ? value : -1);
  }
  codes->resize(static_cast<std::size_t>(rows), -1);
  label.codes = std::move(codes);
  return label;
}

widgets::ArrayMap arraysOf(const Json& answer, const QString& run, const QString& file) {
  widgets::ArrayMap map;
  const auto found = answer.is_object() ? answer.find("sketch") : answer.end();
  if (!answer.is_object() || found == answer.end() || !found->is_object()) return map;
  const Json& sketch = *found;
  const auto rows = sketch.value("shown", std::int64_t{0}), columns = sketch.value("dimensions", std::int64_t{0});
  const auto points = numbersOf(sketch.value("points", Json::array()));
  if (rows < 1 || (columns != 2 && columns != 3) || static_cast<std::int64_t>(points->size()) != rows * columns) return map;
  map.run = run;
  map.step = answer.value("step", std::int64_t{-1});
  map.arrays.insert(sketch.value("places", false) ? QStringLiteral("coordinates/predicted") : QStringLiteral("embedding/pca"), viewOf(points, rows, columns, text(sketch, "method")));
  for (const Json& one : sketch.value("numbers", Json::array()))
    if (const auto values = numbersOf(one.value("values", Json::array())); static_cast<std::int64_t>(values->size()) == rows)
      map.arrays.insert(QStringLiteral("coordinates/") + text(one, "name"), viewOf(values, rows, 1, {}));
  for (const Json& one : sketch.value("labels", Json::array())) {
    const widgets::LabelView label = labelOf(one, rows);
    map.labels.insert(label.name, label);
  }
  if (!map.labels.contains(QStringLiteral("source"))) {
    const auto all = std::make_shared<const std::vector<std::int32_t>>(static_cast<std::size_t>(rows), 0);
    map.labels.insert(QStringLiteral("source"), {QStringLiteral("source"), {file}, all});
  }
  return map;
}

std::vector<CheckRow> checksOf(const Json& plan, bool missing_as_zero) {
  const bool places = text(plan, "makes") == QLatin1String("places");
  const auto cells = plan.value("cells", std::int64_t{0}), panel = plan.value("panel", std::int64_t{0}), missing = plan.value("missing_genes", std::int64_t{0});
  std::vector<CheckRow> rows;
  rows.push_back({"model", places ? words("Model") : words("Encoder"), CheckState::ok, words("of step %1 (%2)").arg(groupedText(plan.value("step", std::int64_t{0})), text(plan, "why")), {}, {}});
  rows.push_back({"cells", words("Cells"), CheckState::ok, words("%1, counts in %2").arg(groupedText(cells), text(plan, "counts")), {}, {}});
  CheckRow genes{"genes", words("Genes"), CheckState::ok, words("%1 of the %2 of the panel").arg(groupedText(panel - missing), groupedText(panel)), {}, {}};
  if (missing > 0) {
    QStringList names;
    for (const Json& name : plan.value("missing", Json::array()))
      if (name.is_string()) names << QString::fromStdString(name.get<std::string>());
    genes.state = missing_as_zero ? CheckState::note : CheckState::failed;
    genes.hint = words("Missing: %1%2.").arg(names.join(QStringLiteral(", ")), missing > names.size() ? words(" and %1 more").arg(groupedText(missing - names.size())) : QString());
    genes.hint += missing_as_zero ? words(" They count as zero: the more there are, the less the answer is worth.") : words(" Take data with these genes, or let them count as zero.");
  }
  rows.push_back(genes);
  const double wanted = plan.value("memory_bytes", 0.0), free = plan.value("memory_free", 0.0);
  if (wanted > 0) {
    CheckRow memory{"memory", words("Memory"), CheckState::ok, words("about %1B; %2B are free").arg(memoryText(wanted), memoryText(free)), {}, {}};
    if (free > 0 && wanted > free) {
      memory.state = CheckState::failed;
      memory.hint = words("Give the cells in several files, a tissue each, or end other programs.");
    }
    rows.push_back(memory);
  }
  CheckRow out{"out", words("File"), CheckState::ok, words("new"), {}, {}};
  if (plan.value("out_exists", false)) {
    out.state = CheckState::note;
    out.text = words("is there already and will be replaced");
  }
  rows.push_back(out);
  return rows;
}

}  // namespace

// What an engine of another version means by these names is not known: then there is nothing to show.
widgets::ArrayMap appliedCells(const Json& answer, const QString& run, const QString& file) {
  try {
    return arraysOf(answer, run, file);
  } catch (const Json::exception&) {
    return {};
  }
}

QString firstColour(const widgets::ArrayMap& map) {
  const QString source = QStringLiteral("source");
  if (map.labels.value(source).categories.size() > 1) return source;
  QStringList names = map.labels.keys();
  names.sort();
  const auto type = std::find_if(names.begin(), names.end(), [](const QString& name) { return name.contains(QLatin1String("type")); });
  return type == names.end() ? source : *type;
}

std::vector<CheckRow> applyChecks(const Json& plan, bool missing_as_zero) {
  try {
    return checksOf(plan, missing_as_zero);
  } catch (const Json::exception&) {
    return {};
  }
}

bool canApply(const std::vector<CheckRow>& rows) {
  return !rows.empty() && std::none_of(rows.begin(), rows.end(), [](const CheckRow& row) { return row.state == CheckState::failed; });
}

bool readProgress(const QString& line, int& percent, QString& words) {
  static const QRegularExpression form(QStringLiteral("^[a-z ]+: (\\d{1,3}) %(?: · (.*))?$"));
  const auto found = form.match(line);
  if (!found.hasMatch()) return false;
  percent = std::clamp(found.captured(1).toInt(), 0, 100);
  words = found.captured(2);
  return true;
}

}  // namespace geocyte::desktop
