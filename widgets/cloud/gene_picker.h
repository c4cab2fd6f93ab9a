// SPDX-License-Identifier: GPL-3.0-or-later
// A small popup to find one name among thousands by typing: names that begin with the text first, then those that hold it.
#pragma once

#include <QFrame>
#include <QString>
#include <QStringList>

class QLineEdit;
class QListWidget;

namespace geocyte::widgets::cloud {

/// At most `most` of `names`, in that order; case does not matter. An empty text gives the first ones.
QStringList matching(const QStringList& names, const QString& text, qsizetype most);

class GenePicker : public QFrame {
  Q_OBJECT
 public:
  GenePicker(QStringList names, QWidget* parent);
  /// Opens it below `anchor`; it deletes itself when it is closed.
  void openUnder(const QWidget* anchor);

 signals:
  void picked(const QString& name);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void refill();
  void take();
  QStringList names_;
  QLineEdit* text_;
  QListWidget* list_;
};

}  // namespace geocyte::widgets::cloud
