/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-relay.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "ptl-ssh-config.h"

G_DEFINE_BOXED_TYPE (PtlRelay, ptl_relay, ptl_relay_copy, ptl_relay_free)

PtlRelay *
ptl_relay_new (void)
{
  PtlRelay *self = g_new0 (PtlRelay, 1);

  self->id = g_strdup ("");
  self->name = g_strdup ("");
  self->host = g_strdup ("");
  self->port = 22;
  self->user = g_strdup ("");
  self->key_file = g_strdup ("");
  return self;
}

PtlRelay *
ptl_relay_copy (const PtlRelay *self)
{
  PtlRelay *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (PtlRelay, 1);
  copy->id = g_strdup (self->id);
  copy->name = g_strdup (self->name);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->user = g_strdup (self->user);
  copy->key_file = g_strdup (self->key_file);
  return copy;
}

void
ptl_relay_free (PtlRelay *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->host);
  g_free (self->user);
  g_free (self->key_file);
  g_free (self);
}

static gboolean
validate_key_file (const char *key_file, GError **error)
{
  if (key_file == NULL || *key_file == '\0')
    return TRUE;
  if (!g_path_is_absolute (key_file))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give the whole path, beginning with a slash."),
                     _ ("The path of the key file is not a whole one."));
      return FALSE;
    }
  return ptl_ssh_config_check_value (key_file, error);
}

/* Each mistake as PTL_ERROR_INVALID. The key file is not looked for here: it may come later (a USB
 * stick). */
gboolean
ptl_relay_validate (const PtlRelay *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!ptl_validate_text (_ ("The name of the relay"), self->name, PTL_NAME_MAX_CHARS, TRUE, error))
    return FALSE;
  if (!ptl_validate_relay_host (self->host, error))
    return FALSE;
  if (!ptl_validate_relay_user (self->user, error))
    return FALSE;
  if (self->port == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("An ssh server mostly listens on port 22."),
                     _ ("The port of the relay must be between 1 and 65535."));
      return FALSE;
    }
  return validate_key_file (self->key_file, error);
}

const char *
ptl_relay_state_for (const GError *error)
{
  if (error == NULL)
    return "ready";
  switch (ptl_error_code_of (error))
    {
    case PTL_ERROR_HOST_KEY_UNKNOWN:
      return "key-offered";
    case PTL_ERROR_HOST_KEY_CHANGED:
      return "key-changed";
    case PTL_ERROR_RELAY_REFUSED:
      return "refused";
    case PTL_ERROR_RELAY_UNREACHABLE:
      return "unreachable";
    default:
      return NULL;
    }
}
