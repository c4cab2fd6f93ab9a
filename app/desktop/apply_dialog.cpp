// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/apply_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include "app/desktop/applied_cells.h"
#include "widgets/base/number_format.h"
#include "widgets/base/view_registry.h"
#include "widgets/controls/check_list.h"
#include "widgets/controls/empty_state.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kSoonMs = 400;    // after the last key in a field
constexpr int kSketched = 20'000;

template <class Widget>
Widget* named(Widget* widget, const char* name, const QString& words, const QString& tip) {
  widget->setObjectName(QString::fromLatin1(name));
  widget->setAccessibleName(words);
  widget->setToolTip(tip);
  return widget;
}

QWidget* beside(QWidget* field, QWidget* button) {
  auto* both = new QWidget;
  auto* row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  row->addWidget(field, 1);
  row->addWidget(button);
  return both;
}

QLabel* wrapped(const char* name, widgets::Tone tone) {
  auto* label = new QLabel;
  label->setObjectName(QString::fromLatin1(name));
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  widgets::setTone(label, tone);
  label->hide();
  return label;
}

}  // namespace

ApplyDialog::ApplyDialog(AppliedRun run, const widgets::PaletteModel& palette, QWidget* parent) : QDialog(parent), run_(std::move(run)), soon_(new QTimer(this)) {
  setObjectName(QStringLiteral("applyDialog"));
  setWindowTitle(tr("Apply %1 to new data").arg(run_.name));
  setAcceptDrops(true);
  palette_.setDark(palette.isDark());
  connect(&palette, &widgets::PaletteModel::changed, this, [this, &palette] { palette_.setDark(palette.isDark()); });
  auto* parts = new QSplitter;
  parts->setChildrenCollapsible(false);
  parts->addWidget(buildForm());
  parts->addWidget(buildResult());
  parts->setStretchFactor(1, 1);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(parts);
  resize(1060, 640);
  soon_->setSingleShot(true);
  soon_->setInterval(kSoonMs);
  connectAll();
  refresh();
  data_->setFocus();
}

QWidget* ApplyDialog::buildForm() {
  data_ = named(new QLineEdit, "applyData", tr("Data"), tr("Counts of cells that the run has not seen: .h5ad, .tsv or .csv. A file can be dropped here."));
  data_->setPlaceholderText(tr("new.h5ad"));
  out_ = named(new QLineEdit, "applyOut", tr("Write to"), tr("Its ending says what is written: .h5ad, .csv, or .vtk (points for ParaView)"));
  by_ = named(new QComboBox, "applyBy", tr("A tissue is"), tr("Genes are standardised within each source by its own cells: give cells of one tissue and one assay together"));
  by_->addItem(tr("the whole file"), QString());
  units_ = named(new QComboBox, "applyUnits", tr("Unit of places"), tr("1 is the radius (root mean square) of a training slide, or the unit of the training slides' files"));
  units_->addItem(tr("radii of a training slide"), QStringLiteral("radii"));
  units_->addItem(tr("as in the training slides' files"), QStringLiteral("tissue"));
  zero_ = named(new QCheckBox(tr("Let missing genes count as zero")), "applyZero", tr("Let missing genes count as zero"), tr("The more there are, the less the answer is worth"));
  counts_ = named(new QCheckBox(tr("Write the counts as well (.h5ad)")), "applyCounts", tr("Write the counts as well"), tr("So that the file can be a source of a run"));
  auto* choose = named(new QPushButton(tr("Choose…")), "applyChooseData", tr("Choose data"), tr("Look for the file"));
  auto* place = named(new QPushButton(tr("Choose…")), "applyChooseOut", tr("Choose where to write"), tr("Look for the folder"));
  connect(choose, &QPushButton::clicked, this, &ApplyDialog::chooseData);
  connect(place, &QPushButton::clicked, this, &ApplyDialog::chooseOut);
  form_ = new QFormLayout;
  form_->setHorizontalSpacing(14);
  form_->setVerticalSpacing(8);
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form_->addRow(tr("Data"), beside(data_, choose));
  form_->addRow(tr("A source is"), by_);
  form_->addRow(tr("Unit of places"), units_);
  form_->addRow(tr("Write to"), beside(out_, place));
  form_->addRow(QString(), zero_);
  form_->addRow(QString(), counts_);
  checks_ = named(new widgets::CheckList, "applyChecks", tr("What was found"), QString());
  problem_ = wrapped("applyProblem", widgets::Tone::bad);
  outcome_ = wrapped("applyOutcome", widgets::Tone::ink);
  notes_ = wrapped("applyNotes", widgets::Tone::warn);   // what the engine wants to be read, such as that these cells may be of another tissue
  progress_ = named(new QProgressBar, "applyProgress", tr("Progress"), QString());
  progress_->setTextVisible(false);
  progress_->setFixedHeight(6);
  progress_->hide();
  progress_text_ = wrapped("applyProgressText", widgets::Tone::dim);
  folder_ = named(new QPushButton(tr("Show in folder")), "applyFolder", tr("Show in folder"), tr("Open the folder of the file that was written"));
  close_ = named(new QPushButton(tr("Close")), "applyClose", tr("Close"), tr("Close this window"));
  apply_ = named(new QPushButton(tr("Apply")), "applyStart", tr("Apply"), tr("Compute and write the file"));
  widgets::setButtonKind(apply_, "primary");
  apply_->setDefault(true);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  buttons->addWidget(folder_);
  buttons->addStretch(1);
  buttons->addWidget(close_);
  buttons->addWidget(apply_);
  auto* left = new QWidget;
  left->setMinimumWidth(400);
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(12);
  column->addLayout(form_);
  column->addWidget(checks_);
  column->addWidget(problem_);
  column->addWidget(outcome_);
  column->addWidget(notes_);
  column->addStretch(1);
  column->addWidget(progress_text_);
  column->addWidget(progress_);
  column->addLayout(buttons);
  return left;
}

