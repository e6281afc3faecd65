/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ptl-item-list.h"

/* The list is told of as letters; each item's name is its key. */
static GObject *
item (const char *key)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set_data_full (object, "key", g_strdup (key), g_free);
  return object;
}

static void
add (PtlItemList *list, const char *letters)
{
  for (const char *p = letters; *p != '\0'; p++)
    {
      const char key[2] = { *p, '\0' };
      g_autoptr (GObject) object = item (key);

      ptl_item_list_add (list, key, object);
    }
  ptl_item_list_flush (list);
}

static char *
letters (PtlItemList *list)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (GObject) object = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append (out, g_object_get_data (object, "key"));
    }
  return g_string_free (out, FALSE);
}

static void
on_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "%u-%u+%u ", position, removed, added);
}

static GHashTable *
set_of (const char *keys)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *p = keys; *p != '\0'; p++)
    g_hash_table_add (set, g_strndup (p, 1));
  return set;
}

static void
test_add_and_remove (void)
{
  g_autoptr (PtlItemList) list = ptl_item_list_new (G_TYPE_OBJECT);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *after = NULL;

  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), log);
  add (list, "abc");
  add (list, "");
  add (list, "d");
  g_assert_true (ptl_item_list_remove (list, "b"));
  g_assert_false (ptl_item_list_remove (list, "b"));
  after = letters (list);
  g_assert_cmpstr (after, ==, "acd");
  g_assert_cmpstr (log->str, ==, "0-0+3 3-0+1 1-1+0 ");
  g_assert_null (ptl_item_list_lookup (list, "b"));
  g_assert_nonnull (ptl_item_list_lookup (list, "d"));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 3));
}

static void
test_queued_are_not_told_of (void)
{
  g_autoptr (PtlItemList) list = ptl_item_list_new (G_TYPE_OBJECT);
  g_autoptr (GObject) object = item ("a");

  ptl_item_list_add (list, "a", object);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_true (ptl_item_list_lookup (list, "a") == object);
  ptl_item_list_flush (list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
}

static void
test_retain (void)
{
  static const struct
  {
    const char *before;
    const char *keep;
    const char *after;
    const char *log;
  } cases[] = {
    { "abcdef", "abcdef", "abcdef", "" },
    { "abcdef", "", "", "0-6+0 " },
    { "abcdef", "cd", "cd", "4-2+0 0-2+0 " },
    { "abcdef", "af", "af", "1-4+0 " },
    { "abcdef", "bd", "bd", "4-2+0 2-1+0 0-1+0 " },
    { "", "x", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlItemList) list = ptl_item_list_new (G_TYPE_OBJECT);
      g_autoptr (GString) log = g_string_new (NULL);
      g_autoptr (GHashTable) keep = set_of (cases[i].keep);
      g_autofree char *after = NULL;

      add (list, cases[i].before);
      g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), log);
      ptl_item_list_retain (list, keep);
      after = letters (list);
      g_assert_cmpstr (after, ==, cases[i].after);
      g_assert_cmpstr (log->str, ==, cases[i].log);
      g_assert_cmpuint (strlen (after), ==, g_list_model_get_n_items (G_LIST_MODEL (list)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item-list/add-and-remove", test_add_and_remove);
  g_test_add_func ("/item-list/queued", test_queued_are_not_told_of);
  g_test_add_func ("/item-list/retain", test_retain);
  return g_test_run ();
}
