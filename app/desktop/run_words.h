// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says about a run, in words: verdict line, banner, row of the list, state of the engine.
#pragma once

#include "app/desktop/run_library.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/verdict_line.h"

namespace geocyte::desktop {

/// The gravest verdict of the engine for a workspace; before there is one, where the run stands. nullptr = no run.
widgets::VerdictText verdictOf(const RunRecord* run, const QString& workspace);

struct BannerWords {
  widgets::Tone tone = widgets::Tone::bad;
  QString what, why;            ///< what "" = no banner
  bool can_resume = false, has_log = false;
  bool can_restart = false;      ///< it ended before there was anything to resume: only a new run with mended settings helps
};
BannerWords bannerOf(const RunRecord* run);

/// Colour and visibility are the caller's.
widgets::RunRow rowOf(const RunRecord& run);

struct EngineWords {
  widgets::Tone tone = widgets::Tone::dim;
  QString text;
};
EngineWords engineWords(const RunRecord* run);

}  // namespace geocyte::desktop
