// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_marks_dialog.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

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

}  // namespace

RunMarksDialog::RunMarksDialog(const QString& original, const store::UserMarks& marks, const QString& notes, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("runMarksDialog"));
  setWindowTitle(tr("Name, tags and notes"));
  name_ = named(new QLineEdit(QString::fromStdString(marks.name)), "marksName", tr("Name"), tr("Shown in the list of runs"));
  name_->setPlaceholderText(original);
  name_->setMaxLength(120);
  QStringList tags;
  for (const std::string& tag : marks.tags) tags << QString::fromStdString(tag);
  tags_ = named(new QLineEdit(tags.join(QStringLiteral(", "))), "marksTags", tr("Tags"), tr("Words with commas between them"));
  tags_->setPlaceholderText(tr("baseline, paper"));
  notes_ = named(new QPlainTextEdit(notes), "marksNotes", tr("Notes"), tr("Kept as notes.md in the run's folder"));
  notes_->setTabChangesFocus(true);
  notes_->setPlaceholderText(tr("What was tried, and what came of it"));
  notes_->setFrameShape(QFrame::StyledPanel);
  notes_->setMinimumHeight(160);
  auto* cancel = named(new QPushButton(tr("Cancel")), "marksCancel", tr("Cancel"), tr("Change nothing"));
  auto* save = named(new QPushButton(tr("Save")), "marksSave", tr("Save"), tr("Keep these words beside the run"));
  widgets::setButtonKind(save, "primary");
  save->setDefault(true);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(save, &QPushButton::clicked, this, &QDialog::accept);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(20);
  form->setVerticalSpacing(10);
  form->addRow(tr("Name"), name_);
  form->addRow(tr("Tags"), tags_);
  form->addRow(tr("Notes"), notes_);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(save);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 20, 24, 18);
  column->setSpacing(14);
  column->addLayout(form);
  column->addLayout(buttons);
  resize(520, 360);
  name_->setFocus();
}

store::UserMarks RunMarksDialog::marks() const {
  store::UserMarks marks;
  marks.name = name_->text().trimmed().toStdString();
  for (const QString& tag : tags_->text().split(','))
    if (const std::string word = tag.simplified().toStdString(); !word.empty() && std::find(marks.tags.begin(), marks.tags.end(), word) == marks.tags.end())
      marks.tags.push_back(word);
  return marks;
}

QString RunMarksDialog::notes() const { return notes_->toPlainText(); }

}  // namespace geocyte::desktop
