// SPDX-License-Identifier: GPL-3.0-or-later
// A tissue view with its models and a hand on it: what its tests begin with.
#pragma once

#include <QImage>
#include <QMenu>
#include <QMouseEvent>
#include <QTest>
#include <QTimer>

#include <memory>

#include "tests/unit/widgets/tissue/tissue_data.h"
#include "widgets/base/probe_model.h"
#include "widgets/base/shared_models.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/controls/choice_button.h"
#include "widgets/theme/theme.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::test {

struct TissueFixture {
  widgets::SelectionModel selection;
  widgets::PaletteModel palette;
  widgets::ProbeModel probe;
  std::unique_ptr<widgets::tissue::Tissue> view;
  explicit TissueFixture(const widgets::ArrayMap& map, const QHash<QString, QString>& more = {}) {
    widgets::ViewContext context;
    context.selection = &selection;
    context.palette = &palette;
    context.probe = &probe;
    view = std::make_unique<widgets::tissue::Tissue>(context);
    view->setAnimated(false);
    view->setTitle("Tissue");
    QHash<QString, QString> bindings = tissueBindings();
    bindings.insert(more);
    view->bind(bindings);
    view->resize(900, 560);
    view->show();
    view->setArrays(map);
  }
  widgets::cloud::ScatterCanvas* canvas() const { return view->canvas(); }
  QPoint pixel(int row) const { return canvas()->map().toPixel(canvas()->cloud().x[static_cast<std::size_t>(row)], canvas()->cloud().y[static_cast<std::size_t>(row)]).toPoint(); }
  QImage picture() const { return canvas()->grab().toImage(); }
  QColor colorAt(int row) const { return picture().pixelColor(pixel(row)); }
  void lasso(const QRect& around, Qt::KeyboardModifiers modifiers = {}) const {
    QTest::mousePress(canvas(), Qt::LeftButton, modifiers, around.topLeft());
    for (const QPoint& p : {around.topRight(), around.bottomRight(), around.bottomLeft()}) {
      QMouseEvent move(QEvent::MouseMove, QPointF(p), canvas()->mapToGlobal(QPointF(p)), Qt::NoButton, Qt::LeftButton, modifiers);
      QCoreApplication::sendEvent(canvas(), &move);
    }
    QTest::mouseRelease(canvas(), Qt::LeftButton, modifiers, around.bottomLeft());
  }
  template <class T>
  T* child(const char* name) const { return view->findChild<T*>(QString::fromLatin1(name)); }
  /// By mouse: opens the drop-down and clicks the entry.
  void choose(const char* name, const QString& text) const {
    auto* button = child<widgets::ChoiceButton>(name);
    QVERIFY2(button && button->isVisible(), name);
    QTimer::singleShot(0, button, [button, text] {
      for (QAction* action : button->menu()->actions())
        if (action->text().section('\t', 0, 0) == text) return QTest::mouseClick(button->menu(), Qt::LeftButton, {}, button->menu()->actionGeometry(action).center());
      button->menu()->close();
    });
    QTest::mouseClick(button, Qt::LeftButton);
  }
};

}  // namespace geocyte::test
