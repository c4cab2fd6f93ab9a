// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/field_editor.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyle>
#include <QTableView>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/controls/struct_table.h"
#include "widgets/controls/switch_button.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets {
namespace {

constexpr double kArrow = 12;

void markInvalid(QWidget* widget, bool invalid) {
  if (widget->property("invalid").toBool() == invalid) return;
  widget->setProperty("invalid", invalid);
  widget->style()->unpolish(widget);   // the style sheet asks for the property only when it is polished
  widget->style()->polish(widget);
}

QHBoxLayout* lineOf(QWidget* parent) {
  auto* line = new QHBoxLayout(parent);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(4);
  return line;
}

/// Numbers, words and plain lists: typed, then committed by Enter or by leaving.
class LineEditor : public FieldEditor {
 public:
  LineEditor(const Field& field, QWidget* parent) : FieldEditor(parent), field_(field), edit_(new QLineEdit) {
    const bool is_number = field.type == FieldType::integer || field.type == FieldType::number;
    edit_->setProperty("numeric", field.type != FieldType::text);
    if (is_number || field.type == FieldType::list) edit_->setAlignment(Qt::AlignRight);
    edit_->installEventFilter(this);
    lineOf(this)->addWidget(edit_);
    if (field.type != FieldType::path) setFixedWidth(kFieldWidth);
    connect(edit_, &QLineEdit::editingFinished, this, [this] { commit(); });
  }
  void setValue(const QVariant& value) override {
    shown_ = fieldText(field_, value);
    edit_->setText(shown_);
    edit_->setCursorPosition(0);   // the beginning of a long text is what tells it apart
    refused_.clear();
  }
  void setReadOnly(bool read_only) override { edit_->setReadOnly(read_only); }
  void setInvalid(bool invalid) override { markInvalid(edit_, invalid); }
  QWidget* target() override { return edit_; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (watched == edit_ && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && edit_->text() != shown_) {
      edit_->setText(shown_);
      refused_.clear();
      emit reverted();
      return true;
    }
    // A line edit claims Ctrl+Z even when it has nothing to undo; then it is meant for the whole configuration.
    if (watched == edit_ && event->type() == QEvent::ShortcutOverride) {
      const auto* key = static_cast<QKeyEvent*>(event);
      const bool undo = key->matches(QKeySequence::Undo) && !edit_->isUndoAvailable(), redo = key->matches(QKeySequence::Redo) && !edit_->isRedoAvailable();
      if (undo || redo) return event->ignore(), true;
    }
    return FieldEditor::eventFilter(watched, event);
  }
  void commit() {
    const QString text = edit_->text();
    if (edit_->isReadOnly() || text == refused_) return;   // Enter and then leaving: one answer is enough
    if (text == shown_) {
      if (!refused_.isNull()) emit reverted();
      refused_.clear();
      return;
    }
    const ParsedField parsed = parseField(field_, text);
    refused_ = parsed.error.isEmpty() ? QString() : text;
    if (!parsed.error.isEmpty()) return emit refused(parsed.error);
    setValue(parsed.value);
    emit committed(parsed.value);
  }
  QLineEdit* edit() { return edit_; }
  const Field& field() const { return field_; }

 private:
  Field field_;
  QLineEdit* edit_;
  QString shown_, refused_;
};

class PathEditor : public LineEditor {
 public:
  PathEditor(const Field& field, QWidget* parent) : LineEditor(field, parent), browse_(new QToolButton) {
    browse_->setIcon(themeIcon(QStringLiteral("folder")));
    browse_->setObjectName(QStringLiteral("browse/") + field.path);
    browse_->setAccessibleName(QObject::tr("Browse for %1").arg(field.label()));
    browse_->setToolTip(QObject::tr("Choose a folder"));
    layout()->addWidget(browse_);
    setChoices(field.choices);
    connect(browse_, &QToolButton::clicked, this, [this, title = field.label()] { browse(title); });
  }
  void setReadOnly(bool read_only) override {
    LineEditor::setReadOnly(read_only);
    browse_->setEnabled(!read_only);
    if (offers_) offers_->setEnabled(!read_only);
  }
  bool isWide() const override { return true; }
  void setChoices(const QStringList& choices) override {
    if (offers_ && choices.isEmpty()) {
      delete offers_;
      offers_ = nullptr;
    }
    if (!choices.isEmpty()) offer(choices);
  }

