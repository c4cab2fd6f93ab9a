#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of resources/docs/architecture.md that a program can check. Without arguments: prints every breach of a rule
and exits 1 when there is one. tests/architecture/architecture_test.py runs each rule as a test of its own.

Each rule is a function that yields breaches as text."""
import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
SOURCE = (".h", ".cpp", ".cu")
LINES_WARN, LINES_FAIL, FUNCTION_FAIL = 400, 600, 120
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", ".clang-format",
             ".clang-tidy", ".ci", ".gitignore", "app", "widgets", "engine", "resources", "plugins", "tests", "installer"}
TORCH = re.compile(r'#include <(torch/|ATen/|c10/)')
QT = re.compile(r'#include <(Q[A-Z]|vtk|qcustomplot)')
HDF5 = re.compile(r'#include <hdf5')


def files(*folders, suffix=SOURCE):
    """Tracked and new files below the folders, as paths relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout.split("\n")
    return [f for f in listed if f.endswith(suffix) and os.path.exists(os.path.join(ROOT, f))]


def text(path):
    with open(os.path.join(ROOT, path), errors="replace") as f:
        return f.read()


def layers():
    """{module: (tier, [allowed modules])} of engine/layers.txt, in its order."""
    table = {}
    for row in text("engine/layers.txt").splitlines():
        if row.startswith("#") or "|" not in row:
            continue
        name, tier, deps, _ = (cell.strip() for cell in row.split("|"))
        table[name] = (tier, deps.split())
    return table


def module_of(path, table):
    """The engine module a path like engine/store/contract/x.h belongs to."""
    parts = path.split("/")[1:-1]
    while parts and "/".join(parts) not in table:
        parts.pop()
    return "/".join(parts)


def includes(path):
    return re.findall(r'^\s*#include "([^"]+)"', text(path), re.M)


def rule_the_layer_table_is_ordered_bottom_to_top():
    seen = set()
    for name, (tier, deps) in layers().items():
        for dep in deps:
            if dep not in seen:
                yield f"engine/layers.txt: {name} may include {dep}, which does not stand above it"
        seen.add(name)


def rule_the_readme_prints_the_layer_table():
    readme = text("engine/README.md")
    for row in text("engine/layers.txt").splitlines():
        if not row.startswith("#") and row.strip() and row.rstrip() not in readme:
            yield f"engine/README.md does not print this row of layers.txt: {row}"


def rule_engine_modules_include_only_what_their_row_allows():
    table = layers()
    for path in files("engine"):
        own = module_of(path, table)
        if not own:
            if not path.startswith("engine/embed/scnum/"):
                yield f"{path} belongs to no module of engine/layers.txt"
            continue
        tier, allowed = table[own]
        for include in includes(path):
            if not include.startswith("engine/"):
                yield f"{path} includes {include}: engine code includes engine code only, spelled from the root"
                continue
            other = module_of(include, table)
            if other != own and other not in allowed:
                yield f"{path} includes {include}: {own} may not include {other}"
        body = text(path)
        if tier != "torch" and TORCH.search(body):
            yield f"{path} includes torch below the torch tier"
        if QT.search(body):
            yield f"{path} includes Qt or VTK: the engine has neither"
        if HDF5.search(body) and own != "hdf5":
            yield f"{path} includes hdf5.h: only engine/hdf5 does"


def rule_plugins_know_the_engine_only():
    for path in files("plugins"):
        own = path.split("/")[1] if path.count("/") > 1 else ""
        for include in includes(path):
            if include.startswith("plugins/"):
                other = include.split("/")[1]
                if own and other != own:
                    yield f"{path} includes another plugin: {include}"
            elif not include.startswith("engine/"):
                yield f"{path} includes {include}: plugins include engine code only"
            elif include.startswith(("engine/hdf5", "engine/store/run_", "engine/inspect", "engine/jobs")):
                yield f"{path} includes {include}: a plugin opens no file"
        if (os.path.basename(path) == "options.h" or os.path.basename(path).startswith("spec")) and TORCH.search(text(path)):
            yield f"{path} includes torch: the window links it"


def rule_widgets_know_qt_and_themselves_only():
    for path in files("widgets"):
        for include in includes(path):
            if not include.startswith("widgets/") and not include.endswith(".moc"):
                yield f"{path} includes {include}: widgets include widgets only"
                continue
            here, there = path.split("/")[1], include.split("/")[1]
            below = ("base", "theme", "controls") + (() if here in ("base", "theme", "controls") else ("cloud",))   # cloud is no view: views draw with it
            if there not in (here, *below):
                yield f"{path} includes another view: {include}"
        if TORCH.search(text(path)) or HDF5.search(text(path)):
            yield f"{path} includes torch or HDF5"
        if path.endswith(".h") and "<qcustomplot.h>" in text(path):
            yield f"{path}: qcustomplot.h belongs into .cpp files"


