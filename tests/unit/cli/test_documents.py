# SPDX-License-Identifier: GPL-3.0-or-later
"""portolanctl as documented: the manual names every verb and option that the help names; the completion finds them."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap  # noqa: E402

CTL = os.environ["PORTOLANCTL"]
MANUAL = (SOURCE / "data/man/portolanctl.1").read_text().replace("\\-", "-").replace("\\fR", "").replace("\\fB", "")
COMPLETION = SOURCE / "data/completions/portolanctl"


def ctl(*args):
    return subprocess.run([CTL, *args], capture_output=True, text=True, check=True).stdout


def verbs():
    return re.findall(r"^  ([a-z][a-z ]*[a-z])   *[A-Z]", ctl("--help"), re.M)


def options(verb):
    return re.findall(r"^  --([a-z0-9-]+)", ctl(*verb.split(), "--help"), re.M)


def complete(*words):
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _portolanctl; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    path = f"{pathlib.Path(CTL).parent}:{os.environ['PATH']}"
    return subprocess.run(["bash", "-c", script, "bash", str(COMPLETION), "portolanctl", *words], capture_output=True,
                          text=True, check=True, env=dict(os.environ, PATH=path)).stdout.split()


class DocumentTest(unittest.TestCase):
    def test_there_are_verbs(self):
        self.assertGreaterEqual(len(verbs()), 18)
        self.assertIn("open tunnel", verbs())

    def test_manual_has_every_verb(self):
        for verb in verbs():
            with self.subTest(verb):
                self.assertRegex(MANUAL, rf"(?m)^\.SS .*\b{verb}\b")

    def test_manual_has_every_option(self):
        for verb in verbs():
            for option in options(verb):
                with self.subTest(f"{verb} --{option}"):
                    self.assertRegex(MANUAL, rf"--{option}\b")

    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_manuals_have_no_mistakes(self):
        for page in sorted((SOURCE / "data/man").glob("*.1")):
            result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_completion_of_verbs(self):
        self.assertLessEqual({"open", "list", "close", "monitor"}, set(complete("")))
        self.assertEqual(complete("ope"), ["open"])
        self.assertEqual(complete("open", ""), ["mapping", "forward", "tunnel", "game"])
        self.assertEqual(complete("check", "n"), ["network"])

    def test_completion_of_options(self):
        for verb in verbs():
            with self.subTest(verb):
                last = ["x", "--"] if verb == "open game" else ["--"]
                self.assertEqual(complete(*verb.split(), *last), [f"--{option}" for option in options(verb)])
        self.assertEqual(complete("open", "mapping", "--protocol", "u"), ["udp"])


if __name__ == "__main__":
    tap.main()
