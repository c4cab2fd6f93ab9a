// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/diagnosis_dialog.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/desktop/diagnosis_panel.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

enum Page { kMatrix, kWaiting, kReport };
constexpr qsizetype kMostBytes = 4 << 20;

}  // namespace

DiagnosisDialog::DiagnosisDialog(QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("diagnosisDialog"));
  setWindowTitle(tr("Diagnosis of the sources"));
  auto* paste = new QWidget;
  auto* column = new QVBoxLayout(paste);
  column->setContentsMargins(20, 16, 20, 8);
  column->setSpacing(8);
  auto* words = new QLabel(tr("Paste a matrix of distances between sources: a line of names, then a name and its distances on each line. Tabs, commas or spaces; text around it does not matter."));
  words->setWordWrap(true);
  column->addWidget(words);
  matrix_ = new QPlainTextEdit;
  matrix_->setObjectName(QStringLiteral("matrixText"));
  matrix_->setAccessibleName(tr("Matrix of distances"));
  matrix_->setToolTip(tr("The names may say patient and modality, such as P2_ST1 or P10_SC"));
  matrix_->setFont(widgets::monoFont());
  matrix_->setLineWrapMode(QPlainTextEdit::NoWrap);
  matrix_->setTabChangesFocus(true);
  matrix_->setFrameShape(QFrame::StyledPanel);
  matrix_->setProperty("kind", "field");
  matrix_->setPlaceholderText(QStringLiteral("         P2_ST1  P2_ST2  P2_SC\nP2_ST1    0.000   0.412  2.310\nP2_ST2    0.412   0.000  2.194\nP2_SC     2.310   2.194  0.000"));
  column->addWidget(matrix_, 1);
  problem_ = new QLabel;
  problem_->setObjectName(QStringLiteral("matrixProblem"));
  problem_->setWordWrap(true);
  widgets::setTone(problem_, widgets::Tone::bad);
  problem_->hide();
  column->addWidget(problem_);
  auto* gate_row = new QHBoxLayout;
  auto* gate_label = new QLabel(tr("A pair passes below"));
  gate_ = new QDoubleSpinBox;
  gate_->setObjectName(QStringLiteral("matrixGate"));
  gate_->setAccessibleName(tr("A pair passes below"));
  gate_->setToolTip(tr("The bound that distances are held against"));
  gate_->setRange(1e-6, 1e6);
  gate_->setDecimals(3);
  gate_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  gate_->setFixedWidth(84);
  gate_->setValue(1.0);
  gate_label->setBuddy(gate_);
  gate_row->addWidget(gate_label);
  gate_row->addWidget(gate_);
  gate_row->addStretch(1);
  column->addLayout(gate_row);

  waiting_ = new QLabel;
  waiting_->setObjectName(QStringLiteral("diagnosisWaiting"));
  waiting_->setAlignment(Qt::AlignCenter);
  waiting_->setWordWrap(true);
  waiting_->setMargin(40);
  widgets::setTone(waiting_, widgets::Tone::dim);
  panel_ = new DiagnosisPanel;
  pages_ = new QStackedWidget;
  pages_->addWidget(paste);
  pages_->addWidget(waiting_);
  pages_->addWidget(panel_);

  const auto button = [](const char* name, const QString& text, const QString& tip) {
    auto* made = new QPushButton(text);
    made->setObjectName(QString::fromLatin1(name));
    made->setAccessibleName(text);
    made->setToolTip(tip);
    return made;
  };
  back_ = button("matrixBack", tr("Another matrix…"), tr("Back to the field"));
  diagnose_ = button("matrixDiagnose", tr("Diagnose"), tr("Say which source is odd, and which pairs pass"));
  widgets::setButtonKind(diagnose_, "primary");
  diagnose_->setDefault(true);
  QPushButton* shut = button("diagnosisClose", tr("Close"), tr("Close this window"));
  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(20, 8, 20, 16);
  buttons->setSpacing(8);
  buttons->addWidget(back_);
  buttons->addStretch(1);
  buttons->addWidget(shut);
  buttons->addWidget(diagnose_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(pages_, 1);
  whole->addLayout(buttons);
  resize(820, 780);

  connect(shut, &QPushButton::clicked, this, &QDialog::reject);
  connect(back_, &QPushButton::clicked, this, &DiagnosisDialog::askForMatrix);
  const auto ready = [this] { diagnose_->setEnabled(!matrix_->toPlainText().trimmed().isEmpty()); };
  connect(matrix_, &QPlainTextEdit::textChanged, this, [this, ready] {
    problem_->hide();
    ready();
  });
  connect(diagnose_, &QPushButton::clicked, this, [this] {
    pasted_ = true;
    const QByteArray text = matrix_->toPlainText().toUtf8();
    if (text.size() > kMostBytes) {
      problem_->setText(tr("This text is larger than 4 MB and so no matrix of distances."));
      problem_->show();
      return;
    }
    ask({QStringLiteral("diagnose"), QStringLiteral("--matrix"), QStringLiteral("-"), QStringLiteral("--gate"), QString::number(gate_->value(), 'g', 9)}, text);
  });
  ready();
  askForMatrix();
}

void DiagnosisDialog::askForMatrix() {
  setWindowTitle(tr("Diagnose a matrix"));
  pages_->setCurrentIndex(kMatrix);
  back_->hide();
  diagnose_->show();
  matrix_->setFocus();
}

void DiagnosisDialog::showReport(const Json& report, const QString& title) {
  setWindowTitle(title);
  panel_->setReport(report);
  pages_->setCurrentIndex(kReport);
  diagnose_->hide();
  back_->setVisible(pasted_);
}

void DiagnosisDialog::diagnose(const QStringList& arguments, const QString& title) {
  setWindowTitle(title);
  pages_->setCurrentIndex(kWaiting);
  diagnose_->hide();
  back_->hide();
  waiting_->setText(tr("The engine reads the data and compares the sources…"));
  ask(QStringList{QStringLiteral("diagnose")} + arguments, {});
}

void DiagnosisDialog::ask(const QStringList& arguments, const QByteArray& input) {
  delete call_;                                // a newer question takes the place of an older one
  diagnose_->setEnabled(false);
  call_ = new EngineCall(arguments, this, {}, input);
  connect(call_, &EngineCall::finished, this, &DiagnosisDialog::take);
}

void DiagnosisDialog::take(const EngineAnswer& answer) {
  call_->deleteLater();
  call_ = nullptr;
  diagnose_->setEnabled(true);
  if (answer.ok()) {
    showReport(answer.json, pasted_ ? tr("Diagnosis of a matrix") : windowTitle());
  } else {
    const QString said = answer.words();
    problem_->setText(said);
    problem_->setVisible(true);
    waiting_->setText(said);
  }
  emit answered();
}

}  // namespace geocyte::desktop
