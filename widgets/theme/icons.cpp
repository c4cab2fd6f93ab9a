// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/icons.h"

#include <QDir>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

QString iconFile(const QString& name) { return QStringLiteral(":/geocyte/icons/%1.svg").arg(name); }

/// Asks for the colour when it paints, so a change of theme needs no new icon.
class TonedIconEngine : public QIconEngine {
 public:
  TonedIconEngine(const QString& name, Tone tone) : name_(name), tone_(tone) {}
  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const ThemeColors& colors = themeColors();
    const QColor color = mode == QIcon::Disabled ? mixed(colors.panel, colors.dim, 0.55) : toneColor(tone_, colors);
    paintIcon(*painter, name_, rect, color);
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }
  QIconEngine* clone() const override { return new TonedIconEngine(*this); }
  QString iconName() override { return name_; }
  bool isNull() override { return false; }

 private:
  QString name_;
  Tone tone_;
};

}  // namespace

QIcon themeIcon(const QString& name, Tone tone) {
  loadFonts();  // registers the resources
  if (!QFile::exists(iconFile(name))) return {};
  return QIcon(new TonedIconEngine(name, tone));
}

QIcon productIcon() {
  loadFonts();
  return QIcon(iconFile(QStringLiteral("geocyte")));
}

void paintIcon(QPainter& painter, const QString& name, const QRectF& where, const QColor& color) {
  loadFonts();
  QFile file(iconFile(name));
  if (!file.open(QIODevice::ReadOnly)) return;
  QByteArray svg = file.readAll();
  svg.replace("#000", color.name().toLatin1());
  QSvgRenderer renderer(svg);
  const double side = std::min(where.width(), where.height());
  const bool antialiased = painter.testRenderHint(QPainter::Antialiasing);
  painter.setRenderHint(QPainter::Antialiasing);
  renderer.render(&painter, QRectF(where.center().x() - side / 2, where.center().y() - side / 2, side, side));
  painter.setRenderHint(QPainter::Antialiasing, antialiased);
}

QStringList iconNames() {
  loadFonts();
  QStringList names;
  for (const QString& file : QDir(QStringLiteral(":/geocyte/icons")).entryList({QStringLiteral("*.svg")}))
    names << file.chopped(4);
  names.removeAll(QStringLiteral("geocyte"));
  return names;
}

}  // namespace geocyte::widgets
