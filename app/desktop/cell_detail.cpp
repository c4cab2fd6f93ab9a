// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/cell_detail.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "widgets/ablation_matrix/cell_words.h"
#include "widgets/base/shared_models.h"
#include "widgets/base/view_registry.h"
#include "widgets/controls/choice_button.h"
#include "widgets/controls/elided_label.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

namespace matrix = widgets::ablation_matrix;

constexpr int kMargin = 14, kSeedRow = 26, kMostSeedRows = 7, kMostOptions = 8;

QLabel* heading(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(QString::fromLatin1(name));
  label->setFont(widgets::captionFont());
  label->setContentsMargins(kMargin, 8, kMargin, 2);
  widgets::setTone(label, widgets::Tone::dim);
  return label;
}

QToolButton* tool(const char* name, const QString& icon, const QString& words, const QString& tip) {
  auto* button = new QToolButton;
  button->setObjectName(QString::fromLatin1(name));
  button->setIcon(widgets::themeIcon(icon, widgets::Tone::dim));
  button->setIconSize({14, 14});
  button->setAccessibleName(words);
  button->setToolTip(tip);
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

/// Total loss and validation first.
int rank(const QString& tag) {
  return tag == QLatin1String("val/total") ? 0 : tag == QLatin1String("val/choice") ? 1 : tag == QLatin1String("loss/total") ? 2 : tag.startsWith(QLatin1String("val/")) ? 3 : 4;
}

}  // namespace

QStringList CellStory::runs() const {
  QStringList paths;
  for (const SeedPair& seed : seeds)
    if (!seed.run.isEmpty()) paths << seed.run;
  return paths;
}

QStringList CellStory::baselineRuns() const {
  QStringList paths;
  for (const SeedPair& seed : seeds)
    if (!baseline && !seed.baseline_run.isEmpty()) paths << seed.baseline_run;
  return paths;
}

CellDetail::CellDetail(const widgets::ViewContext& context, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("cellDetail"));
  setAccessibleName(tr("The chosen cell against the baseline"));
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  options_title_ = heading("cellOptionsTitle");
  seeds_title_ = heading("cellSeedsTitle");
  options_ = new QWidget;
  options_->setObjectName(QStringLiteral("cellOptions"));
  options_grid_ = new QGridLayout(options_);
  options_grid_->setContentsMargins(kMargin, 0, kMargin, 4);
  options_grid_->setHorizontalSpacing(16);
  options_grid_->setVerticalSpacing(3);
  seeds_ = new QTableWidget(0, 5);
  seeds_->setObjectName(QStringLiteral("cellSeeds"));
  seeds_->setAccessibleName(tr("Each seed beside the same seed of the baseline"));
  seeds_->setToolTip(tr("A double click or Enter opens the run of the seed"));
  seeds_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  seeds_->setSelectionBehavior(QAbstractItemView::SelectRows);
  seeds_->setSelectionMode(QAbstractItemView::SingleSelection);
  seeds_->setShowGrid(false);
  seeds_->setFont(widgets::monoFont());
  seeds_->verticalHeader()->hide();
  seeds_->verticalHeader()->setDefaultSectionSize(kSeedRow);
  seeds_->horizontalHeader()->setFont(widgets::captionFont());
  seeds_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  seeds_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  seeds_->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  reasons_ = new QLabel;
  reasons_->setObjectName(QStringLiteral("cellReasons"));
  reasons_->setWordWrap(true);
  reasons_->setFont(widgets::captionFont());
  reasons_->setContentsMargins(kMargin, 4, kMargin, 4);
  reasons_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  widgets::setTone(reasons_, widgets::Tone::bad);
  tag_ = new widgets::ChoiceButton(tr("Which curve is drawn"), tr("curve: "));
  tag_->setObjectName(QStringLiteral("cellTag"));
  curves_ = widgets::makeView(QStringLiteral("loss_curves"), context, this);
  curves_->setTitle(tr("Curves"));
  curves_->setMinimumHeight(150);
  auto* tag_line = new QHBoxLayout;
  tag_line->setContentsMargins(kMargin - 6, 4, kMargin, 0);
  tag_line->addWidget(tag_);
  tag_line->addStretch(1);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeHead());
  column->addWidget(options_title_);
  column->addWidget(options_);
  column->addWidget(seeds_title_);
  column->addWidget(seeds_);
  column->addWidget(reasons_);
  column->addLayout(tag_line);
  column->addWidget(curves_, 1);
  column->addWidget(makeButtons());
  connect(tag_, &widgets::ChoiceButton::chosen, this, &CellDetail::drawCurves);
  connect(seeds_, &QTableWidget::itemSelectionChanged, this, &CellDetail::refreshButtons);
  connect(seeds_, &QTableWidget::cellDoubleClicked, this, [this](int row, int) {
    if (const QString run = story_.seeds[static_cast<std::size_t>(row)].run; !run.isEmpty()) emit openRunWanted(run);
  });
}

