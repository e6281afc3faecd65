/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel-wizard.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-policy.h"
#include "ptl-host-key-page.h"
#include "ptl-new-relay-page.h"
#include "ptl-relay-page.h"
#include "ptl-tunnel-page.h"

/* How long a key that was offered may take to be shown. */
#define KEY_SECONDS 3

struct _PtlTunnelWizard
{
  PtlOpenWizard parent_instance;
  PtlTunnelPage *tunnel_page;
  PtlRelayPage *relay_page;
  PtlNewRelayPage *new_relay_page;
  PtlHostKeyPage *host_key_page;
  PtlRelayItem *waiting_for; /* its key is not here yet */
  GError *key_error;
  guint key_timeout;
  gboolean gone;
};

G_DEFINE_FINAL_TYPE (PtlTunnelWizard, ptl_tunnel_wizard, PTL_TYPE_OPEN_WIZARD)

static GPtrArray *
build (PtlOpenWizard *wizard)
{
  PtlTunnelWizard *self = PTL_TUNNEL_WIZARD (wizard);
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_draft_free);
  PtlDraft *draft = ptl_draft_new (PTL_KIND_TUNNEL);

  ptl_terms_page_fill (ptl_open_wizard_get_terms (wizard), draft);
  ptl_tunnel_page_fill (self->tunnel_page, draft);
  draft->backend = g_strdup (ptl_relay_page_get_id (self->relay_page));
  g_ptr_array_add (drafts, draft);
  return drafts;
}

static void
ask_terms (PtlTunnelWizard *self)
{
  PtlOpenWizard *wizard = PTL_OPEN_WIZARD (self);
  PtlTermsPage *terms = ptl_open_wizard_get_terms (wizard);
  g_autoptr (PtlEndpoint) target = ptl_tunnel_page_dup_target (self->tunnel_page);
  g_autofree char *name = ptl_tunnel_page_dup_name (self->tunnel_page);
  const char *risky = NULL;

  if (target != NULL && target->path == NULL)
    risky = ptl_policy_get_risky_service (PTL_PROTOCOL_TCP, target->first);
  ptl_open_wizard_set_subject (wizard, name, ptl_relay_page_get_name (self->relay_page));
  ptl_terms_page_set_subject (terms, PTL_HARM_UNSAID, risky, NULL);
  /* Through ssh nobody can tell who connects. */
  ptl_options_group_set_subject (ptl_terms_page_get_options (terms), PTL_KIND_TUNNEL, PTL_WAY_REMOTE,
                                 PTL_PROTOCOL_TCP);
  ptl_firewall_group_set_arriving (ptl_terms_page_get_firewall (terms), FALSE);
  ptl_terms_page_set_asks (terms, FALSE, !ptl_tunnel_page_is_private (self->tunnel_page));
  ptl_wizard_window_show_page (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (terms));
}

static void
relay_added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlTunnelWizard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *name = NULL;
  const char *id;

  if (self->gone)
    return;
  ptl_wizard_page_set_ready (PTL_WIZARD_PAGE (self->new_relay_page), TRUE);
  if (answer == NULL)
    {
      ptl_new_relay_page_show_error (self->new_relay_page, error);
      return;
    }
  g_variant_get (answer, "(&s)", &id);
  name = ptl_new_relay_page_dup_name (self->new_relay_page);
  ptl_relay_page_set_chosen (self->relay_page, id, name);
  /* It is in the list now: the way back leads there, not to adding it twice. */
  ask_terms (self);
  ptl_wizard_window_show_after (
      PTL_WIZARD_WINDOW (self),
      PTL_WIZARD_PAGE (ptl_open_wizard_get_terms (PTL_OPEN_WIZARD (self))),
      PTL_WIZARD_PAGE (self->relay_page));
}

static void
add_relay (PtlTunnelWizard *self)
{
  GVariant *relay = ptl_new_relay_page_build (self->new_relay_page);

  ptl_wizard_page_set_ready (PTL_WIZARD_PAGE (self->new_relay_page), FALSE);
  ptl_client_call_async (ptl_open_wizard_get_client (PTL_OPEN_WIZARD (self)), "AddRelay",
                         g_variant_new ("(@a{sv})", relay), NULL, relay_added_cb,
                         g_object_ref (self));
}

/* --- a host key that is not known --- */

static PtlRelayItem *
find_relay (PtlTunnelWizard *self)
{
  GListModel *relays = ptl_client_get_relays (ptl_open_wizard_get_client (PTL_OPEN_WIZARD (self)));

  for (guint i = 0; i < g_list_model_get_n_items (relays); i++)
    {
      g_autoptr (PtlRelayItem) relay = g_list_model_get_item (relays, i);

      if (g_strcmp0 (ptl_relay_item_get (relay, "Id"), ptl_relay_page_get_id (self->relay_page))
          == 0)
        return g_steal_pointer (&relay);
    }
  return NULL;
}

static gboolean
show_host_key (PtlTunnelWizard *self, PtlRelayItem *relay)
{
  const char *key = ptl_relay_item_get (relay, "OfferedKey");

  if (*key == '\0')
    return FALSE;
  ptl_host_key_page_show (self->host_key_page, ptl_relay_page_get_name (self->relay_page), key);
  ptl_wizard_window_show_last (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (self->host_key_page),
                               _ ("_Cancel"));
  return TRUE;
}

