/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker for tests: the same library, with a clock that turns, an end at the n-th commit and a witness
 * of the public address, on an interface of its
 * own. The shipped program has neither. */
#include "ptl-api.h"
#include "worker/ptl-worker.h"

#define TEST_INTERFACE "io.github.portolan.Test1"

static const char xml[] =
    "<node><interface name='" TEST_INTERFACE "'>"
    "<method name='TurnClock'><arg type='x' name='wall_us' direction='in'/>"
    "<arg type='x' name='boot_us' direction='in'/></method>"
    "<method name='AbortAt'><arg type='u' name='nth' direction='in'/>"
    "<arg type='b' name='after' direction='in'/></method>"
    "<method name='SetWitness'><arg type='s' name='ipv4' direction='in'/>"
    "<arg type='s' name='ipv6' direction='in'/></method>"
    "</interface></node>";

static PtlWorker *the_worker;
static PtlClock *the_clock;

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  if (g_str_equal (method, "TurnClock"))
    {
      gint64 wall, boot;

      g_variant_get (arguments, "(xx)", &wall, &boot);
      ptl_clock_turn (the_clock, wall, boot);
    }
  else if (g_str_equal (method, "SetWitness"))
    {
      PtlAddressSource *source = ptl_worker_get_addresses (the_worker);
      const char *ipv4, *ipv6;

      g_variant_get (arguments, "(&s&s)", &ipv4, &ipv6);
      ptl_address_source_set_witness (source, PTL_ADDRESS_FAMILY_IPV4, ipv4);
      ptl_address_source_set_witness (source, PTL_ADDRESS_FAMILY_IPV6, ipv6);
    }
  else
    {
      guint32 nth;
      gboolean after;

      g_variant_get (arguments, "(ub)", &nth, &after);
      ptl_store_abort_at (ptl_worker_get_store (the_worker), nth, after);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
setup (PtlWorker *worker, GDBusConnection *connection, PtlClock *clock)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);

  the_worker = worker;
  the_clock = clock;
  g_dbus_connection_register_object (connection, PTL_API_PATH, node->interfaces[0], &vtable, NULL,
                                     NULL, NULL);
}

int
main (int argc, char **argv)
{
  return ptl_worker_main (argc, argv, setup);
}
