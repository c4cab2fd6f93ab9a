// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/command_line.h"

using namespace geocyte::desktop;
using Action = CommandLine::Action;

class TestCommandLine : public QObject {
  Q_OBJECT

 private slots:
  void nothingOpensTheWindow() {
    const CommandLine line = parseCommandLine({});
    QCOMPARE(line.action, Action::run);
    QVERIFY(line.open.isEmpty() && line.start.isEmpty() && !line.size.isValid());
  }

  void helpAndVersionWinOverWhatFollows() {
    QCOMPARE(parseCommandLine({"--help", "--nonsense"}).action, Action::help);
    QCOMPARE(parseCommandLine({"-h"}).action, Action::help);
    QCOMPARE(parseCommandLine({"--version"}).action, Action::version);
  }

  void everyOptionOfTheHelpIsUnderstood() {
    const QStringList lines = helpText().split('\n');
    int options = 0;
    for (const QString& line : lines) {
      if (!line.startsWith("  --")) continue;
      const QString name = line.trimmed().section(' ', 0, 0);
      const CommandLine parsed = parseCommandLine({name});
      QVERIFY2(!parsed.error.contains("there is no option"), qPrintable(name));
      ++options;
    }
    QCOMPARE(options, 11);
  }

  void valuesArriveInBothSpellings() {
    const CommandLine line = parseCommandLine({"--size=1600x1000", "--workspace", "align", "--theme=dark", "--scale", "2", "--screenshot", "a.png", "--start", "gems/demo"});
    QCOMPARE(line.action, Action::run);
    QCOMPARE(line.size, QSize(1600, 1000));
    QCOMPARE(line.workspace, QStringLiteral("align"));
    QCOMPARE(line.theme, QStringLiteral("dark"));
    QCOMPARE(line.scale, 2.0);
    QCOMPARE(line.start, QStringLiteral("gems/demo"));
  }

  void badArgumentsAreOneSentenceThatNamesThem_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown") << QStringList{"--colour", "red"} << "--colour";
    QTest::newRow("short") << QStringList{"-x"} << "-x";
    QTest::newRow("no value") << QStringList{"--open"} << "--open";
    QTest::newRow("empty value") << QStringList{"--open="} << "--open";
    QTest::newRow("size") << QStringList{"--size", "big"} << "big";
    QTest::newRow("huge size") << QStringList{"--size", "999999x999999"} << "999999x999999";
    QTest::newRow("theme") << QStringList{"--theme", "pink"} << "pink";
    QTest::newRow("workspace") << QStringList{"--workspace", "kitchen"} << "kitchen";
    QTest::newRow("scale") << QStringList{"--scale", "nan"} << "nan";
    QTest::newRow("missing path") << QStringList{"/nowhere/at/all"} << "/nowhere/at/all";
    QTest::newRow("two paths") << QStringList{"/a", "/b"} << "/a";
  }
  void badArgumentsAreOneSentenceThatNamesThem() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    const CommandLine line = parseCommandLine(arguments);
    QCOMPARE(line.action, Action::error);
    QVERIFY2(line.error.contains(named), qPrintable(line.error));
    QVERIFY(!line.error.contains('\n'));
  }

  void aPathIsOpenedWithAndWithoutTheOption() {
    const QTemporaryDir folder;
    QCOMPARE(parseCommandLine({folder.path()}).open, folder.path());
    QCOMPARE(parseCommandLine({"--open", folder.path()}).open, folder.path());
    QCOMPARE(parseCommandLine({"--open", folder.path(), "--start", "gems/demo"}).action, Action::error);
  }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
