# SPDX-License-Identifier: GPL-3.0-or-later
"""unittest, reported in the Test Anything Protocol, which meson counts case by case."""

import sys
import time
import traceback
import unittest


# Cases that take so many seconds say how long they took.
SLOW = 5


class TapResult(unittest.TestResult):
    def __init__(self, total):
        super().__init__()
        self.number = 0
        self.started = time.monotonic()
        self.in_parts = set()
        print(f"TAP version 13\n1..{total}", flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def _line(self, word, test, note=""):
        self.number += 1
        took = time.monotonic() - self.started
        if took >= SLOW:
            print(f"# {took:.0f} s")
        name = test.id().split(".", 1)[-1].replace("#", "")
        print(f"{word} {self.number} {name}{note}", flush=True)

    def _trouble(self, test, error):
        for line in "".join(traceback.format_exception(*error)).splitlines():
            print(f"# {line}")
        self._line("not ok", test)

    def addSuccess(self, test):
        self._line("ok", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._trouble(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self._trouble(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is None:
            return
        print(f"# in {subtest.id().replace('#', '')}:")
        for line in "".join(traceback.format_exception(*error)).splitlines():
            print(f"# {line}")
        self.in_parts.add(test.id())

    def stopTest(self, test):
        super().stopTest(test)
        if test.id() in self.in_parts:
            self._line("not ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("ok", test, f" # SKIP {reason}")


def skip_all(reason):
    """Ends the program: nothing in it can run here, and the report says why."""
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def main(module="__main__"):
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    loader = unittest.defaultTestLoader
    mod = sys.modules[module]
    suite = loader.loadTestsFromNames(names, mod) if names else loader.loadTestsFromModule(mod)
    result = TapResult(suite.countTestCases())
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
