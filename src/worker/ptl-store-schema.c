/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-private.h"

/* clang-format off */
#define ENDPOINT_COLUMNS(name)                                                             \
  name "_protocol TEXT, " name "_host TEXT, " name "_first INTEGER NOT NULL, "             \
  name "_last INTEGER NOT NULL, " name "_path TEXT, "

/* What is in the field is never edited: a change is a further entry at the end.
 *
 * rule.ended: 0 while living; else when it closed or failed. rule.search: what History is searched
 * by, case folded. The index rule_ended holds both, so that a search reads nothing else. */
static const char version_1[] =
  "CREATE TABLE rule ("
  "  seq INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  kind TEXT NOT NULL CHECK (kind IN ('forward', 'tunnel', 'mapping')),"
  "  name TEXT NOT NULL, "
  ENDPOINT_COLUMNS ("public")
  "  asked_port INTEGER NOT NULL, "
  ENDPOINT_COLUMNS ("target")
  "  way TEXT NOT NULL CHECK (way IN ('auto', 'guarded', 'direct', 'remote', 'local')),"
  "  backend TEXT NOT NULL,"
  "  owner TEXT NOT NULL,"
  "  purpose TEXT NOT NULL,"
  "  preset TEXT NOT NULL,"
  "  override TEXT NOT NULL,"
  "  audience TEXT NOT NULL,"
  "  created INTEGER NOT NULL,"
  "  expires INTEGER NOT NULL,"
  "  review INTEGER NOT NULL,"
  "  closed INTEGER NOT NULL,"
  "  state TEXT NOT NULL CHECK (state IN ('requested', 'opening', 'open', 'degraded', 'closing',"
  "    'closed', 'failed')),"
  "  close_reason TEXT NOT NULL CHECK (close_reason IN ('', 'revoked', 'expired', 'superseded')),"
  "  error_code TEXT NOT NULL,"
  "  error_message TEXT NOT NULL,"
  "  error_advice TEXT NOT NULL,"
  "  step TEXT NOT NULL,"
  "  bytes_in INTEGER NOT NULL,"
  "  bytes_out INTEGER NOT NULL,"
  "  connections_ever INTEGER NOT NULL,"
  "  refused INTEGER NOT NULL,"
  "  last_used INTEGER NOT NULL,"
  "  ended INTEGER NOT NULL,"
  "  search TEXT NOT NULL"
  ");"
  "CREATE INDEX rule_ended ON rule (ended, seq, search);"

  "CREATE TABLE intent ("
  "  rule_id TEXT PRIMARY KEY,"
  "  action TEXT NOT NULL CHECK (action IN ('open', 'close', 'edit')),"
  "  at INTEGER NOT NULL"
  ") WITHOUT ROWID;"

  "CREATE TABLE debt ("
  "  id TEXT PRIMARY KEY,"
  "  rule_id TEXT NOT NULL,"
  "  since INTEGER NOT NULL,"
  "  ends INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL,"
  "  message TEXT NOT NULL"
  ") WITHOUT ROWID;"

  "CREATE TABLE lease ("
  "  rule_id TEXT REFERENCES rule (id) ON DELETE CASCADE,"
  "  intent_id TEXT REFERENCES intent (rule_id) ON DELETE CASCADE,"
  "  debt_id TEXT REFERENCES debt (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  system TEXT NOT NULL,"
  "  holder TEXT NOT NULL, "
  ENDPOINT_COLUMNS ("endpoint")
  ENDPOINT_COLUMNS ("inner")
  "  lifetime INTEGER NOT NULL,"
  "  granted INTEGER NOT NULL,"
  "  renew INTEGER NOT NULL,"
  "  read_back INTEGER NOT NULL,"
  "  key TEXT NOT NULL,"
  "  CHECK ((rule_id IS NOT NULL) + (intent_id IS NOT NULL) + (debt_id IS NOT NULL) = 1)"
  ");"
  "CREATE INDEX lease_rule ON lease (rule_id, position) WHERE rule_id IS NOT NULL;"
  "CREATE INDEX lease_intent ON lease (intent_id, position) WHERE intent_id IS NOT NULL;"
  "CREATE INDEX lease_debt ON lease (debt_id, position) WHERE debt_id IS NOT NULL;"

  "CREATE TABLE relay ("
  "  id TEXT PRIMARY KEY,"
  "  name TEXT NOT NULL UNIQUE,"
  "  host TEXT NOT NULL,"
  "  port INTEGER NOT NULL,"
  "  user TEXT NOT NULL,"
  "  key_file TEXT NOT NULL"
  ") WITHOUT ROWID;"

  "CREATE TABLE router ("
  "  id TEXT PRIMARY KEY,"
  "  protocol TEXT NOT NULL"
  ") WITHOUT ROWID;"

  "CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB);"

  /* AUTOINCREMENT: SQLite then keeps the highest seq besides, and a log cut at its end shows. */
  "CREATE TABLE event ("
  "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  at INTEGER NOT NULL,"
  "  who TEXT NOT NULL,"
  "  what TEXT NOT NULL,"
  "  rule_id TEXT NOT NULL,"
  "  result TEXT NOT NULL,"
  "  detail TEXT NOT NULL,"
  "  hash TEXT NOT NULL"
  ");"
  "CREATE INDEX event_rule ON event (rule_id, seq);"
  "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN"
  "  SELECT RAISE (ABORT, 'the log is append-only'); END;"
  "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN"
  "  SELECT RAISE (ABORT, 'the log is append-only'); END;"
  "CREATE TRIGGER event_no_replace BEFORE INSERT ON event"
  "  WHEN NEW.seq <= (SELECT coalesce (max (seq), 0) FROM event) BEGIN"
  "  SELECT RAISE (ABORT, 'the log is append-only'); END;";

