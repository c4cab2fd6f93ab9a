// SPDX-License-Identifier: GPL-3.0-or-later
// The things all views share: what is selected, which moment is shown, which runs are visible, which colours mean what,
// and where the mouse stands on the step axis. Views subscribe and change them; nobody calls a view directly.
#pragma once

#include <QColor>
#include <QObject>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <vector>

namespace geocyte::widgets {

/// Selected rows of an axis, e.g. cells. Empty = nothing selected (everything is drawn in full colour).
class SelectionModel : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  const std::vector<std::uint8_t>& mask() const { return mask_; }   ///< one byte a row; empty = nothing selected
  std::int64_t count() const { return count_; }
  const QString& axis() const { return axis_; }
  const QString& reason() const { return reason_; }                 ///< "lasso", "P2_ST3 and P2_SC"
  const QStringList& sources() const { return sources_; }           ///< names selected as whole categories, if so
  void select(const QString& axis, std::vector<std::uint8_t> mask, const QString& reason, const QStringList& sources = {});
  void clear();
  /// Somebody wants to keep the selection under this name; whoever owns the files listens.
  void requestSave(const QString& name) { emit saveRequested(name); }
 signals:
  void changed();
  void saveRequested(const QString& name);

 private:
  std::vector<std::uint8_t> mask_;
  std::int64_t count_ = 0;
  QString axis_, reason_;
  QStringList sources_;
};

/// The step that every view shows; live = the newest one.
class TimeCursor : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  bool isLive() const { return live_; }
  std::int64_t step() const { return step_; }
  void setLive();
  void setStep(std::int64_t step);
 signals:
  void changed();

 private:
  bool live_ = true;
  std::int64_t step_ = -1;
};

struct VisibleRun {
  QString id, name;
  QColor color;
  bool visible = true;
  QString kind = {};                    ///< runs of another kind (system) have other scores: they are not held against each other
};

class RunSet : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  const std::vector<VisibleRun>& runs() const { return runs_; }
  const QString& current() const { return current_; }
  void setRuns(std::vector<VisibleRun> runs);
  void setCurrent(const QString& id);
  void setVisible(const QString& id, bool visible);
 signals:
  void changed();
  void currentChanged();

 private:
  std::vector<VisibleRun> runs_;
  QString current_;
};

/// What the shown moment is held against: an earlier step of the same run, or another run. Matrices show it in their lower
/// triangle, clouds beside themselves, curves dashed.
class Reference : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  bool isSet() const { return !run_.isEmpty(); }
  const QString& run() const { return run_; }
  std::int64_t step() const { return step_; }                       ///< -1 = the newest of that run
  const QString& name() const { return name_; }                     ///< "step 500", "seed"
  void set(const QString& run, std::int64_t step, const QString& name);
  void clear();
 signals:
  void changed();

 private:
  QString run_, name_;
  std::int64_t step_ = -1;
};

enum class StepUnit { step, hours, clock };
enum class Outliers { clip, show_all };

/// How all tiles of curves are drawn.
class ChartSettings : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  double smoothing() const { return smoothing_; }
  StepUnit unit() const { return unit_; }
  Outliers outliers() const { return outliers_; }
  void setSmoothing(double amount);             ///< 0 to .99
  void setUnit(StepUnit unit);
  void setOutliers(Outliers outliers);
 signals:
  void changed();

 private:
  double smoothing_ = 0.6;
  StepUnit unit_ = StepUnit::step;
  Outliers outliers_ = Outliers::clip;
};

/// A choice that several views make together, such as the metric of the matrix and of the pairs over training.
class SharedChoice : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  const QString& value() const { return value_; }
  void set(const QString& value);
 signals:
  void changed();

 private:
  QString value_;
};

/// Category colours: Okabe-Ito in a fixed order, on dark the same names moved apart; index wraps after eight.
class PaletteModel : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  bool isDark() const { return dark_; }
  void setDark(bool dark);
  QColor category(int index) const;
 signals:
  void changed();

 private:
  bool dark_ = false;
};

/// The step under the mouse in any curve tile: every tile draws its cross-hair there.
class Crosshair : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  bool isActive() const { return active_; }
  double step() const { return step_; }
  void setStep(double step);
  void clear();
 signals:
  void changed();

 private:
  bool active_ = false;
  double step_ = 0;
};

}  // namespace geocyte::widgets
