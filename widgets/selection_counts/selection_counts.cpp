// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/selection_counts/selection_counts.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/selection_counts/category_bars.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets::selection_counts {
namespace {

constexpr qsizetype kMostCategories = 200;     // ids and the like say nothing as bars
constexpr int kBlockWidth = 160;

}  // namespace

SelectionCounts::SelectionCounts(const ViewContext& context, QWidget* parent) : View(context, parent), bars_(new CategoryBars), keep_(new QToolButton) {
  bars_->setObjectName(QStringLiteral("categoryBars"));
  bars_->setAccessibleName(tr("Selected rows of each category"));
  keep_->setObjectName(QStringLiteral("selectionKeep"));
  keep_->setText(tr("Keep…"));
  keep_->setFont(captionFont());
  keep_->setFocusPolicy(Qt::TabFocus);
  keep_->setAccessibleName(tr("Keep the selection under a name"));
  keep_->setToolTip(tr("Keep the selection under a name: a label in every view, a column of an export (K)"));
  setButtonKind(keep_, "choice");
  setBody(bars_);
  titleEnd()->addWidget(keep_);
  setEmptyText(tr("No labels yet"));
  connect(keep_, &QToolButton::clicked, this, &SelectionCounts::askName);
  connect(bars_, &CategoryBars::categoryActivated, this, &SelectionCounts::select);
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &SelectionCounts::rebuild);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, &SelectionCounts::rebuild);
}

void SelectionCounts::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void SelectionCounts::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

QStringList SelectionCounts::labelsShown() const {
  const QString first = bindings_.value(QStringLiteral("labels"));
  QStringList names = arrays_.labels.keys();
  names.sort();
  // What the cells are before how they were measured; kept selections last.
  const auto rank = [&](const QString& name) {
    return name == first ? 0 : name.contains(QLatin1String("type")) ? 1 : name.startsWith(QLatin1String("kept: ")) ? 4 : name == QLatin1String("split") ? 3 : 2;
  };
  std::stable_sort(names.begin(), names.end(), [&](const QString& a, const QString& b) { return rank(a) < rank(b); });
  const SelectionModel* selection = context().selection;
  const std::size_t rows = selection && !selection->mask().empty() ? selection->mask().size() : 0;
  QStringList shown;
  const qsizetype room = std::max(1, width() / kBlockWidth);
  for (const QString& name : names) {
    const LabelView& label = arrays_.labels[name];
    const bool fits = label.codes && !label.codes->empty() && label.categories.size() <= kMostCategories && (rows == 0 || label.codes->size() == rows);
    if (fits && shown.size() < std::min<qsizetype>(room, 3)) shown << name;
  }
  return shown;
}

void SelectionCounts::rebuild() {
  const SelectionModel* selection = context().selection;
  const std::vector<std::uint8_t> none;
  const std::vector<std::uint8_t>& mask = selection ? selection->mask() : none;
  std::vector<LabelBlock> blocks;
  std::int64_t all = 0;
  for (const QString& name : labelsShown()) {
    LabelBlock block = blockOf(arrays_.labels[name], mask);
    if (block.rows.empty()) continue;
    all = 0;
    for (std::size_t c = 0; c < block.rows.size(); ++c) {
      all += block.rows[c].all;
      const bool known = c < static_cast<std::size_t>(arrays_.labels[name].categories.size());
      if (context().palette) block.rows[c].color = context().palette->category(known ? static_cast<int>(c) : -1);
    }
    blocks.push_back(std::move(block));
  }
  const std::int64_t count = selection ? selection->count() : 0;
  keep_->setEnabled(count > 0);
  setEmptyText(blocks.empty() ? tr("No labels yet") : QString());
  const double share = all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0;
  bars_->setToolTip(count > 0 ? QString() : tr("Draw a lasso, click a cell of the matrix or a row to select"));
  setCount(blocks.empty() ? QString() : count > 0 ? tr("%1 of %2").arg(groupedText(count), groupedText(all)) : tr("all %1").arg(groupedText(all)));
  setCaption(blocks.empty() ? QString() : count > 0 ? tr("%1 · tick: %2 % of everything is selected").arg(selection->reason(), cellText(100 * share, 1)) : tr("Nothing is selected"));
  bars_->setBlocks(std::move(blocks), count > 0 ? share : -1);
  scheduleRefresh();
}

