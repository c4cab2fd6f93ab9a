// SPDX-License-Identifier: GPL-3.0-or-later
// Orders to engines: written at once, answered, or given up with a reason and taken back.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/order_desk.h"
#include "app/desktop/worker_thread.h"
#include "tests/support/fake_run.h"

using namespace geocyte;
using namespace geocyte::desktop;

namespace {

const char* const kId = "20261127-141530-gems-a-0001";

struct Desk {
  WorkerThread<OrderDesk> thread{QStringLiteral("orders")};
  QList<CommandReport> reports;
  QObject here;
  Desk() {
    QObject::connect(thread.worker(), &OrderDesk::reported, &here, [this](const CommandReport& report) { reports << report; });
  }
  void order(const QString& run, const QString& command, const Json& args = Json::object()) {
    thread.post([run, command, args](OrderDesk& desk) { desk.order(run, command, args); });
  }
};

QString pathOf(const test::FakeRun& run) { return QDir::cleanPath(QString::fromStdString(run.directory().string())); }
QStringList waiting(const QString& run) { return QDir(run + "/control").entryList({"*.json"}, QDir::Files); }

}  // namespace

class TestOrderDesk : public QObject {
  Q_OBJECT

  std::filesystem::path folder() const { return folder_->path().toStdString(); }
  std::unique_ptr<test::FakeRun> training() const {
    auto run = std::make_unique<test::FakeRun>(folder(), kId, "a");
    run->say(store::RunState::running, 5);
    return run;
  }

 private slots:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void anOrderIsPendingUntilTheRunAnswers() {
    const auto run = training();
    Desk desk;
    desk.order(pathOf(*run), "pause");
    QTRY_COMPARE(desk.reports.size(), 1);
    QVERIFY(!desk.reports[0].answered);
    std::vector<store::ControlRequest> requests;
    // Each request is handed out once, so what was seen is kept.
    const auto asked = [&] {
      for (store::ControlRequest& request : run->writer().poll_control()) requests.push_back(std::move(request));
      return !requests.empty();
    };
    QTRY_VERIFY(asked());
    QCOMPARE(requests[0].command, std::string("pause"));
    run->writer().answer(requests[0], true, "paused", 5);
    QTRY_COMPARE(desk.reports.size(), 2);
    QVERIFY(desk.reports[1].answered && desk.reports[1].accepted);
    QCOMPARE(desk.reports[1].text, QStringLiteral("paused"));
  }

  void anOrderToARunThatEndedIsTakenBack() {
    const auto run = training();
    run->say(store::RunState::completed, 9);
    Desk desk;
    desk.order(pathOf(*run), "pause");
    QTRY_COMPARE(desk.reports.size(), 2);
    QVERIFY(desk.reports[1].answered && !desk.reports[1].accepted);
    QVERIFY2(desk.reports[1].text.contains("left before"), qPrintable(desk.reports[1].text));
    QCOMPARE(waiting(pathOf(*run)), QStringList());
  }

  void anOrderToWhatIsNoRunIsRefused() {
    Desk desk;
    desk.order(folder_->filePath("none"), "pause");
    QTRY_COMPARE(desk.reports.size(), 1);
    QVERIFY(desk.reports[0].answered && !desk.reports[0].accepted);
    QVERIFY2(desk.reports[0].text.contains("not a run directory"), qPrintable(desk.reports[0].text));
  }

 private:
  std::unique_ptr<QTemporaryDir> folder_;
};

QTEST_GUILESS_MAIN(TestOrderDesk)
#include "tst_order_desk.moc"
