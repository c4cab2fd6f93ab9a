// SPDX-License-Identifier: GPL-3.0-or-later
// The slider of the noise from which the engine refines on demand: what was asked, that it waits, and what came of it. Absent where the
// system cannot be asked (no binding "probe_sigma") or nobody listens.
// Keys: left and right a step of a twentieth of the range (logarithmic), Return asks again.
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>

class QLabel;
class QSlider;
class QTimer;
class QToolButton;

namespace geocyte::widgets {

class ElidedLabel;
class ProbeModel;

namespace tissue {

class ProbeBar : public QWidget {
  Q_OBJECT
 public:
  explicit ProbeBar(ProbeModel* model, QWidget* parent = nullptr);
  void bind(const QHash<QString, QString>& bindings);
  /// Whether there is anything that could refine; without it there is no slider and the line says why.
  void setReady(bool ready);
  /// Which slide is asked about; "" = all.
  void setSource(const QString& name) { source_ = name; }
  double sigma() const;
  void setSigma(double sigma);
  QString text() const;

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void ask();
  void follow();
  ProbeModel* model_;
  QLabel* name_;
  QSlider* slider_;
  QLabel* value_;
  ElidedLabel* state_;
  QToolButton* again_;
  QTimer* gate_;                        ///< a moving slider asks when it rests
  QString source_, array_;
  double low_ = 0.05, high_ = 2.4;
  bool ready_ = true;
};

}  // namespace tissue
}  // namespace geocyte::widgets
