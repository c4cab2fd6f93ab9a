// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/view_export.h"

#include <QAbstractTableModel>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/base/view.h"
#include "widgets/theme/fonts.h"

namespace geocyte::desktop {
namespace {

QString fileName(const QString& title) {
  QString name;
  for (const QChar c : title.toLower()) name += c.isLetterOrNumber() ? c : QLatin1Char('_');
  return name.isEmpty() ? QStringLiteral("view") : name.left(60);
}

/// The rows as they are: a million of them cost nothing, as only the visible ones are asked for.
class RowsModel : public QAbstractTableModel {
 public:
  RowsModel(QList<QStringList> rows, QObject* parent) : QAbstractTableModel(parent), rows_(std::move(rows)) {
    for (const QStringList& row : rows_) columns_ = std::max(columns_, static_cast<int>(row.size()));
  }
  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : std::max(0, static_cast<int>(rows_.size()) - 1); }
  int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : columns_; }
  QVariant data(const QModelIndex& index, int role) const override { return role == Qt::DisplayRole ? rows_[index.row() + 1].value(index.column()) : QVariant(); }
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
    if (role != Qt::DisplayRole) return {};
    return orientation == Qt::Vertical ? QVariant(section + 1) : QVariant(rows_.isEmpty() ? QString() : rows_[0].value(section));
  }

 private:
  QList<QStringList> rows_;
  int columns_ = 0;
};

class CopyTable : public QTableView {
 protected:
  void keyPressEvent(QKeyEvent* event) override {
    if (!event->matches(QKeySequence::Copy)) return QTableView::keyPressEvent(event);
    QModelIndexList cells = selectionModel()->selectedIndexes();
    std::sort(cells.begin(), cells.end());
    QString text;
    for (qsizetype i = 0; i < cells.size(); ++i) {
      if (i > 0) text += cells[i].row() == cells[i - 1].row() ? QLatin1Char('\t') : QLatin1Char('\n');
      text += cells[i].data().toString();
    }
    QGuiApplication::clipboard()->setText(text);
  }
};

}  // namespace

ExportReport exportAll(const std::vector<widgets::View*>& views, const QString& folder) {
  ExportReport report;
  QStringList used;
  for (widgets::View* view : views) {
    const QString wanted = fileName(view->title());
    QString name = wanted;
    for (int number = 2; used.contains(name); ++number) name = QStringLiteral("%1_%2").arg(wanted).arg(number);
    used << name;
    for (const char* ending : {".png", ".svg", ".csv"}) {
      const QString file = QDir(folder).filePath(name + QLatin1String(ending));
      if (view->exportTo(file)) ++report.written;
      else report.failed << file;
    }
  }
  return report;
}

void showTable(const widgets::View& view, QWidget* parent) {
  auto* dialog = new QDialog(parent);
  dialog->setObjectName(QStringLiteral("viewTable"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(view.title());
  auto* table = new CopyTable;
  table->setObjectName(QStringLiteral("viewTableRows"));
  table->setAccessibleName(view.title());
  table->setToolTip(QObject::tr("Ctrl+C copies the selected cells"));
  table->setModel(new RowsModel(view.table(), dialog));
  table->setFont(widgets::monoFont());
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->horizontalHeader()->setFont(widgets::captionFont());
  table->verticalHeader()->setFont(widgets::captionFont());
  table->verticalHeader()->setDefaultSectionSize(24);
  auto* column = new QVBoxLayout(dialog);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(table);
  dialog->resize(760, 520);
  dialog->show();
  table->resizeColumnsToContents();
}

}  // namespace geocyte::desktop