QWidget* ApplyDialog::buildResult() {
  auto* empty = new widgets::EmptyState;
  empty->setText(tr("No cells yet"), tr("Choose a file, or drop one here. What the run makes of its cells is drawn here."));
  picture_ = new QStackedWidget;
  picture_->setMinimumWidth(420);
  picture_->addWidget(empty);
  return picture_;
}

void ApplyDialog::connectAll() {
  connect(close_, &QPushButton::clicked, this, &ApplyDialog::reject);
  connect(apply_, &QPushButton::clicked, this, &ApplyDialog::start);
  connect(folder_, &QPushButton::clicked, this, [this] {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(QString::fromStdString(result_.value("out", std::string()))).absolutePath()));
  });
  connect(data_, &QLineEdit::textEdited, this, &ApplyDialog::lookSoon);
  connect(out_, &QLineEdit::textEdited, this, &ApplyDialog::lookSoon);
  connect(zero_, &QCheckBox::toggled, this, [this] {
    if (plan_.is_object()) checks_->setRows(applyChecks(plan_, zero_->isChecked()));
    refresh();
  });
  connect(counts_, &QCheckBox::toggled, this, &ApplyDialog::lookSoon);
  connect(by_, &QComboBox::activated, this, &ApplyDialog::refresh);
  connect(soon_, &QTimer::timeout, this, &ApplyDialog::look);
}

QString ApplyDialog::suggestedOut() const {
  const QFileInfo given(data_->text().trimmed());
  return QStringLiteral("%1/%2.%3.h5ad").arg(given.absolutePath(), given.fileName().section(QLatin1Char('.'), 0, 0), run_.system);
}

void ApplyDialog::forgetResult() {
  result_ = nullptr;
  outcome_->hide();
  notes_->hide();
  picture_->setCurrentIndex(0);
  delete view_;
  view_ = nullptr;
}

void ApplyDialog::setData(const QString& path) {
  forgetResult();
  data_->setText(QDir::toNativeSeparators(path));
  if (!out_->isModified()) out_->setText(suggestedOut());
  look();
}

