/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

/* RFC 854 */
#define IAC 255
#define DONT 254
#define DO 253
#define WONT 252
#define WILL 251
#define SB 250
#define SE 240

#define MAX_ROUNDS 6
#define MAX_HEARD 8192

static void
refuse (GByteArray *reply, guint8 command, guint8 option)
{
  guint8 answer[3] = { IAC, command == WILL ? DONT : WONT, option };

  if (command == WILL || command == DO)
    g_byte_array_append (reply, answer, sizeof answer);
}

void
ptl_telnet_read (const guint8 *bytes, gsize length, GString *text, GByteArray *reply)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 command = i + 1 < length ? bytes[i + 1] : 0;

      if (bytes[i] != IAC)
        g_string_append_c (text, bytes[i]);
      else if (command >= WILL && i + 2 < length)
        {
          refuse (reply, command, bytes[i + 2]);
          i += 2;
        }
      else if (command == SB)
        {
          while (i + 1 < length && !(bytes[i] == IAC && bytes[i + 1] == SE))
            i++;
          i++;
        }
      else
        i++;
    }
}

static void
judge (PtlProbing *probing, const GString *text)
{
  g_autoptr (PtlPattern) login
      = ptl_pattern_new ("(?:login|user "
                         "?name|username|user|password|passcode|account)[^\\n]{0,20}[:>] ?$",
                         TRUE, NULL);
  g_autoptr (PtlPattern) prompt
      = ptl_pattern_new ("(?:^|\\n)(?:[^\\n]{0,60}[#$]|->) ?$", TRUE, NULL);

  if (ptl_pattern_match (login, text->str, text->len, NULL))
    {
      ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
      ptl_found_note (&probing->found, "It asks for a login");
    }
  else if (ptl_pattern_match (prompt, text->str, text->len, NULL))
    {
      ptl_found_set_auth (&probing->found, PTL_AUTH_OPEN);
      ptl_found_note (&probing->found, "It shows a prompt without a login");
    }
}

/* Some say what they are before they ask. */
static void
tell_product (PtlFound *found, const GString *text)
{
  static const char *const signs[][2] = {
    { "Linux [^\\n]{1,80}\\(pts/", "inetutils telnetd" },
    { "Debian GNU/Linux|Ubuntu [0-9]", "Linux telnetd" },
    { "BusyBox v", "BusyBox telnetd" },
    { "MikroTik", "RouterOS" },
    { "OpenWrt", "OpenWrt" },
    { "(?:^|\\n)-> $", "ser2net" },
    { "User Access Verification", "Cisco IOS" },
    { "Synology", "Synology" },
    { "Microsoft Telnet", "Microsoft Telnet Service" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      g_autoptr (PtlPattern) sign = ptl_pattern_new (signs[i][0], FALSE, NULL);

      if (!ptl_pattern_match (sign, text->str, text->len, NULL))
        continue;
      ptl_found_set (found, NULL, signs[i][1], NULL);
      return;
    }
}

void
ptl_ask_telnet_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *greeted)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; stream != NULL && i < MAX_ROUNDS && probing->found.auth == PTL_AUTH_UNTOLD; i++)
    {
      g_autoptr (GByteArray) heard = g_byte_array_new (), reply = g_byte_array_new ();

      if (!ptl_stream_read (stream, heard, MAX_HEARD, G_TIME_SPAN_SECOND,
                            50 * G_TIME_SPAN_MILLISECOND))
        break;
      ptl_telnet_read (heard->data, heard->len, text, reply);
      judge (probing, text);
      if (!ptl_stream_write (stream, reply->data, reply->len))
        break;
    }
  if (probing->found.auth == PTL_AUTH_UNTOLD)
    ptl_found_set_auth (&probing->found, PTL_AUTH_UNKNOWN);
  tell_product (&probing->found, text);
  if (text->len > 0)
    ptl_found_note (&probing->found, "%.*s", (int) MIN (text->len, 120), text->str);
}
