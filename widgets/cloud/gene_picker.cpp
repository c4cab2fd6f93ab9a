// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/gene_picker.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "widgets/theme/colors.h"

namespace geocyte::widgets::cloud {
namespace {
constexpr qsizetype kMostShown = 50;
}

QStringList matching(const QStringList& names, const QString& text, qsizetype most) {
  const QString wanted = text.trimmed();
  QStringList found, inside;
  for (const QString& name : names) {
    if (found.size() >= most) break;
    if (name.startsWith(wanted, Qt::CaseInsensitive)) found << name;
    else if (inside.size() < most && name.contains(wanted, Qt::CaseInsensitive)) inside << name;
  }
  return found + inside.mid(0, most - found.size());
}

GenePicker::GenePicker(QStringList names, QWidget* parent) : QFrame(parent, Qt::Popup), names_(std::move(names)), text_(new QLineEdit), list_(new QListWidget) {
  setAttribute(Qt::WA_DeleteOnClose);
  setObjectName(QStringLiteral("genePicker"));
  setStyleSheet(QStringLiteral("QFrame#genePicker { background: %1; border: 1px solid %2; }").arg(themeColors().panel.name(), themeColors().line.name()));
  text_->setObjectName(QStringLiteral("geneText"));
  text_->setPlaceholderText(tr("one of %1 genes").arg(names_.size()));
  text_->setAccessibleName(tr("Gene"));
  text_->setToolTip(tr("Type a part of the name; arrows choose, Enter takes it"));
  list_->setObjectName(QStringLiteral("geneList"));
  list_->setAccessibleName(tr("Genes"));
  list_->setToolTip(tr("Genes of the panel that match"));
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setUniformItemSizes(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 10, 10, 10);
  column->setSpacing(8);
  column->addWidget(text_);
  column->addWidget(list_);
  setFixedSize(220, 280);
  text_->installEventFilter(this);
  connect(text_, &QLineEdit::textChanged, this, &GenePicker::refill);
  connect(text_, &QLineEdit::returnPressed, this, &GenePicker::take);
  connect(list_, &QListWidget::itemClicked, this, &GenePicker::take);
  refill();
}

void GenePicker::openUnder(const QWidget* anchor) {
  move(anchor->mapToGlobal(QPoint(0, anchor->height() + 2)));
  show();
  text_->setFocus();
}

void GenePicker::refill() {
  list_->clear();
  list_->addItems(matching(names_, text_->text(), kMostShown));
  list_->setCurrentRow(0);
}

void GenePicker::take() {
  if (!list_->currentItem()) return;
  emit picked(list_->currentItem()->text());
  close();
}

bool GenePicker::eventFilter(QObject* watched, QEvent* event) {
  if (watched == text_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Down || key == Qt::Key_Up) {
      const int row = list_->currentRow() + (key == Qt::Key_Down ? 1 : -1);
      if (row >= 0 && row < list_->count()) list_->setCurrentRow(row);
      return true;
    }
  }
  return QFrame::eventFilter(watched, event);
}

}  // namespace geocyte::widgets::cloud
