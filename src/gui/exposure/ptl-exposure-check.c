/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-private.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-report-export.h"
#include "core/ptl-error.h"
#include "gui/ptl-feedback.h"
#include "ptl-vantage-dialog.h"

/* ---- Checking ---- */

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlExposurePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!self->client)
    return;
  ptl_exposure_page_set_waiting (self, FALSE);
  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
}

/* @options: may be floating, or NULL for what is usual. */
static void
check (PtlExposurePage *self, GVariant *options)
{
  GVariant *arguments = options ? g_variant_new ("(@a{sv})", options) : g_variant_new ("(a{sv})", NULL);

  if (self->waiting)
    {
      g_variant_unref (g_variant_ref_sink (arguments));
      return;
    }
  ptl_exposure_page_show_report (self, NULL);
  ptl_exposure_page_set_waiting (self, TRUE);
  ptl_client_call_async (self->client, "CheckExposure", arguments, NULL, on_checked, g_object_ref (self));
}

static void
on_check (GtkWidget *widget, const char *name, GVariant *parameter)
{
  check (PTL_EXPOSURE_PAGE (widget), NULL);
}

typedef struct
{
  PtlExposurePage *page;
  GVariant *options;
} Consent;

static void
on_consent_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Consent *consent = user_data;
  g_autoptr (PtlExposurePage) self = consent->page;
  g_autoptr (GVariant) options = consent->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!self->client)
    return;
  if (answer)
    check (self, options);
  else
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_vantages (GVariant *options, GVariant *granted, gpointer user_data)
{
  PtlExposurePage *self = user_data;
  GVariantDict settings;
  Consent *consent;

  if (!self->client)
    return;
  if (g_variant_n_children (granted) == 0)
    {
      check (self, options);
      return;
    }
  consent = g_new (Consent, 1);
  consent->page = g_object_ref (self);
  consent->options = g_variant_ref (options);
  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert_value (&settings, "Consent", granted);
  ptl_client_call_async (self->client, "SetExposureCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), NULL,
                         on_consent_kept, consent);
}

static void
on_check_from (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  ptl_vantage_dialog_present (widget, self->client, on_vantages, g_object_ref (self), g_object_unref);
}

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_client_call_async (PTL_EXPOSURE_PAGE (widget)->client, "CancelExposureCheck", NULL, NULL, NULL, NULL);
}

/* ---- A former report ---- */

static void
on_report (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlExposurePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  PtlReport *report = answer ? ptl_report_from_answer (answer, &error) : NULL;

  if (!self->client)
    {
      g_clear_pointer (&report, ptl_report_unref);
      return;
    }
  if (report)
    ptl_exposure_page_show_report (self, report);
  else
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_show_report (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  ptl_client_call_async (self->client, "GetExposureReport", g_variant_new ("(s)", g_variant_get_string (parameter, NULL)),
                         self->cancellable, on_report, g_object_ref (self));
}

static void
on_show_latest (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_exposure_page_show_report (PTL_EXPOSURE_PAGE (widget), NULL);
}

/* ---- Export ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *safe = g_filename_display_name (name);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autoptr (GError) shown = ptl_error_new (PTL_ERROR_FAILED, _("Choose another place."), "%s", error->message);

      ptl_feedback_error (widget, shown);
      return;
    }
  /* Translators: %s is the name of a file */
  text = g_strdup_printf (_("The report is in “%s”"), safe);
  ptl_feedback_say (widget, text);
}

static void
write_report (PtlExposurePage *self, GFile *file)
{
  PtlReport *report = ptl_exposure_page_get_report (self);
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  PtlReportFormat format;
  char *text;

  if (!report)
    return;
  if (!ptl_report_format_of (name, &format, &error))
    {
      ptl_feedback_error (GTK_WIDGET (self), error);
      return;
    }
  text = ptl_report_export (report, format);
  bytes = g_bytes_new_take (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, self->cancellable, on_written,
                                       g_object_ref (self));
}

static void
on_chosen (GtkNativeDialog *chooser, int response, PtlExposurePage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (file && self->client)
    write_report (self, file);
  g_object_unref (chooser);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *suffix)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, suffix);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct { const char *suffix, *words; } kinds[] = {
    { "html", N_("Web Page, for Reading and Printing") },
    { "csv", N_("Table (CSV)") },
    { "json", N_("JSON, for Programs") },
  };
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  PtlReport *report = ptl_exposure_page_get_report (self);
  g_autoptr (GDateTime) time = report ? g_date_time_new_from_unix_local (report->finished) : NULL;
  g_autofree char *day = time ? g_date_time_format (time, "%Y-%m-%d") : NULL;
  const char *suffix = g_variant_get_string (parameter, NULL);
  /* Translators: the beginning of a file's name; %1$s is a day like 2026-12-24, %2$s the kind of file like html */
  g_autofree char *proposed = day ? g_strdup_printf (_("exposure-%1$s.%2$s"), day, suffix) : NULL;
  GtkFileChooserNative *chooser;

  if (!report)
    return;
  chooser = gtk_file_chooser_native_new (_("Export Report"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].suffix, suffix))
      add_filter (GTK_FILE_CHOOSER (chooser), _(kinds[i].words), suffix);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), proposed);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
ptl_exposure_check_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "exposure.check", NULL, on_check);
  gtk_widget_class_install_action (klass, "exposure.check-from", NULL, on_check_from);
  gtk_widget_class_install_action (klass, "exposure.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (klass, "exposure.show-report", "s", on_show_report);
  gtk_widget_class_install_action (klass, "exposure.show-latest", NULL, on_show_latest);
  gtk_widget_class_install_action (klass, "exposure.export", "s", on_export);
}
