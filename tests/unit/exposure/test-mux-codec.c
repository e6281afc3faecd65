/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/vantage/ptl-mux-codec.h"

#include <string.h>

static void
test_word (void)
{
  static const guint8 expected[] = { 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 4 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint32 value;

  ptl_mux_put_word (out, PTL_MUX_HELLO, PTL_MUX_VERSION);
  g_assert_cmpmem (out->data, out->len, expected, sizeof expected);
  g_assert_cmpint (ptl_mux_packet_length (out->data, out->len), ==, 12);
  g_assert_cmpuint (ptl_mux_parse_word (out->data, out->len, &value), ==, PTL_MUX_HELLO);
  g_assert_cmpuint (value, ==, 4);
  g_assert_cmpuint (ptl_mux_parse_word (out->data, 7, &value), ==, 0);
}

/* RFC 4254, section 7.2, as OpenSSH's own proxy client writes it. */
static void
test_open (void)
{
  static const guint8 expected[] = "\0\0\0\x3e\0\x5a"
                                   "\0\0\0\x0c"
                                   "direct-tcpip"
                                   "\0\0\0\x07"
                                   "\0\x04\0\0"
                                   "\0\0\x80\0"
                                   "\0\0\0\x07"
                                   "5.6.7.8"
                                   "\0\0\x01\xbb"
                                   "\0\0\0\x09"
                                   "127.0.0.1"
                                   "\0\0\0\0";
  g_autoptr (GByteArray) out = g_byte_array_new ();

  ptl_mux_put_open (out, 7, 0x40000, 0x8000, "5.6.7.8", 443);
  g_assert_cmpmem (out->data, out->len, expected, sizeof expected - 1);
}

static void
test_lengths (void)
{
  static const guint8 short_one[] = { 0, 0, 0, 1, 0 };
  static const guint8 long_one[] = { 0, 4, 0, 1, 0, 0 };
  static const guint8 part[] = { 0, 0, 0, 6, 0, 97, 0 };

  g_assert_cmpint (ptl_mux_packet_length (short_one, sizeof short_one), ==, -1);
  g_assert_cmpint (ptl_mux_packet_length (long_one, sizeof long_one), ==, -1);
  g_assert_cmpint (ptl_mux_packet_length (part, sizeof part), ==, 0);
  g_assert_cmpint (ptl_mux_packet_length (part, 3), ==, 0);
  g_assert_cmpint (ptl_mux_packet_length (part, 0), ==, 0);
}

static void
test_refused (void)
{
  static const guint8 packet[] = "\0\0\0\x24\0\x5c\0\0\0\x05\0\0\0\x02\0\0\0\x12"
                                 "Connection refused"
                                 "\0\0\0\0";
  PtlMuxMessage message;

  g_assert_true (ptl_mux_parse (packet, sizeof packet - 1, &message));
  g_assert_cmpuint (message.type, ==, PTL_SSH_CHANNEL_REFUSED);
  g_assert_cmpuint (message.channel, ==, 5);
  g_assert_cmpuint (message.reason, ==, PTL_SSH_REASON_CONNECT_FAILED);
  g_assert_cmpmem (message.data, message.length, "Connection refused", 18);
  /* Cut anywhere it is no message. */
  for (gsize n = 0; n < sizeof packet - 5; n++)
    g_assert_false (ptl_mux_parse (packet, n, &message));
}

static void
test_data (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  PtlMuxMessage message;

  ptl_mux_put_data (out, 9, (const guint8 *) "hello", 5);
  ptl_mux_put_plain (out, PTL_SSH_CHANNEL_CLOSE, 9);
  g_assert_cmpint (ptl_mux_packet_length (out->data, out->len), ==, 4 + 2 + 4 + 4 + 5);
  g_assert_true (ptl_mux_parse (out->data, 19, &message));
  g_assert_cmpuint (message.type, ==, PTL_SSH_CHANNEL_DATA);
  g_assert_cmpmem (message.data, message.length, "hello", 5);
  g_assert_true (ptl_mux_parse (out->data + 19, out->len - 19, &message));
  g_assert_cmpuint (message.type, ==, PTL_SSH_CHANNEL_CLOSE);
  g_assert_cmpuint (message.channel, ==, 9);
  /* It claims more than there is. */
  out->data[13] = 200;
  g_assert_false (ptl_mux_parse (out->data, 19, &message));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mux-codec/word", test_word);
  g_test_add_func ("/mux-codec/open", test_open);
  g_test_add_func ("/mux-codec/lengths", test_lengths);
  g_test_add_func ("/mux-codec/refused", test_refused);
  g_test_add_func ("/mux-codec/data", test_data);
  return g_test_run ();
}
