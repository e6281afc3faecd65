/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "ptl-fingerprint.h"
#include "ptl-pattern.h"

G_BEGIN_DECLS

/* What one that holds it can do: the first of the three things that severity comes from. */
typedef enum
{
  PTL_CONTROL_NONE,  /* nothing that harms */
  PTL_CONTROL_MEDIA, /* watch, listen, print */
  PTL_CONTROL_DATA,  /* read or change what is kept there */
  PTL_CONTROL_ADMIN, /* change how a device or a program works */
  PTL_CONTROL_HOST,  /* run what they like on the host */
} PtlControl;

#define PTL_AUTH_UNTOLD (-1)
#define PTL_SEVERITY_UNTOLD (-1)

/* Whose severity and advice hold: of a service, or of an application. Arrays by PtlAuth. */
typedef struct
{
  PtlControl control;
  int severity[PTL_N_AUTHS]; /* PTL_SEVERITY_UNTOLD = by the control */
  char *advice[PTL_N_AUTHS]; /* NULL = by the control; untranslated */
} PtlWeight;

typedef struct
{
  char *id;
  char *product; /* of those who speak it, where nothing tells more; or "" */
  PtlWeight weight;
} PtlService;

/* One answer that bytes can be: what follows from it. Texts may hold $1 to $9, the groups, and #1
 * to #9, the group's bytes as a big-endian number. NULL and PTL_AUTH_UNTOLD leave what is known as
 * it is. */
typedef struct
{
  PtlPattern *match;
  char *service;
  char *product;
  char *version;
  char *note; /* for the evidence */
  int auth;
  gboolean last; /* no further step */
} PtlAnswer;

typedef struct
{
  GBytes *send; /* NULL = it speaks first. {host} and {port} are filled in */
  gboolean has_place;
  GPtrArray *answers; /* (element-type PtlAnswer) */
} PtlStep;

/* A service that is recognised by saying bytes and hearing some. */
typedef struct
{
  char *service;
  GArray *ports; /* (element-type guint16) usual ones: a hint alone */
  gboolean udp;
  gboolean usual_only; /* not polite elsewhere */
  gboolean no_tls;     /* never inside TLS */
  GPtrArray *steps;    /* (element-type PtlStep); the first decides whether it is this */
} PtlTalk;

/* What a page must be like. All that is given must hold. */
typedef struct
{
  char *path;     /* "/api", or "PROPFIND /" */
  GArray *status; /* (element-type int), or NULL */
  PtlPattern *title;
  PtlPattern *body;
  PtlPattern *cookie;
  PtlPattern *certificate;
  GPtrArray *headers; /* (element-type PtlNamed) */
  GPtrArray *json;    /* (element-type PtlNamed) by members with dots: "data.version" */
} PtlPlace;

typedef struct
{
  char *name;
  PtlPattern *match;
} PtlNamed;

typedef struct
{
  GPtrArray *open;       /* (element-type PtlPlace) any of them */
  GPtrArray *protected_; /* (element-type PtlPlace) */
} PtlLogin;

typedef struct
{
  char *id;
  char *name;
  char *service;       /* "http" in most */
  GArray *ports;       /* (element-type guint16) */
  GPtrArray *match;    /* (element-type PtlPlace) any of them */
  GPtrArray *versions; /* (element-type PtlPlace) the first group of the first that fits */
  GPtrArray *logins;   /* (element-type PtlLogin) the first that decides */
  int auth;            /* where none does */
  gboolean generic;    /* a web server or framework: an application on it goes first */
  PtlWeight weight;
} PtlApplication;

struct _PtlFingerprints
{
  gatomicrefcount refs;
  GHashTable *services;    /* id to PtlService */
  GPtrArray *talks;        /* (element-type PtlTalk) */
  GPtrArray *applications; /* (element-type PtlApplication) */
  GHashTable *tls_ports;   /* those where TLS is usual from the first byte */
};

/* NULL for one that the data do not know. */
const PtlService *ptl_fingerprints_find_service (PtlFingerprints *self, const char *id);
gboolean ptl_ports_have (GArray *ports, guint16 port);

/* The pieces of the loader. */
void ptl_talk_free (PtlTalk *self);
PtlTalk *ptl_talk_load (JsonObject *object, GError **error);
void ptl_place_free (PtlPlace *self);
PtlPlace *ptl_place_load (JsonObject *object, const char *path, GError **error);
void ptl_application_free (PtlApplication *self);
PtlApplication *ptl_application_load (JsonObject *object, GError **error);
gboolean ptl_weight_load (PtlWeight *self, JsonObject *object, GError **error);
void ptl_weight_clear (PtlWeight *self);

G_END_DECLS
