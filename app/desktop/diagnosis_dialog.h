// SPDX-License-Identifier: GPL-3.0-or-later
// Says what is wrong with sources without a run: of data files or a preset's data, asked of the engine; of a matrix of
// distances that is pasted; or of a run, whose diagnosis is there already.
#pragma once

#include <QDialog>
#include <QStringList>

#include "app/desktop/engine_call.h"

class QDoubleSpinBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace geocyte::desktop {

class DiagnosisPanel;

class DiagnosisDialog : public QDialog {
  Q_OBJECT
 public:
  explicit DiagnosisDialog(QWidget* parent = nullptr);
  /// Shows one that was made elsewhere.
  void showReport(const Json& report, const QString& title);
  /// Asks the engine: `arguments` of `geocyte-engine diagnose`.
  void diagnose(const QStringList& arguments, const QString& title);
  /// A field for a matrix, as it stands in a table, a mail or a log.
  void askForMatrix();
  const DiagnosisPanel& panel() const { return *panel_; }

 signals:
  void answered();

 private:
  void ask(const QStringList& arguments, const QByteArray& input);
  void take(const EngineAnswer& answer);
  QStackedWidget* pages_;
  QPlainTextEdit* matrix_;
  QDoubleSpinBox* gate_;
  QLabel *problem_, *waiting_;
  QPushButton *diagnose_, *back_;
  DiagnosisPanel* panel_;
  EngineCall* call_ = nullptr;
  bool pasted_ = false;
};

}  // namespace geocyte::desktop
