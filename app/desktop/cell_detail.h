// SPDX-License-Identifier: GPL-3.0-or-later
// One cell of a grid against the baseline: what differs in the configuration, each seed beside the same seed of the baseline, the curves of its
// runs over those of the baseline's, why runs failed. Its runs can be opened, and their pictures put beside the baseline's.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>

#include <vector>

#include "app/desktop/grid_bridge.h"
#include "widgets/base/curve_set.h"
#include "widgets/base/view.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QTableWidget;
class QToolButton;

namespace geocyte::widgets {
class ChoiceButton;
class ElidedLabel;
}

namespace geocyte::desktop {

struct CellStory {
  QString name, changes;                       ///< "encoder.latent 64 instead of 32"; "" for the baseline
  bool baseline = false;
  widgets::ablation_matrix::Score score;
  int decimals = 3;
  QString difference;                          ///< "−0.031 [−0.052, −0.010]", "" = none
  std::vector<OptionChange> options;
  std::vector<SeedPair> seeds;
  /// Folders of its runs and of the baseline's.
  QStringList runs() const;
  QStringList baselineRuns() const;
};

class CellDetail : public QWidget {
  Q_OBJECT
 public:
  explicit CellDetail(const widgets::ViewContext& context, QWidget* parent = nullptr);

  void setStory(const CellStory& story);
  const CellStory& story() const { return story_; }
  /// What its runs and the baseline's have recorded so far; the tag that is drawn is chosen here.
  void setLibrary(const RunLibrary& library);
  QString tag() const;
  widgets::View* curves() const { return curves_; }
  QTableWidget* seeds() const { return seeds_; }

 signals:
  void openRunWanted(const QString& path);
  void picturesWanted(const QString& run, const QString& baseline_run);
  void stepWanted(int direction);
  void closed();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* makeHead();
  QWidget* makeButtons();
  void showOptions();
  void showSeeds();
  void refreshButtons();
  void drawCurves();
  /// The seed that is chosen in the table, else the first with a run.
  const SeedPair* chosen() const;

  CellStory story_;
  QStringList shown_options_;
  widgets::CurveSet all_;
  widgets::ElidedLabel *name_, *sum_;
  QLabel *options_title_, *seeds_title_, *reasons_;
  QWidget* options_;
  QGridLayout* options_grid_;
  QTableWidget* seeds_;
  widgets::ChoiceButton* tag_;
  widgets::View* curves_;
  QPushButton *open_, *pictures_;
};

}  // namespace geocyte::desktop
