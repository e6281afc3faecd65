/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-pane.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-finding-way.h"
#include "gui/details/ptl-fact-row.h"
#include "gui/details/ptl-way-view.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-gui.h"
#include "ptl-finding-facts.h"
#include "ptl-finding-words.h"

struct _PtlFindingPane
{
  AdwBin parent_instance;
  GtkLabel *name;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkWidget *card;
  GtkLabel *evidence;
  GtkLabel *advice;
  GtkLabel *accepted;
  GtkWidget *close_button;
  GtkWidget *remove_button;
  GtkWidget *adopt_button;
  GtkWidget *rule_button;
  GtkWidget *accept_button;
  GtkWidget *unaccept_button;
  AdwPreferencesGroup *ways_group;
  GtkBox *ways;
  GtkListBox *views;
  GtkListBox *identity;
  const char *style;
  PtlClient *client;
  PtlFindingItem *item;
};

G_DEFINE_FINAL_TYPE (PtlFindingPane, ptl_finding_pane, ADW_TYPE_BIN)

const PtlRule *
ptl_finding_find_rule (const PtlFinding *finding, PtlClient *client)
{
  PtlRuleItem *item = *finding->declared ? ptl_client_get_rule (client, finding->declared) : NULL;

  return item ? ptl_rule_item_get_rule (item) : NULL;
}

const PtlForwarded *
ptl_finding_find_foreign (const PtlFinding *finding)
{
  for (guint i = 0; i < finding->forwarded->len; i++)
    {
      const PtlForwarded *forwarded = finding->forwarded->pdata[i];

      if (g_str_equal (forwarded->system, "router") && *forwarded->rule == '\0' && *forwarded->id)
        return forwarded;
    }
  return NULL;
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
set_style (PtlFindingPane *self, PtlSeverity severity)
{
  const char *style = ptl_severity_to_style (severity);

  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->style);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), style);
  self->style = style;
  gtk_widget_remove_css_class (self->card, "trouble");
  gtk_widget_remove_css_class (self->card, "danger");
  if (severity >= PTL_SEVERITY_HIGH)
    gtk_widget_add_css_class (self->card, "danger");
  else if (severity == PTL_SEVERITY_MEDIUM)
    gtk_widget_add_css_class (self->card, "trouble");
}

/* What is gone is told as it was: there is nothing to be done about it. */
static void
show_card (PtlFindingPane *self, const PtlFinding *finding)
{
  gboolean gone = g_str_equal (finding->news, "gone");

  set_style (self, gone ? PTL_SEVERITY_INFO : finding->severity);
  set_text (self->evidence, gone ? _("The earlier check found it, the later one does not. What it was then:") : finding->evidence);
  set_text (self->advice, gone ? finding->evidence : finding->advice);
  gtk_widget_set_visible (self->card, gone || *finding->evidence || *finding->advice);
  adw_preferences_group_set_title (self->ways_group, gone ? _("How It Could Be Reached") : _("How It Can Be Reached"));
}

static void
show_state (PtlFindingPane *self, const PtlFinding *finding)
{
  g_autofree char *name = ptl_finding_dup_name (finding);
  g_autofree char *port = ptl_finding_dup_port (finding);
  const char *news = ptl_finding_get_news (finding);
  g_autofree char *state = g_strdup_printf ("%s%s%s · %s · %s", news, *news ? " · " : "", ptl_severity_to_title (finding->severity),
                                            port, ptl_finding_get_reach (finding));

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->state, state);
  gtk_image_set_from_icon_name (self->state_icon, ptl_severity_to_icon (finding->severity));
  show_card (self, finding);
}

static void
show_buttons (PtlFindingPane *self, const PtlFinding *finding)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const PtlRule *rule = ptl_finding_find_rule (finding, self->client);
  gboolean foreign = ptl_finding_find_foreign (finding) != NULL;
  gboolean accepted = ptl_finding_is_accepted (finding, now), gone = g_str_equal (finding->news, "gone");

  gtk_widget_set_visible (self->close_button, rule && rule->state != PTL_RULE_STATE_CLOSING);
  gtk_widget_set_visible (self->remove_button, foreign);
  gtk_widget_set_visible (self->adopt_button, foreign);
  gtk_widget_set_visible (self->rule_button, !foreign && !rule && finding->listening && !gone);
  gtk_widget_set_visible (self->accept_button, !accepted && !gone);
  gtk_widget_set_visible (self->unaccept_button, accepted);
  set_text (self->accepted, accepted ? _("You have accepted this: it counts no more, and nobody is told of it unless it gets worse.") : "");
}

/* Views that are there already stay, and with them their rows. */
static void
show_ways (PtlFindingPane *self, const PtlFinding *finding)
{
  g_autoptr (GPtrArray) ways = ptl_finding_dup_ways (finding);
  GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->ways));

  for (guint i = 0; i < ways->len; i++)
    {
      g_autoptr (GPtrArray) hops = ptl_finding_dup_hops (finding, ways->pdata[i]);

      if (!view)
        {
          view = g_object_new (PTL_TYPE_WAY_VIEW, "css-classes", (const char *[]) { "card", NULL }, NULL);
          gtk_box_append (self->ways, view);
        }
      ptl_way_view_set_hops (PTL_WAY_VIEW (view), hops);
      view = gtk_widget_get_next_sibling (view);
    }
  while (view)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (view);

      gtk_box_remove (self->ways, view);
      view = next;
    }
}

static void
show_lists (PtlFindingPane *self, const PtlFinding *finding)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const PtlRule *rule = ptl_finding_find_rule (finding, self->client);
  g_autoptr (GPtrArray) views = ptl_finding_dup_views (finding, rule ? rule->name : NULL, now);
  g_autoptr (GPtrArray) identity = ptl_finding_dup_identity (finding, now);

  show_ways (self, finding);
  ptl_fact_rows_show (self->views, views);
  ptl_fact_rows_show (self->identity, identity);
}

static void
show (PtlFindingPane *self)
{
  const PtlFinding *finding = self->item ? ptl_finding_item_get_finding (self->item) : NULL;

  if (!finding)
    return;
  show_state (self, finding);
  show_buttons (self, finding);
  show_lists (self, finding);
}

void
ptl_finding_pane_set_item (PtlFindingPane *self, PtlFindingItem *item)
{
  if (g_set_object (&self->item, item))
    show (self);
}

PtlFindingItem *
ptl_finding_pane_get_item (PtlFindingPane *self)
{
  return self->item;
}

void
ptl_finding_pane_set_client (PtlFindingPane *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (ptl_client_get_rules (client), "items-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
}

static void
ptl_finding_pane_dispose (GObject *object)
{
  g_clear_object (&PTL_FINDING_PANE (object)->item);
  g_clear_object (&PTL_FINDING_PANE (object)->client);
  G_OBJECT_CLASS (ptl_finding_pane_parent_class)->dispose (object);
}

static void
ptl_finding_pane_class_init (PtlFindingPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_finding_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/exposure/ptl-finding-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, name);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, state);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, card);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, evidence);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, advice);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, accepted);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, close_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, remove_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, adopt_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, rule_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, accept_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, unaccept_button);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, ways_group);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, ways);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, views);
  gtk_widget_class_bind_template_child (widget_class, PtlFindingPane, identity);
}

static void
ptl_finding_pane_init (PtlFindingPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
}
