// SPDX-License-Identifier: GPL-3.0-or-later
// A journey: the real window, the real engine, and a hand that has a mouse and keys. What all journeys need to begin, to point at
// things, and to leave no engine behind.
#pragma once

#include <QAction>
#include <QApplication>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <csignal>
#include <functional>
#include <memory>

#include "app/desktop/main_window.h"
#include "app/desktop/system_specs.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/theme/theme.h"

namespace geocyte::test {

/// Patience on a busy machine, in milliseconds: until the first steps of a run (its data may be simulated first), and for an answer.
inline constexpr int kStart = 120'000, kAnswer = 60'000;

/// Derive from it with Q_OBJECT. Helpers that fail mark the test as failed and return.
class Journey : public QObject {
 protected:
  /// Folder, theme and preferences of this test alone. False when there is no engine: then QSKIP.
  bool prepare() {
    const QString engine = qEnvironmentVariable("GEOCYTE_BIN") + "/geocyte-engine";
    if (!QFileInfo(engine).isExecutable()) return false;
    qputenv("GEOCYTE_ENGINE", engine.toLocal8Bit());
    folder_ = std::make_unique<QTemporaryDir>();
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    preferences_ = std::make_unique<desktop::Preferences>(folder_->filePath("preferences.ini"));
    preferences_->setRunsFolder(folder_->filePath("runs"));
    return true;
  }
  static constexpr const char* kNoEngine = "geocyte-engine was not built (no LibTorch in this configuration)";

  void openWindow(QSize size = {1500, 950}) {
    window_ = std::make_unique<desktop::MainWindow>(plugins::all_specs(), *preferences_, *theme_);
    window_->resize(size);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    QApplication::setActiveWindow(window_.get());   // under Xvfb no window manager does it
    window_->attachToLiving(preferences_->runsFolder());
  }
  /// Engines outlive windows by design: those that this test started must not outlive the test.
  void closeWindow() {
    if (!window_) return;
    for (const QString& path : window_->workbench().library().order())
      if (const desktop::RunRecord* left = window_->workbench().library().find(path); left->isAlive() && left->status.pid > 0) kill(static_cast<pid_t>(left->status.pid), SIGTERM);
    window_.reset();
  }

  const desktop::RunRecord* run() const { return window_ ? window_->workbench().current() : nullptr; }
  bool isIn(store::RunState state) const { return run() && run()->has_status && run()->status.state == state; }
  template <class Widget = QWidget>
  Widget* find(const QString& name) const {
    return window_->findChild<Widget*>(name);
  }

  void click(QWidget* widget, const QString& what) {
    QVERIFY2(widget, qPrintable(what));
    QTRY_VERIFY2_WITH_TIMEOUT(widget->isVisible() && widget->isEnabled(), qPrintable(what), kAnswer);
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void click(const QString& name) { click(find(name), name); }
  void clickTab(const QString& id, const QString& control = QStringLiteral("workspaces")) {
    click(find<widgets::SegmentedControl>(control)->findChild<QWidget*>(QStringLiteral("segment_") + id), id);
  }
  /// An entry in the menu of a button. Such a button does not return before its menu is closed: the second click waits inside of it.
  template <class Button>
  void clickInMenu(Button* button, const QString& what, const std::function<bool(QAction*)>& wanted) {
    QVERIFY2(button && button->menu(), qPrintable(what));
    QMenu* menu = button->menu();
    const auto shown = connect(menu, &QMenu::aboutToShow, this, [menu, wanted] {
      QTimer::singleShot(80, menu, [menu, wanted] {
        for (QAction* action : menu->actions())
          if (wanted(action)) return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        menu->close();
      });
    });
    click(button, what);
    disconnect(shown);
  }
  template <class Button>
  void clickInMenu(Button* button, const QString& begins) {
    clickInMenu(button, begins, [begins](QAction* action) { return action->text().startsWith(begins); });
  }
  /// `button` and `action` are object names.
  template <class Button>
  void clickActionIn(const QString& button, const QString& action) {
    const QAction* one = window_->findChild<QAction*>(action);
    QVERIFY2(one, qPrintable(action));
    clickInMenu(find<Button>(button), action, [one](QAction* other) { return other == one; });
  }
  /// Pressed at the first point, along all of them, released at the last. QTest::mouseMove() tells no pressed button.
  static void drag(QWidget* widget, const QList<QPoint>& way) {
    QTest::mousePress(widget, Qt::LeftButton, {}, way.first());
    for (const QPoint& at : way) {
      QMouseEvent move(QEvent::MouseMove, QPointF(at), widget->mapToGlobal(QPointF(at)), Qt::NoButton, Qt::LeftButton, {});
      QApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, Qt::LeftButton, {}, way.last());
  }
  void type(QLineEdit* line, const QString& text, const QString& what) {
    QVERIFY2(line, qPrintable(what));
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }
  void type(const QString& name, const QString& text) { type(find<QLineEdit>(name), text, name); }

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<widgets::Theme> theme_;
  std::unique_ptr<desktop::Preferences> preferences_;
  std::unique_ptr<desktop::MainWindow> window_;
};

}  // namespace geocyte::test
