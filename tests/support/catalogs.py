# SPDX-License-Identifier: PostgreSQL
"""What a database holds, as its server tells: objects by their identity, rows by count and checksum."""
from __future__ import annotations

from clusters import Cluster

# Each object that somebody made and that belongs to no extension. Row types, array types and TOAST come with their tables.
OBJECTS = """
WITH objects (class, object) AS (
  SELECT tableoid, oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I') AND relnamespace <> 99
  UNION ALL SELECT tableoid, oid FROM pg_type t WHERE typtype <> 'm' AND NOT (typelem <> 0 AND typlen = -1)
    AND NOT EXISTS (SELECT FROM pg_class WHERE reltype = t.oid AND relkind <> 'c')
  UNION ALL SELECT tableoid, oid FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT tableoid, oid FROM pg_rewrite WHERE rulename <> '_RETURN'
  UNION ALL SELECT tableoid, oid FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL SELECT 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata
  UNION ALL SELECT tableoid, oid FROM pg_default_acl
  {others})
SELECT type, identity FROM objects, pg_identify_object(class, object, 0)
WHERE (object >= 16384 OR class = 'pg_largeobject'::regclass) AND identity !~ '^(pg_toast|pg_temp)'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = object AND deptype = 'e')
"""
PLAIN_CATALOGS = """pg_proc pg_constraint pg_policy pg_opclass pg_opfamily pg_operator pg_collation pg_conversion pg_ts_config pg_ts_dict
  pg_ts_parser pg_ts_template pg_cast pg_transform pg_language pg_foreign_data_wrapper pg_foreign_server pg_user_mapping
  pg_event_trigger pg_publication pg_publication_rel pg_publication_namespace pg_extension pg_namespace pg_statistic_ext pg_am
  pg_attrdef""".split()
ROWS = """
SELECT format('SELECT %L, count(*), md5(string_agg(%2$s, E''\\n'' ORDER BY (%2$s) COLLATE "C")) FROM %3$s t', oid::regclass,
  CASE relkind WHEN 'S' THEN 'last_value::text || is_called' ELSE 't::text' END, CASE relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || oid::regclass)
FROM pg_class WHERE relkind IN ('r', 'm', 'S') AND relispopulated AND oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = tableoid AND objid = pg_class.oid AND deptype = 'e')
"""
LARGE_OBJECTS = "SELECT 'large object ' || oid, length(lo_get(oid)), md5(lo_get(oid)) FROM pg_largeobject_metadata"


def objects(cluster: Cluster, database: str) -> set[tuple[str, str]]:
    """Pairs of type and identity, as pg_identify_object() spells them."""
    others = " ".join(f"UNION ALL SELECT tableoid, oid FROM {name}" for name in PLAIN_CATALOGS)
    return {tuple(row) for row in cluster.select(database, OBJECTS.format(others=others))}


def rows(cluster: Cluster, database: str) -> dict[str, tuple[str, str]]:
    """Of each table, materialized view, sequence and large object: how many rows (or bytes), and a checksum."""
    queries = [query for query, in cluster.select(database, ROWS)]
    return {name: (number, checksum) for name, number, checksum in cluster.select(database, " UNION ALL ".join([*queries, LARGE_OBJECTS]))}
