// SPDX-License-Identifier: GPL-3.0-or-later
// What the window works with, without any widget: the runs, which one is shown, at which moment, and orders to engines.
// GUI thread only; files are the business of the tailer behind it.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <optional>

#include "app/desktop/order_desk.h"
#include "app/desktop/probe_desk.h"
#include "app/desktop/run_library.h"
#include "app/desktop/tailer_thread.h"
#include "app/desktop/system_specs.h"
#include "widgets/base/array_map.h"
#include "widgets/base/shared_models.h"
#include "widgets/base/view.h"

namespace geocyte::desktop {

class Workbench : public QObject {
  Q_OBJECT
 public:
  explicit Workbench(std::vector<config::SystemSpec> specs, QObject* parent = nullptr);

  const std::vector<config::SystemSpec>& specs() const { return specs_; }
  const config::SystemSpec* spec(const QString& system) const;
  const RunLibrary& library() const { return library_; }
  RunLibrary& library() { return library_; }
  widgets::SelectionModel* selection() { return &selection_; }
  widgets::TimeCursor* cursor() { return &cursor_; }
  widgets::RunSet* runs() { return &runs_; }
  widgets::PaletteModel* palette() { return &palette_; }
  widgets::Crosshair* crosshair() { return &crosshair_; }
  widgets::Reference* reference() { return &reference_; }
  widgets::ChartSettings* charts() { return &charts_; }
  widgets::SharedChoice* metric() { return &metric_; }
  /// Everything views share.
  widgets::ViewContext viewContext() { return {&selection_, &cursor_, &runs_, &palette_, &crosshair_, &reference_, &charts_, &metric_, probes_.model()}; }

  const QString& folder() const { return folder_; }
  /// The run that is shown; nullptr when none is.
  const RunRecord* current() const { return library_.find(runs_.current()); }
  const config::SystemSpec* currentSpec() const;

  void openFolder(const QString& folder);
  /// Lists it if it is not listed yet, and shows it.
  void openRun(const QString& path);
  void show(const QString& path);
  void setVisible(const QString& path, bool visible);
  /// Runs whose curves are drawn somewhere beside the shown one: they are read as well.
  void setCompanions(const QStringList& paths);
  /// Starts an engine; the run is shown as "starting" at once.
  void launch(jobs::JobSpec job, const QString& system);
  /// Sends an order to the engine of the shown run; the state reads "pending" until it is answered.
  void order(const QString& command, const Json& args = Json::object());
  /// Arrays that some view wants at every moment: historyReady() follows now and whenever there is a new one.
  void wantHistory(const QStringList& names);
  /// A new engine goes on with the shown run from its last checkpoint.
  void resumeFromCheckpoint();
  /// The user's own words about a run.
  void mark(const QString& path, const store::UserMarks& marks, const QString& notes);
  /// Takes a run without an engine out of the folder; trashed() says where it lies.
  void trash(const QString& path);
  void restore(const TrashReport& report);
  /// Ends the engine of the shown run at once, if it is a process of this machine.
  void forceEnd();
  /// The command that the shown run's engine has not answered yet.
  QString pending() const;

 signals:
  void currentChanged();
  void arraysReady(const geocyte::widgets::ArrayMap& arrays);
  void referenceReady(const geocyte::widgets::ArrayMap& arrays);   ///< empty = nothing is compared
  void historyReady(const geocyte::widgets::ArrayHistory& history);
  void selectionSaved(const geocyte::desktop::SelectionReport& report);
  void curvesChanged();
  void loadMeasured(geocyte::desktop::EngineLoad load);
  void refused(const QString& sentence);                 ///< an order or a start did not work out
  void acknowledged(const QString& command, const QString& text);
  void folderRead(const QString& folder, int runs);
  void trashed(const geocyte::desktop::TrashReport& report);

 private:
  void onUpdate(const std::shared_ptr<const RunUpdate>& update);
  void onSnapshot(const std::shared_ptr<const LoadedSnapshot>& snapshot);
  void onReport(const CommandReport& report);
  void onLaunched(const LaunchReport& report);
  void syncRuns();
  void requestArrays();
  void requestReference();
  /// Curves of the runs that are switched on and of the one that is compared with.
  void wantCurves();
  void requestHistory();
  void onReference(const std::shared_ptr<const LoadedSnapshot>& snapshot);
  void onHistory(const std::shared_ptr<const LoadedHistory>& history);
  void onSelectionSaved(const SelectionReport& report);
  void saveSelection(const QString& name);
  QColor colorOf(const QString& path);

  std::vector<config::SystemSpec> specs_;
  RunLibrary library_;
  widgets::SelectionModel selection_;
  widgets::TimeCursor cursor_;
  widgets::RunSet runs_;
  widgets::PaletteModel palette_;
  widgets::Crosshair crosshair_;
  widgets::Reference reference_;
  widgets::ChartSettings charts_;
  widgets::SharedChoice metric_;
  ProbeDesk probes_;
  std::shared_ptr<const LoadedSnapshot> shown_;   ///< what the views draw
  QStringList history_names_;
  QString folder_;
  QHash<QString, int> color_index_;            ///< given once, so that a run keeps its colour while others come and go
  QStringList seen_;                           ///< curves switched on by the user
  QStringList companions_;
  quint64 generation_ = 0, snapshot_generation_ = 0;
  bool loading_ = false, load_again_ = false;
  QTimer history_gate_;                        ///< new parts of a snapshot come in quick succession
  QElapsedTimer curves_drawn_;
  QTimer curves_gate_;                         ///< at most one rebuilt curve set a frame
  // Last: they stop before anything they report to is gone.
  TailerThread tailer_;
  WorkerThread<OrderDesk> orders_{QStringLiteral("orders")};
};

}  // namespace geocyte::desktop
