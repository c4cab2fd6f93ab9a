// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFontInfo>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTest>

#include "widgets/base/shared_models.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;

class TestTheme : public QObject {
  Q_OBJECT

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
      for (int a = 0; a < 8; ++a) {
        QVERIFY(contrastRatio(palette.category(a), themeColors(dark).panel) >= 1.9);
        for (int b = 0; b < a; ++b) QVERIFY(palette.category(a) != palette.category(b));
      }
      QCOMPARE(palette.category(8), palette.category(0));
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
