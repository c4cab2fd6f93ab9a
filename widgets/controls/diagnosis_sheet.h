// SPDX-License-Identifier: GPL-3.0-or-later
// What was found about the sources before training, as a page: the call in one bold sentence with its evidence, a table of
// the sources, room for a picture of their distances, and everything else worth knowing, worst first.
#pragma once

#include <QScrollArea>
#include <QStringList>

#include <vector>

#include "widgets/controls/verdict_line.h"

class QLabel;
class QTableWidget;
class QVBoxLayout;

namespace geocyte::widgets {

struct DiagnosisText {
  VerdictText call;                     ///< `card`: why it matters, plain text here and below
  std::vector<VerdictText> findings;
  QStringList columns;                  ///< of the table; the first one is the source
  QList<QStringList> rows;
  QStringList outliers;                 ///< names of rows that are marked
  QString method, about;                ///< caption of the distances; which data
  bool isEmpty() const { return call.headline.isEmpty(); }
};

class DiagnosisSheet : public QScrollArea {
  Q_OBJECT
 public:
  explicit DiagnosisSheet(QWidget* parent = nullptr);
  void setDiagnosis(const DiagnosisText& text);
  const DiagnosisText& diagnosis() const { return text_; }
  /// Shown between table and findings; nullptr takes it away. The sheet owns it.
  void setPicture(QWidget* picture);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void fillTable();
  void rebuild();
  DiagnosisText text_;
  QVBoxLayout *column_ = nullptr, *findings_ = nullptr;   ///< a palette changes while the constructor is at work
  QLabel *icon_, *headline_, *evidence_, *why_, *method_;
  QTableWidget* table_;
  QWidget* picture_ = nullptr;
};

}  // namespace geocyte::widgets