QWidget* CellDetail::makeHead() {
  auto* head = new QWidget;
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(kMargin, 7, 8, 0);
  row->setSpacing(2);
  auto* words = new QVBoxLayout;
  words->setSpacing(1);
  name_ = new widgets::ElidedLabel;
  name_->setObjectName(QStringLiteral("cellName"));
  name_->setFont(widgets::strongFont());
  sum_ = new widgets::ElidedLabel;
  sum_->setObjectName(QStringLiteral("cellSum"));
  sum_->setFont(widgets::captionFont());
  widgets::setTone(sum_, widgets::Tone::dim);
  words->addWidget(name_);
  words->addWidget(sum_);
  row->addLayout(words, 1);
  auto* before = tool("cellBefore", QStringLiteral("arrow-up"), tr("Cell before"), tr("The cell before ([)"));
  auto* after = tool("cellAfter", QStringLiteral("arrow-down"), tr("Cell after"), tr("The cell after (])"));
  auto* close = tool("cellClose", QStringLiteral("close"), tr("Close"), tr("Close the cell (Esc)"));
  for (QToolButton* button : {before, after, close}) row->addWidget(button, 0, Qt::AlignTop);
  connect(before, &QToolButton::clicked, this, [this] { emit stepWanted(-1); });
  connect(after, &QToolButton::clicked, this, [this] { emit stepWanted(1); });
  connect(close, &QToolButton::clicked, this, &CellDetail::closed);
  return head;
}

QWidget* CellDetail::makeButtons() {
  auto* foot = new QWidget;
  auto* row = new QHBoxLayout(foot);
  row->setContentsMargins(kMargin, 8, kMargin, 10);
  row->setSpacing(8);
  open_ = new QPushButton(tr("Open run"));
  open_->setObjectName(QStringLiteral("cellOpen"));
  pictures_ = new QPushButton(tr("Compare pictures"));
  pictures_->setObjectName(QStringLiteral("cellPictures"));
  for (QPushButton* button : {open_, pictures_}) {
    button->setAccessibleName(button->text());
    row->addWidget(button);
  }
  row->addStretch(1);
  connect(open_, &QPushButton::clicked, this, [this] {
    if (const SeedPair* seed = chosen()) emit openRunWanted(seed->run);
  });
  connect(pictures_, &QPushButton::clicked, this, [this] {
    if (const SeedPair* seed = chosen()) emit picturesWanted(seed->run, seed->baseline_run);
  });
  return foot;
}

const SeedPair* CellDetail::chosen() const {
  const auto selected = seeds_->selectionModel()->selectedRows();
  if (!selected.isEmpty() && selected.first().row() < static_cast<int>(story_.seeds.size()))
    if (const SeedPair& seed = story_.seeds[static_cast<std::size_t>(selected.first().row())]; !seed.run.isEmpty()) return &seed;
  const auto found = std::find_if(story_.seeds.begin(), story_.seeds.end(), [](const SeedPair& seed) { return !seed.run.isEmpty(); });
  return found == story_.seeds.end() ? nullptr : &*found;
}

