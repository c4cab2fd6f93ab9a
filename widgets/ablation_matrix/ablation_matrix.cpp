// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/ablation_matrix.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QSaveFile>
#include <QToolButton>

#include <algorithm>

#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/ablation_matrix/table_text.h"
#include "widgets/base/hover_card.h"
#include "widgets/controls/choice_button.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::ablation_matrix {
namespace {

constexpr std::size_t kMostOthers = 4;
const QString kCells = QStringLiteral("cells"), kPivot = QStringLiteral("pivot"), kEffects = QStringLiteral("effects"), kAll = QStringLiteral("*");

const QString& idOf(Form form) { return form == Form::pivot ? kPivot : form == Form::effects ? kEffects : kCells; }

bool writeText(const QString& file, const QString& text) {
  QSaveFile out(file);
  return out.open(QIODevice::WriteOnly) && out.write(text.toUtf8()) >= 0 && out.commit();
}

}  // namespace

AblationMatrix::AblationMatrix(const ViewContext& context, QWidget* parent) : View(context, parent), grid_(new AblationGrid) {
  setTitle(tr("Ingredients"));
  setCountBelow();
  grid_->setObjectName(QStringLiteral("ablationGrid"));
  grid_->setAccessibleName(tr("Cells of the grid and their scores"));
  setBody(grid_);
  setEmptyText(tr("No grid is open"));
  buildChoices();
  buildMenu();
  connect(grid_, &AblationGrid::cursorMoved, this, [this](int, int score) {
    if (score < 0 || content_.scores[static_cast<std::size_t>(score)].id == score_) return;
    setScore(content_.scores[static_cast<std::size_t>(score)].id);
    emit scoreChosen(score_);
  });
  connect(grid_, &AblationGrid::activated, this, [this](int row, int) {
    if (row < 0 || !content_.rows[static_cast<std::size_t>(row)].isCell()) return;
    setOpened(row);
    emit cellOpened(row);
  });
  connect(grid_, &AblationGrid::stepped, this, &AblationMatrix::step);
  connect(grid_, &AblationGrid::sortWanted, this, &AblationMatrix::sortBy);
  connect(grid_, &AblationGrid::closed, this, [this] {
    setOpened(-1);
    emit cellClosed();
  });
  connect(grid_, &AblationGrid::hovered, this, &AblationMatrix::hover);
}

void AblationMatrix::buildChoices() {
  const auto add = [this](const char* name, const QString& label, const QString& prefix) {
    auto* button = new ChoiceButton(label, prefix);
    button->setObjectName(QString::fromLatin1(name));
    titleChoices()->addWidget(button);
    return button;
  };
  form_choice_ = add("ablationForm", tr("How cells are arranged (P)"), {});
  score_choice_ = add("ablationScore", tr("Which score is looked at (M)"), tr("score: "));
  rows_choice_ = add("ablationRows", tr("Factor of the rows"), tr("rows: "));
  columns_choice_ = add("ablationColumns", tr("Factor of the columns"), tr("columns: "));
  connect(form_choice_, &ChoiceButton::chosen, this, [this](const QString& id) { setForm(id == kPivot ? Form::pivot : id == kEffects ? Form::effects : Form::cells); });
  connect(score_choice_, &ChoiceButton::chosen, this, [this](const QString& id) {
    setScore(id);
    emit scoreChosen(id);
  });
  const auto choose = [this](QString& own, QString& other, const QString& factor) {
    if (other == factor) other = own;   // they change places
    own = factor;
    fillChoices();
    rearrange();
  };
  connect(rows_choice_, &ChoiceButton::chosen, this, [this, choose](const QString& id) { choose(choice_.rows, choice_.columns, id); });
  connect(columns_choice_, &ChoiceButton::chosen, this, [this, choose](const QString& id) { choose(choice_.columns, choice_.rows, id); });
  for (std::size_t i = 0; i < kMostOthers; ++i) {
    auto* button = add(qPrintable(QStringLiteral("ablationOnly%1").arg(i)), tr("Level of another factor, or all of them nested in the rows"), {});
    only_.push_back(button);
    connect(button, &ChoiceButton::chosen, this, [this, button](const QString& level) {
      const QString factor = button->property("factor").toString();
      if (level == kAll) choice_.only.remove(factor);
      else choice_.only.insert(factor, level);
      rearrange();
    });
  }
}

