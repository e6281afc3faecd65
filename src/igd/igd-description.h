/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define IGD_DESCRIPTION_SERVICES_MAX 16
#define IGD_DESCRIPTION_DEPTH_MAX 32

typedef struct
{
  char *type;    /* "urn:schemas-upnp-org:service:WANIPConnection:1" */
  char *control; /* as written, perhaps relative */
} IgdService;

/* What a device description says (UPnP Device Architecture 1.1, section 2.3). Texts are the
 * router's own. */
typedef struct
{
  char *url_base;
  char *device_type; /* of the root device, as the next three */
  char *name;
  char *manufacturer;
  char *model;
  GPtrArray
      *services; /* of IgdService: those that take mappings, in the order of the description */
  IgdService *firewall; /* the one that takes pinholes for IPv6, or NULL */
} IgdDescription;

void igd_description_free (IgdDescription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IgdDescription, igd_description_free)

/* Reads what routers really send: unclosed and misnested tags are borne, a DTD or an entity of its
 * own, more depth than a description needs, and NUL bytes are not. NULL then. */
IgdDescription *igd_description_parse (const char *xml, gsize length);

G_END_DECLS
