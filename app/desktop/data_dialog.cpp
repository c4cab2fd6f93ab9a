// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/data_dialog.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "app/desktop/diagnosis_dialog.h"
#include "app/desktop/number_text.h"
#include "widgets/base/number_format.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }

bool isTrainable(const InspectedFile& file) { return file.problem.isEmpty() && file.found.trainable; }

QLabel* line(const QString& words, widgets::Tone tone) {
  auto* label = new QLabel(words);
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  widgets::setTone(label, tone);
  return label;
}

}  // namespace

Json sourcesOf(const std::vector<InspectedFile>& files, const QString& by) {
  Json sources = Json::array();
  for (const InspectedFile& file : files) {
    if (!isTrainable(file)) continue;
    // A split names its sources by the column's values; several files need the file's name in front to stay apart.
    const std::string base = QFileInfo(file.path).completeBaseName().section('.', 0, 0).toStdString();
    const bool split = !by.isEmpty();
    sources.push_back({{"name", split && files.size() == 1 ? std::string() : base}, {"file", file.path.toStdString()}, {"by", by.toStdString()},
                       {"patient", ""}, {"modality", file.found.modality}, {"labels", file.found.labels}, {"spatial", file.found.spatial}});
  }
  return sources;
}

QStringList sourceColumns(const std::vector<InspectedFile>& files) {
  QStringList columns;
  bool first = true;
  for (const InspectedFile& file : files) {
    if (!isTrainable(file)) continue;
    QStringList here;
    for (const std::string& name : file.found.batch_candidates) here << text(name);
    for (const inspect::ColumnGuess& column : file.found.obs)
      if (column.distinct >= 2 && column.distinct <= 100 && column.kind != "numeric" && !here.contains(text(column.name))) here << text(column.name);
    if (first) columns = here;
    else columns.removeIf([&](const QString& name) { return !here.contains(name); });
    first = false;
  }
  return columns;
}