static void
stop_waiting (PtlTunnelWizard *self)
{
  if (self->waiting_for != NULL)
    g_signal_handlers_disconnect_by_data (self->waiting_for, self);
  g_clear_object (&self->waiting_for);
  g_clear_error (&self->key_error);
  g_clear_handle_id (&self->key_timeout, g_source_remove);
}

static void
waited_cb (PtlTunnelWizard *self)
{
  if (show_host_key (self, self->waiting_for))
    stop_waiting (self);
}

static gboolean
timeout_cb (gpointer data)
{
  PtlTunnelWizard *self = data;
  g_autoptr (GError) error = g_steal_pointer (&self->key_error);

  self->key_timeout = 0;
  stop_waiting (self);
  ptl_open_wizard_show_failure (PTL_OPEN_WIZARD (self), error, NULL);
  return G_SOURCE_REMOVE;
}

/* The rule's failure and the key that caused it come by two signals, in either order. */
static gboolean
failed (PtlOpenWizard *wizard, const GError *error)
{
  PtlTunnelWizard *self = PTL_TUNNEL_WIZARD (wizard);
  g_autoptr (PtlRelayItem) relay = find_relay (self);

  if (!g_error_matches (error, PTL_ERROR, PTL_ERROR_HOST_KEY_UNKNOWN) || relay == NULL)
    return FALSE;
  if (show_host_key (self, relay))
    return TRUE;
  stop_waiting (self);
  self->waiting_for = g_steal_pointer (&relay);
  self->key_error = g_error_copy (error);
  self->key_timeout = g_timeout_add_seconds (KEY_SECONDS, timeout_cb, self);
  g_signal_connect_swapped (self->waiting_for, "changed", G_CALLBACK (waited_cb), self);
  return TRUE;
}

static void
trusted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlTunnelWizard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (self->gone)
    return;
  ptl_wizard_page_set_ready (PTL_WIZARD_PAGE (self->host_key_page), TRUE);
  if (answer != NULL)
    ptl_open_wizard_open (PTL_OPEN_WIZARD (self));
  else
    ptl_open_wizard_show_failure (PTL_OPEN_WIZARD (self), error, NULL);
}

static void
trust (PtlTunnelWizard *self)
{
  GVariant *arguments = g_variant_new ("(ss)", ptl_relay_page_get_id (self->relay_page),
                                       ptl_host_key_page_get_key (self->host_key_page));

  ptl_wizard_page_set_ready (PTL_WIZARD_PAGE (self->host_key_page), FALSE);
  ptl_client_call_async (ptl_open_wizard_get_client (PTL_OPEN_WIZARD (self)), "TrustHostKey",
                         arguments, NULL, trusted_cb, g_object_ref (self));
}

static void
go_on (PtlWizardWindow *window, PtlWizardPage *page)
{
  PtlTunnelWizard *self = PTL_TUNNEL_WIZARD (window);

  if (page == PTL_WIZARD_PAGE (self->tunnel_page))
    ptl_wizard_window_show_page (window, PTL_WIZARD_PAGE (self->relay_page));
  else if (page == PTL_WIZARD_PAGE (self->relay_page)
           && ptl_relay_page_get_id (self->relay_page) == NULL)
    ptl_wizard_window_show_page (window, PTL_WIZARD_PAGE (self->new_relay_page));
  else if (page == PTL_WIZARD_PAGE (self->relay_page))
    ask_terms (self);
  else if (page == PTL_WIZARD_PAGE (self->new_relay_page))
    add_relay (self);
  else if (page == PTL_WIZARD_PAGE (self->host_key_page))
    trust (self);
  else
    PTL_WIZARD_WINDOW_CLASS (ptl_tunnel_wizard_parent_class)->go_on (window, page);
}

static void
ptl_tunnel_wizard_dispose (GObject *object)
{
  PtlTunnelWizard *self = PTL_TUNNEL_WIZARD (object);

  self->gone = TRUE;
  stop_waiting (self);
  G_OBJECT_CLASS (ptl_tunnel_wizard_parent_class)->dispose (object);
}

static void
ptl_tunnel_wizard_class_init (PtlTunnelWizardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_tunnel_wizard_dispose;
  PTL_WIZARD_WINDOW_CLASS (klass)->go_on = go_on;
  PTL_OPEN_WIZARD_CLASS (klass)->build = build;
  PTL_OPEN_WIZARD_CLASS (klass)->failed = failed;
}

static void
ptl_tunnel_wizard_init (PtlTunnelWizard *self)
{
  self->tunnel_page = ptl_tunnel_page_new ();
  self->new_relay_page = ptl_new_relay_page_new ();
  self->host_key_page = ptl_host_key_page_new ();
}

void
ptl_tunnel_wizard_suggest (PtlTunnelWizard *self, const char *name, guint16 port)
{
  g_return_if_fail (PTL_IS_TUNNEL_WIZARD (self));
  ptl_tunnel_page_suggest (self->tunnel_page, name, port);
}

PtlTunnelWizard *
ptl_tunnel_wizard_new (GtkWindow *parent, PtlClient *client)
{
  PtlTunnelWizard *self
      = g_object_new (PTL_TYPE_TUNNEL_WIZARD, "title", _ ("Reach It Through My Server"),
                      "transient-for", parent, NULL);
  PtlWizardWindow *window = PTL_WIZARD_WINDOW (self);

  self->relay_page = ptl_relay_page_new (client);
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (self->tunnel_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (self->relay_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (self->new_relay_page));
  ptl_open_wizard_set_up (PTL_OPEN_WIZARD (self), client);
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (self->host_key_page));
  return self;
}
