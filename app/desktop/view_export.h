// SPDX-License-Identifier: GPL-3.0-or-later
// Views leave the window: every one of a workspace into a folder, and one as a table to read and copy.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

class QWidget;

namespace geocyte::widgets {
class View;
}

namespace geocyte::desktop {

struct ExportReport {
  int written = 0;                             ///< files
  QStringList failed;                          ///< names of files that could not be written
};

/// Each view as .png, .svg and .csv, named after its title; views of the same title are numbered.
ExportReport exportAll(const std::vector<widgets::View*>& views, const QString& folder);

/// What the view draws as rows of numbers, in a window of its own; Ctrl+C copies the selected cells, tabs between them.
void showTable(const widgets::View& view, QWidget* parent);

}  // namespace geocyte::desktop