void AblationMatrix::buildMenu() {
  menu_ = new QToolButton;
  menu_->setObjectName(QStringLiteral("ablationMenu"));
  menu_->setIcon(themeIcon(QStringLiteral("export"), Tone::dim));
  menu_->setIconSize({14, 14});
  menu_->setFocusPolicy(Qt::TabFocus);
  menu_->setAccessibleName(tr("Copy or save this table"));
  menu_->setToolTip(tr("Copy or save this table"));
  menu_->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(menu_);
  const auto copy = [this](const QString& text, const QString& what) {
    QGuiApplication::clipboard()->setText(text);
    emit copied(what);
  };
  menu->addAction(tr("Copy as Markdown"), this, [this, copy] { copy(markdown(), tr("Markdown")); });
  menu->addAction(tr("Copy as LaTeX"), this, [this, copy] { copy(latex(), tr("LaTeX")); });
  menu->addSeparator();
  menu->addAction(tr("Save as CSV…"), this, [this] { saveAs(QStringLiteral("csv"), tr("Numbers (*.csv)")); });
  menu->addAction(tr("Save as Markdown…"), this, [this] { saveAs(QStringLiteral("md"), tr("Markdown (*.md)")); });
  menu->addAction(tr("Save as LaTeX…"), this, [this] { saveAs(QStringLiteral("tex"), tr("LaTeX (*.tex)")); });
  menu->addAction(tr("Save as picture…"), this, [this] { saveAs(QStringLiteral("png"), tr("Picture (*.png *.svg)")); });
  menu_->setMenu(menu);
  titleEnd()->addWidget(menu_);
}

void AblationMatrix::setContent(Content content) {
  content_ = std::move(content);
  if (content_.indexOf(score_) < 0) score_ = content_.scores.empty() ? QString() : content_.scores.front().id;
  if (content_.indexOf(order_.score) < 0) order_ = {};
  const auto has = [this](const QString& name) { return std::any_of(content_.factors.begin(), content_.factors.end(), [&](const Factor& factor) { return factor.name == name; }); };
  if (!has(choice_.rows) || !has(choice_.columns)) choice_ = firstPivot(content_);
  choice_.score = score_;
  const std::vector<Form> possible = forms();
  if (std::find(possible.begin(), possible.end(), form_) == possible.end()) form_ = Form::cells;
  if (opened() >= static_cast<int>(content_.rows.size())) grid_->setOpened(-1);
  fillChoices();
  rearrange();
}

void AblationMatrix::fillChoices() {
  std::vector<ChoiceButton::Choice> forms{{kCells, tr("cells × scores"), tr("Every cell of the grid with all its scores")}};
  if (content_.factors.size() > 1) forms.push_back({kPivot, tr("two factors"), tr("One score over two factors; the others are nested in the rows")});
  if (content_.hasEffects()) forms.push_back({kEffects, tr("effects"), tr("What each factor changes over all settings of the others, and which two do not add up")});
  form_choice_->setChoices(std::move(forms));
  form_choice_->setCurrent(idOf(form_));
  const bool pivot = form_ == Form::pivot;
  std::vector<ChoiceButton::Choice> scores;
  for (const Score& score : content_.scores) scores.push_back({score.id, score.title, QStringLiteral("%1: %2").arg(score.id, score.what)});
  score_choice_->setChoices(std::move(scores));
  score_choice_->setCurrent(score_);
  std::vector<ChoiceButton::Choice> factors;   // without choices a button is not there
  if (pivot)
    for (const Factor& factor : content_.factors) factors.push_back({factor.name, factor.name, {}});
  for (ChoiceButton* button : {rows_choice_, columns_choice_}) {
    button->setChoices(factors);
    button->setCurrent(button == rows_choice_ ? choice_.rows : choice_.columns);
  }
  std::size_t next = 0;
  for (const Factor& factor : content_.factors) {
    if (!pivot || next >= only_.size() || factor.name == choice_.rows || factor.name == choice_.columns) continue;
    ChoiceButton* button = only_[next++];
    std::vector<ChoiceButton::Choice> levels{{kAll, tr("%1: all").arg(factor.name), tr("All levels, nested in the rows")}};
    for (const QString& level : factor.levels) levels.push_back({level, factor.name + QLatin1Char(' ') + level, {}});
    button->setProperty("factor", factor.name);
    button->setChoices(std::move(levels));
    button->setCurrent(choice_.only.value(factor.name, kAll));
  }
  for (; next < only_.size(); ++next) only_[next]->setChoices({});
}

