// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration before it is a run: from presets and from other runs, into fields, text and a job, and back.
#include "app/desktop/field_bridge.h"
#include "tests/unit/desktop/configuring.h"

using namespace geocyte;
using namespace geocyte::desktop;

class TestRunDraft : public test::Configuring {
  Q_OBJECT

  static std::vector<std::string> assignmentsOf(const jobs::JobSpec& job) {
    std::vector<std::string> assignments;
    for (const auto& [path, value] : job.set) assignments.push_back(path + "=" + value);
    return assignments;
  }

 private slots:
  void initTestCase() { prepare(); }
  void init() { renew(); }

  void everyParameterGoesIntoItsFieldAndBack() {
    for (const config::SystemSpec& spec : specs_)
      for (const config::PresetSpec& preset : spec.presets) {
        const RunDraft draft = draftOf(specs_, QString::fromStdString(spec.id + "/" + preset.id));
        const widgets::FieldModel model = fieldModelOf(spec.parameters, draft.options, draft.base, {});
        QCOMPARE(model.fields.size(), spec.parameters.size());
        for (const config::Parameter& parameter : spec.parameters) {
          const widgets::Field* one = model.find(QString::fromStdString(parameter.path));
          QVERIFY2(one && !one->isChanged(), parameter.path.c_str());
          QCOMPARE(widgets::fieldError(*one, one->value), QString());
          QVERIFY2(jsonOf(parameter, one->value) == *config::find(draft.options, parameter.path), parameter.path.c_str());
        }
      }
  }

  void aDraftIsItsPresetAndItsChangesInTextAndInTheJob() {
    RunDraft draft = demo();
    QVERIFY(changesOf(gems().parameters, draft).empty());
    config::set(draft.options, "steps", 300);
    config::set(draft.options, "sources", Json::array({{{"name", "a"}, {"file", "x.h5ad"}}}));
    const jobs::JobSpec job = jobOf(gems().parameters, draft);
    QCOMPARE(job.preset, std::string("gems/demo"));
    QCOMPARE(job.set.size(), std::size_t{2});
    QVERIFY2(job.device.empty(), "what the preset says of the device counts");
    const auto assignments = assignmentsOf(job);
    QVERIFY(config::resolve_run(specs_, job.preset, assignments).options["steps"] == 300);
    const RunDraft again = draftFromYaml(specs_, yamlOf(gems().parameters, draft), draft);
    QCOMPARE(again.preset, draft.preset);
    QVERIFY(again.options == config::resolve_run(specs_, job.preset, assignments).options);
  }

  void aTissueIsConfiguredFromTheRunOfAnEncoder() {
    const auto draft = draftWithEncoder(specs_, "gems", "/runs/one", demo().options);
    QVERIFY(draft);
    QCOMPARE(draft->preset, QStringLiteral("st_edm/recommended"));
    const auto value = [&](const char* path) { return *config::find(draft->options, path); };
    QVERIFY(value("input.kind") == "encoder" && value("input.encoder") == "/runs/one");
    QVERIFY2(value("sources") == *config::find(draft->base, "sources"), "the run names no sources, so the preset's are taken");
    QVERIFY2(value("held_out.sources") == Json::array({"P2_ST3"}), "the slide that the preset holds out is there");
    Json other = demo().options;
    config::set(other, "sources", Json::array({{{"name", "a"}, {"file", "a.h5ad"}, {"modality", "st"}, {"proportions", "a.tsv"}}, {{"name", "b"}, {"file", "b.h5ad"}, {"modality", "st"}},
                                               {{"name", "c"}, {"file", "c.h5ad"}, {"modality", "sc"}}}));
    const auto last = draftWithEncoder(specs_, "gems", "/runs/one", other);
    QVERIFY(*config::find(last->options, "held_out.sources") == Json::array({"b"}));
    QVERIFY2(!config::find(last->options, "sources")->front().contains("proportions"), "what the other system does not know stays behind");
    config::set(other, "held_out.coordinates", Json::array({"a", "gone"}));
    QVERIFY(*config::find(draftWithEncoder(specs_, "gems", "/runs/one", other)->options, "held_out.sources") == Json::array({"a"}));
    QVERIFY(config::resolve_run(specs_, last->preset.toStdString(), assignmentsOf(jobOf(stEdm().parameters, *last))).options["input"]["kind"] == "encoder");
    QVERIFY(!draftWithEncoder(specs_, "mantra", "/runs/one", Json::object()));
  }

  void ARunWhosePresetIsGoneIsComparedWithTheDefaults() {
    const RunDraft draft = draftOfRun(specs_, "gems", "user/gone", "mine", demo().options);
    QCOMPARE(draft.preset, QStringLiteral("gems"));
    QCOMPARE(baseName(draft), QStringLiteral("default"));
    QVERIFY(draft.options == demo().options);
    QVERIFY(!changesOf(gems().parameters, draft).empty());
  }
};

QTEST_MAIN(TestRunDraft)
#include "tst_run_draft.moc"