DataDialog::DataDialog(const std::vector<config::SystemSpec>& specs, const QStringList& files, QWidget* parent) : QDialog(parent), specs_(specs) {
  setObjectName(QStringLiteral("dataDialog"));
  setWindowTitle(tr("Open data"));
  auto* content = new QWidget;
  cards_ = new QVBoxLayout(content);
  cards_->setContentsMargins(0, 0, 0, 0);
  cards_->setSpacing(12);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setWidget(content);
  scroll->setAccessibleName(tr("What the files are"));

  preset_ = new QComboBox;
  preset_->setObjectName(QStringLiteral("dataPreset"));
  preset_->setAccessibleName(tr("Preset"));
  preset_->setToolTip(tr("The system and its settings; data and sources are taken from here"));
  for (const config::SystemSpec& spec : specs_)
    for (const config::PresetSpec& preset : spec.presets)
      preset_->addItem(QStringLiteral("%1/%2").arg(text(spec.id), text(preset.id)), text(spec.id));
  // Presets of certain data sets come with sources of their own; own data want the general ones first.
  for (const char* id : {"seed", "recommended"})
    for (int row = 0; row < preset_->count(); ++row)
      if (preset_->itemText(row).section('/', 1) == QLatin1String(id)) preset_->setCurrentIndex(row);
  by_ = new QComboBox;
  by_->setObjectName(QStringLiteral("dataBy"));
  by_->setAccessibleName(tr("A source is"));
  by_->setToolTip(tr("What tells the sources apart: the files, or the values of a column of obs"));
  name_ = new QLineEdit;
  name_->setObjectName(QStringLiteral("dataName"));
  name_->setAccessibleName(tr("Name of the run"));
  name_->setToolTip(tr("Your word for the run, shown in the list of runs"));
  auto* form = new QFormLayout;
  form->addRow(tr("Train"), preset_);
  form->addRow(tr("A source is"), by_);
  form->addRow(tr("Name"), name_);
  verdict_ = new QLabel;
  verdict_->setObjectName(QStringLiteral("dataVerdict"));
  verdict_->setWordWrap(true);

  const auto button = [](const char* name, const QString& words, const QString& tip) {
    auto* made = new QPushButton(words);
    made->setObjectName(QString::fromLatin1(name));
    made->setAccessibleName(words);
    made->setToolTip(tip);
    return made;
  };
  more_ = button("dataMore", tr("Add files…"), tr("Several files become several sources"));
  QPushButton* cancel = button("dataCancel", tr("Cancel"), tr("Start nothing"));
  start_ = button("dataStart", tr("Start training"), tr("Train the chosen preset on these sources in a new run"));
  widgets::setButtonKind(start_, "primary");
  configure_ = button("dataConfigure", tr("Configure…"), tr("Look at all parameters and check them before the start"));
  connect(configure_, &QPushButton::clicked, this, [this] {
    emit configureWanted();
    reject();
  });
  start_->setDefault(true);
  connect(start_, &QPushButton::clicked, this, &QDialog::accept);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  auto* buttons = new QHBoxLayout;
  diagnose_ = button("dataDiagnose", tr("Diagnose…"), tr("Compare the sources as they are: depth, genes, normalisation, distances, and which one is odd"));
  connect(diagnose_, &QPushButton::clicked, this, [this] {
    auto* dialog = new DiagnosisDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->diagnose(diagnosisArguments(), tr("The sources before training"));
    dialog->open();
  });
  through_ = button("dataApply", QString(), tr("Embed or place these cells with what the run has learned; nothing is trained"));
  through_->hide();
  connect(through_, &QPushButton::clicked, this, [this] {
    emit applyWanted(files_.front().path);
    reject();
  });
  buttons->addWidget(more_);
  buttons->addWidget(diagnose_);
  buttons->addWidget(through_);
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(configure_);
  buttons->addWidget(start_);
  connect(more_, &QPushButton::clicked, this, [this] {
    addFiles(QFileDialog::getOpenFileNames(this, tr("Add data files"), files_.empty() ? QString() : QFileInfo(files_.back().path).path(),
                                           tr("Expression data (*.h5ad *.tsv *.tsv.gz *.csv *.csv.gz);;All files (*)")));
  });
  connect(by_, &QComboBox::currentIndexChanged, this, &DataDialog::showChoices);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(12);
  column->addWidget(scroll, 1);
  column->addLayout(form);
  column->addWidget(verdict_);
  column->addLayout(buttons);
  resize(620, 560);
  addFiles(files);
}

void DataDialog::offerRun(const QString& name) {
  through_->setText(tr("Apply %1…").arg(QFontMetrics(font()).elidedText(name, Qt::ElideRight, 140)));
  through_->setAccessibleName(tr("Apply the run %1 to it").arg(name));
  through_->show();
}

void DataDialog::addFiles(const QStringList& files) {
  for (const QString& path : files) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (std::any_of(files_.begin(), files_.end(), [&](const InspectedFile& f) { return f.path == absolute; })) continue;
    ++waiting_;
    auto* call = new EngineCall({QStringLiteral("inspect"), absolute}, this);
    connect(call, &EngineCall::finished, this, [this, call, absolute](const EngineAnswer& answer) {
      add(inspectedFrom(absolute, answer));
      call->deleteLater();
    });
  }
  showFiles();
}

void DataDialog::add(InspectedFile file) {
  --waiting_;
  files_.push_back(std::move(file));
  std::sort(files_.begin(), files_.end(), [](const InspectedFile& a, const InspectedFile& b) { return a.path < b.path; });
  if (!name_->isModified()) name_->setText(QFileInfo(files_.front().path).completeBaseName().section('.', 0, 0));
  const QString before = by_->currentData().toString();
  const QSignalBlocker quiet(by_);
  by_->clear();
  by_->addItem(tr("each file"), QString());
  for (const QString& column : sourceColumns(files_)) by_->addItem(tr("each value of obs['%1']").arg(column), column);
  // One file alone is one source, which nothing can be aligned to: a column is the better first guess.
  const int kept = by_->findData(before);
  by_->setCurrentIndex(kept > 0 ? kept : files_.size() == 1 && by_->count() > 1 ? 1 : 0);
  showFiles();
  emit inspected();
}

