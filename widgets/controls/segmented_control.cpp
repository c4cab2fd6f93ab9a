// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/segmented_control.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

constexpr int kControlHeight = 30;
constexpr double kRadius = 6;

/// One choice; the control draws the common outline, the segment only its fill and text.
class Segment : public QAbstractButton {
 public:
  explicit Segment(QWidget* parent) : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
  }
  QSize sizeHint() const override { return {QFontMetrics(strongFont()).horizontalAdvance(text()) + 28, kControlHeight}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColors& c = themeColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF inner = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(hasFocus() ? QPen(c.accent, 1) : QPen(Qt::NoPen));
    painter.setBrush(isChecked() ? c.selected_row : underMouse() && isEnabled() ? c.hover : QColor(Qt::transparent));
    painter.drawRoundedRect(inner, kRadius - 1, kRadius - 1);
    painter.setFont(isChecked() ? strongFont() : textFont());
    painter.setPen(isChecked() ? c.ink : isEnabled() ? c.dim : c.faint);
    painter.drawText(rect(), Qt::AlignCenter, text());
  }
};

}  // namespace

SegmentedControl::SegmentedControl(const QString& label, QWidget* parent) : QWidget(parent), group_(new QButtonGroup(this)) {
  setAccessibleName(label);
  setFixedHeight(kControlHeight);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  row_ = new QHBoxLayout(this);
  row_->setContentsMargins(0, 0, 0, 0);
  row_->setSpacing(0);
  connect(group_, &QButtonGroup::buttonClicked, this,
          [this](QAbstractButton* button) { emit activated(button->property("segment").toString()); });
}

void SegmentedControl::addSegment(const QString& id, const QString& text, const QString& tooltip) {
  auto* segment = new Segment(this);
  segment->setText(text);
  segment->setObjectName(QStringLiteral("segment_") + id);
  segment->setProperty("segment", id);
  segment->setAccessibleName(text);
  segment->setToolTip(tooltip);
  group_->addButton(segment);
  row_->addWidget(segment);
  if (group_->buttons().size() == 1) segment->setChecked(true);
}

void SegmentedControl::setSegmentText(const QString& id, const QString& text) {
  for (QAbstractButton* button : group_->buttons()) {
    if (button->property("segment").toString() != id || button->text() == text) continue;
    button->setText(text);
    button->setAccessibleName(text);
    button->updateGeometry();
  }
}

void SegmentedControl::setSegmentVisible(const QString& id, bool visible) {
  for (QAbstractButton* button : group_->buttons())
    if (button->property("segment").toString() == id) button->setVisible(visible);
}

void SegmentedControl::setCurrent(const QString& id) {
  for (QAbstractButton* button : group_->buttons())
    if (button->property("segment").toString() == id) button->setChecked(true);
}

QString SegmentedControl::current() const {
  const QAbstractButton* button = group_->checkedButton();
  return button ? button->property("segment").toString() : QString();
}

void SegmentedControl::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(c.line, 1));
  painter.setBrush(c.panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

}  // namespace geocyte::widgets
