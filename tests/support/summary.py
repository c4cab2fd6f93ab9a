# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up the test reports of a build folder: summary.py BUILD_DIR. Prints failures, skips with their reasons, and the
closing line "N passed, N failed, N skipped". Exit 1 when anything failed or no test ran.

A test program that ctest calls failed but whose report shows no failure (a crash, a time-out) counts as one failure."""
import os
import re
import sys
import xml.etree.ElementTree as xml


def cases(report):
    """Yields (name, outcome, text) of every test function in a JUnit-like report."""
    for case in xml.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
        if name.endswith((".initTestCase", ".cleanupTestCase")) and case.find("failure") is None:
            continue
        failure = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        if failure is not None:
            yield name, "failed", (failure.get("message") or failure.text or "").strip()
        elif skipped is not None or case.get("result") == "skipped" or case.get("status") == "notrun":
            yield name, "skipped", (skipped.get("message") or skipped.text or "").strip() if skipped is not None else ""
        else:
            yield name, "passed", ""


def ctest_results(build):
    """{program: passed} from ctest's own log."""
    results = {}
    with open(os.path.join(build, "ctest.log"), errors="replace") as log:
        for line in log:
            found = re.match(r"\s*\d+/\d+ Test\s+#\d+: (\S+) \.+\s*(\**)(\S+)", line)
            if found:
                results[found.group(1)] = found.group(3).startswith("Passed")
    return results


def main(build):
    total = {"passed": 0, "failed": 0, "skipped": 0}
    programs = ctest_results(build)
    if not programs:
        print(open(os.path.join(build, "ctest.log"), errors="replace").read()[-3000:])
    for program, passed in sorted(programs.items()):
        report = os.path.join(build, "reports", program + ".xml")
        failures = 0
        try:
            found = list(cases(report))
        except (OSError, xml.ParseError):
            found = []
        for name, outcome, text in found:
            total[outcome] += 1
            failures += outcome == "failed"
            if outcome != "passed":
                print(f"{outcome}: {program}: {name}: {' '.join(text.split())[:300]}")
        if not passed and failures == 0:
            total["failed"] += 1
            print(f"failed: {program}: ended badly without a failing test (crash or time-out); see {build}/ctest.log")
    if total["failed"]:
        print(f"details: {build}/ctest.log")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
