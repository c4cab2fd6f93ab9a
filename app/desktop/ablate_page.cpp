// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/ablate_page.h"

#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

#include "app/desktop/workbench.h"
#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/ablation_matrix/ablation_matrix.h"

namespace geocyte::desktop {
namespace {

constexpr int kRoomForBoth = 1200, kStatesMs = 300, kCurvesMs = 150;
constexpr double kMatrixShare = 0.62;

}  // namespace

AblatePage::AblatePage(Workbench& workbench, QWidget* parent) : QWidget(parent), workbench_(workbench) {
  setObjectName(QStringLiteral("ablate"));
  matrix_ = new widgets::ablation_matrix::AblationMatrix(workbench.viewContext());
  matrix_->setObjectName(QStringLiteral("view_ablation_matrix"));
  detail_ = new CellDetail(workbench.viewContext());
  detail_->hide();
  columns_ = new QSplitter(Qt::Horizontal);
  columns_->setHandleWidth(1);
  columns_->setChildrenCollapsible(false);
  columns_->addWidget(matrix_);
  columns_->addWidget(detail_);
  columns_->setStretchFactor(0, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(columns_);

  using Matrix = widgets::ablation_matrix::AblationMatrix;
  connect(matrix_, &Matrix::cellOpened, this, &AblatePage::openCell);
  connect(matrix_, &Matrix::cellClosed, this, &AblatePage::closeCell);
  connect(matrix_, &Matrix::scoreChosen, this, [this] {
    tellStory();
    emit verdictChanged();
  });
  connect(matrix_, &Matrix::copied, this, [this](const QString& what) { emit wrote(tr("The table is in the clipboard as %1.").arg(what)); });
  connect(matrix_, &Matrix::unwritable, this, [this](const QString& file) { emit refused(tr("%1 could not be written.").arg(file)); });
  connect(detail_, &CellDetail::stepWanted, matrix_, &Matrix::step);
  connect(detail_, &CellDetail::closed, this, [this] {
    closeCell();
    matrix_->grid()->setFocus();
  });
  connect(detail_, &CellDetail::openRunWanted, this, &AblatePage::openRunWanted);
  connect(detail_, &CellDetail::picturesWanted, this, &AblatePage::picturesWanted);

  for (QTimer* gate : {&states_gate_, &curves_gate_}) gate->setSingleShot(true);
  states_gate_.setInterval(kStatesMs);
  curves_gate_.setInterval(kCurvesMs);
  connect(&states_gate_, &QTimer::timeout, this, &AblatePage::refresh);
  connect(&curves_gate_, &QTimer::timeout, this, [this] { detail_->setLibrary(workbench_.library()); });
  const auto soon = [](QTimer& gate) {
    if (!gate.isActive()) gate.start();
  };
  connect(&workbench.library(), &RunLibrary::listChanged, this, [this, soon] { soon(states_gate_); });
  connect(&workbench.library(), &RunLibrary::runChanged, this, [this, soon](const QString& path) {
    const RunRecord* run = workbench_.library().find(path);
    if (news_ && run && !run->info.experiment.grid.isEmpty()) soon(states_gate_);
  });
  connect(&workbench.library(), &RunLibrary::curvesChanged, this, [this, soon](const QString& path) {
    const CellStory& story = detail_->story();
    if (!detail_->isHidden() && (story.runs().contains(path) || story.baselineRuns().contains(path))) soon(curves_gate_);
  });
  connect(workbench.palette(), &widgets::PaletteModel::changed, this, [this, soon] { soon(curves_gate_); });
}

const config::SystemSpec* AblatePage::spec() const { return news_ ? workbench_.spec(QString::fromStdString(news_->report->system)) : nullptr; }

std::vector<widgets::View*> AblatePage::views() const {
  std::vector<widgets::View*> shown{matrix_};
  if (!detail_->isHidden()) shown.push_back(detail_->curves());
  return shown;
}

void AblatePage::setGrid(std::shared_ptr<const GridNews> news) {
  const bool other = !news || !news_ || news->file != news_->file;
  news_ = std::move(news);
  if (other) {
    opened_once_ = false;
    closeCell();
  }
  if (!news_) {
    shown_news_.reset();
    matrix_->setContent({});
    return;
  }
  refresh();
  openFirst();
}

void AblatePage::refresh() {
  if (!news_) return;
  widgets::ablation_matrix::Content content = gridContent(*news_->report, news_->effects, spec(), workbench_.library());
  std::vector<int> counts;
  for (const auto& row : content.rows)
    for (const int count : {row.finished, row.running, row.pending, row.failed}) counts.push_back(count);
  // Runs report every second; only what changed is drawn anew.
  if (shown_news_ == news_ && counts == shown_) return;
  shown_news_ = news_;
  shown_ = std::move(counts);
  matrix_->setContent(std::move(content));
  tellStory();
  emit verdictChanged();
}

QString AblatePage::nameOf(const RunInfo& run) const {
  if (!news_ || run.experiment.grid != QString::fromStdString(news_->report->id)) return {};
  for (const auto& row : matrix_->content().rows)
    if (row.isCell() && row.name == run.experiment.cell)
      return tr("%1, seed %2").arg(row.baseline ? tr("baseline") : widgets::ablation_matrix::changesText(matrix_->content(), row)).arg(run.experiment.seed);
  return {};
}

widgets::VerdictText AblatePage::verdict() const { return news_ ? gridVerdict(*news_->report, spec(), matrix_->score()) : widgets::VerdictText(); }

void AblatePage::openCellOf(const QString& path) {
  if (!news_) return;
  for (const jobs::ReportRun& run : news_->report->runs) {
    if (run.run.empty() || news_->runs + QLatin1Char('/') + QString::fromStdString(run.run) != path) continue;
    matrix_->setOpened(static_cast<int>(run.cell));
    openCell(static_cast<int>(run.cell));
    return;
  }
}

/// Where there is room for both, the cell that the verdict names is open from the start.
void AblatePage::openFirst() {
  if (opened_once_ || !news_ || !isVisible() || width() < kRoomForBoth) return;
  const config::SystemSpec* system = spec();
  const std::string score = matrix_->score().toStdString();
  const jobs::GridFinding finding = jobs::finding_of(*news_->report, score, system ? config::find_score(system->scores, score) : nullptr);
  if (!finding.row) return;
  matrix_->setOpened(static_cast<int>(*finding.row));
  openCell(static_cast<int>(*finding.row));
}

void AblatePage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  // Its size is known after this turn.
  QTimer::singleShot(0, this, &AblatePage::openFirst);
}

void AblatePage::openCell(int) {
  opened_once_ = true;
  if (detail_->isHidden()) {
    detail_->show();
    const int first = static_cast<int>(kMatrixShare * columns_->width());
    columns_->setSizes({first, columns_->width() - first});
  }
  tellStory();
}

void AblatePage::closeCell() {
  matrix_->setOpened(-1);
  detail_->hide();
  workbench_.setCompanions({});
}

void AblatePage::tellStory() {
  const int row = matrix_->opened();
  if (!news_ || row < 0 || detail_->isHidden()) return;
  const jobs::GridReport& report = *news_->report;
  const auto cell = static_cast<std::size_t>(row);
  if (cell >= report.cells.size()) return closeCell();
  const widgets::ablation_matrix::Content& content = matrix_->content();
  const int score = content.indexOf(matrix_->score());
  CellStory story;
  story.name = QString::fromStdString(report.cells[cell].name);
  story.baseline = cell == report.baseline();
  if (!story.baseline) story.changes = QString::fromStdString(jobs::changes_of(report, cell));
  if (score >= 0) {
    story.score = content.scores[static_cast<std::size_t>(score)];
    story.decimals = widgets::ablation_matrix::decimalsFor(content.largestMean(story.score.id));
    story.difference = widgets::ablation_matrix::differenceText(content.rows[cell].values.value(story.score.id), story.decimals);
  }
  story.options = optionChanges(report, cell);
  story.seeds = seedPairs(report, cell, story.score.id, news_->runs);
  detail_->setStory(story);
  workbench_.setCompanions(story.runs() + story.baselineRuns());
  detail_->setLibrary(workbench_.library());
}

}  // namespace geocyte::desktop
