// SPDX-License-Identifier: GPL-3.0-or-later
// Short messages in the lower right corner of a window: at most three, six seconds each, errors stay until closed.
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <vector>

#include "widgets/theme/colors.h"

class QWidget;

namespace geocyte::widgets {

class Toasts : public QObject {
  Q_OBJECT
 public:
  /// `host`: the widget whose corner they use.
  explicit Toasts(QWidget* host);
  /// With an action text, a link that runs `action`.
  void show(Tone tone, const QString& text, const QString& action_text = {}, std::function<void()> action = {});
  int count() const;

 private:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void arrange();
  QWidget* host_;
  std::vector<QPointer<QWidget>> shown_;
};

}  // namespace geocyte::widgets
