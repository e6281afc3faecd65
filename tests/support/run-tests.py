# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs meson's tests and says in the last line how many cases passed, failed and were skipped."""

import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


# What a test prints may hold characters that XML does not: meson writes them all the same.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def suites(report):
    text = NOT_XML.sub("?", report.read_text(errors="replace"))
    return list(ElementTree.fromstring(text.encode()).iter("testsuite"))


def explanation(suite, case):
    """What the program said in comments before it called this case failed: the end of it."""
    lines = []
    for line in (suite.findtext("system-out") or "").splitlines():
        if line.startswith("#"):
            lines.append(line)
        elif re.match(rf"not ok {re.escape(case.get('name').split(' ')[0])}\b", line):
            return lines[-25:]
        else:
            lines.clear()
    return []


def show_failure(suite, case):
    name = f"{case.get('classname') or suite.get('name')}: {case.get('name')}"
    text = " ".join((element.get("message") or element.text or "").strip()[-2000:]
                    for kind in ("failure", "error") for element in case.findall(kind))
    print(f"FAILED {name} {text}".rstrip())
    for line in explanation(suite, case):
        print(f"  {line[:300]}")


def show_slowest(found):
    """The suite has its time too: where it goes."""
    slowest = sorted(found, key=lambda suite: float(suite.get("time") or 0), reverse=True)[:12]
    print("Slowest: " + ", ".join(f"{suite.get('name').split('/ ')[-1]} {float(suite.get('time') or 0):.0f} s"
                                  for suite in slowest))


def main():
    build, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    report = build / "meson-logs/testlog.junit.xml"
    report.unlink(missing_ok=True)
    # Several tests start whole networks and windows, so few at a time; but most of them wait for half of their time.
    jobs = os.environ.get("PORTOLAN_TEST_JOBS", str(min(4, (os.cpu_count() or 1) + 1)))
    run = subprocess.run(
        ["meson", "test", "-C", str(build), "--print-errorlogs", "--num-processes", jobs] + names,
        check=False, stdin=subprocess.DEVNULL)
    passed = failed = skipped = 0
    if report.exists():
        found = suites(report)
        show_slowest(found)
        for suite, case in ((suite, case) for suite in found for case in suite.iter("testcase")):
            if case.find("skipped") is not None:
                skipped += 1
                reason = case.find("skipped").get("message") or ""
                print(f"SKIPPED {case.get('classname')}: {case.get('name')} {reason}")
            elif case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                show_failure(suite, case)
            else:
                passed += 1
    # A test program that dies has no case of its own to fail; nor has one that never ran.
    if run.returncode and not failed:
        failed = 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if failed or not passed else 0)


main()