void ApplyDialog::chooseData() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Data to apply %1 to").arg(run_.name), QFileInfo(data_->text()).absolutePath(), tr("Expression data (*.h5ad *.tsv *.tsv.gz *.csv *.csv.gz);;All files (*)"));
  if (!path.isEmpty()) setData(path);
}

void ApplyDialog::chooseOut() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Where to write"), out_->text(), tr("AnnData (*.h5ad);;Table (*.csv);;Points for ParaView (*.vtk)"), nullptr, QFileDialog::DontConfirmOverwrite);
  if (path.isEmpty()) return;
  out_->setText(path);
  out_->setModified(true);
  look();
}

void ApplyDialog::lookSoon() {
  if (sender() == data_ && !out_->isModified() && !data_->text().trimmed().isEmpty()) out_->setText(suggestedOut());
  plan_ = nullptr;
  forgetResult();
  refresh();
  soon_->start();
}

QStringList ApplyDialog::arguments() const {
  QStringList made{QStringLiteral("apply"), QStringLiteral("--run"), run_.path, QStringLiteral("--data"), data_->text().trimmed(), QStringLiteral("--out"), out_->text().trimmed()};
  if (const QString by = by_->currentData().toString(); !by.isEmpty()) made << QStringLiteral("--by") << by;
  if (units_->isEnabled() && units_->currentIndex() > 0) made << QStringLiteral("--units") << units_->currentData().toString();
  if (zero_->isChecked()) made << QStringLiteral("--missing") << QStringLiteral("zero");
  if (counts_->isChecked()) made << QStringLiteral("--with-counts");
  return made;
}

void ApplyDialog::look() {
  soon_->stop();
  if (work_) return;
  delete look_;
  look_ = nullptr;
  plan_ = nullptr;
  problem_->hide();
  if (data_->text().trimmed().isEmpty()) {
    checks_->setRows({});
    return refresh();
  }
  checks_->setRows({{"model", tr("Looking at the file…"), widgets::CheckState::running, {}, {}, {}}});
  QStringList asked = arguments();
  // Columns are only known afterwards: one of an earlier file is no reason to refuse this one.
  if (const qsizetype by = asked.indexOf(QStringLiteral("--by")); by >= 0) asked.remove(by, 2);
  look_ = new EngineCall(asked << QStringLiteral("--dry-run"), this);
  connect(look_, &EngineCall::finished, this, [this](const EngineAnswer& answer) {
    look_->deleteLater();
    look_ = nullptr;
    showPlan(answer);
  });
  refresh();
}

void ApplyDialog::showPlan(const EngineAnswer& answer) {
  if (!answer.ok()) {
    checks_->setRows({});
    problem_->setText(answer.words());
    problem_->show();
    refresh();
    emit checked();
    return;
  }
  plan_ = answer.json;
  const bool places = plan_.value("makes", std::string()) == "places";
  units_->setEnabled(places);
  form_->setRowVisible(units_, places);
  if (auto* label = qobject_cast<QLabel*>(form_->labelForField(by_))) label->setText(places ? tr("A tissue is") : tr("A source is"));
  const QString before = by_->currentData().toString();
  by_->clear();
  by_->addItem(tr("the whole file"), QString());
  for (const Json& column : plan_.value("columns", Json::array())) {
    const QString name = QString::fromStdString(column.value("name", std::string()));
    by_->addItem(tr("each value of %1 (%2)").arg(name, widgets::groupedText(column.value("values", std::int64_t{0}))), name);
  }
  by_->setCurrentIndex(std::max(0, by_->findData(before)));
  checks_->setRows(applyChecks(plan_, zero_->isChecked()));
  refresh();
  emit checked();
}

void ApplyDialog::start() {
  if (work_ || !canApply(checks_->rows()) || !plan_.is_object()) return;
  problem_->hide();
  outcome_->hide();
  notes_->hide();
  result_ = nullptr;
  stopping_ = false;
  progress_->setRange(0, 0);
  progress_text_->setText(tr("Starting the engine…"));
  work_ = new EngineCall(arguments() << QStringLiteral("--sketch") << QString::number(kSketched), this);
  connect(work_, &EngineCall::said, this, [this](const QString& line) {
    int percent = 0;
    QString words;
    if (!readProgress(line, percent, words) || stopping_) return;
    progress_->setRange(0, 100);
    progress_->setValue(percent);
    progress_text_->setText(words);
  });
  connect(work_, &EngineCall::finished, this, [this](const EngineAnswer& answer) {
    work_->deleteLater();
    work_ = nullptr;
    finish(answer);
  });
  refresh();
}

