// SPDX-License-Identifier: GPL-3.0-or-later
// A diagnosis of the sources with the picture of their distances: the first card of Align, and the content of the dialog.
#pragma once

#include "engine/core/json.h"
#include "widgets/base/shared_models.h"
#include "widgets/controls/diagnosis_sheet.h"

namespace geocyte::desktop {

class DiagnosisPanel : public widgets::DiagnosisSheet {
  Q_OBJECT
 public:
  explicit DiagnosisPanel(QWidget* parent = nullptr);
  ~DiagnosisPanel() override { setPicture(nullptr); }   // it knows the models below
  /// null clears it.
  void setReport(const Json& report);

 private:
  // Of its own: what is clicked here selects no cells.
  widgets::SelectionModel selection_;
  widgets::TimeCursor cursor_;
  widgets::RunSet runs_;
  widgets::PaletteModel palette_;
};

}  // namespace geocyte::desktop
