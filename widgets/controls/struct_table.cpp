// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/struct_table.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/controls/struct_model.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kLineHeight = 28, kMostRows = 8, kWidestColumn = 190, kNarrowestColumn = 44, kNarrowestPath = 90, kBareRows = 2;

/// The column that holds paths; nullptr when there is none.
const Field* pathColumn(const Field& table) {
  const auto found = std::find_if(table.fields.begin(), table.fields.end(), [](const Field& field) { return field.type == FieldType::path; });
  return found == table.fields.end() ? nullptr : &*found;
}

}  // namespace

StructTable::StructTable(const Field& field, QWidget* parent)
    : QWidget(parent), field_(field), model_(new StructModel(field, this)), view_(new QTableView) {
  view_->setModel(model_);
  view_->setItemDelegate(new StructDelegate(view_));
  view_->setShowGrid(false);
  view_->setWordWrap(false);           // a path would break at a slash and lose its end
  view_->setSelectionBehavior(QAbstractItemView::SelectItems);
  view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed |
                         QAbstractItemView::SelectedClicked);
  view_->setTabKeyNavigation(false);   // Tab leaves the table, the arrows move in it
  view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->verticalHeader()->setDefaultSectionSize(kLineHeight);
  view_->verticalHeader()->hide();
  view_->horizontalHeader()->setFont(captionFont());
  view_->horizontalHeader()->setHighlightSections(false);
  view_->installEventFilter(this);
  const QString what = field.label();
  add_ = button(QStringLiteral("plus"), tr("Add a row to %1").arg(what), tr("Add a row (Insert)"));
  files_ = button(QStringLiteral("open"), tr("Add files to %1").arg(what), tr("Choose files: one row a file"));
  duplicate_ = button(QStringLiteral("copy"), tr("Duplicate a row of %1").arg(what), tr("Duplicate the current row (Ctrl+D)"));
  up_ = button(QStringLiteral("arrow-up"), tr("Move a row of %1 up").arg(what), tr("Move the current row up (Alt+Up)"));
  down_ = button(QStringLiteral("arrow-down"), tr("Move a row of %1 down").arg(what), tr("Move the current row down (Alt+Down)"));
  remove_ = button(QStringLiteral("trash"), tr("Remove rows of %1").arg(what), tr("Remove the selected rows (Delete)"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(2);
  const std::pair<QToolButton*, const char*> named[] = {{add_, "addRow/"}, {files_, "addFiles/"}, {duplicate_, "duplicateRow/"},
                                                        {up_, "moveUp/"}, {down_, "moveDown/"}, {remove_, "removeRow/"}};
  for (const auto& [made, name] : named) {
    made->setObjectName(QString::fromLatin1(name) + field.path);
    buttons->addWidget(made);
  }
  buttons->addStretch(1);
  placeholder_ = new QLabel(view_->viewport());
  placeholder_->setObjectName(QStringLiteral("noRows/") + field.path);
  placeholder_->setFont(captionFont());
  placeholder_->setWordWrap(true);
  placeholder_->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  placeholder_->setContentsMargins(8, 0, 8, 0);
  placeholder_->setAttribute(Qt::WA_TransparentForMouseEvents);
  setTone(placeholder_, Tone::dim);
  view_->viewport()->installEventFilter(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(view_);
  column->addLayout(buttons);
  connect(add_, &QToolButton::clicked, this, &StructTable::addRow);
  connect(duplicate_, &QToolButton::clicked, this, &StructTable::duplicateRow);
  connect(remove_, &QToolButton::clicked, this, &StructTable::removeRows);
  connect(up_, &QToolButton::clicked, this, [this] { moveRow(-1); });
  connect(down_, &QToolButton::clicked, this, [this] { moveRow(1); });
  connect(files_, &QToolButton::clicked, this, [this] { addFiles(QFileDialog::getOpenFileNames(this, tr("Add files"))); });
  connect(model_, &StructModel::edited, this, [this] { emit changed(model_->rows()); });
  connect(model_, &StructModel::refused, this, &StructTable::refused);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &StructTable::settled);
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &StructTable::showButtons);
  setRows({});
}

QToolButton* StructTable::button(const QString& icon, const QString& name, const QString& tip) {
  auto* made = new QToolButton;
  made->setIcon(themeIcon(icon));
  made->setAccessibleName(name);
  made->setToolTip(tip);
  return made;
}

void StructTable::setRows(const QVariantList& rows) {
  const bool first = model_->rowCount() == 0;
  if (rows != model_->rows()) model_->setRows(rows);
  showColumns();
  if (first || read_only_) fitColumns();
  placeholder_->setVisible(rows.isEmpty());
  fitHeight();
  showButtons();
}

void StructTable::setPlaceholder(const QString& text) { placeholder_->setText(text); }

QVariantList StructTable::rows() const { return model_->rows(); }

void StructTable::setReadOnly(bool read_only) {
  read_only_ = read_only;
  model_->setReadOnly(read_only);
  showButtons();
  showColumns();
  fitHeight();
  fitColumns();
}

void StructTable::showButtons() {
  const bool has_row = view_->currentIndex().isValid() || view_->selectionModel()->hasSelection();
  for (QToolButton* one : {add_, duplicate_, up_, down_, remove_}) one->setVisible(!read_only_);
  files_->setVisible(!read_only_ && pathColumn(field_));
  add_->setEnabled(!read_only_);
  duplicate_->setEnabled(!read_only_ && has_row);
  remove_->setEnabled(!read_only_ && has_row);
  files_->setEnabled(!read_only_);
  const int at = view_->currentIndex().row();
  up_->setEnabled(!read_only_ && at > 0);
  down_->setEnabled(!read_only_ && at >= 0 && at + 1 < model_->rowCount());
}

