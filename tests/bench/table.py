# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and medians for the benchmarks."""

import statistics


def median(values):
    return statistics.median(values) if values else float("nan")


def show(title, header, rows):
    cells = [header] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    print(f"\n{title}")
    for number, row in enumerate(cells):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def verdict(value, limit):
    return "yes" if value <= limit else "NO"
