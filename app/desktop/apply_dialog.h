// SPDX-License-Identifier: GPL-3.0-or-later
// Takes cells that a run has never seen through what it has learned: `geocyte-engine apply` by mouse. The data are held against the run first (apply --dry-run): cells, genes,
// memory, the file that will be written; then they are embedded or placed in a process of its own, with progress, and drawn.
#pragma once

#include <QDialog>
#include <QStringList>

#include "app/desktop/engine_call.h"
#include "widgets/base/shared_models.h"
#include "widgets/base/view.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTimer;

namespace geocyte::widgets {
class CheckList;
}

namespace geocyte::desktop {

/// The run whose model is applied.
struct AppliedRun {
  QString path, name, system;
};

class ApplyDialog : public QDialog {
  Q_OBJECT
 public:
  ApplyDialog(AppliedRun run, const widgets::PaletteModel& palette, QWidget* parent = nullptr);
  /// A file of cells; it is looked at at once.
  void setData(const QString& path);
  /// Of `geocyte-engine apply`, as it stands in the fields.
  QStringList arguments() const;
  bool isBusy() const { return work_ != nullptr; }
  /// What came of it is drawn.
  bool hasResult() const { return !result_.is_null(); }
  const widgets::CheckList& checks() const { return *checks_; }
  widgets::View* view() const { return view_; }

 signals:
  void checked();               ///< the list of checks has its answer
  void ended();                 ///< applying has ended, well or not

 protected:
  void reject() override;       ///< while it works: stops it first
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* buildForm();
  QWidget* buildResult();
  void connectAll();
  void chooseData();
  void chooseOut();
  void lookSoon();
  void look();
  void showPlan(const EngineAnswer& answer);
  void start();
  void finish(const EngineAnswer& answer);
  void draw(const Json& answer);
  void refresh();
  void forgetResult();          ///< of other data
  QString suggestedOut() const;

  AppliedRun run_;
  widgets::SelectionModel selection_;
  widgets::TimeCursor cursor_;
  widgets::RunSet runs_;
  widgets::PaletteModel palette_;
  QFormLayout* form_;
  QLineEdit *data_, *out_;
  QComboBox *by_, *units_;
  QCheckBox *zero_, *counts_;
  widgets::CheckList* checks_;
  QLabel *problem_, *progress_text_, *outcome_, *notes_;
  QProgressBar* progress_;
  QStackedWidget* picture_;
  QPushButton *apply_, *close_, *folder_;
  QTimer* soon_;
  EngineCall *look_ = nullptr, *work_ = nullptr;
  widgets::View* view_ = nullptr;
  Json plan_, result_;
  bool stopping_ = false;
};

}  // namespace geocyte::desktop
