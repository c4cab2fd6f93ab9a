// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at data files and starts training on them: what each file is, what stands in the way, which preset, and what
// makes a source: a file each, or the values of an obs column.
#pragma once

#include <QDialog>
#include <QStringList>

#include <vector>

#include "app/desktop/system_specs.h"
#include "app/desktop/inspected_file.h"
#include "engine/jobs/job_spec.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace geocyte::desktop {

/// The option list `sources` for these files: one entry a file, split by an obs column when `by` is not empty.
Json sourcesOf(const std::vector<InspectedFile>& files, const QString& by);
/// obs columns that are in all files and could tell sources apart, best guess first.
QStringList sourceColumns(const std::vector<InspectedFile>& files);

class DataDialog : public QDialog {
  Q_OBJECT
 public:
  DataDialog(const std::vector<config::SystemSpec>& specs, const QStringList& files, QWidget* parent);
  /// Offers to take one file through what this run has learned instead: applyWanted().
  void offerRun(const QString& name);
  /// Looks at more files; returns at once.
  void addFiles(const QStringList& files);
  /// What was chosen: preset and assignments. Runs folder and device are the caller's.
  jobs::JobSpec job() const;
  QString system() const;
  /// Of `geocyte-engine diagnose`, for these sources.
  QStringList diagnosisArguments() const;
  const std::vector<InspectedFile>& files() const { return files_; }

 signals:
  void inspected();
  /// In place of accepted(): edit the configuration first. The dialog closes.
  void configureWanted();
  /// In place of accepted(): this file through the offered run. The dialog closes.
  void applyWanted(const QString& file);

 private:
  void add(InspectedFile file);
  void showFiles();
  void showChoices();
  QWidget* card(const InspectedFile& file);
  const std::vector<config::SystemSpec>& specs_;
  std::vector<InspectedFile> files_;
  int waiting_ = 0;
  QVBoxLayout* cards_;
  QComboBox *preset_, *by_;
  QLineEdit* name_;
  QLabel* verdict_;
  QPushButton *start_, *configure_, *diagnose_, *more_, *through_;
};

}  // namespace geocyte::desktop
