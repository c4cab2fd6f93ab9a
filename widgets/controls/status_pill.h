// SPDX-License-Identifier: GPL-3.0-or-later
// A coloured dot and a word: "● engine running". The word carries the meaning, the colour only supports it.
#pragma once

#include <QString>
#include <QWidget>

#include "widgets/theme/colors.h"

namespace geocyte::widgets {

class StatusPill : public QWidget {
  Q_OBJECT
 public:
  explicit StatusPill(QWidget* parent = nullptr);
  void setState(Tone tone, const QString& text);
  const QString& text() const { return text_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Tone tone_ = Tone::dim;
  QString text_;
};

}  // namespace geocyte::widgets
