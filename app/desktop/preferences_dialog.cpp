// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/preferences_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/preferences.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

template <class Widget>
Widget* named(Widget* widget, const char* name, const QString& label, const QString& tip) {
  widget->setObjectName(QString::fromLatin1(name));
  widget->setAccessibleName(label);
  widget->setToolTip(tip);
  return widget;
}

QPushButton* button(const char* name, const QString& text, const QString& tip) { return named(new QPushButton(text), name, text, tip); }

}  // namespace

PreferencesDialog::PreferencesDialog(Preferences& preferences, QWidget* parent) : QDialog(parent), preferences_(preferences), theme_before_(preferences.theme()) {
  setObjectName(QStringLiteral("preferencesDialog"));
  setWindowTitle(tr("Preferences"));
  runs_ = named(new QLineEdit(preferences.runsFolder()), "prefRuns", tr("Runs folder"), tr("New runs are written there, and its runs are listed"));
  runs_->setProperty("numeric", true);
  runs_->setMinimumWidth(320);
  auto* browse = named(new QToolButton, "prefBrowse", tr("Choose the runs folder"), tr("Choose a folder"));
  browse->setIcon(widgets::themeIcon(QStringLiteral("folder")));
  connect(browse, &QToolButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Runs folder"), runs_->text());
    if (!chosen.isEmpty()) runs_->setText(chosen);
  });
  theme_ = named(new QComboBox, "prefTheme", tr("Theme"), tr("How the window looks"));
  theme_->addItem(tr("as the desktop"), QStringLiteral("system"));
  theme_->addItem(tr("light"), QStringLiteral("light"));
  theme_->addItem(tr("dark"), QStringLiteral("dark"));
  theme_->setCurrentIndex(theme_->findData(preferences.theme()));
  connect(theme_, &QComboBox::activated, this, [this] { emit themeTried(theme_->currentData().toString()); });
  device_ = named(new QComboBox, "prefDevice", tr("Device"), tr("What a new run computes on, unless its configuration says otherwise"));
  device_->addItem(tr("auto: a GPU where one works"), QStringLiteral("auto"));
  device_->addItem(tr("cpu"), QStringLiteral("cpu"));
  device_->addItem(tr("cuda"), QStringLiteral("cuda"));
  device_->setCurrentIndex(device_->findData(preferences.device()));
  threads_ = named(new QSpinBox, "prefThreads", tr("Threads"), tr("Threads of one operation of a new run; sums depend on the number in the last digits"));
  threads_->setRange(0, 1024);
  threads_->setSpecialValueText(tr("all (%1)").arg(QThread::idealThreadCount()));
  threads_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  threads_->setValue(preferences.threads());
  threads_->setFixedWidth(110);
  notify_ = named(new QCheckBox(tr("Tell me when a run ends")), "prefNotify", tr("Tell me when a run ends"), tr("A message of the desktop while the window has no focus"));
  notify_->setChecked(preferences.notifies());
  note_ = new QLabel;
  note_->setObjectName(QStringLiteral("prefNote"));
  note_->setWordWrap(true);

  auto* folder = new QHBoxLayout;
  folder->setSpacing(4);
  folder->addWidget(runs_, 1);
  folder->addWidget(browse);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(20);
  form->setVerticalSpacing(10);
  form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
  form->setLabelAlignment(Qt::AlignLeft);
  form->addRow(tr("Runs folder"), folder);
  form->addRow(tr("Theme"), theme_);
  form->addRow(tr("Device"), device_);
  form->addRow(tr("Threads"), threads_);
  form->addRow(QString(), notify_);
  QPushButton* cancel = button("prefCancel", tr("Cancel"), tr("Change nothing"));
  save_ = button("prefSave", tr("Save"), tr("Keep these preferences"));
  widgets::setButtonKind(save_, "primary");
  save_->setDefault(true);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(save_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 20, 24, 18);
  column->setSpacing(14);
  column->addLayout(form);
  column->addWidget(note_);
  column->addStretch(1);
  column->addLayout(buttons);
  setMinimumWidth(520);
  connect(runs_, &QLineEdit::textChanged, this, &PreferencesDialog::judge);
  connect(save_, &QPushButton::clicked, this, &PreferencesDialog::save);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(this, &QDialog::rejected, this, [this] {
    if (theme_->currentData().toString() != theme_before_) emit themeTried(theme_before_);
  });
  judge();
}

void PreferencesDialog::judge() {
  const QFileInfo folder(QDir::cleanPath(runs_->text().trimmed()));
  QString problem, remark;
  if (runs_->text().trimmed().isEmpty()) problem = tr("Runs need a folder.");
  else if (!folder.isAbsolute()) problem = tr("Give the folder with its whole path.");
  else if (folder.exists() && !folder.isDir()) problem = tr("This is a file.");
  else if (folder.exists() && !folder.isWritable()) problem = tr("You may not write into this folder.");
  else if (!folder.exists()) remark = tr("The folder will be made with the first run.");
  note_->setText(problem.isEmpty() ? remark : problem);
  note_->setVisible(!note_->text().isEmpty());
  widgets::setTone(note_, problem.isEmpty() ? widgets::Tone::dim : widgets::Tone::bad);
  save_->setEnabled(problem.isEmpty());
}

void PreferencesDialog::save() {
  preferences_.setRunsFolder(QDir::cleanPath(runs_->text().trimmed()));
  preferences_.setTheme(theme_->currentData().toString());
  preferences_.setDevice(device_->currentData().toString());
  preferences_.setThreads(threads_->value());
  preferences_.setNotifies(notify_->isChecked());
  accept();
}

}  // namespace geocyte::desktop
