/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-cloudflare-codec.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/ptl-nesting.h"
#include "core/ptl-text.h"

#define DEPTH_MAX 16
#define ID_MAX_LENGTH 64
#define SHOWN_CHARS 120

/* 9109 and 10000: no valid token; 6003 and 6111: it cannot be one. */
static const gint64 token_codes[] = { 6003, 6111, 9106, 9107, 9109, 10000 };

void
ptl_ddns_cloudflare_item_clear (PtlDdnsCloudflareItem *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->content, g_free);
  self->n = 0;
}

static JsonNode *
get (JsonObject *object, const char *key, GType type)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type
             ? node
             : NULL;
}

static const char *
get_text (JsonObject *object, const char *key)
{
  JsonNode *node = get (object, key, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : "";
}

static gboolean
get_flag (JsonObject *object, const char *key)
{
  JsonNode *node = get (object, key, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

static JsonObject *
get_first (JsonObject *object, const char *key, guint *n)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonNode *first;

  *n = 0;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      *n = 1;
      return json_node_get_object (node);
    }
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)
      || json_array_get_length (json_node_get_array (node)) == 0)
    return NULL;
  *n = json_array_get_length (json_node_get_array (node));
  first = json_array_get_element (json_node_get_array (node), 0);
  return JSON_NODE_HOLDS_OBJECT (first) ? json_node_get_object (first) : NULL;
}

static gboolean
is_token_code (gint64 code)
{
  for (guint i = 0; i < G_N_ELEMENTS (token_codes); i++)
    if (token_codes[i] == code)
      return TRUE;
  return FALSE;
}

static PtlDdnsAnswer *
refused (guint status, gint64 retry_after, const char *body, gsize length, JsonObject *root)
{
  guint n;
  JsonObject *first = get_first (root, "errors", &n);
  JsonNode *number = first != NULL ? get (first, "code", G_TYPE_INT64) : NULL;
  gint64 code = number != NULL ? json_node_get_int (number) : 0;
  g_autofree char *word = g_strdup_printf ("%" G_GINT64_FORMAT, code);
  g_autofree char *shown = NULL;

  if (status == 429 || status >= 500)
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  if (is_token_code (code) || status == 401 || status == 403)
    return ptl_ddns_answer_new (PTL_DDNS_STOP, word,
                                _ ("Make a token that may edit the DNS of the domain, and give it "
                                   "anew."),
                                _ ("Cloudflare does not take the token, or it may not do this."));
  shown = ptl_text_make_safe (first != NULL ? get_text (first, "message") : "", -1, SHOWN_CHARS);
  return ptl_ddns_answer_new (PTL_DDNS_STOP, word,
                              _ ("Look at the records of the domain at Cloudflare."),
                              /* Translators: %s is what Cloudflare answered */
                              _ ("Cloudflare refuses the update: “%s”"), shown);
}

/* It becomes part of an address. */
static gboolean
is_id (const char *id)
{
  gsize length = strspn (id, "0123456789abcdefABCDEF-");

  return length > 0 && length <= ID_MAX_LENGTH && id[length] == '\0';
}

static gboolean
read_item (JsonObject *root, PtlDdnsCloudflareItem *item)
{
  guint n;
  JsonObject *first = get_first (root, "result", &n);

  if (n == 0)
    return json_object_has_member (root, "result");
  if (first == NULL || !is_id (get_text (first, "id")))
    return FALSE;
  item->n = n;
  item->id = g_strdup (get_text (first, "id"));
  item->content = g_strdup (get_text (first, "content"));
  item->proxied = get_flag (first, "proxied");
  return TRUE;
}

PtlDdnsAnswer *
ptl_ddns_cloudflare_parse (guint status,
                           gint64 retry_after,
                           const char *body,
                           gsize length,
                           PtlDdnsCloudflareItem *item)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (!ptl_nesting_is_shallow (body, length, DEPTH_MAX) || !g_utf8_validate (body, (gssize) length, NULL)
      || !json_parser_load_from_data (parser, body, (gssize) length, NULL))
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  if (!get_flag (json_node_get_object (root), "success"))
    return refused (status, retry_after, body, length, json_node_get_object (root));
  if (status < 200 || status > 299
      || (item != NULL && !read_item (json_node_get_object (root), item)))
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  return NULL;
}
