# SPDX-License-Identifier: GPL-3.0-or-later
"""Real services of Debian in one set, each with the truth about it: what a check is measured with."""

from services import apps, builder, chat, data, files, fronts, household, lab, mail, media, names  # noqa: F401
from services import network, remote, seldom, web, workshop, written  # noqa: F401
from services.place import ALL  # noqa: F401
