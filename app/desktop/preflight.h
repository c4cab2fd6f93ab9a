// SPDX-License-Identifier: GPL-3.0-or-later
// Tries a configuration before it is started: `geocyte-engine train --dry-run` in the background, again after each change.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

#include "app/desktop/engine_call.h"
#include "engine/jobs/job_spec.h"
#include "widgets/controls/check_list.h"

namespace geocyte::desktop {

struct FoundSource {
  QString name, modality, patient, labels;
  std::int64_t cells = 0, genes = 0;
};

struct PreflightReport {
  std::vector<widgets::CheckRow> checks;       ///< data, memory, disk, first steps, and notes
  std::vector<FoundSource> sources;
  QString failed;                              ///< title of the check that fails; "" = none
  QString problem;                             ///< its sentence
  QString identical_run;                       ///< directory of a run with the same configuration; "" = none
  int exit_code = 0;
};

/// The rows before anything is known; `running`: they are being looked at.
std::vector<widgets::CheckRow> openChecks(bool running);
PreflightReport reportOf(const EngineAnswer& answer);

class Preflight : public QObject {
  Q_OBJECT
 public:
  explicit Preflight(QObject* parent = nullptr);
  /// Soon: further changes within a moment are looked at together. What was under way is given up.
  void check(const jobs::JobSpec& job);
  /// At once.
  void checkNow();
  void cancel();
  bool isRunning() const { return call_ != nullptr || soon_.isActive(); }
  /// Of the newest configuration; nothing while it is not known.
  const std::optional<PreflightReport>& report() const { return report_; }

 signals:
  void changed();

 private:
  QTimer soon_;
  jobs::JobSpec job_;
  std::unique_ptr<EngineCall> call_;
  std::optional<PreflightReport> report_;
};

}  // namespace geocyte::desktop
