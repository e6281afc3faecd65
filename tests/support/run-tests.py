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


def cases(report):
    text = NOT_XML.sub("?", report.read_text(errors="replace"))
    return ElementTree.fromstring(text.encode()).iter("testcase")


def show_failure(case):
    name = f"{case.get('classname')}: {case.get('name')}"
    for kind in ("failure", "error"):
        for element in case.findall(kind):
            text = (element.get("message") or element.text or "").strip()
            print(f"FAILED {name} {text[-2000:]}")


def main():
    build, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    report = build / "meson-logs/testlog.junit.xml"
    report.unlink(missing_ok=True)
    # One thing at a time where there are few cores: several tests start whole networks and windows.
    jobs = os.environ.get("PORTOLAN_TEST_JOBS", str(max(1, min(4, os.cpu_count() or 1))))
    run = subprocess.run(
        ["meson", "test", "-C", str(build), "--print-errorlogs", "--num-processes", jobs] + names,
        check=False, stdin=subprocess.DEVNULL)
    passed = failed = skipped = 0
    if report.exists():
        for case in cases(report):
            if case.find("skipped") is not None:
                skipped += 1
                reason = case.find("skipped").get("message") or ""
                print(f"SKIPPED {case.get('classname')}: {case.get('name')} {reason}")
            elif case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                show_failure(case)
            else:
                passed += 1
    # A test program that dies has no case of its own to fail; nor has one that never ran.
    if run.returncode and not failed:
        failed = 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if failed or not passed else 0)


main()
