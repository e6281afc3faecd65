/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* Sentences of the wizards, all translatable, plain text and pure: the same input gives the same text.
 * Times are Unix seconds. */

/* What a stranger who finds the opening could do, as the person judges it. */
typedef enum
{
  PTL_HARM_UNSAID,
  PTL_HARM_JOIN,   /* join in or look at what is public anyway */
  PTL_HARM_READ,   /* see things that are meant for few */
  PTL_HARM_CHANGE, /* change things, or take over the computer */
} PtlHarm;

/* "port 25565 (TCP)", "ports 2456 to 2457 (UDP)" */
char *ptl_words_ports (PtlProtocol protocol, guint16 first, guint16 last);
/* What the opening of @plans (of PtlRule, all of one kind, as CheckRule returns them) will do, in one sentence.
 * @name: of the game or service; @relay: name of the server of tunnels, else NULL. */
char *ptl_words_plan (GPtrArray *plans, const char *name, const char *relay, gint64 now);
/* What happens when the time is over. */
const char *ptl_words_ending (GPtrArray *plans);
/* What happens if a stranger finds it. @anyone: everyone is let in; @risky: "Redis" where the target is known
 * as something that does not belong on the internet, else NULL. */
char *ptl_words_stranger (PtlHarm harm, gboolean anyone, const char *risky);
/* The better way where there is one, and why; NULL where what was chosen is fine. */
const char *ptl_words_better_way (PtlHarm harm, gboolean anyone, PtlKind kind);
/* The public endpoint for a person: "203.0.113.5:25565", or only what is known of it. */
char *ptl_words_address (const PtlRule *rule);

G_END_DECLS
