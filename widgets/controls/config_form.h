// SPDX-License-Identifier: GPL-3.0-or-later
// The form of all parameters: search, groups, one row a field with a mark and an arrow back where it differs from its default.
//
// A number or a text is committed by Enter or by leaving the field; Escape brings the committed one back. What cannot be
// taken stays in its field with the reason below it and is never committed. Switches, choices and cells of tables commit
// at once. What acts only with a certain choice elsewhere (Field::only_with) takes no input without it and says so. With an undo stack every change is one step on it. Groups open and close by their heading ("Advanced" begins
// closed), and fields that depend on a switch (NAME.weight on NAME.enabled) stand below it only while it is on; a search
// shows whatever it finds.
#pragma once

#include <QHash>
#include <QPointer>
#include <QUndoStack>
#include <QWidget>

#include <vector>

#include "widgets/base/field_model.h"

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QScrollArea;

namespace geocyte::widgets {

class FieldRow;
class GroupHeading;

/// Which fields take input: all, only those that may change while a run goes on, none.
enum class FormAccess { all, live, none };

class ConfigForm : public QWidget {
  Q_OBJECT
 public:
  explicit ConfigForm(QWidget* parent = nullptr);
  ~ConfigForm() override;

  /// Shows another model; the search and, where the fields are the same ones, the rows and the scroll position stay.
  void setModel(FieldModel model);
  const FieldModel& model() const { return model_; }
  /// The committed value; invalid for an unknown path.
  QVariant value(const QString& path) const;
  /// A value from outside, for example the YAML tab: shown and kept, nothing is emitted or put on the undo stack.
  /// False where the path is unknown or the value cannot be taken.
  bool setValue(const QString& path, const QVariant& value);
  /// Other folders to choose from at a path; values, rows and what is being typed stay as they are.
  void setChoices(const QString& path, const QStringList& choices);

  /// Complaints from outside (of a whole configuration), path -> sentence; they replace the ones set before.
  void setErrors(const QHash<QString, QString>& errors);
  /// All complaints that are shown, own and from outside.
  QHash<QString, QString> errors() const;
  bool isValid() const { return errors().isEmpty(); }

  void setAccess(FormAccess access);
  FormAccess access() const { return access_; }
  void setReadOnly(bool read_only) { setAccess(read_only ? FormAccess::none : FormAccess::all); }
  void setSearch(const QString& words);
  /// Fields whose change the engine has not been told of yet.
  void setStaged(const QStringList& paths);
  /// A widget at the right of the search line.
  void addCorner(QWidget* widget);
  void setGroupOpen(const QString& name, bool open);
  /// How many fields differ from the base.
  int changes() const;
  /// nullptr for none.
  void setUndoStack(QUndoStack* stack) { undo_ = stack; }
  /// Brings a field into view and gives it the keys: for "go to the error".
  void reveal(const QString& path);

 signals:
  /// Committed by the user, or by undo and redo. jsonText(value) is its JSON.
  void valueChanged(const QString& path, const QVariant& value);
  void validityChanged(bool valid);

 private:
  friend class FieldChange;
  struct Group {
    QString name;
    GroupHeading* heading;
  };
  bool hasSameFields(const FieldModel& model) const;
  void rebuild();
  void commit(const QString& path, const QVariant& value);
  void apply(const QString& path, const QVariant& value);
  void filter();
  bool isClosed(const QString& group) const;
  void countChanges();
  void checkValidity();
  FieldRow* row(const QString& path) const;

  FieldModel model_;
  QLineEdit* search_;
  QScrollArea* scroll_;
  QLabel* nothing_;
  QHBoxLayout* top_;
  std::vector<Group> groups_;
  QHash<QString, bool> open_;                  ///< as the user left them, by name
  std::vector<FieldRow*> rows_;
  QPointer<QUndoStack> undo_;
  FormAccess access_ = FormAccess::all;
  bool was_valid_ = true;
};

}  // namespace geocyte::widgets
