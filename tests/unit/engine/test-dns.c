/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "engine/ptl-dns.h"

/* Answers of name servers, byte by byte. */

#define HEADER(flags, rcode, n_answers)                                                            \
  0x12, 0x34, flags, rcode, 0, 1, 0, n_answers, 0, 0, 0, 0
/* nas.example, at offset 12 */
#define NAS 3, 'n', 'a', 's', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0
#define QUESTION(type) NAS, 0, type, 0, 1
#define POINTER 0xc0, 12
#define A(name, ttl, last) name, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4, 192, 0, 2, last
/* box.example, its last part by a pointer to that of the question */
#define BOX 3, 'b', 'o', 'x', 0xc0, 16
#define CNAME_TO_BOX(ttl) POINTER, 0, 5, 0, 1, 0, 0, 0, ttl, 0, 6, BOX

static gboolean
read_answer (PtlDnsAnswer *answer, int family, const guint8 *bytes, gsize n)
{
  memset (answer, 0, sizeof *answer);
  answer->ttl = G_MAXUINT32;
  return ptl_dns_read (answer, family, bytes, n);
}

static void
assert_address (const PtlDnsAnswer *answer, guint i, const char *address)
{
  PtlSockaddr wanted;

  g_assert_cmpuint (i, <, answer->n);
  g_assert_true (ptl_sockaddr_parse (&wanted, address, 0));
  g_assert_cmpmem (&wanted, sizeof wanted, &answer->items[i], sizeof wanted);
}

static void
test_plain (void)
{
  static const guint8 bytes[]
      = { HEADER (0x81, 0x80, 2), QUESTION (1), A (POINTER, 60, 7), A (POINTER, 50, 8) };
  PtlDnsAnswer answer;

  g_assert_true (read_answer (&answer, AF_INET, bytes, sizeof bytes));
  g_assert_cmpuint (answer.n, ==, 2);
  assert_address (&answer, 0, "192.0.2.7");
  assert_address (&answer, 1, "192.0.2.8");
  g_assert_cmpuint (answer.ttl, ==, 50);
}

static void
test_v6 (void)
{
  static const guint8 bytes[] = { HEADER (0x81, 0x80, 1), QUESTION (28),
                                  POINTER, 0, 28, 0, 1, 0, 0, 1, 0, 0, 16,
                                  0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 };
  PtlDnsAnswer answer;

  g_assert_true (read_answer (&answer, AF_INET6, bytes, sizeof bytes));
  g_assert_cmpuint (answer.n, ==, 1);
  assert_address (&answer, 0, "2001:db8::5");
  g_assert_cmpuint (answer.ttl, ==, 256);
}

/* The shorter time counts, and the order does not. */
static void
test_alias (void)
{
  static const guint8 bytes[]
      = { HEADER (0x81, 0x80, 2), QUESTION (1), A (BOX, 60, 7), CNAME_TO_BOX (9) };
  PtlDnsAnswer answer;

  g_assert_true (read_answer (&answer, AF_INET, bytes, sizeof bytes));
  g_assert_cmpuint (answer.n, ==, 1);
  assert_address (&answer, 0, "192.0.2.7");
  g_assert_cmpuint (answer.ttl, ==, 9);
}

/* What was not asked for is left out. */
static void
test_other_name (void)
{
  static const guint8 bytes[]
      = { HEADER (0x81, 0x80, 2), QUESTION (1), A (BOX, 1, 66), A (POINTER, 60, 7) };
  PtlDnsAnswer answer;

  g_assert_true (read_answer (&answer, AF_INET, bytes, sizeof bytes));
  g_assert_cmpuint (answer.n, ==, 1);
  assert_address (&answer, 0, "192.0.2.7");
  g_assert_cmpuint (answer.ttl, ==, 60);
}

/* A name that is its own alias ends too. */
static void
test_alias_of_itself (void)
{
  static const guint8 bytes[] = { HEADER (0x81, 0x80, 2), QUESTION (1), POINTER, 0, 5, 0, 1, 0, 0, 0,
                                  7, 0, 2, POINTER, A (POINTER, 60, 7) };
  PtlDnsAnswer answer;

  g_assert_true (read_answer (&answer, AF_INET, bytes, sizeof bytes));
  g_assert_cmpuint (answer.n, ==, 1);
  g_assert_cmpuint (answer.ttl, ==, 7);
}

static void
test_bad (void)
{
  static const guint8 question[] = { HEADER (0x01, 0x00, 0), QUESTION (1) };
  static const guint8 failed[] = { HEADER (0x81, 0x82, 0), QUESTION (1) };
  static const guint8 no_question[] = { 0x12, 0x34, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0 };
  static const guint8 good[] = { HEADER (0x81, 0x80, 1), QUESTION (1), A (POINTER, 60, 7) };
  static const guint8 lies[] = { HEADER (0x81, 0x80, 200), QUESTION (1), A (POINTER, 60, 7) };
  PtlDnsAnswer answer;

  g_assert_false (read_answer (&answer, AF_INET, question, sizeof question));
  g_assert_false (read_answer (&answer, AF_INET, failed, sizeof failed));
  g_assert_false (read_answer (&answer, AF_INET, no_question, sizeof no_question));
  g_assert_false (read_answer (&answer, AF_INET, lies, sizeof lies));
  for (gsize n = 0; n < sizeof good; n++)
    {
      g_autofree guint8 *cut = g_memdup2 (good, n);

      g_assert_false (read_answer (&answer, AF_INET, cut, n));
      g_assert_cmpuint (answer.n, ==, 0);
    }
  g_assert_true (read_answer (&answer, AF_INET6, good, sizeof good));
  g_assert_cmpuint (answer.n, ==, 0);
  g_assert_cmpuint (answer.ttl, ==, G_MAXUINT32);
}

/* More than anyone can use. */
static void
test_many (void)
{
  static const guint8 head[] = { HEADER (0x81, 0x80, 200), QUESTION (1) };
  static const guint8 record[] = { A (POINTER, 60, 7) };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PtlDnsAnswer answer;

  g_byte_array_append (bytes, head, sizeof head);
  for (guint i = 0; i < 200; i++)
    g_byte_array_append (bytes, record, sizeof record);
  g_assert_true (read_answer (&answer, AF_INET, bytes->data, bytes->len));
  g_assert_cmpuint (answer.n, ==, PTL_DNS_ADDRESSES_MOST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns/plain", test_plain);
  g_test_add_func ("/dns/v6", test_v6);
  g_test_add_func ("/dns/alias", test_alias);
  g_test_add_func ("/dns/other-name", test_other_name);
  g_test_add_func ("/dns/alias-of-itself", test_alias_of_itself);
  g_test_add_func ("/dns/bad", test_bad);
  g_test_add_func ("/dns/many", test_many);
  return g_test_run ();
}
