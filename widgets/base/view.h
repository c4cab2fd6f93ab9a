// SPDX-License-Identifier: GPL-3.0-or-later
// The base of every view: one title line (name, choices, count), the drawing, one caption line (method, n, step).
// A view gets named arrays or curves, draws, and tells the shared models what the user did. It knows no engine.
#pragma once

#include <QHash>
#include <QString>
#include <QVariant>
#include <QWidget>

#include "widgets/base/array_map.h"
#include "widgets/base/info_card.h"

class QHBoxLayout;
class QLabel;
class QPicture;
class QToolButton;

namespace geocyte::widgets {

class SelectionModel;
class TimeCursor;
class RunSet;
class PaletteModel;
class Crosshair;
class Reference;
class ChartSettings;
class SharedChoice;
class ProbeModel;
class ElidedLabel;
struct CurveSet;

struct ViewContext {
  SelectionModel* selection = nullptr;
  TimeCursor* cursor = nullptr;
  RunSet* runs = nullptr;
  PaletteModel* palette = nullptr;
  // These may be absent: views then keep their own.
  Crosshair* crosshair = nullptr;
  Reference* reference = nullptr;
  ChartSettings* charts = nullptr;
  SharedChoice* metric = nullptr;       ///< name of the array that matrices and pair curves show
  ProbeModel* probe = nullptr;          ///< questions to the engine about the shown run
};

class View : public QWidget {
  Q_OBJECT
 public:
  View(const ViewContext& context, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  QString title() const;
  /// Where something above it, such as a tab, says the name already.
  void setTitleShown(bool shown);
  /// Right end of the title line: "8 510 of 8 510".
  void setCount(const QString& text);
  QString count() const;
  /// What the drawing comes to, in one line above it: "9 of 15 pairs pass"; "" hides it.
  void setHeadline(const QString& text);
  /// In a narrow view it may take so many lines.
  void setHeadlineLines(int most);
  QString headline() const;
  /// The caption line under the drawing.
  void setCaption(const QString& text);
  QString caption() const;
  /// What its numbers mean: a button in the title line opens it. Empty = no button.
  void setCard(const InfoCard& card);
  const InfoCard& card() const { return card_; }
  void showCard();
  /// Text in the middle while there is nothing to draw; "" hides it.
  void setEmptyText(const QString& text);
  QString emptyText() const;

  /// role -> name of the array or metric: {"values","align/centroid_distance"}.
  virtual void bind(const QHash<QString, QString>& bindings) { bindings_ = bindings; }
  /// New arrays; names it is not bound to are ignored. Never blocks, never throws; survives empty, NaN and single rows.
  virtual void setArrays(const ArrayMap& arrays) { Q_UNUSED(arrays); }
  /// The arrays of what the shown moment is held against (Reference); an empty map = nothing.
  virtual void setReference(const ArrayMap& arrays) { Q_UNUSED(arrays); }
  /// Names of the arrays that the view wants at all moments; small ones only.
  virtual QStringList historyNames() const { return {}; }
  virtual void setHistory(const ArrayHistory& history) { Q_UNUSED(history); }
  /// Curves for views that draw scalars.
  virtual void setCurves(const CurveSet& curves) { Q_UNUSED(curves); }
  /// What is drawn, as text rows: for screen readers, F9 "view as table", CSV and tests.
  virtual QList<QStringList> table() const = 0;
  /// Writes what is shown; the ending decides: .png (twice the pixels), .svg, .csv (table()). False when it cannot be written.
  virtual bool exportTo(const QString& file);

 signals:
  /// The user changed how this view draws: the key and both values are what applySetting() takes.
  void settingChanged(const QString& key, const QVariant& before, const QVariant& now);

 public:
  virtual void applySetting(const QString& key, const QVariant& value) { Q_UNUSED(key) Q_UNUSED(value) }

 protected:
  /// Asks for one repaint within the next frame; many calls give one, views that nobody can see none.
  void scheduleRefresh();
  /// Draw or replot now.
  virtual void refresh() = 0;
  /// The title and caption lines as they are, and `body` as vectors in place of the drawing.
  bool writeSvg(const QString& file, const QPicture& body);
  void setBody(QWidget* body);
  /// For title lines that are full of choices: the count stands on a line of its own below.
  void setCountBelow();
  QHBoxLayout* titleChoices() const { return choices_; }   ///< beside the name: what is shown
  QHBoxLayout* titleEnd() const { return end_; }            ///< at the right end: small switches
  void showEvent(QShowEvent* event) override;
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  const ViewContext& context() const { return context_; }
  QHash<QString, QString> bindings_;

 private:
  ViewContext context_;
  void queueRefresh();
  /// Shown, and not scrolled out of sight or in a window that is put away.
  bool isOnScreen() const;
  ElidedLabel *title_, *count_, *caption_, *headline_;
  QLabel* empty_;
  QHBoxLayout *choices_, *end_;
  QToolButton* card_button_;
  QWidget* frame_;
  InfoCard card_;
  bool pending_ = false, dirty_ = false, count_below_ = false;
};

}  // namespace geocyte::widgets
