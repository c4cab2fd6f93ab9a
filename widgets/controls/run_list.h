// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs: colour dot, name, state line, one number at the right, headings between groups.
#pragma once

#include <QColor>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <vector>

#include "widgets/theme/colors.h"

class QListView;

namespace geocyte::widgets {

struct RunRow {
  QString id, group, name, state, metric;
  QString tooltip;
  QColor color;
  Tone state_tone = Tone::dim;          ///< of the state line: bad for an alert
  bool visible = true;                  ///< drawn in the curves; a hidden run has a hollow dot
  bool operator==(const RunRow&) const = default;
};

class RunListModel;

class RunList : public QWidget {
  Q_OBJECT
 public:
  explicit RunList(QWidget* parent = nullptr);
  /// Rows of one group stand together in the order given. Selection and scroll position are kept.
  void setRows(const std::vector<RunRow>& rows);
  void setCurrent(const QString& id);
  QString current() const;
  QStringList selected() const;
  void setEmptyText(const QString& text);

 signals:
  void currentChanged(const QString& id);               ///< by the user
  void visibilityToggled(const QString& id, bool visible);
  void menuRequested(const QString& id, const QPoint& global);   ///< by a right click, which shows nothing yet, or by the menu key
  void renameRequested(const QString& id);              ///< F2
  void removeRequested(const QStringList& ids);         ///< Delete

 private:
  void onClick(const QPoint& at);
  bool eventFilter(QObject* watched, QEvent* event) override;
  RunListModel* model_;
  QListView* list_;
  class EmptyState* empty_;
  bool quiet_ = false;
};

}  // namespace geocyte::widgets