void AblationMatrix::rearrange() {
  choice_.score = score_;
  const bool pivot = form_ == Form::pivot;
  const Arrangement arrangement = pivot ? pivotOf(content_, choice_) : form_ == Form::effects ? effectsByScores(content_, order_) : cellsByScores(content_, order_);
  const bool empty = arrangement.lines.empty() || (arrangement.heads.empty() && content_.runs() == 0);
  setEmptyText(empty ? (content_.rows.empty() ? tr("No grid is open") : tr("No cell was planned here")) : content_.scores.empty() ? tr("No run has finished yet: scores come with the first") : QString());
  grid_->setArrangement(content_, arrangement, order_);
  if (!pivot && grid_->head() < 0) grid_->setCursorAt(-1, content_.indexOf(score_));
  const int cells = static_cast<int>(std::count_if(content_.rows.begin(), content_.rows.end(), [](const Row& row) { return row.isCell(); }));
  QStringList count{content_.title, cells == 1 ? tr("1 cell") : tr("%1 cells").arg(cells), tr("%1 of %2 runs finished").arg(content_.finished()).arg(content_.runs())};
  if (content_.failed() > 0) count << tr("%1 failed").arg(content_.failed());
  count.removeAll(QString());
  setCount(content_.rows.empty() ? QString() : count.join(QStringLiteral(" · ")));
  QString caption = captionText(content_, form_ == Form::effects);
  if (content_.seeds.size() > 1) caption += tr(". Blue: better, orange: worse, grey: no better side; weak: not sure. One in twenty intervals excludes 0 by chance");
  if (pivot && std::isfinite(content_.chance(score_))) caption += tr(". Chance %1").arg(plainText(content_.chance(score_), decimalsFor(content_.largestMean(score_))));
  setCaption(content_.rows.empty() ? QString() : caption);
  scheduleRefresh();
}

void AblationMatrix::setScore(const QString& id) {
  if (content_.indexOf(id) < 0 || id == score_) return;
  score_ = id;
  score_choice_->setCurrent(id);
  if (form_ == Form::pivot) return rearrange();
  const int line = grid_->line();
  const Place place = grid_->arrangement().at(line, grid_->head());
  if (place.score != content_.indexOf(id)) grid_->setCursorAt(place.row, content_.indexOf(id));
}

std::vector<Form> AblationMatrix::forms() const {
  std::vector<Form> possible{Form::cells};
  if (content_.factors.size() > 1) possible.push_back(Form::pivot);
  if (content_.hasEffects()) possible.push_back(Form::effects);
  return possible;
}

void AblationMatrix::setForm(Form form) {
  const std::vector<Form> possible = forms();
  form_ = std::find(possible.begin(), possible.end(), form) == possible.end() ? Form::cells : form;
  fillChoices();
  rearrange();
}

void AblationMatrix::setOpened(int row) {
  grid_->setOpened(row);
  if (row >= 0) grid_->setCursorAt(row, content_.indexOf(score_));
}

int AblationMatrix::opened() const { return grid_->opened(); }

void AblationMatrix::step(int direction) {
  std::vector<int> rows;
  for (std::size_t l = 0; l < grid_->arrangement().lines.size(); ++l)
    for (std::size_t h = 0; h < (form_ == Form::pivot ? grid_->arrangement().heads.size() : std::min<std::size_t>(1, grid_->arrangement().heads.size())); ++h)
      if (const int row = grid_->arrangement().at(static_cast<int>(l), static_cast<int>(h)).row; row >= 0 && content_.rows[static_cast<std::size_t>(row)].isCell()) rows.push_back(row);
  if (rows.empty()) return;
  const auto here = std::find(rows.begin(), rows.end(), opened());
  const std::ptrdiff_t last = static_cast<std::ptrdiff_t>(rows.size()) - 1;
  const std::ptrdiff_t next = here == rows.end() ? (direction > 0 ? 0 : last) : std::clamp<std::ptrdiff_t>(here - rows.begin() + direction, 0, last);
  setOpened(rows[static_cast<std::size_t>(next)]);
  emit cellOpened(rows[static_cast<std::size_t>(next)]);
}