void ApplyDialog::finish(const EngineAnswer& answer) {
  if (answer.ok()) {
    result_ = answer.json;
    outcome_->setText(tr("%1 cells were written to %2 (%3).").arg(widgets::groupedText(result_.value("cells", std::int64_t{0})), QString::fromStdString(result_.value("out", std::string())),
                                                                QString::fromStdString(result_.value("key", std::string()))));
    QStringList lines;
    for (const Json& note : result_.value("notes", Json::array()))
      if (note.is_string()) lines << QStringLiteral("· %1").arg(QString::fromStdString(note.get<std::string>()));
    outcome_->show();
    notes_->setText(lines.join(QLatin1Char('\n')));
    notes_->setVisible(!lines.isEmpty());
    draw(result_);
  } else {
    problem_->setText(stopping_ ? tr("Stopped; nothing was written.") : answer.words());
    problem_->show();
  }
  refresh();
  emit ended();
}

void ApplyDialog::draw(const Json& answer) {
  const widgets::ArrayMap map = appliedCells(answer, run_.name, QFileInfo(data_->text()).fileName());
  delete view_;
  view_ = nullptr;
  if (map.arrays.isEmpty()) return;
  const bool places = map.arrays.contains(QStringLiteral("coordinates/predicted"));
  view_ = widgets::makeView(places ? QStringLiteral("tissue") : QStringLiteral("scatter"), {&selection_, &cursor_, &runs_, &palette_}, picture_);
  view_->setObjectName(QStringLiteral("applyView"));
  view_->setTitle(places ? tr("Tissue") : tr("Cells"));
  view_->setAccessibleName(view_->title());
  if (places)
    view_->bind({{"predicted", "coordinates/predicted"}, {"labels", "source"}, {"uncertainty", "coordinates/uncertainty"}, {"off_tissue", "coordinates/off_tissue"}});
  else
    view_->bind({{"points", "embedding/pca"}, {"labels", firstColour(map)}});
  picture_->addWidget(view_);
  picture_->setCurrentWidget(view_);
  view_->setArrays(map);
}

void ApplyDialog::refresh() {
  const bool busy = work_ != nullptr;
  for (QWidget* field : {static_cast<QWidget*>(data_), static_cast<QWidget*>(out_), static_cast<QWidget*>(by_), static_cast<QWidget*>(zero_), static_cast<QWidget*>(counts_)}) field->setEnabled(!busy);
  zero_->setVisible(zero_->isChecked() || (plan_.is_object() && plan_.value("missing_genes", std::int64_t{0}) > 0));
  progress_->setVisible(busy);
  progress_text_->setVisible(busy);
  folder_->setVisible(hasResult());
  close_->setText(busy ? tr("Stop") : tr("Close"));
  close_->setToolTip(busy ? tr("Stop; nothing is written") : tr("Close this window"));
  close_->setEnabled(!stopping_ || !busy);
  apply_->setEnabled(!busy && !look_ && plan_.is_object() && canApply(checks_->rows()));
}

void ApplyDialog::reject() {
  if (!work_) return QDialog::reject();
  stopping_ = true;
  progress_->setRange(0, 0);
  progress_text_->setText(tr("Stopping…"));
  work_->stop();
  refresh();
}

void ApplyDialog::dragEnterEvent(QDragEnterEvent* event) {
  if (!work_ && event->mimeData()->hasUrls() && event->mimeData()->urls().size() == 1) event->acceptProposedAction();
}

void ApplyDialog::dropEvent(QDropEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (work_ || urls.size() != 1 || !urls.first().isLocalFile()) return;
  event->acceptProposedAction();
  setData(urls.first().toLocalFile());
}

}  // namespace geocyte::desktop