/* rule.options: a{sv} in GVariant's text format, "" = plain.
 *
 * sample: what rule (its seq) carried in the step (a minute or an hour, in seconds) that began at the time; in the order
 * of time, so that a minute of all rules is written at one place, and what is old lies together. */
static const char version_2[] =
  "ALTER TABLE rule ADD COLUMN options TEXT NOT NULL DEFAULT '';"

  "CREATE TABLE sample ("
  "  step INTEGER NOT NULL CHECK (step IN (60, 3600)),"
  "  at INTEGER NOT NULL,"
  "  rule INTEGER NOT NULL,"
  "  bytes_in INTEGER NOT NULL,"
  "  bytes_out INTEGER NOT NULL,"
  "  connections_peak INTEGER NOT NULL,"
  "  connections_new INTEGER NOT NULL,"
  "  refused INTEGER NOT NULL,"
  "  PRIMARY KEY (step, at, rule)"
  ") WITHOUT ROWID;"

  "CREATE TABLE setting ("
  "  key TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL"
  ") WITHOUT ROWID;";

/* A dynamic name and what came of it. Its secret is not here: that is in the Secret Service. */
static const char version_3[] =
  "CREATE TABLE dynamic_name ("
  "  id TEXT PRIMARY KEY,"
  "  hostname TEXT NOT NULL UNIQUE,"
  "  provider TEXT NOT NULL,"
  "  server TEXT NOT NULL,"
  "  user TEXT NOT NULL,"
  "  success TEXT NOT NULL,"
  "  ipv4 INTEGER NOT NULL,"
  "  ipv6 INTEGER NOT NULL,"
  "  refresh_days INTEGER NOT NULL,"
  "  published_ipv4 TEXT NOT NULL,"
  "  published_ipv6 TEXT NOT NULL,"
  "  last_update INTEGER NOT NULL,"
  "  not_before INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL,"
  "  told_to_wait INTEGER NOT NULL,"
  "  stopped INTEGER NOT NULL,"
  "  message TEXT NOT NULL,"
  "  advice TEXT NOT NULL"
  ") WITHOUT ROWID;";

/* entry: the foreign entries of routers; ignored: 1 where the person does not want to be told of it. */
static const char version_4[] =
  "CREATE TABLE entry ("
  "  router TEXT NOT NULL,"
  "  protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),"
  "  external_port INTEGER NOT NULL,"
  "  remote TEXT NOT NULL,"
  "  address TEXT NOT NULL,"
  "  port INTEGER NOT NULL,"
  "  description TEXT NOT NULL,"
  "  first_seen INTEGER NOT NULL,"
  "  last_seen INTEGER NOT NULL,"
  "  ignored INTEGER NOT NULL,"
  "  PRIMARY KEY (router, protocol, external_port, remote, address, port)"
  ") WITHOUT ROWID;";

/* rule.family: by which kinds of address a mapping lets people in. */
static const char version_5[] =
  "ALTER TABLE rule ADD COLUMN family TEXT NOT NULL DEFAULT 'auto'"
  "  CHECK (family IN ('auto', 'ipv4', 'ipv6', 'both'));";

/* report: what checks of the exposure found; head and findings are what GetExposureReport answers, in GVariant's text
 * format. accepted: findings that the person accepts until a time; severity: as bad as it was then. */
static const char version_6[] =
  "CREATE TABLE report ("
  "  seq INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  finished INTEGER NOT NULL,"
  "  head TEXT NOT NULL,"
  "  findings TEXT NOT NULL"
  ");"
  "CREATE TABLE accepted ("
  "  key TEXT PRIMARY KEY,"
  "  severity TEXT NOT NULL,"
  "  until INTEGER NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  who TEXT NOT NULL,"
  "  since INTEGER NOT NULL"
  ") WITHOUT ROWID;";

