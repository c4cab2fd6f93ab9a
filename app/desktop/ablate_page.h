// SPDX-License-Identifier: GPL-3.0-or-later
// The Ablate workspace: the matrix of a grid, and at its right the cell that was opened. Follows the table and the runs that live.
#pragma once

#include <QTimer>
#include <QWidget>

#include <memory>
#include <vector>

#include "app/desktop/cell_detail.h"
#include "app/desktop/grid_watch.h"

class QSplitter;

namespace geocyte::widgets::ablation_matrix {
class AblationMatrix;
}

namespace geocyte::desktop {

class Workbench;

class AblatePage : public QWidget {
  Q_OBJECT
 public:
  explicit AblatePage(Workbench& workbench, QWidget* parent = nullptr);

  /// An empty one takes everything away.
  void setGrid(std::shared_ptr<const GridNews> news);
  bool hasGrid() const { return news_ != nullptr; }
  const GridNews* news() const { return news_.get(); }
  widgets::VerdictText verdict() const;
  /// "mmd off, seed 8", "baseline, seed 7"; "" for a run of elsewhere.
  QString nameOf(const RunInfo& run) const;
  /// Opens the cell that a run was made for; nothing for runs of elsewhere.
  void openCellOf(const QString& path);
  /// Shows what the runs do now.
  void refresh();
  widgets::ablation_matrix::AblationMatrix* matrix() const { return matrix_; }
  CellDetail* detail() const { return detail_; }
  std::vector<widgets::View*> views() const;

 signals:
  void verdictChanged();
  void openRunWanted(const QString& path);
  void picturesWanted(const QString& run, const QString& baseline_run);
  void wrote(const QString& sentence);
  void refused(const QString& sentence);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void openCell(int row);
  void closeCell();
  void tellStory();
  void openFirst();
  const config::SystemSpec* spec() const;

  Workbench& workbench_;
  std::shared_ptr<const GridNews> news_;
  QSplitter* columns_;
  widgets::ablation_matrix::AblationMatrix* matrix_;
  CellDetail* detail_;
  QTimer states_gate_, curves_gate_;           ///< many runs report in quick succession
  std::vector<int> shown_;                     ///< counts of runs that the matrix shows
  std::shared_ptr<const GridNews> shown_news_;
  bool opened_once_ = false;
};

}  // namespace geocyte::desktop
