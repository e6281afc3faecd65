# SPDX-License-Identifier: GPL-3.0-or-later
"""What reports are exported as, read by parsers of the formats: of a report about services that mean no good."""

import csv
import html.parser
import io
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402

VOID = {"meta", "img", "br", "hr", "link", "input"}
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "main", "ul", "li", "b", "section",
        "article", "span", "dl", "dt", "dd"}


def export(name):
    done = subprocess.run([os.environ["REPORT_HOSTILE"], name], capture_output=True, check=True)
    return done.stdout.decode()


class Page(html.parser.HTMLParser):
    """Every tag, and whether each that was opened is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []
        self.wrong = []
        self.attributes = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def handle_comment(self, data):
        self.wrong.append("<!--" + data)


class ExportTest(unittest.TestCase):
    def test_html(self):
        page = Page()
        text = export("x.html")
        page.feed(text)
        page.close()
        self.assertEqual((page.open, page.wrong), ([], []))
        self.assertEqual(set(page.tags) - TAGS, set())
        for tag, name, value in page.attributes:
            self.assertIn(name, {"lang", "charset", "name", "content", "class", "http-equiv"}, (tag, name, value))
        self.assertEqual(page.tags.count("article"), 3)
        shown = "".join(page.text)
        # It is all there, as it was written.
        self.assertIn("<script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;<!--", shown)
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)
        for word in ("Critical", "8080/tcp", "9000/tcp", "631/tcp", "203.0.113.7:25565"):
            self.assertIn(word, shown)
        # Nothing is fetched from anywhere.
        self.assertNotIn("url(", text)
        self.assertIn(("meta", "content", "default-src 'none'; style-src 'unsafe-inline'"), page.attributes)
        self.assertIn("@media print", text)
        self.assertIn("prefers-color-scheme: dark", text)

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(export("x.csv"), newline="")))
        self.assertEqual([row["port"] for row in rows], ["8080", "9000", "631"])
        for row in rows:
            self.assertNotIn(None, row)
            for cell in row.values():
                self.assertFalse(cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell)
        self.assertEqual(rows[0]["version"], "'=HYPERLINK(\"http://evil.example\")")
        self.assertEqual(rows[0]["process"], "'=cmd|' /C calc'!A0")
        self.assertEqual(rows[0]["tls_not_after"], "2027-01-15T08:00:00Z")
        self.assertEqual(rows[1]["accepted_until"], "2030-03-17T17:46:40Z")

    def test_json(self):
        whole = json.loads(export("x.json"))
        self.assertEqual(sorted(whole), ["findings", "report"])
        self.assertEqual(whole["report"]["finished_at"], "2023-11-14T22:13:20Z")
        self.assertEqual(whole["report"]["vantages"], ["machine", "relay"])
        first = whole["findings"][0]
        for key in ("endpoint", "declared", "listening", "forwarded", "seen", "service", "product", "version", "auth", "tls",
                    "severity", "evidence", "advice"):
            self.assertIn(key, first)
        self.assertEqual(first["endpoint"], {"address": "0.0.0.0", "port": 8080, "protocol": "tcp"})
        self.assertEqual(first["seen"][0]["at"], "2023-11-14T22:13:20Z")
        self.assertIsNone(whole["findings"][2]["listening"])

    def test_other_names(self):
        done = subprocess.run([os.environ["REPORT_HOSTILE"], "x.pdf"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    tap.main()
