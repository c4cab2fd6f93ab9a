// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of the shown run, grouped as the schema groups them. A dot marks what differs from the system's default;
// parameters marked live can be changed while the engine works, the others are read only.
#pragma once

#include <QWidget>

#include <vector>

#include "engine/config/schema.h"

class QGridLayout;
class QLabel;
class QLineEdit;
class QScrollArea;

namespace geocyte::desktop {

class ConfigPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ConfigPanel(QWidget* parent = nullptr);
  /// `schema` nullptr = nothing to show (a foreign folder).
  void setOptions(const config::Schema* schema, const Json& options);
  /// Whether live parameters can be changed now.
  void setEditable(bool editable);

 signals:
  /// A live parameter was changed by the user.
  void changed(const QString& path, const geocyte::Json& value);

 private:
  struct Row {
    QString text;                              ///< what the search looks at
    QLineEdit* field;
    QList<QWidget*> widgets;
    QLabel* heading;
    bool live;
  };
  void addRow(QGridLayout* grid, const config::Parameter& parameter, const Json& options, QLabel* heading);
  void commit(QLineEdit* field, const config::Parameter& parameter);
  void filter(const QString& words);
  QLineEdit* search_;
  QScrollArea* scroll_;
  QLabel* note_;
  std::vector<Row> rows_;
  Json shown_;
  const config::Schema* schema_ = nullptr;
  bool editable_ = false;
};

/// How a value reads in a field: numbers short, lists of structs as "6 entries".
QString fieldText(const config::Parameter& parameter, const Json* value);

}  // namespace geocyte::desktop
