/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* The options of a rule (core/ptl-options.h) in plain words, all translatable and pure. */

/* What belongs together. */
typedef enum
{
  PTL_TOPIC_LIMITS,
  PTL_TOPIC_BAN,
  PTL_TOPIC_TIMES,
  PTL_TOPIC_UDP,
  PTL_TOPIC_TARGETS,
  PTL_TOPIC_PROXY,
  PTL_N_TOPICS,
} PtlOptionTopic;

typedef struct
{
  PtlOptionTopic topic;
  PtlProtocol protocols;      /* for which it means something */
  const char *title;          /* N_(), with a mnemonic */
  const char *explanation;    /* N_(), one sentence */
  const char *none;           /* N_(): what 0 means, NULL where it is a number like others */
  const char *const *choices; /* N_(): of an option whose values are words, in their order */
} PtlOptionWords;

const PtlOptionWords *ptl_option_get_words (PtlOption option);
const char *ptl_topic_get_title (PtlOptionTopic topic); /* with a mnemonic */
/* Whether it means something for a rule of @protocol. */
gboolean ptl_topic_fits (PtlOptionTopic topic, PtlProtocol protocol);
/* What is not as usual, in a few words: "at most 8 connections at a time, 2 of one address"; "" where all is. */
char *ptl_topic_describe (PtlOptionTopic topic, const PtlOptions *options);
/* All topics; "" where nothing differs from what is usual. */
char *ptl_options_describe (const PtlOptions *options);
/* Sets to what is usual whatever means nothing for a rule of @protocol. */
void ptl_options_fit (PtlOptions *options, PtlProtocol protocol);
/* Why a rule has no such options, in a sentence; NULL where it has: the engine carries it. */
const char *ptl_options_why_not (PtlKind kind, PtlWay way);

G_END_DECLS