void CellDetail::refreshButtons() {
  const SeedPair* seed = chosen();
  open_->setEnabled(seed != nullptr);
  open_->setToolTip(seed ? tr("Show the run of seed %1 in Monitor").arg(seed->seed) : tr("No run of this cell lies in the folder of the grid"));
  const bool both = seed && !story_.baseline && !seed->baseline_run.isEmpty();
  pictures_->setEnabled(both);
  pictures_->setToolTip(both ? tr("Show the run of seed %1 with the baseline's run of the same seed beside it").arg(seed->seed)
                             : story_.baseline ? tr("The baseline is what others are held against") : tr("Needs a run of this cell and one of the baseline with the same seed"));
}

void CellDetail::setStory(const CellStory& story) {
  const bool other = story.name != story_.name;
  story_ = story;
  name_->setFullText(story.baseline ? tr("Baseline") : story.changes);
  name_->setToolTip(story.name);
  const QString side = story.difference.isEmpty() ? QString() : tr("%1 %2").arg(story.score.title, story.difference);
  sum_->setFullText(story.baseline ? story.name : side.isEmpty() ? tr("no difference to the baseline is known yet") : side);
  if (other) seeds_->clearSelection();
  showOptions();
  showSeeds();
  drawCurves();
  refreshButtons();
}

