// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix of a grid: what a slot says, how sure it looks, where things stand, mouse and keys, and the table that leaves it.
#include <QClipboard>
#include <QGuiApplication>
#include <QImage>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <cmath>
#include <limits>
#include <memory>

#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/ablation_matrix/ablation_matrix.h"
#include "widgets/ablation_matrix/table_text.h"
#include "widgets/base/hover_card.h"
#include "widgets/base/view_registry.h"
#include "widgets/controls/choice_button.h"
#include "widgets/theme/theme.h"

using namespace geocyte::widgets;
using namespace geocyte::widgets::ablation_matrix;

namespace {

Value value(double mean, double difference, double half, int n = 3) {
  Value one;
  one.n = one.paired = n;
  one.mean = mean;
  one.sd = n > 1 ? 0.02 : kNone;
  one.difference = difference;
  if (std::isfinite(half)) one.low = difference - half, one.high = difference + half;
  return one;
}

Row row(const QString& name, const QString& adversary, const QString& latent, QHash<QString, Value> values, int finished = 3) {
  Row one;
  one.name = name;
  one.levels = {{"adversary", adversary}, {"latent", latent}};
  one.values = std::move(values);
  one.finished = finished;
  return one;
}

/// Three levels of latent and two of an adversary. types: higher is better; auc: lower; odd: nobody knows.
Content content() {
  Content made;
  made.title = "Which matters";
  made.made_by = "0.1.0 abc";
  made.seeds = {"7", "8", "9"};
  made.factors = {{"adversary", {"on", "off"}}, {"latent", {"16", "32", "64"}}};
  made.scores = {{"biology/types", "cell types", "how many are found", Better::higher}, {"align/auc", "AUC", "told apart", Better::lower}, {"odd", "odd", "neither", Better::unknown}};
  Value base = value(0.7, kNone, kNone);
  base.chance = 0.25;
  made.rows = {row("adversary=on, latent=32", "on", "32", {{"biology/types", base}, {"align/auc", value(0.6, kNone, kNone)}, {"odd", value(5, kNone, kNone)}}),
               row("adversary=on, latent=64", "on", "64", {{"biology/types", value(0.8, 0.1, 0.02)}, {"align/auc", value(0.7, 0.1, 0.02)}, {"odd", value(6, 1, 0.5)}}),
               row("adversary=off, latent=32", "off", "32", {{"biology/types", value(0.6, -0.1, 0.02)}, {"align/auc", value(0.5, -0.1, 0.02)}, {"odd", value(4, -1, 0.5)}}),
               row("adversary=off, latent=64", "off", "64", {{"biology/types", value(0.8, 0.1, 0.2)}, {"align/auc", value(0.65, 0.05, 0.2)}}),
               row("adversary=on, latent=16", "on", "16", {}, 0)};
  made.rows[0].baseline = true;
  made.rows[4].failed = 1;
  made.rows[4].pending = 2;
  made.rows[4].reasons = {"seed 7: the loss is not finite"};
  Row pca;
  pca.name = "pca";
  pca.kind = RowKind::tool;
  pca.values = {{"biology/types", value(0.5, -0.2, 0.01)}};
  made.rows.push_back(pca);
  return made;
}

struct Fixture {
  std::unique_ptr<AblationMatrix> view;
  explicit Fixture(Content made = content(), QSize size = {1100, 520}) : view(std::make_unique<AblationMatrix>(ViewContext{})) {
    view->resize(size);
    view->show();
    view->setContent(std::move(made));
  }
  AblationGrid* grid() const { return view->grid(); }
  QStringList lines() const {
    QStringList texts;
    for (const Line& line : grid()->arrangement().lines) texts << line.text;
    return texts;
  }
  int lineOf(const QString& text) const { return static_cast<int>(lines().indexOf(text)); }
  void click(int line, int head) const { QTest::mouseClick(grid()->viewport(), Qt::LeftButton, {}, grid()->slotRect(line, head).center().toPoint()); }
  void key(Qt::Key key) const { QTest::keyClick(grid(), key); }
  ChoiceButton* choice(const char* name) const { return view->findChild<ChoiceButton*>(QString::fromLatin1(name)); }
  void choose(const char* name, const QString& id) const {
    for (QAction* action : choice(name)->menu()->actions())
      if (action->data().toString() == id) return action->trigger();
    QFAIL(qPrintable(id));
  }
  /// The slot without colour.
  QImage grey(int line, int head) const {
    QImage image(grid()->viewport()->size(), QImage::Format_RGB32);
    grid()->viewport()->render(&image);
    return image.copy(grid()->slotRect(line, head).toRect()).convertToFormat(QImage::Format_Grayscale8);
  }
};

double distance(const QColor& a, const QColor& b) { return std::hypot(a.redF() - b.redF(), a.greenF() - b.greenF(), a.blueF() - b.blueF()); }

}  // namespace