void DataDialog::showFiles() {
  while (QLayoutItem* item = cards_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (const InspectedFile& file : files_) cards_->addWidget(card(file));
  if (waiting_ > 0) cards_->addWidget(line(tr("Looking at %1…").arg(waiting_ == 1 ? tr("the file") : tr("%1 files").arg(waiting_)), widgets::Tone::dim));
  cards_->addStretch(1);
  showChoices();
}

QWidget* DataDialog::card(const InspectedFile& file) {
  auto* made = new QWidget;
  auto* column = new QVBoxLayout(made);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  auto* title = new QLabel(QFileInfo(file.path).fileName());
  title->setFont(widgets::strongFont());
  title->setToolTip(file.path);
  column->addWidget(title);
  if (!file.problem.isEmpty()) {
    column->addWidget(line(file.problem, widgets::Tone::bad));
    return made;
  }
  const inspect::FileInspection& found = file.found;
  QStringList facts{text(found.kind)};
  if (found.cells > 0) facts << tr("%1 cells × %2 genes").arg(widgets::groupedText(found.cells), widgets::groupedText(found.genes));
  if (!found.values.empty()) facts << text(found.values);
  if (!found.storage.empty()) facts << text(found.storage);
  if (found.memory_bytes >= 1e6) facts << tr("%1 in memory").arg(memoryText(found.memory_bytes));
  if (found.simulated) facts << tr("simulated");
  column->addWidget(line(facts.join(QStringLiteral(" · ")), widgets::Tone::dim));
  QStringList guesses;
  if (!found.modality.empty()) guesses << (found.modality == "st" ? tr("spatial") : tr("single cells"));
  if (!found.labels.empty()) guesses << tr("cell types in obs['%1']").arg(text(found.labels));
  if (!found.spatial.empty()) guesses << tr("places in obsm['%1']").arg(text(found.spatial));
  if (!guesses.isEmpty()) column->addWidget(line(tr("Seems to hold: %1").arg(guesses.join(QStringLiteral(", "))), widgets::Tone::dim));
  for (const std::string& problem : found.problems) column->addWidget(line(text(problem), found.trainable ? widgets::Tone::warn : widgets::Tone::bad));
  return made;
}

void DataDialog::showChoices() {
  const auto usable = std::count_if(files_.begin(), files_.end(), isTrainable);
  QString verdict;
  if (waiting_ > 0) verdict = {};
  else if (usable == 0) verdict = tr("No system can train on this: a file with cells, genes and expression values is needed.");
  else if (usable == 1 && by_->currentData().toString().isEmpty())
    verdict = tr("One source only: there is nothing to align it to. Add files, or split this one by a column.");
  else verdict = tr("Ready to train.");
  verdict_->setText(verdict);
  widgets::setTone(verdict_, usable == 0 ? widgets::Tone::bad : widgets::Tone::dim);
  configure_->setEnabled(usable > 0 && waiting_ == 0);
  const bool several = usable > 1 || (usable == 1 && !by_->currentData().toString().isEmpty());
  diagnose_->setEnabled(several && waiting_ == 0 && preset_->count() > 0);
  through_->setEnabled(usable == 1 && files_.size() == 1 && waiting_ == 0);
  start_->setEnabled(usable > 0 && waiting_ == 0 && preset_->count() > 0);
}

QString DataDialog::system() const { return preset_->currentData().toString(); }

QStringList DataDialog::diagnosisArguments() const {
  const jobs::JobSpec job = this->job();
  QStringList arguments{QStringLiteral("--preset"), text(job.preset)};
  for (const auto& [path, value] : job.set) arguments << QStringLiteral("--set") << text(path + "=" + value);
  return arguments;
}

jobs::JobSpec DataDialog::job() const {
  jobs::JobSpec job;
  job.preset = preset_->currentText().toStdString();
  job.device.clear();                          // the preset's
  job.name = name_->text().trimmed().toStdString();
  if (!files_.empty()) job.set.emplace_back("data_folder", Json(QFileInfo(files_.front().path).absolutePath().toStdString()).dump());
  job.set.emplace_back("sources", sourcesOf(files_, by_->currentData().toString()).dump());
  return job;
}

}  // namespace geocyte::desktop
