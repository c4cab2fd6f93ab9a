// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of configurations begin with: the systems that are built in, a folder of their own, the page of a new run, keys into a field.
#pragma once

#include <QApplication>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#include "app/desktop/new_run_page.h"
#include "app/desktop/preflight.h"
#include "app/desktop/run_draft.h"
#include "plugins/registry.h"
#include "widgets/theme/theme.h"

namespace geocyte::test {

class Configuring : public QObject {
 protected:
  void prepare() {
    theme_ = std::make_unique<widgets::Theme>(widgets::ThemeChoice::light);
    specs_ = plugins::all_specs();
    qRegisterMetaType<desktop::EngineAnswer>();
  }
  void renew() {
    folder_ = std::make_unique<QTemporaryDir>();
    qputenv("GEOCYTE_PRESETS", folder_->filePath("presets").toLocal8Bit());
  }
  const config::SystemSpec& specOf(const char* id) {
    for (const config::SystemSpec& spec : specs_)
      if (spec.id == id) return spec;
    qFatal("%s is not built in", id);
  }
  const config::SystemSpec& gems() { return specOf("gems"); }
  const config::SystemSpec& stEdm() { return specOf("st_edm"); }
  desktop::RunDraft demo() { return desktop::draftOf(specs_, "gems/demo"); }
  static QLineEdit* field(QWidget* in, const char* path) { return in->findChild<QLineEdit*>(QStringLiteral("field/") + path); }
  static void type(QLineEdit* line, const QString& text) {
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
  }
  struct Page {
    desktop::NewRunPage page;
    explicit Page(Configuring& t) : page(t.specs_) {
      page.setRunsFolder(t.folder_->path());
      page.setDraft(t.demo());
      page.resize(1100, 900);
      page.show();
      QApplication::setActiveWindow(&page);
    }
    QWidget* operator->() { return &page; }
  };

  std::unique_ptr<widgets::Theme> theme_;
  std::vector<config::SystemSpec> specs_;
  std::unique_ptr<QTemporaryDir> folder_;
};

}  // namespace geocyte::test