class TestAblationMatrix : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { theme_ = std::make_unique<Theme>(ThemeChoice::light); }
  void init() { theme_->setChoice(ThemeChoice::light); }
  void cleanup() { HoverCard::hideFrom(nullptr); }

  void aSlotSaysMeanSpreadSeedsAndTheDifferenceWithItsInterval() {
    Fixture f;
    QCOMPARE(f.lines().mid(0, 5), (QStringList{"adversary=on, latent=32", "latent 64", "adversary off", "adversary off, latent 64", "latent 16"}));
    QCOMPARE(f.grid()->slotText(1, 0), (QStringList{"0.800 ± 0.020", "+0.100 [+0.080, +0.120]", "n 3"}));
    QCOMPARE(f.grid()->slotText(2, 0)[1], QString("−0.100 [−0.120, −0.080]"));
    QCOMPARE(f.grid()->slotText(0, 0), (QStringList{"0.700 ± 0.020", "", "n 3"}));
    QCOMPARE(f.grid()->slotText(1, 2)[0], QString("6.00 ± 0.02"));       // digits fit the size of the score
  }

  void aDifferenceWhoseIntervalContainsZeroSaysSoAndIsWeaker() {
    Fixture f;
    QCOMPARE(f.grid()->slotText(3, 0)[1], QString("≈ +0.100 [−0.100, +0.300]"));
    const QColor neutral = f.grid()->slotFill(0, 0), sure = f.grid()->slotFill(1, 0), unsure = f.grid()->slotFill(3, 0);
    QVERIFY(distance(unsure, neutral) > 0.01);
    QVERIFY(distance(unsure, neutral) < 0.5 * distance(sure, neutral));   // the same difference
    QVERIFY(sentence(f.view->content(), f.view->content().rows[3], f.view->content().scores[0]).contains("the interval contains 0"));
  }

  void coloursAreSymmetricAndSayWhichSideIsBetter() {
    for (const bool dark : {false, true}) {
      theme_->setChoice(dark ? ThemeChoice::dark : ThemeChoice::light);
      Fixture f;
      const ThemeColors& c = themeColors(dark);
      QCOMPARE(f.grid()->slotFill(0, 0), c.at_gate);
      QCOMPARE(f.grid()->slotFill(1, 0), c.within);                     // more types: better
      QCOMPARE(f.grid()->slotFill(2, 0), c.beyond);
      QCOMPARE(f.grid()->slotFill(1, 1), c.beyond);                     // more AUC: worse
      QCOMPARE(f.grid()->slotFill(2, 1), c.within);
      QCOMPARE(f.grid()->slotFill(1, 2), f.grid()->slotFill(2, 2));     // no side is better
      QVERIFY(f.grid()->slotFill(1, 2) != c.within && f.grid()->slotFill(1, 2) != c.beyond);
      for (int line = 0; line < 4; ++line)
        for (int head = 0; head < 3; ++head) QVERIFY(contrastRatio(textOn(f.grid()->slotFill(line, head)), f.grid()->slotFill(line, head)) >= 4.5);
    }
  }

  void runsThatGoOnWaitFailOrWereNeverPlannedLookDifferentWithoutColour() {
    const auto slot_with = [](int running, int pending, int failed) {
      Content made = content();
      made.rows[4].running = running, made.rows[4].pending = pending, made.rows[4].failed = failed;
      made.rows[4].reasons.clear();
      return made;
    };
    const Fixture running(slot_with(1, 0, 0)), pending(slot_with(0, 1, 0)), failed(slot_with(0, 0, 1));
    QCOMPARE(running.grid()->slotText(4, 0)[0], QString("running"));
    QCOMPARE(pending.grid()->slotText(4, 0)[0], QString("waiting"));
    QCOMPARE(failed.grid()->slotText(4, 0)[0], QString("failed"));
    QVERIFY(running.grey(4, 0) != pending.grey(4, 0));
    QVERIFY(running.grey(4, 0) != failed.grey(4, 0));
    QVERIFY(pending.grey(4, 0) != failed.grey(4, 0));
    Fixture reason;
    QVERIFY2(reason.grid()->arrangement().lines[4].detail.contains("1 failed"), qPrintable(reason.grid()->arrangement().lines[4].detail));
    QVERIFY(sentence(reason.view->content(), reason.view->content().rows[4], reason.view->content().scores[0]).contains("the loss is not finite"));
    reason.view->setForm(Form::pivot);
    QCOMPARE(reason.grid()->slotText(0, 1)[0], QString("not planned"));   // latent 16 without the adversary
  }

  void aCellWithSomeSeedsLeftSaysWhatIsMissing() {
    Content made = content();
    made.rows[1].finished = 2, made.rows[1].failed = 1;
    const Fixture whole, part(made);
    QVERIFY(part.grid()->arrangement().lines[1].detail.contains("2 of 3 seeds finished, 1 failed"));
    QVERIFY(whole.grey(1, 0) != part.grey(1, 0));
    QVERIFY2(part.view->count().contains("1") && part.view->count().contains("failed"), qPrintable(part.view->count()));
  }

  void theBaselineIsMarkedAndToolsStandApartWithChance() {
    Fixture f;
    QVERIFY(f.grid()->arrangement().lines[0].baseline);
    QVERIFY(f.grid()->arrangement().lines[0].detail.startsWith("baseline"));
    QCOMPARE(f.lines().mid(5), (QStringList{"chance", "pca"}));
    QCOMPARE(f.grid()->slotText(5, 0)[0], QString("0.250"));
    QCOMPARE(f.grid()->slotText(5, 1)[0], QString("–"));
    QVERIFY(f.grid()->lineRect(5).top() > f.grid()->lineRect(4).bottom() + 4);
    QCOMPARE(f.grid()->slotText(6, 0)[1], QString("−0.200 [−0.210, −0.190]"));
  }

  void aColumnSortsTheCellsBestFirstThenTheOtherWayThenAsPlanned() {
    Fixture f;
    const auto sort = [&](int head) { QTest::mouseClick(f.grid()->viewport(), Qt::LeftButton, {}, f.grid()->headRect(head).center().toPoint()); };
    sort(1);
    QCOMPARE(f.lines().mid(0, 5), (QStringList{"adversary off", "adversary=on, latent=32", "adversary off, latent 64", "latent 64", "latent 16"}));   // least AUC first, what is not known last
    sort(1);
    QCOMPARE(f.lines().mid(0, 5), (QStringList{"latent 64", "adversary off, latent 64", "adversary=on, latent=32", "adversary off", "latent 16"}));
    sort(1);
    QCOMPARE(f.lines().first(), QString("adversary=on, latent=32"));
    QCOMPARE(f.lines().mid(5), (QStringList{"chance", "pca"}));
  }

  void arrowsMoveEnterOpensBracketsStepAndEscCloses() {
    Fixture f;
    QSignalSpy opened(f.view.get(), &AblationMatrix::cellOpened), closed(f.view.get(), &AblationMatrix::cellClosed), score(f.view.get(), &AblationMatrix::scoreChosen);
    f.grid()->setFocus();
    f.grid()->setCursorAt(0, 0);
    f.key(Qt::Key_Down);
    f.key(Qt::Key_Right);
    QCOMPARE(f.grid()->line(), 1);
    QCOMPARE(f.grid()->head(), 1);
    QCOMPARE(f.view->score(), QString("align/auc"));                       // what everything is about now
    QCOMPARE(score.count(), 1);
    QVERIFY(f.grid()->accessibleDescription().contains("latent=64"));
    f.key(Qt::Key_Return);
    QCOMPARE(opened.last()[0].toInt(), 1);
    f.key(Qt::Key_BracketRight);
    QCOMPARE(opened.last()[0].toInt(), 2);
    QCOMPARE(f.grid()->line(), 2);
    f.key(Qt::Key_BracketLeft);
    f.key(Qt::Key_BracketLeft);
    f.key(Qt::Key_BracketLeft);
    QCOMPARE(opened.last()[0].toInt(), 0);                                 // and stays at the first
    f.key(Qt::Key_Escape);
    QCOMPARE(closed.count(), 1);
    QCOMPARE(f.view->opened(), -1);
    for (int i = 0; i < 20; ++i) f.key(Qt::Key_Down);
    QCOMPARE(f.grid()->line(), 6);
    const qsizetype before = opened.count();
    f.key(Qt::Key_Return);
    QCOMPARE(opened.count(), before);                                      // a plain tool has no more to show
  }

  void aClickOpensACell() {
    Fixture f;
    QSignalSpy opened(f.view.get(), &AblationMatrix::cellOpened);
    f.click(2, 0);
    QCOMPARE(opened.count(), 1);
    QCOMPARE(f.view->opened(), 2);
    QTest::mouseClick(f.grid()->viewport(), Qt::LeftButton, {}, f.grid()->lineRect(1).center().toPoint());
    QCOMPARE(f.view->opened(), 1);
  }

  void whatTookNoPartSaysSo() {
    Content made = content();
    made.rows[1].values["biology/types"] = value(0.7, 0, 0);
    made.rows[2].values["biology/types"] = value(0.7, 0, kNone, 1);
    made.rows[3].values["biology/types"] = value(0.7, 0, 0.01);
    Fixture f(made);
    QCOMPARE(f.grid()->slotText(1, 0)[1], QString("no change at all"));
    QCOMPARE(f.grid()->slotText(2, 0)[1], QString("no change at all"));
    QVERIFY(f.grid()->slotText(3, 0)[1].startsWith("≈"));                 // seeds differ, and cancel
  }

  void effectsStandOverAllSettingsAndInteractionsBelow() {
    Content made = content();
    Row main, both;
    main.kind = both.kind = RowKind::effect;
    main.name = "adversary off";
    main.detail = "instead of on, over 3 settings of the others";
    main.levels = {{"adversary", "off"}};
    main.values = {{"biology/types", value(0.68, -0.05, 0.01)}, {"align/auc", value(0.55, -0.02, 0.03)}};
    main.values["biology/types"].lowest = -0.1, main.values["biology/types"].highest = 0.02;
    both.name = "adversary off × latent 64";
    both.detail = "beyond what each does alone, over one setting";
    both.levels = {{"adversary", "off"}, {"latent", "64"}};
    both.values = {{"biology/types", value(0.8, 0.1, 0.2)}};
    made.rows.push_back(both);
    made.rows.push_back(main);
    Fixture f(made);
    QCOMPARE(f.lines().filter("×"), QStringList());                        // cells first
    QSignalSpy opened(f.view.get(), &AblationMatrix::cellOpened);
    f.key(Qt::Key_P);
    f.key(Qt::Key_P);
    QVERIFY(f.view->form() == Form::effects);
    QCOMPARE(f.lines(), (QStringList{"adversary off", "adversary off × latent 64"}));
    QCOMPARE(f.grid()->slotText(0, 0), (QStringList{"0.680 ± 0.020", "−0.050 [−0.060, −0.040]", "n 3"}));
    QVERIFY(f.grid()->slotText(1, 0)[1].startsWith("≈ +0.100"));
    QCOMPARE(f.grid()->slotText(1, 1), QStringList{"–"});                  // no seed has all of its cells
    QVERIFY(f.grid()->lineRect(1).top() > f.grid()->lineRect(0).bottom());
    f.click(0, 0);
    f.key(Qt::Key_Return);
    f.key(Qt::Key_BracketRight);
    QCOMPARE(opened.count(), 0);                                           // it is no cell that could be opened
    QVERIFY2(f.grid()->accessibleDescription().contains("over 3 settings of the others"), qPrintable(f.grid()->accessibleDescription()));
    QVERIFY(f.view->markdown().contains("**0.680 ± 0.020; −0.050 [−0.060, −0.040]**"));
    QVERIFY(f.view->markdown().contains("beyond the sum of both"));
    QVERIFY(f.view->latex().contains("\\midrule"));
    QStringList kinds;
    for (const QStringList& line : f.view->table()) kinds << line[0];
    QCOMPARE(kinds.count("effect"), 3);
    QCOMPARE(kinds.count("interaction"), 3);
    f.key(Qt::Key_P);
    QVERIFY(f.view->form() == Form::cells);
    f.choose("ablationForm", "effects");
    QVERIFY(f.view->form() == Form::effects);
    f.view->setContent(content());                                         // this grid has none
    QVERIFY(f.view->form() == Form::cells);
    f.key(Qt::Key_P);
    f.key(Qt::Key_P);
    QVERIFY(f.view->form() == Form::cells);
  }

  void twoFactorsStandAcrossAndTheOthersNest() {
    Content made = content();
    made.factors.push_back({"genes", {"500", "1000"}});
    for (Row& one : made.rows)
      if (one.isCell()) one.levels.insert("genes", "500");
    Row more = made.rows[1];
    more.levels.insert("genes", "1000");
    more.values["biology/types"].mean = 0.9;
    made.rows.insert(made.rows.begin() + 5, more);
    Fixture f(made);
    QTest::keyClick(f.grid(), Qt::Key_P);
    QVERIFY(f.view->form() == Form::pivot);
    QCOMPARE(f.choice("ablationRows")->current(), QString("latent"));      // most levels
    QCOMPARE(f.choice("ablationColumns")->current(), QString("adversary"));
    QCOMPARE(f.grid()->arrangement().heads.size(), std::size_t{2});
    QCOMPARE(f.lines(), (QStringList{"latent 16", "latent 32", "latent 64", "latent 64"}));            // 1000 genes were planned with 64 only
    QVERIFY(f.grid()->arrangement().lines[3].detail.contains("genes 1000"));
    QCOMPARE(f.grid()->slotText(3, 0)[0], QString("0.900 ± 0.020"));
    QCOMPARE(f.grid()->slotText(3, 1)[0], QString("not planned"));
    f.choose("ablationOnly0", "1000");
    QCOMPARE(f.lines(), QStringList{"latent 64"});
    f.choose("ablationOnly0", "*");
    f.choose("ablationRows", "adversary");                                 // they change places
    QCOMPARE(f.choice("ablationColumns")->current(), QString("latent"));
    QCOMPARE(f.grid()->arrangement().heads.size(), std::size_t{3});
    f.choose("ablationScore", "align/auc");
    QCOMPARE(f.grid()->slotText(0, 1)[0], QString("0.600 ± 0.020"));
  }

  void oneSeedHasNoIntervalAndSaysThatNothingIsProven() {
    Content made = content();
    made.seeds = {"7"};
    for (Row& one : made.rows)
      for (Value& of : one.values) of.n = of.paired = 1, of.sd = of.low = of.high = kNone;
    Fixture f(made);
    QCOMPARE(f.grid()->slotText(1, 0)[1], QString("≈ +0.100"));
    QVERIFY2(f.view->caption().contains("nothing is proven"), qPrintable(f.view->caption()));
    QVERIFY(sentence(made, made.rows[1], made.scores[0]).contains("nothing is proven"));
  }

  void newNumbersKeepThePlaceOfTheCursor() {
    Fixture f;
    f.click(2, 1);
    Content made = content();
    made.rows[2].values["align/auc"].mean = 0.41;
    f.view->setContent(made);
    QCOMPARE(f.grid()->line(), 2);
    QCOMPARE(f.grid()->head(), 1);
    QCOMPARE(f.view->opened(), 2);
    QCOMPARE(f.grid()->slotText(2, 1)[0], QString("0.410 ± 0.020"));
  }

  void theCursorStaysInSightInASmallWindow() {
    Fixture f(content(), {420, 260});
    f.grid()->setFocus();
    QVERIFY(f.grid()->horizontalScrollBar()->maximum() > 0);
    f.key(Qt::Key_End);
    for (int i = 0; i < 6; ++i) f.key(Qt::Key_Down);
    const QRectF slot = f.grid()->slotRect(f.grid()->line(), f.grid()->head());
    QVERIFY(QRectF(f.grid()->viewport()->rect()).adjusted(-1, -1, 1, 1).contains(slot));
  }

  void theMouseSaysTheWholeSentence() {
    Fixture f;
    QTest::mouseMove(f.grid()->viewport(), f.grid()->slotRect(3, 0).center().toPoint());
    QTRY_VERIFY(HoverCard::shown() && HoverCard::shown()->content().text().contains("the interval contains 0"));
    QVERIFY(HoverCard::shown()->content().text().contains("how many are found"));
  }

  void theTableLeavesAsNumbersMarkdownAndLatex() {
    Fixture f;
    const QList<QStringList> table = f.view->table();
    QCOMPARE(table.size(), 1 + 6 * 3);
    const qsizetype columns = table.first().size();
    for (const QStringList& line : table) QCOMPARE(line.size(), columns);
    const QStringList line = table[4];                                     // the second cell, its first score
    QCOMPARE(line.mid(0, 5), (QStringList{"cell", "adversary=on, latent=64", "", "on", "64"}));
    QVERIFY(line.contains("0.08") && line.contains("yes"));
    const QString markdown = f.view->markdown();
    QVERIFY2(markdown.contains("| latent 64 | **0.800 ± 0.020; +0.100 [+0.080, +0.120]** |"), qPrintable(markdown));
    QVERIFY(markdown.contains("| adversary off, latent 64 | 0.800 ± 0.020; ≈ +0.100 [−0.100, +0.300] |"));
    for (const char* words : {"3 seeds (7, 8, 9)", "paired t", "0.1.0 abc", "Which matters"}) QVERIFY2(markdown.contains(words), words);
    const QString latex = f.view->latex();
    QVERIFY2(latex.contains("latent 64 & \\textbf{0.800 $\\pm$ 0.020; +0.100 [+0.080, +0.120]}"), qPrintable(latex));
    QVERIFY(latex.contains("95 \\% interval") && latex.contains("\\bottomrule"));
    QVERIFY(!latex.contains(QChar(0x2212)));
    const QTemporaryDir folder;
    for (const char* ending : {"csv", "md", "tex", "png", "svg"}) {
      const QString file = folder.filePath(QStringLiteral("t.") + ending);
      QVERIFY2(f.view->exportTo(file) && QFile(file).size() > 100, ending);
    }
    QVERIFY(!f.view->exportTo("/no/such/folder/t.md"));
    QSignalSpy copied(f.view.get(), &AblationMatrix::copied);
    f.view->findChild<QToolButton*>("ablationMenu")->menu()->actions().first()->trigger();
    QCOMPARE(copied.count(), 1);
    QCOMPARE(QGuiApplication::clipboard()->text(), markdown);
  }

  void namesCannotBreakOutOfTheTable() {
    Content made = content();
    made.rows[1].levels["latent"] = "a|b & $x_1$ \\";
    made.factors[1].levels[2] = made.rows[1].levels["latent"];
    Fixture f(made);
    QVERIFY(f.view->markdown().contains("a\\|b"));
    QVERIFY(f.view->latex().contains("a|b \\& \\$x\\_1\\$ \\textbackslash{}"));
  }

  void nothingAndNonsenseAreDrawn() {
    Fixture empty(Content{});
    QVERIFY(empty.view->emptyText().contains("No grid"));
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Return, Qt::Key_BracketRight, Qt::Key_S, Qt::Key_Escape, Qt::Key_P}) empty.key(key);
    empty.view->grab();
    Content planned = content();
    planned.scores.clear();
    for (Row& one : planned.rows) one.values.clear(), one.finished = 0, one.pending = 3;
    Fixture waiting(planned);
    QVERIFY2(waiting.view->emptyText().contains("No run has finished"), qPrintable(waiting.view->emptyText()));
    Content odd = content();
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    odd.rows[1].values["biology/types"] = value(kInfinite, kInfinite, 1);
    odd.rows[2].values["biology/types"] = value(1e300, -1e300, kInfinite);
    odd.rows[3].values["biology/types"] = value(1e-300, 1e-300, 0);
    odd.rows[3].name = QString(4000, 'x');
    odd.factors.push_back({"none", {}});
    for (const QSize size : {QSize(120, 80), QSize(600, 400)}) {
      Fixture f(odd, size);
      f.view->grab();
      f.view->setForm(Form::pivot);
      f.view->grab();
      QVERIFY(!f.view->markdown().isEmpty());
    }
    QVERIFY(viewTypes().contains("ablation_matrix"));
    const std::unique_ptr<View> made(makeView("ablation_matrix", ViewContext{}, nullptr));
    QVERIFY(made);
    made->setArrays({});
    QCOMPARE(made->table().size(), 1);
  }

 private:
  std::unique_ptr<Theme> theme_;
};

QTEST_MAIN(TestAblationMatrix)
#include "tst_ablation_matrix.moc"
