// SPDX-License-Identifier: GPL-3.0-or-later
// Where the questions of views about the shown run are answered: by the engine that trains it, or, when it has ended, by one that is
// started to serve it and leaves when nobody asks any more.
#pragma once

#include <QObject>
#include <QString>

#include "app/desktop/run_messages.h"
#include "widgets/base/probe_model.h"

class QProcess;

namespace geocyte::desktop {

class TailerThread;

class ProbeDesk : public QObject {
  Q_OBJECT
 public:
  explicit ProbeDesk(QObject* parent = nullptr);
  ~ProbeDesk() override;
  /// Connects the desk to the thread that writes and reads the run directories.
  void attach(TailerThread& tailer);
  widgets::ProbeModel* model() { return &model_; }
  /// Another run is shown: what was asked about the last one is forgotten. `name` = what answers are labelled with.
  void setRun(const QString& path, const QString& name);
  /// The run is about to be trained on: an engine that only serves it must let go of it. Waits for at most two seconds.
  void endServer();
  bool isServing() const { return server_ != nullptr; }

 private:
  void onAnswer(const std::shared_ptr<const ProbeReport>& report);
  void serve(const QString& path);
  widgets::ProbeModel model_;
  TailerThread* tailer_ = nullptr;
  QProcess* server_ = nullptr;
  QString run_, name_;
};

}  // namespace geocyte::desktop
