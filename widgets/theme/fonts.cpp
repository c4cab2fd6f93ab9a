// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/fonts.h"

#include <QDir>
#include <QFontDatabase>

// Must stand outside of any namespace; a static library's resources are registered by hand.
static void registerThemeResources() { Q_INIT_RESOURCE(theme); }

namespace geocyte::widgets {
namespace {

QFont font(const QString& family, int pixels, QFont::Weight weight) {
  QFont made(family);
  made.setPixelSize(pixels);
  made.setWeight(weight);
  made.setStyleHint(family.contains("Mono") ? QFont::Monospace : QFont::SansSerif);
  return made;
}

}  // namespace

QFont textFont() { return font(QStringLiteral("Inter"), kTextPixels, QFont::Normal); }
QFont strongFont() { return font(QStringLiteral("Inter"), kTextPixels, QFont::DemiBold); }
QFont captionFont() { return font(QStringLiteral("Inter"), kCaptionPixels, QFont::Normal); }
QFont brandFont() { return font(QStringLiteral("Inter"), kBrandPixels, QFont::DemiBold); }
QFont monoFont() { return font(QStringLiteral("JetBrains Mono"), kMonoPixels, QFont::Normal); }

void loadFonts() {
  registerThemeResources();
  // Always the bundled files: an installed family of the same name may be another version with other metrics.
  static const bool loaded = [] {
    const QDir folder(QStringLiteral(":/geocyte/fonts"));
    for (const QString& file : folder.entryList(QDir::Files)) QFontDatabase::addApplicationFont(folder.filePath(file));
    return true;
  }();
  Q_UNUSED(loaded);
}

}  // namespace geocyte::widgets
