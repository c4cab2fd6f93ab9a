# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unittest cases of a script and writes a JUnit report: run_python_tests.py SCRIPT REPORT.xml"""
import importlib.util
import os
import sys
import unittest
import xml.etree.ElementTree as xml


class Recorder(unittest.TextTestResult):
    def __init__(self, *args):
        super().__init__(*args)
        self.suite = xml.Element("testsuite")

    def record(self, test, child=None, text=""):
        case = xml.SubElement(self.suite, "testcase", classname=type(test).__name__, name=getattr(test, "_testMethodName", str(test)))
        if child:
            xml.SubElement(case, child, message=str(text)[:4000])

    def addSuccess(self, test):
        super().addSuccess(test)
        self.record(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.record(test, "failure", err[1])

    def addError(self, test, err):
        super().addError(test, err)
        self.record(test, "failure", repr(err[1]))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.record(test, "skipped", reason)


def main(script, report):
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    spec = importlib.util.spec_from_file_location("tests", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(suite)
    xml.ElementTree(result.suite).write(report)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
