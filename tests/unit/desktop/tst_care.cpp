// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does for runs beside showing them: names, tags, notes, trash, the console's tabs; preferences and layout; and
// that every part can be named, reached and read.
#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include "app/desktop/console_panel.h"
#include "app/desktop/main_window.h"
#include "app/desktop/preferences_dialog.h"
#include "app/desktop/run_marks_dialog.h"
#include "app/desktop/system_specs.h"
#include "engine/store/user_marks.h"
#include "tests/support/fake_run.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/theme.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestCare : public QObject {
  Q_OBJECT

  QString makeRun(const char* id, const char* name) {
    std::string yaml;
    for (const config::SystemSpec& spec : specs_)
      if (spec.id == "gems") yaml = config::to_yaml(config::defaults(spec.parameters));
    test::FakeRun run(folder_->path().toStdString(), id, name, yaml);
    run.train(0, 60);
    run.snapshot(50);
    run.say(store::RunState::completed, 60, 60);
    run.writer().flush();
    return folder_->filePath(id);
  }
  void openWindow() {
    window_ = std::make_unique<MainWindow>(specs_, *preferences_, *theme_);
    window_->resize(1400, 900);
    window_->show();
    QApplication::setActiveWindow(window_.get());
  }
  const RunRecord* run() { return window_->workbench().current(); }
  template <class Widget = QWidget>
  Widget* find(const char* name) { return window_->findChild<Widget*>(QString::fromLatin1(name)); }
  QPushButton* toastAction() {
    for (QWidget* toast : window_->findChildren<QWidget*>(QStringLiteral("toast")))
      for (auto* button : toast->findChildren<QPushButton*>()) return button;
    return nullptr;
  }
  static store::RunEvent event(const char* kind, Json details) {
    store::RunEvent made;
    made.kind = kind;
    made.time = "2026-11-21T12:41:07.123Z";
    made.step = 100;
    made.details = std::move(details);
    return made;
  }

 private slots:
  void initTestCase() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    specs_ = plugins::all_specs();
  }
  void init() {
    folder_ = std::make_unique<QTemporaryDir>();
    settings_ = std::make_unique<QTemporaryDir>();
    preferences_ = std::make_unique<Preferences>(settings_->filePath("p.ini"));
    preferences_->setRunsFolder(folder_->path());
    openWindow();
  }
  void cleanup() { window_.reset(); }

  void aRunTakesANameTagsAndNotes() {
    const QString path = makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    auto* list = window_->findChild<QListView*>();
    list->setFocus();
    QTest::keyClick(list, Qt::Key_F2);
    QTRY_VERIFY(window_->findChild<RunMarksDialog*>());
    auto* dialog = window_->findChild<RunMarksDialog*>();
    QTest::keyClicks(dialog->findChild<QLineEdit*>("marksName"), "breast final");
    QTest::keyClicks(dialog->findChild<QLineEdit*>("marksTags"), "paper, baseline, paper");
    QTest::keyClicks(dialog->findChild<QPlainTextEdit*>("marksNotes"), "it worked");
    QTest::mouseClick(dialog->findChild<QPushButton*>("marksSave"), Qt::LeftButton);
    QTRY_COMPARE(run()->info.name, QStringLiteral("breast final"));
    QCOMPARE(run()->info.tags, (QStringList{"paper", "baseline"}));
    QCOMPARE(store::read_notes(path.toStdString()), std::string("it worked"));
    QVERIFY(window_->windowTitle().startsWith("breast final"));
  }

  void aRunGoesToTheTrashAndComesBack() {
    const QString path = makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    auto* list = window_->findChild<QListView*>();
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Delete);
    QTRY_VERIFY(!QFile::exists(path));
    QVERIFY(QFile::exists(folder_->filePath(".trash/20261121-141530-gems-a-0001/run.json")));
    QTRY_VERIFY(window_->isOnStartPage());
    QTRY_VERIFY(toastAction());
    QTest::mouseClick(toastAction(), Qt::LeftButton);
    QTRY_VERIFY(QFile::exists(path + "/run.json"));
    QTRY_COMPARE(window_->workbench().library().order().size(), std::size_t{1});
  }

  void preferencesAreKept() {
    find<QAction>("actionPreferences")->trigger();
    auto* dialog = window_->findChild<PreferencesDialog*>();
    QVERIFY(dialog);
    auto* runs = dialog->findChild<QLineEdit*>("prefRuns");
    auto* save = dialog->findChild<QPushButton*>("prefSave");
    runs->setText("relative");
    QVERIFY(!save->isEnabled());
    runs->setText(folder_->filePath("new place"));
    auto* device = dialog->findChild<QComboBox*>("prefDevice");
    device->setFocus();
    QTest::keyClick(device, Qt::Key_Down);
    dialog->findChild<QSpinBox*>("prefThreads")->setValue(2);
    QTest::mouseClick(dialog->findChild<QWidget*>("prefNotify"), Qt::LeftButton, {}, QPoint(8, 8));
    QTest::mouseClick(save, Qt::LeftButton);
    const Preferences again(settings_->filePath("p.ini"));
    QCOMPARE(again.runsFolder(), folder_->filePath("new place"));
    QCOMPARE(again.device(), QStringLiteral("cpu"));
    QCOMPARE(again.threads(), 2);
    QVERIFY(!again.notifies());
    QTRY_COMPARE(window_->workbench().folder(), folder_->filePath("new place"));
  }

  void aLayoutOfAnotherVersionIsLeftAloneAndSaid() {
    window_.reset();
    {
      QSettings settings(settings_->filePath("p.ini"), QSettings::IniFormat);
      settings.setValue("window/layout", QByteArray("something else"));
      settings.setValue("window/layout_version", 4711);
    }
    preferences_ = std::make_unique<Preferences>(settings_->filePath("p.ini"));
    openWindow();
    QVERIFY(!window_->findChildren<QWidget*>(QStringLiteral("toast")).isEmpty());
  }

  void theWorkspaceIsPutBack() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    QWidget* dock = find("configDock");
    find<QAction>("actionConfig")->trigger();
    QVERIFY(!dock->isVisible());
    find<QAction>("actionResetLayout")->trigger();
    QVERIFY(dock->isVisible());
  }

  void theConsoleTellsAlertsHistoryAndTheRestApart() {
    ConsolePanel console;
    console.resize(400, 300);
    console.show();
    console.setEvents({event("stage", {{"stage", "encode"}, {"what", "begins"}}), event("snapshot", Json::object()),
                       event("alert", {{"id", "collapse"}, {"state", "raised"}, {"severity", "warn"}, {"headline", "It collapses."}, {"evidence", "std 0.01"}, {"advice", "Raise the weight."}}),
                       event("alert", {{"id", "old"}, {"state", "raised"}, {"severity", "warn"}, {"headline", "Over soon."}}),
                       event("alert", {{"id", "old"}, {"state", "cleared"}, {"severity", "warn"}, {"headline", "Over soon."}}),
                       event("change", {{"path", "optimizer.lr"}, {"old", 0.1}, {"new", 0.2}})});
    const auto text = [&] { return console.findChild<QTextBrowser*>("consoleText")->toPlainText(); };
    auto* tabs = console.findChild<widgets::SegmentedControl*>("consoleTabs");
    auto* alerts = tabs->findChild<QAbstractButton*>("segment_alerts");
    QCOMPARE(alerts->text(), QStringLiteral("Alerts 1"));
    QVERIFY(text().contains("snapshot 100") && text().contains("optimizer.lr"));
    QTest::keyClicks(console.findChild<QLineEdit*>("consoleSearch"), "optim");
    QVERIFY(!text().contains("snapshot 100") && text().contains("optimizer.lr"));
    QTest::mouseClick(alerts, Qt::LeftButton);
    QVERIFY2(text().contains("It collapses.") && text().contains("Raise the weight.") && text().contains("over"), qPrintable(text()));
    QVERIFY(text().indexOf("It collapses.") < text().indexOf("Over soon."));
    QTest::mouseClick(tabs->findChild<QAbstractButton*>("segment_history"), Qt::LeftButton);
    QVERIFY(text().contains("optimizer.lr") && !text().contains("It collapses."));
    console.setEvents({});
    QVERIFY(text().contains("Nothing was asked"));
    console.setEvents({event("alert", {{"id", 3}, {"headline", {1}}}), event("alert", "x")});   // hostile
  }

  void aWindowClosesWithChangesThatCouldBeUndone() {
    for (int i = 0; i < 5; ++i) {
      find<QAction>("actionConfigure")->trigger();
      auto* steps = find("newRunPage")->findChild<QLineEdit*>("field/steps");
      steps->setFocus();
      steps->selectAll();
      QTest::keyClicks(steps, "300");
      QTest::keyClick(steps, Qt::Key_Return);
      QVERIFY(find<QAction>("actionUndo")->isEnabled());
      window_.reset();
      openWindow();
    }
  }

  void everyPartCanBeNamedReachedAndRead() {
    makeRun("20261121-141530-gems-a-0001", "a");
    window_->openFolder(folder_->path());
    QTRY_VERIFY(window_->showsData());
    const auto walk = [this](const char* where) {
      QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);   // a text that came in this turn gets its room before it is painted
      for (QWidget* widget : window_->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(window_.get()) || widget->objectName().startsWith("qt_") || qobject_cast<QLineEdit*>(widget->parentWidget())) continue;
        const QByteArray place = QByteArray(where) + ": " + widget->metaObject()->className() + " " + widget->objectName().toLatin1();
        const bool takes = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QPlainTextEdit*>(widget);
        if (takes) {
          auto* button = qobject_cast<QAbstractButton*>(widget);
          QVERIFY2(!widget->objectName().isEmpty(), place);
          QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()), place);
          QVERIFY2(!widget->toolTip().isEmpty(), place);
        }
        const QFontInfo font(widget->font());
        QVERIFY2(font.pixelSize() >= 12, place);
        const auto* label = qobject_cast<QLabel*>(widget);
        if (label && !label->text().isEmpty() && !label->wordWrap() && label->metaObject() == &QLabel::staticMetaObject)
          QVERIFY2(label->width() + 1 >= label->fontMetrics().horizontalAdvance(label->text()) || label->textFormat() == Qt::RichText, place + " clips \"" + label->text().toUtf8() + "\"");
        if (const auto* button = qobject_cast<QPushButton*>(widget); button && button->icon().isNull())
          QVERIFY2(button->width() >= button->fontMetrics().horizontalAdvance(button->text()), place);
      }
    };
    walk("run");
    find<QAction>("actionConfigure")->trigger();
    QTRY_VERIFY(find("newRunPage")->isVisible());
    walk("new run");
    window_->showStartPage();
    walk("start page");
  }

 private:
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<QTemporaryDir> folder_, settings_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<Preferences> preferences_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestCare)
#include "tst_care.moc"
