// SPDX-License-Identifier: GPL-3.0-or-later
// One line of text, or a few, cut with an ellipsis where it does not fit; the tooltip then shows all of it.
#pragma once

#include <QLabel>

namespace geocyte::widgets {

class ElidedLabel : public QLabel {
  Q_OBJECT
 public:
  explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
  void setFullText(const QString& text);
  const QString& fullText() const { return full_; }
  /// Takes as many lines as it needs, at most these, and `height` pixels with one.
  void setMostLines(int lines, int height);
  QSize minimumSizeHint() const override;
  QSize sizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void fit();
  QString full_;
  int most_lines_ = 1, line_height_ = 0;
};

}  // namespace geocyte::widgets
