# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of tests/support/router-emulator.py, one per protocol."""
