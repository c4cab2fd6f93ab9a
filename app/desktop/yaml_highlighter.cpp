// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/yaml_highlighter.h"

#include <QRegularExpression>

#include "widgets/theme/colors.h"

namespace geocyte::desktop {

void YamlHighlighter::highlightBlock(const QString& text) {
  const widgets::ThemeColors& colors = widgets::themeColors();
  static const QRegularExpression kKey(QStringLiteral("^[\\s\\-]*([A-Za-z_][\\w.]*)\\s*:")), kQuoted(QStringLiteral("\"[^\"]*\"|'[^']*'")),
      kComment(QStringLiteral("(^|\\s)#.*$"));
  if (const auto key = kKey.match(text); key.hasMatch())
    setFormat(static_cast<int>(key.capturedStart(1)), static_cast<int>(key.capturedLength(1)), widgets::toneTextColor(widgets::Tone::accent, colors));
  for (auto quoted = kQuoted.globalMatch(text); quoted.hasNext();) {
    const auto match = quoted.next();
    setFormat(static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength()), colors.ok_text);
  }
  if (const auto comment = kComment.match(text); comment.hasMatch())
    setFormat(static_cast<int>(comment.capturedStart()), static_cast<int>(comment.capturedLength()), colors.dim);
}

}  // namespace geocyte::desktop
