/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-probing.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"

#define MAX_EVIDENCE 600
#define MAX_BANNER_BYTES 96

/* Were anyone to reach it; by control, then by PtlAuth: unknown, open, protected, none. */
static const PtlSeverity severities[][PTL_N_AUTHS] = {
  [PTL_CONTROL_NONE] = { PTL_SEVERITY_LOW, PTL_SEVERITY_LOW, PTL_SEVERITY_INFO, PTL_SEVERITY_INFO },
  [PTL_CONTROL_MEDIA]
  = { PTL_SEVERITY_LOW, PTL_SEVERITY_MEDIUM, PTL_SEVERITY_LOW, PTL_SEVERITY_LOW },
  [PTL_CONTROL_DATA]
  = { PTL_SEVERITY_MEDIUM, PTL_SEVERITY_HIGH, PTL_SEVERITY_LOW, PTL_SEVERITY_MEDIUM },
  [PTL_CONTROL_ADMIN]
  = { PTL_SEVERITY_MEDIUM, PTL_SEVERITY_CRITICAL, PTL_SEVERITY_MEDIUM, PTL_SEVERITY_HIGH },
  [PTL_CONTROL_HOST]
  = { PTL_SEVERITY_HIGH, PTL_SEVERITY_CRITICAL, PTL_SEVERITY_MEDIUM, PTL_SEVERITY_HIGH },
};

static const PtlWeight *
find_weight (PtlProbing *self)
{
  const PtlService *service;

  if (self->found.application != NULL)
    return &self->found.application->weight;
  service = self->found.service == NULL
                ? NULL
                : ptl_fingerprints_find_service (self->set, self->found.service);
  return service == NULL ? NULL : &service->weight;
}

/* A login that is sent in the clear is worth less than one inside TLS. */
static PtlSeverity
judge (PtlProbing *self, const PtlWeight *weight, PtlAuth auth)
{
  PtlSeverity severity;

  if (weight == NULL)
    return PTL_SEVERITY_MEDIUM;
  severity = weight->severity[auth] != PTL_SEVERITY_UNTOLD ? (PtlSeverity) weight->severity[auth]
                                                           : severities[weight->control][auth];
  if (self->found.weak)
    return MAX (severity, PTL_SEVERITY_MEDIUM);
  if (auth == PTL_AUTH_PROTECTED && self->tls == NULL && self->found.application != NULL
      && weight->control >= PTL_CONTROL_DATA)
    return MIN (MAX (severity + 1, PTL_SEVERITY_MEDIUM), PTL_SEVERITY_HIGH);
  return severity;
}

static const char *
advise_open (PtlControl control)
{
  switch (control)
    {
    case PTL_CONTROL_HOST:
      return _ ("Whoever reaches this can run what they like on the computer, without a login. "
                "Close it, and "
                "reach it through a VPN or an ssh tunnel.");
    case PTL_CONTROL_ADMIN:
      return _ ("Whoever reaches this can change its settings without a login. Close it, or set a "
                "password, and "
                "reach it through a VPN or an ssh tunnel.");
    case PTL_CONTROL_DATA:
      return _ ("Whoever reaches this can read what is kept there, without a login, and often "
                "change it. Close "
                "it, or turn its login on.");
    case PTL_CONTROL_MEDIA:
      return _ ("Whoever reaches this can watch, listen or use it without a login. Turn its login "
                "on, or close "
                "it if it is not meant for everybody.");
    case PTL_CONTROL_NONE:
    default:
      return _ ("It answers everybody without a login. Close it if it is not meant for everybody.");
    }
}

static const char *
advise_protected (PtlControl control, gboolean encrypted)
{
  if (!encrypted && control >= PTL_CONTROL_DATA)
    return _ ("It asks for a login, but sends it unencrypted: those in between can read it. Put it "
              "behind HTTPS, "
              "or reach it through a VPN or an ssh tunnel.");
  if (control >= PTL_CONTROL_ADMIN)
    return _ ("It asks for a login, and only that stands between strangers and control. Keep it up "
              "to date, use a "
              "long password and a second factor, or reach it through a VPN.");
  return _ ("It asks for a login. Keep it up to date, and use long passwords.");
}

static const char *
advise (PtlProbing *self, const PtlWeight *weight, PtlAuth auth)
{
  if (weight == NULL)
    return _ ("It is not known what this is. Find out which program listens there, and close it if "
              "you do not need "
              "it.");
  if (weight->advice[auth] != NULL)
    return g_dgettext (GETTEXT_PACKAGE, weight->advice[auth]);
  switch (auth)
    {
    case PTL_AUTH_OPEN:
      return advise_open (weight->control);
    case PTL_AUTH_PROTECTED:
      return advise_protected (weight->control, self->tls != NULL);
    case PTL_AUTH_NONE:
      return _ ("Services of this kind ask nobody for a login. Close it if it is not meant for "
                "everybody.");
    case PTL_AUTH_UNKNOWN:
    default:
      return _ ("It could not be found out whether it asks for a login. Try it from a private "
                "window, and close it "
                "if it is not meant for everybody.");
    }
}

/* Bytes as text that anybody can read: "\x00\x0bSSH". */
static char *
escape (const GByteArray *bytes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (bytes->len, MAX_BANNER_BYTES); i++)
    {
      guint8 byte = bytes->data[i];

      if (byte == '\r')
        g_string_append (text, "\\r");
      else if (byte == '\n')
        g_string_append (text, "\\n");
      else if (byte == '\\')
        g_string_append (text, "\\\\");
      else if (byte >= 0x20 && byte < 0x7f)
        g_string_append_c (text, byte);
      else
        g_string_append_printf (text, "\\x%02x", byte);
    }
  return g_string_free (text, FALSE);
}

static char *
join_evidence (const PtlFound *found)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < found->evidence->len; i++)
    {
      if (i > 0)
        g_string_append (text, "; ");
      g_string_append (text, g_ptr_array_index (found->evidence, i));
    }
  return ptl_text_make_safe (text->str, text->len, MAX_EVIDENCE);
}

static void
fill_name (PtlProbing *self, PtlIdentity *identity)
{
  const PtlFound *found = &self->found;
  const PtlService *service
      = found->service == NULL ? NULL : ptl_fingerprints_find_service (self->set, found->service);
  const char *product = found->product;

  if (product == NULL && service != NULL)
    product = service->product;
  g_free (identity->service);
  g_free (identity->product);
  g_free (identity->version);
  identity->service = g_strdup (found->service ? found->service : "");
  identity->product = g_strdup (product ? product : "");
  identity->version = g_strdup (found->version ? found->version : "");
}

PtlIdentity *
ptl_probing_to_identity (PtlProbing *self)
{
  PtlIdentity *identity = ptl_identity_new ();
  const PtlWeight *weight = find_weight (self);

  fill_name (self, identity);
  identity->auth
      = self->found.auth == PTL_AUTH_UNTOLD ? PTL_AUTH_UNKNOWN : (PtlAuth) self->found.auth;
  identity->severity = judge (self, weight, identity->auth);
  identity->tls = self->tls == NULL ? NULL : ptl_tls_facts_copy (self->tls);
  g_free (identity->evidence);
  identity->evidence = join_evidence (&self->found);
  g_free (identity->advice);
  identity->advice = g_strdup (advise (self, weight, identity->auth));
  g_free (identity->banner);
  identity->banner = self->found.service == NULL || g_str_equal (self->found.service, "tls")
                         ? escape (self->first)
                         : g_strdup ("");
  return identity;
}