/* rule.firewall: whether this computer's firewall is opened for it. Rules of before were opened by people who were not
 * asked: nothing is changed for them.
 *
 * opening: what is open in firewalld for a rule, or about to be (at = 0); source: a network, "" = anyone; ends: when
 * firewalld closes it by itself; instance: the firewalld that was asked. */
static const char version_7[] =
  "ALTER TABLE rule ADD COLUMN firewall TEXT NOT NULL DEFAULT 'leave'"
  "  CHECK (firewall IN ('auto', 'leave'));"

  "CREATE TABLE opening ("
  "  rule_id TEXT NOT NULL,"
  "  zone TEXT NOT NULL,"
  "  protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),"
  "  first INTEGER NOT NULL,"
  "  last INTEGER NOT NULL,"
  "  source TEXT NOT NULL,"
  "  at INTEGER NOT NULL,"
  "  ends INTEGER NOT NULL,"
  "  instance TEXT NOT NULL,"
  "  PRIMARY KEY (rule_id, zone, protocol, first, last, source)"
  ") WITHOUT ROWID;";

/* rule.connections_peak: at a time, ever; of before, as far as the samples go. */
static const char version_8[] =
  "ALTER TABLE rule ADD COLUMN connections_peak INTEGER NOT NULL DEFAULT 0;"
  "UPDATE rule SET connections_peak = s.peak"
  "  FROM (SELECT rule, max (connections_peak) AS peak FROM sample GROUP BY rule) AS s"
  "  WHERE s.rule = rule.seq;";

/* clang-format on */

/* The n-th brings a store from version n to n + 1. */
static const char *const migrations[PTL_STORE_VERSION]
    = { version_1, version_2, version_3, version_4, version_5, version_6, version_7, version_8 };

static int
query_int (sqlite3 *db, const char *sql, int *value)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);

  if (code == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    *value = sqlite3_column_int (stmt, 0);
  if (code == SQLITE_OK)
    code = sqlite3_reset (stmt);
  sqlite3_finalize (stmt);
  return code;
}

int
ptl_store_schema_get_version (sqlite3 *db, int *version)
{
  return query_int (db, "PRAGMA user_version", version);
}

static int
step_up (sqlite3 *db, int version)
{
  g_autofree char *pragmas
      = g_strdup_printf ("PRAGMA user_version = %d; PRAGMA application_id = %d;", version + 1,
                         PTL_STORE_APPLICATION_ID);
  int code = sqlite3_exec (db, migrations[version], NULL, NULL, NULL);

  return code == SQLITE_OK ? sqlite3_exec (db, pragmas, NULL, NULL, NULL) : code;
}

int
ptl_store_schema_migrate (sqlite3 *db)
{
  int version = 0;
  int code = ptl_store_schema_get_version (db, &version);

  if (code != SQLITE_OK || version == PTL_STORE_VERSION)
    return code;
  code = sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  for (; code == SQLITE_OK && version < PTL_STORE_VERSION; version++)
    code = step_up (db, version);
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  if (code != SQLITE_OK)
    {
      /* What went wrong first is the reason, not what the rollback says. */
      if (!sqlite3_get_autocommit (db))
        sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
    }
  return code;
}

static int
check_integrity (sqlite3 *db)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &stmt, NULL);

  if (code != SQLITE_OK)
    return code;
  code = sqlite3_step (stmt);
  if (code == SQLITE_ROW && g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "ok") != 0)
    code = SQLITE_CORRUPT;
  sqlite3_finalize (stmt);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* How many tables each version has. */
static int
count_tables (int version)
{
  static const int counts[PTL_STORE_VERSION + 1] = { 0, 7, 9, 10, 11, 11, 13, 14, 14 };

  return counts[MIN (version, PTL_STORE_VERSION)];
}

int
ptl_store_schema_check (sqlite3 *db)
{
  int version = 0, tables = 0, mine = 0;
  int code = ptl_store_schema_get_version (db, &version);

  if (code == SQLITE_OK)
    code = query_int (db, "SELECT count (*) FROM sqlite_schema", &tables);
  if (code == SQLITE_OK)
    code = query_int (db,
                      "SELECT count (*) FROM sqlite_schema WHERE type = 'table' AND name IN "
                      "('rule', 'intent', 'debt', 'lease', 'relay', 'router', 'event', 'sample', "
                      "'setting', 'dynamic_name', 'entry', 'report', 'accepted', 'opening')",
                      &mine);
  if (code != SQLITE_OK)
    return code;
  /* No version: fresh, or another program's. A version: all of ours must be there. */
  if (version < 0 || (version == 0 && tables > 0) || (version > 0 && mine != count_tables (version)))
    return SQLITE_CORRUPT;
  return check_integrity (db);
}
