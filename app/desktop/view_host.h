// SPDX-License-Identifier: GPL-3.0-or-later
// The views of one workspace, made from what a system's spec says about itself. The window knows no system by name:
// views come from ViewSpec bindings, tiles of curves from metrics that name a tile.
#pragma once

#include <QHash>
#include <QSet>
#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

#include "app/desktop/system_specs.h"
#include "widgets/base/array_map.h"
#include "widgets/base/curve_set.h"
#include "widgets/base/view.h"

class QGridLayout;
class QScrollArea;
class QVBoxLayout;

namespace geocyte::desktop {

/// A view that is to be made.
struct ViewPlan {
  QString type, title;
  QHash<QString, QString> bindings;
  bool only_with_data = false;  ///< a tile of a term that may be switched off: shown once it has points
  widgets::InfoCard card;       ///< what its numbers mean
  bool operator==(const ViewPlan&) const = default;
};

/// The views of `workspace` ("monitor", "align") as the spec wants them: its views in order, then for the monitor a tile for
/// each tile name of its metrics that no view shows yet.
std::vector<ViewPlan> plansOf(const config::SystemSpec& spec, const QString& workspace);
/// For folders without a spec: a tile a tag, total loss first, at most 60.
std::vector<ViewPlan> plansOfTags(QStringList tags);

class ViewHost : public QWidget {
  Q_OBJECT
 public:
  enum class Layout {
    board,                      ///< tiles of the same size, three in a row, three rows on a screen, scrolled when there are more
    pairs,                      ///< two large ones, up to three places in a row below with movable borders; what does not fit shares the last as tabs
    focus,                      ///< a large one, the others in a narrow column beside it, with movable borders
  };
  ViewHost(Layout layout, const widgets::ViewContext& context, QWidget* parent = nullptr);

  /// Keeps the views when the plans are the same as before.
  void setPlans(const std::vector<ViewPlan>& plans);
  /// A widget that ends the first screen of a board (the console).
  void setCompanion(QWidget* widget);
  const std::vector<widgets::View*>& views() const { return views_; }
  /// False for a tile that has nothing to draw in this run; a view behind a tab is shown.
  bool shows(const widgets::View* view) const;
  /// Brings a view to the front where it shares its place.
  void raise(const widgets::View* view);
  /// Views of a workspace that is not shown need not follow: they are given everything when it is shown. Awake at first.
  void setAwake(bool awake);
  void setArrays(const widgets::ArrayMap& arrays);
  void setCurves(const widgets::CurveSet& curves);
  void setReference(const widgets::ArrayMap& arrays);
  void setHistory(const widgets::ArrayHistory& history);
  /// What the views want at every moment.
  QStringList historyNames() const;

 signals:
  void viewMade(geocyte::widgets::View* view);

 private:
  bool eventFilter(QObject* watched, QEvent* event) override;
  QWidget* makeBoard();
  QWidget* makePairs();
  QWidget* makeTabs(std::size_t from);
  QWidget* makeFocus();
  void arrangeBoard();
  void fitRows();
  Layout layout_;
  widgets::ViewContext context_;
  std::vector<ViewPlan> asked_, plans_;        ///< what was asked for, and of it what this build can show; plans_ goes with views_
  std::vector<widgets::View*> views_;
  bool awake_ = true;
  std::optional<widgets::ArrayMap> late_arrays_, late_reference_;      ///< what came while asleep
  std::optional<widgets::ArrayHistory> late_history_;
  std::optional<widgets::CurveSet> late_curves_;
  std::vector<bool> shown_;                    ///< one a view of a board
  QSet<QString> tags_;                         ///< for which shown_ was found
  QVBoxLayout* frame_;
  QWidget* body_ = nullptr;
  QWidget* companion_ = nullptr;
  QWidget* rest_ = nullptr;                    ///< fills what is left of the last row
  QGridLayout* grid_ = nullptr;
  int fittingColumns() const;
  QScrollArea* scroll_ = nullptr;
  int columns_ = 3;
  bool settled_ = false;
};

}  // namespace geocyte::desktop
