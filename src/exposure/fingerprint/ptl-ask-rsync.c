/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#define HELLO "@RSYNCD: 31.0\n"
#define MAX_MODULES 3
#define MAX_HEARD 8192
#define WAIT_US G_TIME_SPAN_SECOND
#define SETTLE_US (80 * G_TIME_SPAN_MILLISECOND)

/* Says hello and one line; what it answers, as text, or NULL. */
static char *
ask (PtlProbing *probing, const char *line)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) hello = g_byte_array_new (), heard = g_byte_array_new ();
  g_autofree char *said = g_strdup_printf (HELLO "%s\n", line);

  if (stream == NULL || !ptl_stream_read (stream, hello, MAX_HEARD, WAIT_US, SETTLE_US)
      || !ptl_stream_write (stream, said, strlen (said)))
    return NULL;
  ptl_stream_read (stream, heard, MAX_HEARD, WAIT_US, SETTLE_US);
  return g_strndup ((const char *) heard->data, heard->len);
}

static void
ask_module (PtlProbing *probing, const char *module)
{
  g_autofree char *answer = ask (probing, module);

  if (answer == NULL)
    return;
  if (strstr (answer, "@RSYNCD: OK") != NULL)
    {
      ptl_found_set_auth (&probing->found, PTL_AUTH_OPEN);
      ptl_found_note (&probing->found, "The module %s is given without a login", module);
    }
  else if (strstr (answer, "@RSYNCD: AUTHREQD") != NULL || strstr (answer, "@ERROR") != NULL)
    {
      ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
      ptl_found_note (&probing->found, "The module %s asks for a login", module);
    }
}

void
ptl_ask_rsync_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *greeted)
{
  g_autofree char *list = ask (probing, "#list");
  g_auto (GStrv) lines = g_strsplit (list ? list : "", "\n", 200);
  guint asked = 0;

  for (char **line = lines; *line != NULL && asked < MAX_MODULES; line++)
    {
      gsize length = strcspn (*line, " \t\r");
      g_autofree char *module = g_strndup (*line, length);

      if (length == 0 || (*line)[0] == '@' || (*line)[length] == '\0'
          || strchr (*line, '\t') == NULL)
        continue;
      asked++;
      ask_module (probing, module);
      if (probing->found.auth == PTL_AUTH_OPEN)
        return;
    }
  if (probing->found.auth == PTL_AUTH_UNTOLD && list != NULL && strstr (list, "@ERROR") != NULL)
    ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
}