void AblationMatrix::sortBy(int score) {
  const Score& one = content_.scores[static_cast<std::size_t>(score)];
  const bool best_first = one.better != Better::lower;
  // The better side first, then the other one, then as planned.
  if (order_.score != one.id) order_ = {one.id, best_first};
  else if (order_.descending == best_first) order_.descending = !best_first;
  else order_ = {};
  rearrange();
}

void AblationMatrix::hover(int row, int score, const QPoint& at) {
  if (row < 0 || score < 0) return HoverCard::hideFrom(grid_);
  const Row& one = content_.rows[static_cast<std::size_t>(row)];
  const Score& of = content_.scores[static_cast<std::size_t>(score)];
  const Value value = one.values.value(of.id);
  const int decimals = decimalsFor(content_.largestMean(of.id));
  HoverContent said;
  said.title = one.name;
  said.rows.append({of.title, meanText(value, decimals)});
  said.rows.append({tr("seeds"), QString::number(value.n)});
  const bool effect = one.kind == RowKind::effect;
  if (value.hasDifference()) said.rows.append({effect ? tr("effect") : tr("to the baseline"), signedText(value.difference, decimals)});
  if (value.hasInterval()) said.rows.append({tr("95 % interval"), QStringLiteral("%1, %2").arg(signedText(value.low, decimals), signedText(value.high, decimals))});
  if (effect && std::isfinite(value.lowest)) said.rows.append({tr("in single settings"), QStringLiteral("%1 to %2").arg(signedText(value.lowest, decimals), signedText(value.highest, decimals))});
  if (const int base = content_.baseline(); !effect && base >= 0 && base != row) said.rows.append({tr("baseline"), meanText(content_.rows[static_cast<std::size_t>(base)].values.value(of.id), decimals)});
  if (std::isfinite(value.chance)) said.rows.append({tr("chance"), plainText(value.chance, decimals)});
  if (effect) said.notes << one.detail;
  if (one.baseline) said.notes << tr("the baseline: all others are held against it");
  else if (value.isIdentical()) said.notes << tr("the same numbers in every seed: in so few steps, or beside what else is set, this takes no part");
  else if (value.hasInterval()) said.notes << (value.excludesZero() ? tr("%1 for this score; the interval excludes 0").arg(sideText(value, of)) : tr("may be nothing: the interval contains 0"));
  else if (value.hasDifference()) said.notes << tr("one seed: no interval, nothing is proven");
  if (const QString progress = progressText(one); !progress.isEmpty()) said.notes << progress;
  for (const QString& reason : one.reasons.mid(0, 2)) said.notes << reason;
  said.notes << of.what;
  HoverCard::showAt(at, said, grid_);
}

void AblationMatrix::refresh() { grid_->viewport()->update(); }

void AblationMatrix::keyPressEvent(QKeyEvent* event) {
  if (const std::vector<Form> possible = forms(); event->key() == Qt::Key_P && possible.size() > 1) {
    const auto here = std::find(possible.begin(), possible.end(), form_);
    return setForm(here == possible.end() || here + 1 == possible.end() ? possible.front() : *(here + 1));
  }
  if (event->key() == Qt::Key_M) return score_choice_->showMenu();
  View::keyPressEvent(event);
}

QList<QStringList> AblationMatrix::table() const { return numberRows(content_); }
QString AblationMatrix::markdown() const { return markdownOf(content_, grid_->arrangement()); }
QString AblationMatrix::latex() const { return latexOf(content_, grid_->arrangement()); }

bool AblationMatrix::exportTo(const QString& file) {
  if (file.endsWith(QLatin1String(".md"), Qt::CaseInsensitive)) return writeText(file, markdown());
  if (file.endsWith(QLatin1String(".tex"), Qt::CaseInsensitive)) return writeText(file, latex());
  return View::exportTo(file);
}

void AblationMatrix::saveAs(const QString& ending, const QString& kind) {
  QString file = QFileDialog::getSaveFileName(this, tr("Save the table"), QStringLiteral("ablation.") + ending, kind);
  if (file.isEmpty()) return;
  if (!file.contains('.')) file += QLatin1Char('.') + ending;
  if (!exportTo(file)) emit unwritable(file);
}

}  // namespace geocyte::widgets::ablation_matrix