 private:
  void addOffers() {
    offers_ = new QToolButton;
    offers_->setIcon(themeIcon(QStringLiteral("chevron-down")));
    offers_->setObjectName(QStringLiteral("offers/") + field().path);
    offers_->setAccessibleName(QObject::tr("Choose for %1").arg(field().label()));
    offers_->setPopupMode(QToolButton::InstantPopup);
    offers_->setProperty("plain", true);
    offers_->setEnabled(browse_->isEnabled());
    offers_->setMenu(new QMenu(offers_));
    offers_->menu()->setToolTipsVisible(true);
    connect(offers_->menu(), &QMenu::aboutToShow, this, [this] {
      for (QAction* action : offers_->menu()->actions()) action->setChecked(action->data().toString() == edit()->text());
    });
    static_cast<QHBoxLayout*>(layout())->insertWidget(1, offers_);   // between the line and the folder
  }
  /// A menu of the folders, by their last names; which of them is the present one is ticked.
  void offer(const QStringList& choices) {
    if (!offers_) addOffers();
    offers_->setToolTip(QObject::tr("Choose one of %1").arg(choices.size()));
    QMenu* menu = offers_->menu();
    menu->clear();
    for (const QString& folder : choices) {
      QAction* action = menu->addAction(QFileInfo(folder).fileName(), this, [this, folder] { take(folder); });
      action->setCheckable(true);
      action->setData(folder);
      action->setToolTip(folder);
    }
  }
  void browse(const QString& title) {
    const QFileInfo now(edit()->text());
    const QString chosen = QFileDialog::getExistingDirectory(this, title, now.exists() ? now.absoluteFilePath() : QString());
    if (!chosen.isEmpty()) take(chosen);
  }
  void take(const QString& folder) {
    edit()->setText(folder);
    commit();
  }
  QToolButton *browse_, *offers_ = nullptr;
};

class SwitchEditor : public FieldEditor {
 public:
  SwitchEditor(const Field&, QWidget* parent) : FieldEditor(parent), button_(new SwitchButton) {
    QHBoxLayout* line = lineOf(this);
    line->addStretch(1);
    line->addWidget(button_);
    setFixedWidth(kFieldWidth);
    connect(button_, &QAbstractButton::toggled, this, [this](bool on) { emit committed(on); });
  }
  void setValue(const QVariant& value) override {
    const QSignalBlocker quiet(button_);
    button_->setChecked(value.toBool());
    button_->update();
  }
  void setReadOnly(bool read_only) override { button_->setEnabled(!read_only); }
  void setInvalid(bool) override {}
  QWidget* target() override { return button_; }

 private:
  SwitchButton* button_;
};

/// A drop-down that leaves the wheel to the form: scrolling past it must not change it.
class QuietCombo : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  void paintEvent(QPaintEvent* event) override {
    QComboBox::paintEvent(event);
    QPainter painter(this);   // the style sheet takes the style's own arrow away
    paintIcon(painter, QStringLiteral("chevron-down"), QRectF(width() - kArrow - 7, (height() - kArrow) / 2, kArrow, kArrow), themeColors().dim);
  }
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

class ChoiceEditor : public FieldEditor {
 public:
  ChoiceEditor(const Field& field, QWidget* parent) : FieldEditor(parent), combo_(new QuietCombo) {
    for (const QString& choice : field.choices) combo_->addItem(choice.isEmpty() ? QObject::tr("(none)") : choice, choice);
    if (field.nullable) combo_->insertItem(0, QStringLiteral("auto"), QVariant());
    combo_->setFocusPolicy(Qt::StrongFocus);
    lineOf(this)->addWidget(combo_);
    setFixedWidth(kFieldWidth);
    connect(combo_, &QComboBox::activated, this, [this](int index) {
      if (const QVariant value = combo_->itemData(index); value != value_) emit committed(value_ = value);
    });
  }
  void setValue(const QVariant& value) override {
    value_ = value;
    combo_->setCurrentIndex(combo_->findData(value));
  }
  void setReadOnly(bool read_only) override { combo_->setEnabled(!read_only); }
  void setInvalid(bool invalid) override { markInvalid(combo_, invalid); }
  QWidget* target() override { return combo_; }

 private:
  QComboBox* combo_;
  QVariant value_;
};

class TableEditor : public FieldEditor {
 public:
  TableEditor(const Field& field, QWidget* parent) : FieldEditor(parent), table_(new StructTable(field)) {
    lineOf(this)->addWidget(table_);
    connect(table_, &StructTable::changed, this, [this](const QVariantList& rows) { emit committed(rows); });
    connect(table_, &StructTable::refused, this, &FieldEditor::refused);
    connect(table_, &StructTable::settled, this, &FieldEditor::reverted);
    table_->setPlaceholder(field.help);
  }
  void setValue(const QVariant& value) override { table_->setRows(value.toList()); }
  void setReadOnly(bool read_only) override { table_->setReadOnly(read_only); }
  void setInvalid(bool) override {}
  bool isWide() const override { return true; }
  QWidget* target() override { return table_->view(); }

 private:
  StructTable* table_;
};

}  // namespace

FieldEditor* makeFieldEditor(const Field& field, QWidget* parent) {
  switch (field.type) {
    case FieldType::boolean: return new SwitchEditor(field, parent);
    case FieldType::choice: return new ChoiceEditor(field, parent);
    case FieldType::path: return new PathEditor(field, parent);
    case FieldType::list:
      if (field.isTable()) return new TableEditor(field, parent);
      break;
    default: break;
  }
  return new LineEditor(field, parent);
}

}  // namespace geocyte::widgets