void SelectionCounts::refresh() { bars_->update(); }

void SelectionCounts::resizeEvent(QResizeEvent* event) {
  View::resizeEvent(event);
  if (labelsShown().size() != static_cast<qsizetype>(bars_->blocks().size())) rebuild();
}

void SelectionCounts::select(int block, int row, bool add) {
  SelectionModel* selection = context().selection;
  if (!selection) return;
  const LabelBlock& chosen = bars_->blocks()[static_cast<std::size_t>(block)];
  const auto label = arrays_.labels.constFind(chosen.label);
  if (label == arrays_.labels.constEnd() || !label->codes) return;
  const qsizetype known = label->categories.size();
  std::vector<std::uint8_t> mask;
  mask.reserve(label->codes->size());
  for (const std::int32_t code : *label->codes) mask.push_back(row < known ? code == row : code < 0 || code >= known);
  const bool is_first = chosen.label == bindings_.value(QStringLiteral("labels"));
  const QString name = chosen.rows[static_cast<std::size_t>(row)].name;
  QStringList names{name}, sources = is_first ? QStringList{name} : QStringList();
  if (add && selection->mask().size() == mask.size()) {
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask[i] || selection->mask()[i];
    names = QStringList{selection->reason()} + names;
    sources = is_first ? selection->sources() + sources : QStringList();
  }
  sources.removeDuplicates();
  selection->select(bindings_.value(QStringLiteral("axis"), QStringLiteral("cell")), std::move(mask), names.join(tr(" and ")), sources);
}

void SelectionCounts::askName() {
  SelectionModel* selection = context().selection;
  if (!selection || selection->count() == 0) return;
  auto* popup = new QFrame(this, Qt::Popup);
  popup->setAttribute(Qt::WA_DeleteOnClose);
  popup->setObjectName(QStringLiteral("keepPopup"));
  popup->setStyleSheet(QStringLiteral("QFrame#keepPopup { background: %1; border: 1px solid %2; }").arg(themeColors().panel.name(), themeColors().line.name()));
  auto* column = new QVBoxLayout(popup);
  column->setContentsMargins(14, 12, 14, 14);
  column->setSpacing(8);
  auto* head = new QLabel(tr("Keep %1 rows as").arg(groupedText(selection->count())));
  head->setFont(captionFont());
  auto* name = new QLineEdit(selection->reason());
  name->setObjectName(QStringLiteral("keepName"));
  name->setAccessibleName(tr("Name of the selection"));
  name->setToolTip(tr("Letters, digits, space, - and _; Enter keeps it, Esc does not"));
  name->setMaxLength(64);
  name->setFixedWidth(230);
  name->selectAll();
  head->setBuddy(name);
  column->addWidget(head);
  column->addWidget(name);
  connect(name, &QLineEdit::returnPressed, popup, [popup, name, selection] {
    const QString text = name->text().trimmed();
    if (text.isEmpty()) return;
    popup->close();
    selection->requestSave(text);
  });
  popup->adjustSize();
  popup->move(keep_->mapToGlobal(QPoint(keep_->width() - popup->width(), keep_->height() + 4)));
  popup->show();
  name->setFocus();
}

void SelectionCounts::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_K) return askName();
  if (event->key() == Qt::Key_Escape && context().selection) return context().selection->clear();
  View::keyPressEvent(event);
}

QList<QStringList> SelectionCounts::table() const {
  QList<QStringList> rows{{tr("label"), tr("category"), tr("selected"), tr("all")}};
  for (const LabelBlock& block : bars_->blocks())
    for (const CategoryCount& row : block.rows) rows << QStringList{block.label, row.name, QString::number(row.selected), QString::number(row.all)};
  return rows;
}

}  // namespace geocyte::widgets::selection_counts
