# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs meson's tests and says in the last line how many cases passed, failed and were skipped."""

import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


# What a test prints may hold characters that XML does not: meson writes them all the same.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# As many programs at the most are given a second run: more of them are no accident.
MOST_ALONE = 4


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


def show_failure(word, suite, case):
    name = f"{case.get('classname') or suite.get('name')}: {case.get('name')}"
    text = " ".join((element.get("message") or element.text or "").strip()[-2000:]
                    for kind in ("failure", "error") for element in case.findall(kind))
    print(f"{word} {name} {text}".rstrip())
    for line in explanation(suite, case):
        print(f"  {line[:2000]}")


def show_slowest(found):
    """The suite has its time too: where it goes."""
    slowest = sorted(found, key=lambda suite: float(suite.get("time") or 0), reverse=True)[:12]
    print("Slowest: " + ", ".join(f"{suite.get('name').split('/ ')[-1]} {float(suite.get('time') or 0):.0f} s"
                                  for suite in slowest))


def run(build, jobs, names):
    """Runs them; the suites of the report, and the names of the programs that failed, None where that cannot be told."""
    report, log = build / "meson-logs/testlog.junit.xml", build / "meson-logs/testlog.json"
    for file in (report, log):
        file.unlink(missing_ok=True)
    code = subprocess.run(
        ["meson", "test", "-C", str(build), "--print-errorlogs", "--num-processes", jobs] + names,
        check=False, stdin=subprocess.DEVNULL).returncode
    if not report.exists() or not log.exists():
        return [], None
    lines = [json.loads(line) for line in log.read_text(errors="replace").splitlines()]
    failed = [line["name"] for line in lines if line["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")]
    return suites(report), failed if bool(failed) == bool(code) else None


def cases(found):
    return [(suite, case) for suite in found for case in suite.iter("testcase")]


def is_skipped(case):
    return case.find("skipped") is not None


def is_failed(case):
    return case.find("failure") is not None or case.find("error") is not None


def belongs(suite, case, program):
    """One that has cases is a suite; one that died before its first, or has none, is a case itself."""
    return suite.get("name").endswith("." + program) or case.get("name") == program


def run_alone(build, found, programs):
    """Windows and networks stand beside each other on few processors, and a case can miss its time for that. Whoever
    failed runs once more, alone: what fails again has failed; what passes then is named as unstable, for somebody has to
    find out why. Takes from @programs those that passed; the cases as they stand then."""
    for program in list(programs):
        again, failed = run(build, "1", [program.split(" / ")[-1]])
        if failed != []:
            continue
        programs.remove(program)
        for suite, case in found:
            if belongs(suite, case, program) and is_failed(case):
                show_failure("UNSTABLE, passed alone:", suite, case)
        found = [one for one in found if not belongs(*one, program)] + cases(again)
    return found


def main():
    build, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    # Several tests start whole networks and windows, so few at a time; but most of them wait for half of their time.
    jobs = os.environ.get("PORTOLAN_TEST_JOBS", str(min(4, (os.cpu_count() or 1) + 1)))
    found, programs = run(build, jobs, names)
    show_slowest(found)
    found = cases(found)
    if programs and len(programs) <= MOST_ALONE and jobs != "1":
        found = run_alone(build, found, programs)
    passed = failed = skipped = 0
    for suite, case in found:
        if is_skipped(case):
            skipped += 1
            reason = case.find("skipped").get("message") or ""
            print(f"SKIPPED {case.get('classname')}: {case.get('name')} {reason}")
        elif is_failed(case):
            failed += 1
            show_failure("FAILED", suite, case)
        else:
            passed += 1
    # A test program that dies has no case of its own to fail; nor has one that never ran.
    if programs is None or programs and not failed:
        failed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if failed or not passed else 0)


main()
