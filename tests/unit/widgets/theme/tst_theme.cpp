// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFontInfo>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/base/shared_models.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;

class TestTheme : public QObject {
  Q_OBJECT

  using Triple = std::array<double, 3>;
  static Triple linear(const QColor& color) {
    const auto one = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return {one(color.redF()), one(color.greenF()), one(color.blueF())};
  }
  static Triple times(const std::array<Triple, 3>& m, const Triple& v) {
    Triple out{};
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) out[i] += m[i][j] * v[j];
    return out;
  }
  /// OKLab (Ottosson 2020) of a colour as it is seen: 0 by most, 1 without red, 2 green, 3 blue cones (Machado et al. 2009, severity 1).
  static Triple seen(const QColor& color, int vision) {
    static const std::array<std::array<Triple, 3>, 3> kWithout{{{{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
                                                                {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
                                                                {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}}};
    Triple rgb = linear(color);
    if (vision > 0) rgb = times(kWithout[static_cast<std::size_t>(vision - 1)], rgb);
    for (double& v : rgb) v = std::clamp(v, 0.0, 1.0);
    Triple lms = times({{{0.4122214708, 0.5363325363, 0.0514459929}, {0.2119034982, 0.6806995451, 0.1073969566}, {0.0883024619, 0.2817188376, 0.6299787005}}}, rgb);
    for (double& v : lms) v = std::cbrt(v);
    return times({{{0.2104542553, 0.7936177850, -0.0040720468}, {1.9779984951, -2.4285922050, 0.4505937099}, {0.0259040371, 0.7827717662, -0.8086757660}}}, lms);
  }
  static double seenDistance(const QColor& one, const QColor& other, int vision) {
    const Triple a = seen(one, vision), b = seen(other, vision);
    return std::sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
  }

 private slots:
  void contrastOfKnownPairs() {
    QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
    QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
    QVERIFY(qAbs(contrastRatio(QColor("#777777"), Qt::white) - 4.48) < 0.01);  // the known edge of WCAG AA
  }

  void textIsReadableOnEveryGround_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
  }
  void textIsReadableOnEveryGround() {
    QFETCH(bool, dark);
    const ThemeColors& c = themeColors(dark);
    for (const QColor& ground : {c.window, c.panel, c.field})
      for (const Tone tone : {Tone::ink, Tone::dim, Tone::faint, Tone::accent, Tone::ok, Tone::warn, Tone::bad}) {
        const double ratio = contrastRatio(toneTextColor(tone, c), ground);
        QVERIFY2(ratio >= 4.5, qPrintable(QString("%1 on %2: %3").arg(toneTextColor(tone, c).name(), ground.name()).arg(ratio)));
      }
    for (const QColor& text : {c.ink, c.dim_on_selected, c.bad_text, c.ok_text, c.warn_text}) {
      const double ratio = contrastRatio(text, c.selected_row);
      QVERIFY2(ratio >= 4.5, qPrintable(QString("%1 on the selected row: %2").arg(text.name()).arg(ratio)));
    }
    QVERIFY(contrastRatio(c.on_accent, c.accent) >= 4.5);
    QVERIFY(contrastRatio(c.ink, c.hover) >= 4.5);
    for (const Tone tone : {Tone::accent, Tone::ok, Tone::warn, Tone::bad}) QVERIFY(contrastRatio(toneColor(tone, c), c.panel) >= 3);  // marks
  }

  void categoriesDifferAndStandOffThePanel() {
    for (const bool dark : {false, true}) {
      PaletteModel palette;
      palette.setDark(dark);
      for (int a = 0; a < 16; ++a) {
        QVERIFY(contrastRatio(palette.category(a), themeColors(dark).panel) >= 1.9);
        for (int b = 0; b < a; ++b) {
          const double distance = seenDistance(palette.category(a), palette.category(b), 0);
          QVERIFY2(distance >= 0.08, qPrintable(QString("%1 and %2: %3").arg(palette.category(a).name()).arg(palette.category(b).name()).arg(distance)));
        }
      }
      QCOMPARE(palette.category(16), palette.category(0));
    }
  }

  void categoriesDifferForEveryKindOfColourVision() {
    struct Wanted {
      bool dark;
      int colors;
      double contrast, normal, other;          // least contrast to the panel, least distances in OKLab
    };
    // On light the eight of Okabe and Ito stay as they are known; six sources are told apart there too.
    for (const Wanted& wanted : {Wanted{true, 8, 3.0, 0.14, 0.07}, Wanted{false, 6, 1.9, 0.12, 0.07}}) {
      PaletteModel palette;
      palette.setDark(wanted.dark);
      for (int a = 0; a < wanted.colors; ++a) {
        QVERIFY(contrastRatio(palette.category(a), themeColors(wanted.dark).panel) >= wanted.contrast);
        for (int b = 0; b < a; ++b)
          for (int vision = 0; vision < 4; ++vision) {
            const double distance = seenDistance(palette.category(a), palette.category(b), vision);
            QVERIFY2(distance >= (vision == 0 ? wanted.normal : wanted.other), qPrintable(QString("%1 and %2, vision %3: %4").arg(palette.category(a).name(), palette.category(b).name()).arg(vision).arg(distance)));
          }
      }
    }
  }

  void noFontIsBelowNinePoints() {
    for (const QFont& font : {textFont(), strongFont(), captionFont(), brandFont(), monoFont()})
      QVERIFY(font.pixelSize() * 72.0 / 96 >= 9);
  }

  void bundledFamiliesAreUsed() {
    loadFonts();
    QCOMPARE(QFontInfo(textFont()).family(), QString("Inter"));
    QCOMPARE(QFontInfo(monoFont()).family(), QString("JetBrains Mono"));
    QVERIFY(QFontInfo(monoFont()).fixedPitch());
  }

  void everyIconTakesTheColourAsked() {
    QVERIFY(iconNames().size() >= 25);
    for (const QString& name : iconNames()) {
      QImage image(32, 32, QImage::Format_ARGB32);
      image.fill(Qt::transparent);
      QPainter painter(&image);
      paintIcon(painter, name, image.rect(), Qt::magenta);
      painter.end();
      int inked = 0;
      for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 32; ++x) {
          const QColor pixel = image.pixelColor(x, y);
          if (pixel.alpha() < 200) continue;
          ++inked;
          QVERIFY2(pixel.green() == 0 && pixel.red() > 240, qPrintable(name));
        }
      QVERIFY2(inked >= 12, qPrintable(name + " is blank"));
    }
    QVERIFY(themeIcon("no such icon").isNull());
    QVERIFY(!productIcon().isNull());
  }

  void aChangeOfThemeReachesPaletteSheetAndIcons() {
    Theme theme(ThemeChoice::light);
    QLabel label("x");
    setTone(&label, Tone::dim);
    label.ensurePolished();
    const QIcon icon = themeIcon("stop");
    const auto middle = [&] { return icon.pixmap(16, 16).toImage().pixelColor(8, 8); };
    QCOMPARE(QApplication::palette().color(QPalette::Window), themeColors(false).window);
    QCOMPARE(middle(), themeColors(false).ink);
    int changes = 0;
    connect(&theme, &Theme::changed, this, [&](bool dark) { changes += dark; });
    theme.setChoice(ThemeChoice::dark);
    QCOMPARE(changes, 1);
    QVERIFY(theme.isDark());
    QCOMPARE(&themeColors(), &themeColors(true));
    QCOMPARE(middle(), themeColors(true).ink);
    QVERIFY(qApp->styleSheet().contains(themeColors(true).accent.name()));
    QVERIFY2(!qApp->styleSheet().contains('$'), "a colour name of the sheet is unknown");
    label.ensurePolished();
    QCOMPARE(label.palette().color(QPalette::WindowText), themeColors(true).dim);
  }

  void choicesSurviveTheirText() {
    for (const ThemeChoice choice : {ThemeChoice::system, ThemeChoice::light, ThemeChoice::dark})
      QCOMPARE(themeChoice(themeChoiceText(choice)), choice);
    QCOMPARE(themeChoice("purple"), ThemeChoice::system);
  }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