void CellDetail::showOptions() {
  QStringList now{story_.name};
  for (const OptionChange& change : story_.options) now << change.path << change.baseline << change.cell;
  if (now == shown_options_) return;
  shown_options_ = now;
  while (QLayoutItem* item = options_grid_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  options_title_->setText(tr("What differs in the configuration"));
  options_title_->setVisible(!story_.baseline);
  options_->setVisible(!story_.baseline);
  const auto put = [this](int row, int column, const QString& text, bool mono, widgets::Tone tone) {
    auto* label = new widgets::ElidedLabel(text);
    label->setFont(mono ? widgets::monoFont() : widgets::captionFont());
    widgets::setTone(label, tone);
    options_grid_->addWidget(label, row, column);
  };
  if (story_.options.empty()) return put(0, 0, tr("no option: it is the same configuration under another name"), false, widgets::Tone::dim);
  put(0, 0, tr("option"), false, widgets::Tone::dim);
  put(0, 1, tr("baseline"), false, widgets::Tone::dim);
  put(0, 2, tr("this cell"), false, widgets::Tone::dim);
  int row = 1;
  for (const OptionChange& change : story_.options) {
    if (row > kMostOptions) {
      put(row, 0, tr("and %1 more").arg(story_.options.size() - kMostOptions), false, widgets::Tone::dim);
      break;
    }
    put(row, 0, change.path, true, widgets::Tone::ink);
    put(row, 1, change.baseline.isEmpty() ? tr("as in the base") : change.baseline, true, widgets::Tone::dim);
    put(row, 2, change.cell.isEmpty() ? tr("as in the base") : change.cell, true, widgets::Tone::ink);
    ++row;
  }
  options_grid_->setColumnStretch(0, 3);
  options_grid_->setColumnStretch(1, 2);
  options_grid_->setColumnStretch(2, 2);
}

void CellDetail::showSeeds() {
  seeds_title_->setText(tr("%1, seed by seed").arg(story_.score.title));
  seeds_->setHorizontalHeaderLabels(story_.baseline ? QStringList{tr("seed"), tr("value"), {}, {}, tr("time")} : QStringList{tr("seed"), tr("value"), tr("baseline"), tr("difference"), tr("time")});
  seeds_->setColumnHidden(2, story_.baseline);
  seeds_->setColumnHidden(3, story_.baseline);
  const int rows = static_cast<int>(story_.seeds.size());
  seeds_->setRowCount(rows);
  QStringList reasons;
  for (int r = 0; r < rows; ++r) {
    const SeedPair& seed = story_.seeds[static_cast<std::size_t>(r)];
    const QString seconds = std::isfinite(seed.seconds) ? tr("%1 s").arg(seed.seconds, 0, 'f', seed.seconds < 10 ? 1 : 0) : QStringLiteral("–");
    const QStringList texts{seed.seed, std::isfinite(seed.value) ? matrix::plainText(seed.value, story_.decimals) : seed.state, matrix::plainText(seed.baseline, story_.decimals),
                            matrix::signedText(seed.value - seed.baseline, story_.decimals), seconds};
    for (int c = 0; c < static_cast<int>(texts.size()); ++c) {
      auto* item = new QTableWidgetItem(texts[c]);
      item->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
      item->setToolTip(seed.run.isEmpty() ? seed.state : seed.run);
      seeds_->setItem(r, c, item);
    }
    if (seed.failed) reasons << tr("Seed %1 failed: %2").arg(seed.seed, seed.reason);
  }
  seeds_->setFixedHeight(seeds_->horizontalHeader()->sizeHint().height() + kSeedRow * std::clamp(rows, 1, kMostSeedRows) + 2);
  reasons_->setText(reasons.mid(0, 3).join('\n') + (reasons.size() > 3 ? tr("\nand %1 more").arg(reasons.size() - 3) : QString()));
  reasons_->setVisible(!reasons.isEmpty());
}

void CellDetail::setLibrary(const RunLibrary& library) {
  all_ = {};
  const widgets::ThemeColors& colors = widgets::themeColors();
  const auto add = [&](const QStringList& paths, bool is_baseline) {
    for (const QString& path : paths) {
      const RunRecord* run = library.find(path);
      if (!run) continue;
      const auto seed = std::find_if(story_.seeds.begin(), story_.seeds.end(), [&](const SeedPair& one) { return one.run == path || one.baseline_run == path; });
      const QString name = (is_baseline ? tr("baseline, seed %1") : tr("seed %1")).arg(seed == story_.seeds.end() ? QString() : seed->seed);
      for (const auto& [tag, series] : run->curves) all_.by_tag[tag].push_back({path, name, tag, is_baseline ? colors.dim : colors.accent, is_baseline, series});
      all_.total_steps = std::max(all_.total_steps, static_cast<double>(run->status.total_steps));
      all_.ended = !run->isAlive();
    }
  };
  add(story_.baselineRuns(), true);
  add(story_.runs(), false);
  QStringList tags = all_.by_tag.keys();
  tags.erase(std::remove_if(tags.begin(), tags.end(), [](const QString& tag) { return tag.startsWith(QLatin1String("time/")) || tag.startsWith(QLatin1String("lr/")); }), tags.end());
  std::sort(tags.begin(), tags.end(), [](const QString& a, const QString& b) { return rank(a) != rank(b) ? rank(a) < rank(b) : a < b; });
  std::vector<widgets::ChoiceButton::Choice> choices;
  for (const QString& tag : tags) choices.push_back({tag, tag, {}});
  tag_->setChoices(std::move(choices));
  drawCurves();
}

QString CellDetail::tag() const { return tag_->current(); }

void CellDetail::drawCurves() {
  curves_->bind({{QStringLiteral("values"), tag()}});
  curves_->setObjectName(QStringLiteral("cellCurves"));
  curves_->setTitle(tr("Curves over the baseline's"));
  curves_->setCaption(story_.baseline ? tr("its runs, one a seed") : tr("this cell: full lines, one a seed; baseline: dashed"));
  curves_->setCurves(all_);
}

void CellDetail::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_BracketLeft: emit stepWanted(-1); return;
    case Qt::Key_BracketRight: emit stepWanted(1); return;
    case Qt::Key_Escape: emit closed(); return;
    case Qt::Key_Return: case Qt::Key_Enter:
      if (seeds_->hasFocus()) return open_->click();
      break;
    default: break;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace geocyte::desktop