def rule_the_window_has_no_torch():
    forbidden = [f"engine/{m}/" for m, (tier, _) in layers().items() if tier == "torch"]
    for path in files("app/desktop"):
        for include in includes(path):
            if include.startswith(tuple(forbidden)) or (include.startswith("plugins/") and include != "plugins/registry.h"):
                yield f"{path} includes {include}: the window never sees the torch tier"
        if TORCH.search(text(path)):
            yield f"{path} includes torch"
    for path in files("app/engine"):
        if QT.search(text(path)) or any(i.startswith("widgets/") for i in includes(path)):
            yield f"{path}: geocyte-engine has no Qt"


def rule_no_include_cycles():
    graph = {p: [i for i in includes(p) if os.path.exists(os.path.join(ROOT, i))]
             for p in files("engine", "plugins", "widgets", "app") if p.endswith(".h")}
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for other in graph.get(node, []):
            if state.get(other) == "open":
                yield "include cycle: " + " -> ".join([*trail[trail.index(other) if other in trail else 0:], other])
            elif other not in state:
                yield from visit(other, [*trail, other])
        state[node] = "done"

    for node in graph:
        if node not in state:
            yield from visit(node, [node])


def rule_files_stay_below_the_line_budget():
    for path in files("app", "engine", "plugins", "widgets", "tests", "installer", suffix=(*SOURCE, ".py", ".sh")):
        lines = text(path).count("\n")
        if lines > LINES_FAIL:
            yield f"{path} has {lines} lines (at most {LINES_FAIL}; aim below 300)"


def rule_functions_stay_below_the_line_budget():
    """A function body begins with '{' at the end of an unindented (or namespace-level) line and ends with '}' at column 0."""
    for path in files("app", "engine", "plugins", "widgets", suffix=(".cpp",)):
        begin = None
        for number, line in enumerate(text(path).splitlines(), 1):
            if re.match(r"^[A-Za-z].*[)a-z] (const |noexcept )*\{$", line) and not line.startswith(("namespace", "struct", "class", "enum")):
                begin = number
            elif line.startswith("}") and begin:
                if number - begin > FUNCTION_FAIL:
                    yield f"{path}:{begin}: a function of {number - begin} lines (at most {FUNCTION_FAIL})"
                begin = None


def rule_every_source_names_its_licence():
    for path in files("app", "engine", "plugins", "widgets", "tests", suffix=SOURCE):
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in text(path)[:400]:
            yield f"{path} has no SPDX line"


def rule_headers_guard_themselves_and_open_no_namespace():
    for path in files("app", "engine", "plugins", "widgets", "tests", suffix=(".h",)):
        body = text(path)
        if "#pragma once" not in body:
            yield f"{path} has no #pragma once"
        if re.search(r"^\s*using namespace", body, re.M):
            yield f"{path} has 'using namespace'"


BANNED = [
    (re.compile(r"\b(TODO|FIXME|XXX)\b"), "an unfinished mark"),
    (re.compile(r"(?<![\w/.])/(home|root|work|tmp/[a-z_]+)/"), "the path of one machine"),
    (re.compile(r"\b(pickle\.load|torch::pickle_load)\b"), "pickle"),
]


def rule_no_banned_words():
    for path in files("app", "engine", "plugins", "widgets", "tests", "installer", "resources",
                      suffix=(*SOURCE, ".py", ".sh", ".md", ".txt", ".cmake", ".yaml", ".json")):
        if path.startswith("tests/architecture/"):
            continue
        for number, line in enumerate(text(path).splitlines(), 1):
            for pattern, what in BANNED:
                if pattern.search(line):
                    yield f"{path}:{number}: {what}: {line.strip()[:100]}"


def rule_updates_go_through_the_train_context():
    for path in files("plugins", "engine"):
        if path == "engine/train/train_context.cpp" or not path.endswith(".cpp"):
            continue
        for number, line in enumerate(text(path).splitlines(), 1):
            if re.search(r"(\.|->)backward\(\)", line) or re.search(r"optimi[sz]er\w*_?(\.|->)step\(", line):
                yield f"{path}:{number}: parameters change through TrainContext::update only"


def rule_systems_do_no_input_or_output():
    for path in files("plugins"):
        if re.search(r"#include <(fstream|iostream|cstdio|filesystem|thread)>", text(path)) or "getenv" in text(path):
            yield f"{path}: a system prints nothing, opens no file, starts no thread and asks no environment"


def rule_the_top_level_is_fixed():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split("\n")
    for name in sorted({f.split("/")[0] for f in listed if f} - TOP_LEVEL):
        yield f"{name} does not belong to the top level"


def rules():
    return {name[len("rule_"):]: function for name, function in sorted(globals().items()) if name.startswith("rule_")}


def long_files():
    for path in files("app", "engine", "plugins", "widgets", "tests", suffix=(*SOURCE, ".py")):
        lines = text(path).count("\n")
        if lines > LINES_WARN:
            yield f"note: {path} has {lines} lines; aim below 300"


def main():
    breaches = [f"{name.replace('_', ' ')}: {breach}" for name, rule in rules().items() for breach in rule()]
    print("\n".join([*long_files(), *breaches]) or "all rules hold")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
