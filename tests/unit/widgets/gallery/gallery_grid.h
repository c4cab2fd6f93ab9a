// SPDX-License-Identifier: GPL-3.0-or-later
// An invented grid for pictures: five ingredients, each left out once, three seeds, some runs still to come.
#pragma once

#include "widgets/ablation_matrix/content.h"

namespace geocyte::widgets::gallery {

inline ablation_matrix::Content someGrid() {
  using ablation_matrix::Better, ablation_matrix::Content, ablation_matrix::kNone, ablation_matrix::Row, ablation_matrix::Value;
  Content made;
  made.title = QStringLiteral("Each loss left out once");
  made.made_by = QStringLiteral("0.1.0 1794eb3");
  made.seeds = {"7", "8", "9"};
  const QStringList factors{"vicreg", "reconstruction", "mmd", "source_adversary", "spatial"};
  for (const QString& name : factors) made.factors.push_back({name, {"off", "on"}});
  made.scores = {{"align/probe_auc", "spots from cells, AUC", "How well a classifier tells spots from cells.", Better::lower},
                 {"align/ilisi_domain", "domains mixed, iLISI", "How evenly a neighbourhood holds both.", Better::higher},
                 {"biology/cell_type_accuracy", "cell types found", "Balanced accuracy.", Better::higher},
                 {"biology/spatial_overlap", "neighbours in the tissue", "Share of neighbours.", Better::higher},
                 {"align/median_std", "median standard deviation", "Spread of the middle dimension.", Better::unknown}};
  const double mean[] = {0.61, 0.87, 0.90, 0.31, 1.02}, chance[] = {0.5, 1, 0.17, 0.02, kNone};
  const double effect[5][5] = {{0.02, -0.01, -0.004, 0.002, -0.11}, {0.01, 0.004, -0.082, -0.03, 0.02}, {0.24, -0.31, 0.012, 0.006, 0.05}, {0.09, -0.12, 0.004, 0, 0.01}, {-0.01, 0.006, 0.003, -0.14, 0.01}};
  for (int cell = -1; cell < 5; ++cell) {
    Row row;
    row.baseline = cell < 0;
    row.finished = 3;
    row.seconds = 31 + cell;
    QStringList name;
    for (int f = 0; f < 5; ++f) {
      row.levels.insert(factors[f], f == cell ? "off" : "on");
      name << factors[f] + '=' + row.levels[factors[f]];
    }
    row.name = name.join(", ");
    for (std::size_t s = 0; s < made.scores.size(); ++s) {
      Value value;
      value.n = value.paired = 3;
      value.mean = mean[s] + (cell < 0 ? 0 : effect[cell][s]);
      value.sd = 0.011 + 0.002 * static_cast<double>(s);
      value.chance = chance[s];
      if (cell >= 0) value.difference = effect[cell][s], value.low = effect[cell][s] - 0.021, value.high = effect[cell][s] + 0.021;
      row.values.insert(made.scores[s].id, value);
    }
    if (cell == 3) row.finished = 2, row.running = 1;
    if (cell == 4) {
      row.finished = 0, row.failed = 1, row.pending = 2, row.values.clear();
      row.reasons = QStringList{QStringLiteral("seed 7: the loss is not finite at step 120")};
    }
    made.rows.push_back(row);
  }
  for (const char* tool : {"pca", "harmony"}) {
    Row row;
    row.kind = ablation_matrix::RowKind::tool;
    row.name = QString::fromLatin1(tool);
    for (std::size_t s = 0; s + 1 < made.scores.size(); ++s) {
      Value value;
      value.n = value.paired = 3;
      value.mean = mean[s] * 0.8;
      value.sd = 0.004;
      value.difference = value.mean - mean[s], value.low = value.difference - 0.01, value.high = value.difference + 0.01;
      row.values.insert(made.scores[s].id, value);
    }
    made.rows.push_back(row);
  }
  return made;
}

}  // namespace geocyte::widgets::gallery
