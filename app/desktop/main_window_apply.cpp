// SPDX-License-Identifier: GPL-3.0-or-later
// How the window takes new cells through what a run has learned.
#include "app/desktop/apply_dialog.h"
#include "app/desktop/main_window.h"

namespace geocyte::desktop {

bool MainWindow::canApply(const RunRecord& run) const { return !run.info.foreign && run.status.last_checkpoint >= 0; }

void MainWindow::applyToNewData(const QString& path, const QString& file) {
  const RunRecord* run = workbench_.library().find(path);
  if (!run || !canApply(*run)) return;
  auto* dialog = new ApplyDialog({run->info.path, run->info.name, run->info.system}, *workbench_.palette(), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  // Not modal: a long file is worked on while the runs are watched.
  dialog->show();
  if (!file.isEmpty()) dialog->setData(file);
}

}  // namespace geocyte::desktop
