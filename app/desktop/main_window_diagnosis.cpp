// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about the sources before training: above the views of Align, in their place until there is a first
// snapshot, and for data or a pasted matrix without any run.
#include <QAction>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/desktop/diagnosis_dialog.h"
#include "app/desktop/diagnosis_panel.h"
#include "app/desktop/diagnosis_text.h"
#include "app/desktop/main_window.h"
#include "app/desktop/view_host.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {

QWidget* MainWindow::makeAlignPage() {
  before_training_ = new widgets::VerdictLine;
  before_training_->setObjectName(QStringLiteral("beforeTraining"));
  auto* details = new QPushButton(tr("Details…"));
  details->setObjectName(QStringLiteral("diagnosisDetails"));
  details->setAccessibleName(tr("Diagnosis of the sources before training"));
  details->setToolTip(tr("What was found about each source before training"));
  details->setCursor(Qt::PointingHandCursor);
  widgets::setButtonKind(details, "link");
  connect(details, &QPushButton::clicked, this, &MainWindow::showDiagnosis);
  before_training_->addTrailing(details);
  before_training_->hide();
  diagnosis_ = new DiagnosisPanel;
  align_pages_ = new QStackedWidget;
  align_pages_->addWidget(align_);
  align_pages_->addWidget(diagnosis_);
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(before_training_);
  column->addWidget(align_pages_, 1);
  connect(actions_.diagnosis, &QAction::triggered, this, &MainWindow::showDiagnosis);
  connect(actions_.diagnose_matrix, &QAction::triggered, this, [this] {
    auto* dialog = new DiagnosisDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
  });
  return page;
}

void MainWindow::refreshDiagnosis() {
  const RunRecord* run = workbench_.current();
  const Json report = run ? run->diagnosis : Json();
  const widgets::DiagnosisText text = diagnosisTextOf(report);
  // Before the first snapshot it is all there is to see; afterwards one line above what was learnt.
  const bool alone = !text.isEmpty() && !has_arrays_;
  before_training_->setVisible(!text.isEmpty() && !alone);
  if (!text.isEmpty()) before_training_->setVerdict({text.call.state, tr("Before training: %1").arg(text.call.headline), text.call.evidence, {}});
  diagnosis_->setReport(alone ? report : Json());
  align_pages_->setCurrentIndex(alone ? 1 : 0);
  refreshActions();
}

void MainWindow::showDiagnosis() {
  const RunRecord* run = workbench_.current();
  if (!run || !run->diagnosis.is_object()) return;
  auto* dialog = new DiagnosisDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->showReport(run->diagnosis, tr("The sources of %1 before training").arg(run->info.name));
  dialog->open();
}

}  // namespace geocyte::desktop