void StructTable::showColumns() {
  const auto says_nothing = [&](int column) {
    const Field& field = model_->column(column);
    return std::all_of(model_->rows().begin(), model_->rows().end(), [&](const QVariant& row) {
      const QVariant value = row.toMap().value(field.path);
      return !value.isValid() || value.toString().isEmpty() || value == field.default_value;
    });
  };
  // Nobody types into a table that stands: columns in which no row says anything would only push the others out of sight.
  for (int c = 0; c < model_->columnCount(); ++c) view_->setColumnHidden(c, read_only_ && model_->rowCount() > 0 && c > 0 && says_nothing(c));
  view_->horizontalHeader()->setVisible(!read_only_ || model_->rowCount() > 0);
}

void StructTable::fitHeight() {
  const bool bare = read_only_ && model_->rowCount() == 0;
  view_->setHorizontalScrollBarPolicy(bare ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
  if (bare) return view_->setFixedHeight(kBareRows * kLineHeight);
  const int rows = std::clamp(model_->rowCount(), kBareRows, kMostRows);
  view_->setFixedHeight(rows * kLineHeight + view_->horizontalHeader()->sizeHint().height() + view_->horizontalScrollBar()->sizeHint().height() + 2);
}

void StructTable::fitColumns() {
  view_->resizeColumnsToContents();
  const int room = view_->viewport()->width();
  int used = 0, path = -1, first = -1;
  for (int c = 0; c < model_->columnCount(); ++c) {
    if (view_->isColumnHidden(c)) continue;
    if (first < 0) first = c;
    view_->setColumnWidth(c, std::clamp(view_->columnWidth(c), kNarrowestColumn, kWidestColumn));
    if (path < 0 && model_->column(c).type == FieldType::path) path = c;
    used += view_->columnWidth(c);
  }
  if (first < 0) return;
  // Paths are the longest: they take what is left, and where it is too little they give way, since their end is what is read.
  const int flexible = path >= 0 ? path : first;
  if (room > used) view_->setColumnWidth(flexible, view_->columnWidth(flexible) + room - used);
  else if (path >= 0) view_->setColumnWidth(path, std::clamp(view_->columnWidth(path) - (used - room), std::min(kNarrowestPath, view_->columnWidth(path)), view_->columnWidth(path)));
}

void StructTable::take(const QVariantList& rows, int current) {
  Field count = field_;
  count.fields.clear();   // only the number of rows is new; the cells were checked when they were typed
  if (const QString error = fieldError(count, rows); !error.isEmpty()) return emit refused(error);
  setRows(rows);
  if (current >= 0) view_->setCurrentIndex(model_->index(std::min(current, model_->rowCount() - 1), std::max(0, view_->currentIndex().column())));
  showButtons();
  emit changed(rows);
}

void StructTable::addRow() {
  QVariantList rows = model_->rows();
  rows << defaultRow(field_);
  take(rows, static_cast<int>(rows.size()) - 1);
}

void StructTable::duplicateRow() {
  const int at = view_->currentIndex().row();
  QVariantList rows = model_->rows();
  if (at < 0 || at >= rows.size()) return;
  rows.insert(at + 1, QVariant(rows[at]));
  take(rows, at + 1);
}

void StructTable::removeRows() {
  std::vector<int> chosen;
  for (const QModelIndex& index : view_->selectionModel()->selectedIndexes()) chosen.push_back(index.row());
  if (chosen.empty() && view_->currentIndex().isValid()) chosen.push_back(view_->currentIndex().row());
  if (chosen.empty()) return;
  std::sort(chosen.rbegin(), chosen.rend());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  QVariantList rows = model_->rows();
  for (const int row : chosen) rows.removeAt(row);
  take(rows, std::min(chosen.back(), static_cast<int>(rows.size()) - 1));
}

void StructTable::moveRow(int by) {
  const int at = view_->currentIndex().row();
  QVariantList rows = model_->rows();
  if (at < 0 || at + by < 0 || at + by >= rows.size()) return;
  rows.move(at, at + by);
  take(rows, at + by);
}

void StructTable::addFiles(const QStringList& files) {
  const Field* path = pathColumn(field_);
  if (!path || files.isEmpty()) return;
  QVariantList rows = model_->rows();
  for (const QString& file : files) {
    QVariantMap row = defaultRow(field_);
    row.insert(path->path, file);
    if (row.contains(QStringLiteral("name"))) row.insert(QStringLiteral("name"), QFileInfo(file).completeBaseName().section('.', 0, 0));
    rows << row;
  }
  take(rows, static_cast<int>(rows.size()) - 1);
}

bool StructTable::eventFilter(QObject* watched, QEvent* event) {
  if (watched == view_->viewport() && event->type() == QEvent::Resize) {
    placeholder_->setGeometry(view_->viewport()->rect());
    fitColumns();
  }
  if (watched != view_ || event->type() != QEvent::KeyPress || read_only_) return QWidget::eventFilter(watched, event);
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() == Qt::Key_Escape) emit settled();
  if (key->key() == Qt::Key_Insert) return addRow(), true;
  if (key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down)) return moveRow(key->key() == Qt::Key_Up ? -1 : 1), true;
  if (key->key() == Qt::Key_Delete) return removeRows(), true;
  if (key->key() == Qt::Key_D && key->modifiers() == Qt::ControlModifier) return duplicateRow(), true;
  return QWidget::eventFilter(watched, event);
}

}  // namespace geocyte::widgets
