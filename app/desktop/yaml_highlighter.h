// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of YAML text: keys, words in quotes, comments.
#pragma once

#include <QSyntaxHighlighter>

namespace geocyte::desktop {

class YamlHighlighter : public QSyntaxHighlighter {
 public:
  using QSyntaxHighlighter::QSyntaxHighlighter;

 protected:
  void highlightBlock(const QString& text) override;
};

}  // namespace geocyte::desktop
