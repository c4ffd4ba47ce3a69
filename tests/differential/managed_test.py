# SPDX-License-Identifier: PostgreSQL
"""What the target files promise: a dump of a superuser's database, filtered for a platform, is restored there without one
error, by a role that is no superuser, and with all that the platform can have.

The platforms are servers made here: of PostgreSQL 15 and 17, without the source's roles and tablespaces, and with just
those extensions that the platform has.
"""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unittest
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import catalogs  # noqa: E402
import clusters  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/data"
DATABASES = {"shop": DATA / "shop.sql", "roles": DATA / "archives/roles.sql"}
SOURCE_FILES = sorted(path.stem for path in (ROOT / "share/targets/from").glob("*.rules"))
LEFT = [name for name in SOURCE_FILES if "_to_" not in name]
TARGETS = sorted(path.stem for path in (ROOT / "share/targets").glob("*.rules"))

# What PostgreSQL itself lets everybody create.
TRUSTED = """btree_gin btree_gist citext cube dict_int fuzzystrmatch hstore intarray isn lo ltree pg_trgm pgcrypto seg tablefunc tcn
  tsm_system_rows tsm_system_time unaccent uuid-ossp""".split()
SOURCE_HAS = {"bloom", "btree_gin", "btree_gist", "citext", "dblink", "file_fdw", "hstore", "ltree", "pageinspect", "pg_stat_statements",
              "pg_trgm", "pgcrypto", "postgres_fdw", "seg", "tablefunc", "unaccent", "uuid-ossp"}
# Of SOURCE_HAS, what the platform's documentation does not offer.
MISSING = {
    "aiven": {"file_fdw"}, "alloydb": {"file_fdw"}, "azure": {"file_fdw", "seg"}, "cloudsql": {"file_fdw"}, "cnpg": SOURCE_HAS - set(TRUSTED),
    "digitalocean": {"file_fdw"}, "heroku": {"file_fdw"}, "neon": {"file_fdw", "pageinspect"},
    "nonsuperuser": SOURCE_HAS - set(TRUSTED), "rds": {"file_fdw"}, "supabase": {"file_fdw"}, "timescale": {"file_fdw"},
}

OF_PLATFORMS = """neon neon_utils aws_commons aws_s3 apg_plan_mgmt aurora_stat_utils rds_tools google_vacuum_mgmt alloydb_ai_nl azure azure_ai
  pgaadauth supabase_vault pg_net pg_graphql pgjwt aiven_extras timescaledb_osm""".split()

OWN = {"neon": "neon neon_utils", "rds": "aws_commons aws_s3 apg_plan_mgmt aurora_stat_utils rds_tools", "cloudsql": "google_vacuum_mgmt",
       "alloydb": "alloydb_ai_nl google_vacuum_mgmt", "azure": "azure azure_ai pgaadauth", "supabase": "supabase_vault pg_net pg_graphql pgjwt",
       "aiven": "aiven_extras", "digitalocean": "aiven_extras", "timescale": "timescaledb_osm"}

# How PostgreSQL calls the kinds of objects, and from which kinds of entries they come.
MADE_BY = {
    "table": "TABLE", "view": "VIEW", "materialized view": "MATERIALIZED VIEW", "sequence": "SEQUENCE|TABLE", "index": "INDEX|CONSTRAINT|TABLE",
    "foreign table": "FOREIGN TABLE", "table constraint": "CONSTRAINT|FK CONSTRAINT|CHECK CONSTRAINT|TABLE|FOREIGN TABLE",
    "default value": "DEFAULT|TABLE|FOREIGN TABLE", "function": "FUNCTION|TYPE", "procedure": "PROCEDURE", "aggregate": "AGGREGATE",
    "type": "TYPE|SHELL TYPE|DOMAIN", "domain constraint": "DOMAIN|CHECK CONSTRAINT", "language": "PROCEDURAL LANGUAGE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER", "publication relation": "PUBLICATION TABLE|PUBLICATION", "cast": "CAST|TYPE",
    "publication namespace": "PUBLICATION TABLES IN SCHEMA|PUBLICATION", "statistics object": "STATISTICS",
    "large object": "BLOB|BLOB METADATA", "default acl": "DEFAULT ACL", "trigger": "TRIGGER", "operator family": "OPERATOR FAMILY|OPERATOR CLASS",
}


# pg_restore -j does not know that a foreign key of a partitioned table locks its partitions, whose indexes another job may be
# attaching: a rare deadlock of its own, with any archive.
DEADLOCK = b"deadlock detected"

# pg_restore takes no notice of them without -C.
NOT_RESTORED = {"DATABASE", "DATABASE PROPERTIES"}
# Left out though this server takes it:
EXPECTED = re.compile("|".join([
    "(COMMENT|ACL|SECURITY LABEL) DATABASE .*",  # as above
    "COMMENT EXTENSION .*",  # whoever creates an extension may comment on it, but on platforms it often is there beforehand
    "COMMENT SCHEMA public",  # only from PostgreSQL 15 on
    "SCHEMA public",  # has no SQL from PostgreSQL 15 on, and only says who owns it
    "ACL FUNCTION pg_sleep.*",  # does nothing but tell that nothing could be revoked
]))


@dataclass(frozen=True)
class Source:
    major: int
    database: str
    archive: bytes
    objects: frozenset
    rows: dict

    def __str__(self) -> str:
        return f"{self.database} of {self.major}"


SOURCES: list[Source] = []
PLATFORMS: dict[int, bytes] = {}  # archives of platforms.sql
PROJECTS: dict[int, bytes] = {}  # of supabase_project.sql
PRIVILEGES: dict[int, bytes] = {}  # of what PRIVILEGES_SQL makes
SERVERS: dict[int, clusters.Cluster] = {}


def load_platforms(cluster: clusters.Cluster) -> bytes:
    cluster.make_empty_extensions(OF_PLATFORMS)
    cluster.psql("postgres", "CREATE DATABASE platforms")
    cluster.psql("platforms", file=DATA / "platforms.sql", extensions=" ".join(OF_PLATFORMS))
    return cluster.dump("platforms")


def load_project(cluster: clusters.Cluster) -> bytes:
    cluster.psql("postgres", "CREATE DATABASE project")
    cluster.psql("project", file=DATA / "supabase_platform.sql", owner="postgres")
    cluster.psql("project", file=DATA / "supabase_project.sql")
    return cluster.dump("project")


# Default privileges of roles that whoever restores is no member of, and the privileges of schema public.
PRIVILEGES_SQL = """
  CREATE ROLE priv_app; CREATE ROLE priv_other; CREATE ROLE priv_reader;
  ALTER DEFAULT PRIVILEGES FOR ROLE pg_read_all_settings GRANT SELECT ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES FOR ROLE priv_other GRANT SELECT ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES FOR ROLE priv_other REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES FOR ROLE priv_other GRANT SELECT ON TABLES TO priv_app;
  ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO priv_reader;
  ALTER DEFAULT PRIVILEGES FOR ROLE priv_app GRANT SELECT ON TABLES TO pg_read_all_data;
  CREATE TABLE t (i int); REVOKE USAGE ON SCHEMA public FROM PUBLIC; GRANT USAGE, CREATE ON SCHEMA public TO priv_app; GRANT SELECT ON t TO priv_app"""


def load_privileges(cluster: clusters.Cluster) -> bytes:
    cluster.psql("postgres", "CREATE DATABASE privileges")
    cluster.psql("privileges", *PRIVILEGES_SQL.split(";"))
    return cluster.dump("privileges")


def load(cluster: clusters.Cluster, name: str, script: Path) -> Source:
    if name == "roles":  # makes its own database, and holds what only some versions can do
        for folder in ("ts_fast", "ts_slow", "ts_db"):
            clusters.make_folder(cluster.folder / folder)
        cluster.run("psql", "-Xq", "-v", f"tsdir={cluster.folder}", "-f", script, "postgres")
    else:
        cluster.psql("postgres", f"CREATE DATABASE {name}")
        cluster.psql(name, file=script)
    return Source(cluster.major, name, cluster.dump(name), frozenset(catalogs.objects(cluster, name)), catalogs.rows(cluster, name))


@dataclass(frozen=True)
class Filtered:
    archive: bytes
    report: dict


@cache
def filtered(target: str, at: int) -> Filtered:
    report = harness.scratch_file(suffix=".json")
    archive = harness.must_run(["--for", target, "--report", report], SOURCES[at].archive, inlet="pipe", quiet=False)
    return Filtered(archive, json.loads(report.read_bytes()))


def offered(target: str) -> set[str]:
    """The extensions that the platform has, of those at hand."""
    return (SOURCE_HAS | set(TRUSTED)) - MISSING[target]


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W]+", text.replace('"', "")))


def dropped(report: dict) -> list[dict]:
    return [entry for entry in report["entries"] if entry["action"] == "drop"]


def is_among(large_object: int, name: str) -> bool:
    """From PostgreSQL 17 on an entry is of several: 16384..17383."""
    first, _, last = name.partition("..")
    return int(first) <= large_object <= int(last or first)


def explanation(kind: str, identity: str, report: dict) -> str:
    """The rule that took the object away; "" if none did."""
    kinds = MADE_BY.get(kind, kind.upper()).split("|")
    for entry in dropped(report):
        if entry["kind"] not in kinds:
            continue
        if kind == "large object" and is_among(int(identity), entry["name"]):
            return report["rules"][entry["rule"]]["rule"]
        name = re.sub(r"^(CAST|TRANSFORM FOR|USER MAPPING|DEFAULT PRIVILEGES FOR) ", "", entry["name"] or "")
        # an index, a constraint or a default stands in the definition of its table
        of_index = kind == "index" and entry["kind"] == "CONSTRAINT" and words(identity) <= words(f"{entry['schema']} {name}")
        if of_index or words(name.lower()) - {"for", "server"} <= words(identity.lower()):
            return report["rules"][entry["rule"]]["rule"]
    for entry in report["entries"]:  # a clause can be cut out of a definition
        for change in entry.get("changes", []) if entry["kind"] in kinds else []:
            column = identity.rpartition(".")[2]
            if change["field"] == "definition" and entry["name"] in identity and column in change["old"] and "DEFAULT" in change["old"]:
                return report["rules"][change["rule"]]["rule"]
    return ""


def archive_of_9_0() -> bytes:
    """It makes the language plpgsql, which servers of today all have."""
    def entry(number: int, desc: bytes, tag: bytes, defn: bytes, parents: tuple = (), **fields) -> pga.Entry:
        return pga.Entry(number, desc, tag, defn, **{"owner": b"postgres", "drop": b"", "deps": pga.decimal(parents), **fields})

    return pga.Archive((1, 12, 0), server_version=b"9.0.23", dump_version=b"9.0.23", compression=pga.NONE, entries=[
        entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n", owner=b""),
        entry(2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = 'off';\n", owner=b""),
        entry(3, b"PROCEDURAL LANGUAGE", b"plpgsql", b"CREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql;\n", table_oid=b"2612", oid=b"11574",
              drop=b"DROP PROCEDURAL LANGUAGE plpgsql;\n"),
        entry(4, b"COMMENT", b"LANGUAGE plpgsql", b"COMMENT ON LANGUAGE plpgsql IS 'of old';\n", (3,), section=pga.SECTION_NONE),
        entry(5, b"FUNCTION", b"seven()", b"CREATE FUNCTION seven() RETURNS integer\n    LANGUAGE plpgsql\n"
              b"    AS $$BEGIN RETURN 7; END$$;\n", (3,), namespace=b"public", table_oid=b"1255", oid=b"16385",
              drop=b"DROP FUNCTION public.seven();\n"),
    ]).encode()


@unittest.skipUnless(clusters.folders(), "no servers (PG_SERVERS)")
class ManagedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        for major in sorted(clusters.folders()):
            cluster = clusters.new_cluster(major)
            cluster.start()
            try:
                SOURCES.extend(load(cluster, name, script) for name, script in DATABASES.items())
                PRIVILEGES[major] = load_privileges(cluster)
                PLATFORMS[major] = load_platforms(cluster)
                PROJECTS[major] = load_project(cluster)
            finally:
                cluster.stop()
            cluster.start()  # as it was made: none of the source's roles
            cluster.psql("postgres", "CREATE ROLE manager LOGIN CREATEDB CREATEROLE")
            SERVERS[major] = cluster
            cls.addClassCleanup(cluster.stop)

    def restore(self, cluster: clusters.Cluster, target: str, source: int, in_parallel: bool = False, attempts: int = 3) -> str:
        """The database it went to. The restore must not tell of one error."""
        cluster.allow_extensions(offered(target))
        database = cluster.new_database(owner="manager")
        archive = filtered(target, source).archive
        if in_parallel:
            path = harness.scratch_file(archive, ".dump")
            done = cluster.run("pg_restore", "--exit-on-error", "-j", "2", "-d", database, path, user="manager")
            path.unlink()
            if DEADLOCK in done.stderr and attempts > 1:
                return self.restore(cluster, target, source, in_parallel, attempts - 1)
        else:
            done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user="manager", input=archive)
        what = f"{SOURCES[source]} for {target} into {cluster.major}"
        self.assertEqual(done.returncode, 0, f"{what}: {done.stderr.decode()}")
        self.assertNotIn(b"error", done.stderr.lower(), what)
        extensions = {entry["name"] for entry in dropped(filtered(target, source).report) if entry["kind"] == "EXTENSION"}
        self.assertLessEqual(extensions & SOURCE_HAS, MISSING[target], f"{what}: extensions that it offers are left out")
        harness.count("restores")
        return database

    def check_nothing_is_missing(self, cluster: clusters.Cluster, target: str, source: int, database: str) -> None:
        report, before = filtered(target, source).report, SOURCES[source]
        what = f"{before} for {target} in {cluster.major}"
        now = catalogs.objects(cluster, database)
        absent = {identity: explanation(*identity, report) for identity in before.objects - now}
        self.assertEqual([identity for identity, rule in sorted(absent.items()) if not rule], [], f"{what}: missing, and no rule says why")
        harness.count("objects found", len(before.objects & now))
        harness.count("objects missing with a reason", len(absent))
        rows = catalogs.rows(cluster, database)
        unfilled = {f"{entry['schema']}.{entry['name']}" for entry in dropped(report) if entry["kind"] == "MATERIALIZED VIEW DATA"}
        names = {identity for _, identity in now}
        for name, content in before.rows.items():
            kept = name in names if not name.startswith("large object") else ("large object", name.split()[-1]) in now
            if kept and name not in unfilled:
                self.assertEqual(rows.get(name), content, f"{what}: the rows of {name}")
                harness.count("tables and large objects with equal content")
        self.assertLessEqual(set(rows), set(before.rows), what)

    def test_every_target(self) -> None:
        for target in TARGETS:
            for source, before in enumerate(SOURCES):
                if before.major == max(SERVERS):
                    with self.subTest(f"{before} for {target}"):
                        cluster = SERVERS[before.major]
                        self.check_nothing_is_missing(cluster, target, source, self.restore(cluster, target, source))

    def test_every_pair_of_versions(self) -> None:
        for source, before in enumerate(SOURCES):
            for major, cluster in SERVERS.items():
                for in_parallel in (False, True):
                    if major >= before.major and not (major == max(SERVERS) == before.major and not in_parallel):
                        with self.subTest(f"{before} into {major}, parallel: {in_parallel}"):
                            database = self.restore(cluster, "neon", source, in_parallel)
                            self.check_nothing_is_missing(cluster, "neon", source, database)

    def test_functions_of_old_archives_find_their_language(self) -> None:
        for cluster in SERVERS.values():
            for target in TARGETS:
                with self.subTest(target=target, major=cluster.major):
                    database = cluster.new_database(owner="manager")
                    archive = harness.must_run(["--for", target], archive_of_9_0(), inlet="pipe", quiet=False)
                    done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user="manager", input=archive)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
                    self.assertEqual(cluster.psql(database, "SELECT public.seven()", user="manager").strip(), "7")
                    harness.count("restores")

    def test_what_is_left_out_would_fail(self) -> None:
        """Each dropped entry is tried where all others are already, by the same role."""
        for source, before in enumerate(SOURCES):
            cluster = SERVERS[before.major]
            database = self.restore(cluster, "nonsuperuser", source)
            left_out = dropped(filtered("nonsuperuser", source).report)
            entries = {entry["dump_id"]: entry for entry in left_out if entry["kind"] not in NOT_RESTORED}
            failed = self.failing(cluster, database, before.archive, entries)
            could = {f"{entry['kind']} {entry['schema']} {entry['name']}" for number, entry in entries.items()
                     if number not in failed and not EXPECTED.fullmatch(f"{entry['kind']} {entry['name']}")}
            self.assertEqual(could, set(), f"{before}: left out, and could have been restored")
            harness.count("entries left out that would fail", len(failed))

    def failing(self, cluster: clusters.Cluster, database: str, archive: bytes, numbers: Iterable[int]) -> set[int]:
        listed = harness.scratch_file("".join(f"{number}; 0 0 -\n" for number in numbers).encode())
        path = harness.scratch_file(archive, ".dump")
        done = cluster.run("pg_restore", "-v", "-O", "--no-tablespaces", "--no-table-access-method", "-L", listed, "-d", database, path,
                           user="manager")
        failed, current = set(), 0
        for line in done.stderr.decode().split("\n"):
            if head := re.match(r"pg_restore: from TOC entry (\d+);", line):
                current = int(head[1])
            if line.startswith("pg_restore: error: "):
                failed.add(current)
        return failed

    def test_what_arrives_is_what_the_archive_says(self) -> None:
        """Dumped again, the restored database has the definitions of the filtered archive."""
        for source, before in enumerate(SOURCES):
            cluster = SERVERS[before.major]
            database = self.restore(cluster, "aiven", source)
            again = definitions(cluster.dump(database))
            for key, definition in definitions(filtered("aiven", source).archive).items():
                self.assertEqual(again.get(key), definition and definition.replace(b"CREATE SCHEMA IF NOT EXISTS ", b"CREATE SCHEMA "), f"{before}: {key}")
                harness.count("definitions")

    def test_each_rule_has_something_to_do(self) -> None:
        """In one of the databases, or in an archive with what contrib has not: labels of other objects, old versions."""
        archives = [source.archive for source in SOURCES]
        archives += [path.read_bytes() for path in harness.archives("*/roles.fc.dump", "extensions/*.dump")]
        archives.append(archive_of_9_0())
        for target in TARGETS:
            idle = self.idle_rules(["--for", target], archives)
            # these change how other rules work; grantors are left where a user keeps roles
            # and where no extension stays, its rows go with it
            of_extensions = {("no-extension-data",), ("no-objects-in-extension-schemas",)}
            excepted = {("no-objects-in-extension-schemas", "timescaledb")}
            self.assertEqual(idle - of_extensions - excepted, {("cascade",), ("no-grantors",)}, target)
            stay = [f"--extension={name}" for name in ("postgis*", "pg_cron", "timescaledb")]
            idle = self.idle_rules(["--for", target, *stay], archives)
            self.assertFalse({rule for rule in idle - excepted if (rule[0],) in of_extensions}, target)
            idle = self.idle_rules(["--for", target, "--keep-roles", "shop_*"], archives[:1])
            self.assertNotIn(("no-grantors",), idle, target)

    def test_check_finds_nothing_in_what_is_filtered(self) -> None:
        for target in TARGETS:
            for source, before in enumerate(SOURCES):
                self.assertEqual(harness.run(["--check-for", target], before.archive, inlet="pipe").status, 1, f"{before} for {target}")
                done = harness.run(["--check-for", target], filtered(target, source).archive, inlet="pipe")
                self.assertEqual(done.status, 0, f"{before} for {target}: {done.out.decode()[:2000]}")
                harness.count("checks")

    def test_each_rule_for_leaving_has_something_to_do(self) -> None:
        for name in LEFT:
            self.assertLessEqual(self.idle_rules(["--from", name], list(PLATFORMS.values())), {("cascade",)}, name)

    def idle_rules(self, options: list[str], archives: list[bytes]) -> set[tuple]:
        def run(archive: bytes) -> dict[tuple, bool]:
            report = json.loads(harness.must_run([*options, "--dry-run", "--json"], archive, inlet="pipe", quiet=False))
            harness.count("dry runs")
            return {(rule["rule"], *(argument["value"] for argument in rule["arguments"])): rule["dropped"] + rule["changed"] > 0
                    for rule in report["rules"]}

        runs = harness.in_parallel(run, archives)
        return {rule for rule in runs[0] if not any(one[rule] for one in runs)}

    def test_nothing_of_the_left_platforms_remains(self) -> None:
        """A superuser of a server that has none of it can restore, and so can who is none."""
        options = [word for name in LEFT for word in ("--from", name)]
        for major, archive in PLATFORMS.items():
            cluster = SERVERS[major]
            cluster.allow_extensions(TRUSTED)
            for more, user in ([], "postgres"), (["--for", "nonsuperuser"], "manager"):
                database = cluster.new_database(owner=user)
                clean = harness.must_run([*options, *more], archive, inlet="pipe", quiet=False)
                done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user=user, input=clean)
                self.assertEqual((done.returncode, b"error" in done.stderr.lower()), (0, False), f"{major}: {done.stderr.decode()}")
                rows = catalogs.rows(cluster, database)
                self.assertEqual(rows["public.kept"][0], "20")
                self.assertEqual({name for name in rows if not name.startswith("public.")}, {"auth.items", "storage.items"})
                routines = {identity for kind, identity in catalogs.objects(cluster, database) if kind == "function"}
                self.assertEqual({name for name in routines if "heroku" in name or name.startswith(("extensions.", "supabase_functions."))},
                                 {"extensions.mine()"})
                self.assertEqual(cluster.select(database, "SELECT tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal"), [])
                self.assertEqual(cluster.select(database, "SELECT evtname FROM pg_catalog.pg_event_trigger"), [])
                harness.count("restores")

    def new_project(self, cluster: clusters.Cluster) -> str:
        """A database as a new project of Supabase has it, for a role that may what postgres may there."""
        if not cluster.select("postgres", "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'project'"):
            cluster.psql("postgres", "CREATE ROLE project LOGIN CREATEDB CREATEROLE BYPASSRLS",
                         "GRANT SET ON PARAMETER session_replication_role TO project")
        database = cluster.new_database(owner="project")
        cluster.psql(database, file=DATA / "supabase_platform.sql", owner="project")
        return database

    def leave_projects(self, cluster: clusters.Cluster) -> None:
        """Other tests have a server without the platform's roles."""
        owned = "SELECT datname FROM pg_catalog.pg_database WHERE datdba = 'project'::pg_catalog.regrole"
        cluster.psql("postgres", *(f"DROP DATABASE {name}" for name, in cluster.select("postgres", owned)))
        cluster.psql("postgres", *(f"DROP ROLE {role}" for role in ("anon", "authenticated", "service_role", "supabase_admin")))

    def test_from_one_supabase_project_to_another(self) -> None:
        for source, archive in PROJECTS.items():
            for major, cluster in SERVERS.items():
                if major >= source:
                    with self.subTest(f"{source} to {major}"):
                        try:
                            self.move_project(cluster, archive)
                        finally:
                            self.leave_projects(cluster)

    def move_project(self, cluster: clusters.Cluster, archive: bytes) -> None:
        cluster.allow_extensions(TRUSTED)
        database = self.new_project(cluster)
        options = ["--from", "supabase", "--for", "supabase", "--map-role", "postgres=project"]
        clean = harness.must_run(options, archive, inlet="pipe", quiet=False)
        done = subprocess.run([cluster.program("pg_restore"), "--exit-on-error", "-d", database], input=clean, capture_output=True,
                              env={**cluster.environment, "PGUSER": "project", "PGOPTIONS": "-c session_replication_role=replica"})
        self.assertEqual((done.returncode, b"error" in done.stderr.lower()), (0, False), done.stderr.decode())
        rows = catalogs.rows(cluster, database)
        self.assertEqual({name: rows[name][0] for name in ("public.profiles", "auth.users", "auth.identities", "storage.objects", "supabase_functions.hooks")},
                         {"public.profiles": "20", "auth.users": "20", "auth.identities": "20", "storage.objects": "20", "supabase_functions.hooks": "1"})
        self.assertEqual((rows["auth.schema_migrations"][0], rows.get("realtime.messages_1", ("0",))[0]), ("2", "0"))
        found = cluster.select(database, """SELECT
            (SELECT convalidated FROM pg_catalog.pg_constraint WHERE conrelid = 'public.profiles'::regclass AND confrelid = 'auth.users'::regclass),
            (SELECT pg_catalog.string_agg(polname || ' ' || (SELECT pg_catalog.string_agg(r::regrole::text, ',' ORDER BY r::regrole::text)
                     FROM pg_catalog.unnest(polroles) r), ';' ORDER BY polname) FROM pg_catalog.pg_policy),
            (SELECT pg_catalog.string_agg(tgname, ',' ORDER BY tgname) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal),
            pg_catalog.has_table_privilege('anon', 'public.profiles', 'SELECT'), pg_catalog.has_table_privilege('anon', 'public.profiles', 'UPDATE'),
            pg_catalog.has_table_privilege('service_role', 'public.profiles', 'UPDATE'), pg_catalog.has_schema_privilege('anon', 'public', 'USAGE'),
            (SELECT count(*) FROM pg_catalog.pg_publication_tables WHERE pubname = 'supabase_realtime')""")
        self.assertEqual(found, [["t", "listeners authenticated;own authenticated;own files authenticated;readers anon,authenticated",
                                  "hook,on_auth_user_created,touch", "t", "f", "t", "t", "1"]])
        cluster.psql(database, "CREATE TABLE public.later (i int)", user="project")
        self.assertEqual(cluster.select(database, "SELECT pg_catalog.has_table_privilege('anon', 'public.later', 'SELECT')"), [["t"]])
        harness.count("projects moved")

    def test_default_privileges_of_others_and_the_acl_of_schema_public(self) -> None:
        """Nobody is a member of pg_read_all_settings. What is revoked from schema public stays revoked, whatever platform is left."""
        for major, cluster in SERVERS.items():
            cluster.allow_extensions(TRUSTED)
            leaving = [["--from", name, "--for", "nonsuperuser"] for name in LEFT] if major == max(SERVERS) else []
            for options in [["--for", target] for target in TARGETS] + leaving:
                with self.subTest(f"{major}: {options}"):
                    database = cluster.new_database(owner="manager")
                    clean = harness.must_run(options, PRIVILEGES[major], inlet="pipe", quiet=False)
                    done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user="manager", input=clean)
                    self.assertEqual((done.returncode, b"error" in done.stderr.lower()), (0, False), done.stderr.decode())
                    granted = cluster.select(database, "SELECT nspacl FROM pg_catalog.pg_namespace WHERE nspname = 'public'")
                    self.assertEqual(granted, [["{pg_database_owner=UC/pg_database_owner}"]], "what is revoked from PUBLIC stays so")
                    self.assertEqual(cluster.select(database, "SELECT 1 FROM pg_catalog.pg_default_acl"), [])
                    cluster.psql("postgres", f"DROP DATABASE {database}")
                    harness.count("restores")

    def test_leaving_supabase_keeps_the_acl_of_schema_public(self) -> None:
        """Statement by statement, for a superuser elsewhere and for who is none, where the roles are made first."""
        for major, cluster in SERVERS.items():
            cluster.allow_extensions(TRUSTED)
            cluster.psql("postgres", "CREATE ROLE priv_app", "GRANT priv_app TO manager")
            for options, user in ([], "postgres"), (["--for", "nonsuperuser"], "manager"):
                database = cluster.new_database(owner=user)
                clean = harness.must_run(["--from", "supabase", "--keep-roles", "priv_app", *options], PRIVILEGES[major], inlet="pipe", quiet=False)
                done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user=user, input=clean)
                self.assertEqual((done.returncode, b"error" in done.stderr.lower()), (0, False), done.stderr.decode())
                granted = cluster.select(database, "SELECT nspacl FROM pg_catalog.pg_namespace WHERE nspname = 'public'")
                self.assertEqual(granted, [["{pg_database_owner=UC/pg_database_owner,priv_app=UC/pg_database_owner}"]], options)
                cluster.psql("postgres", f"DROP DATABASE {database}")
                harness.count("restores")
            cluster.psql("postgres", "DROP ROLE priv_app")

    def test_a_schema_that_is_there_already(self) -> None:
        """As tiger of an extension that was made beforehand: pg_restore alone fails."""
        for major, cluster in SERVERS.items():
            cluster.allow_extensions(["hstore", "pg_trgm"])
            source = cluster.new_database(owner="postgres")
            cluster.psql(source, "CREATE SCHEMA tiger; CREATE SCHEMA app; CREATE EXTENSION hstore SCHEMA tiger; CREATE EXTENSION pg_trgm SCHEMA app",
                         "CREATE TABLE tiger.mine (h tiger.hstore DEFAULT 'a=>1'); INSERT INTO tiger.mine DEFAULT VALUES",
                         "CREATE TABLE app.t (x text); CREATE INDEX ON app.t USING gin (x app.gin_trgm_ops)")
            archive = cluster.dump(source)
            for options, fails in ((["-q"], True), (["--if-not-exists"], False), (["--exclude-entry", "SCHEMA tiger"], False),
                                   (["--exclude-entry", "SCHEMA tiger", "--exclude-entry", "EXTENSION hstore"], False), (["--for", "nonsuperuser"], False)):
                with self.subTest(f"{major} {options}"):
                    database = cluster.new_database(owner="manager")
                    cluster.psql(database, "CREATE SCHEMA tiger; CREATE EXTENSION hstore SCHEMA tiger", user="manager")
                    clean = harness.must_run([*options, "-O"], archive, inlet="pipe", quiet=fails)
                    done = cluster.run("pg_restore", "--no-comments", "--exit-on-error", "-d", database, user="manager", input=clean)
                    self.assertEqual((done.returncode != 0, b'schema "tiger" already exists' in done.stderr and b"error" in done.stderr), (fails, fails), done.stderr.decode())
                    if not fails:
                        self.assertEqual(cluster.select(database, "SELECT h FROM tiger.mine"), [['"a"=>"1"']])
                        self.assertEqual(cluster.select(database, "SELECT count(*) FROM pg_catalog.pg_extension"), [["3"]])
                    cluster.psql("postgres", f"DROP DATABASE {database}")
                    harness.count("restores")
            cluster.psql("postgres", f"DROP DATABASE {source}")

    def test_leaving_one_platform_takes_nothing_of_the_others(self) -> None:
        for name in LEFT:
            for archive in PLATFORMS.values():
                report = json.loads(harness.must_run(["--from", name, "--dry-run", "--json"], archive, inlet="pipe", quiet=False))
                gone = {entry["name"] for entry in dropped(report) if entry["kind"] == "EXTENSION"}
                self.assertTrue(all(extension in OWN.get(name, "").split() for extension in gone), f"{name}: {gone}")
                kept = {entry["name"] for entry in dropped(report) if entry["kind"] in ("TABLE", "TABLE DATA")} & {"kept"}
                self.assertEqual(kept, set(), name)

    def test_recipes_of_the_documentation(self) -> None:
        """Each is run as it stands, but that pg_dump hands out an archive made before."""
        text = (ROOT / "docs/platforms.md").read_text()
        recipes = [re.sub(r"(?m)^    ", "", block).strip() for block in re.findall(r"(?m)(?:^    .*\n)+", text)]
        self.assertLessEqual({f"--for {target}" for target in TARGETS}, set(re.findall("--for [a-z]+", text)))
        major = max(SERVERS)
        cluster = SERVERS[major]
        folder = harness.scratch_file()
        (folder / "bin").mkdir(parents=True)
        (folder / "bin/pgfilter").symlink_to(harness.program())
        (folder / "bin/pg_restore").symlink_to(cluster.program("pg_restore"))
        stub = folder / "bin/pg_dump"
        stub.write_text('#!/bin/sh\nif [ "$2" = -f ]; then cp old.dump "$3"; else cat old.dump; fi\n')
        stub.chmod(0o755)
        shop = next(source.archive for source in SOURCES if (source.major, source.database) == (major, "shop"))
        for recipe in recipes:
            (folder / "old.dump").write_bytes(PLATFORMS[major] if "--from" in recipe else shop)
            target = re.search(r"--for ([a-z]+)", recipe)
            cluster.allow_extensions(offered(target[1] if target else "nonsuperuser"))
            cluster.make_empty_extensions(OF_PLATFORMS)
            database = f"dbname={cluster.new_database(owner='manager')}"
            user = "manager"
            if "--from supabase --for supabase" in recipe:
                (folder / "old.dump").write_bytes(PROJECTS[major])
                user, database = "project", f"dbname={self.new_project(cluster)}"
                recipe = recipe.replace("--for supabase ", "--for supabase --map-role postgres=project ")
            environment = {**cluster.environment, "PGUSER": user, "OLD": "", "TRIAL": database, "NEW": database,
                           "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
            with self.subTest(recipe):
                done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", recipe], cwd=folder, env=environment, capture_output=True,
                                      timeout=harness.TIME_LIMIT)
                if DEADLOCK not in done.stderr:
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
            if user == "project":
                self.leave_projects(cluster)
            harness.count("recipes")

    def test_roles_that_are_asked_for_keep_what_they_may(self) -> None:
        """Of "--keep-roles": where these roles are made first."""
        for source, before in enumerate(SOURCES):
            if before.database != "shop":
                continue
            cluster = SERVERS[before.major]
            roles = ("shop_owner", "shop_reader", "shop_writer")
            cluster.psql("postgres", *(f"CREATE ROLE {role}" for role in roles), *(f"GRANT {role} TO manager" for role in roles), user="manager")
            cluster.allow_extensions(offered("neon"))
            database = cluster.new_database(owner="manager")
            archive = harness.must_run(["--for", "neon", "--keep-roles", "shop_*"], before.archive, inlet="pipe", quiet=False)
            done = cluster.run("pg_restore", "--exit-on-error", "-d", database, user="manager", input=archive)
            self.assertEqual(done.returncode, 0, f"{before}: {done.stderr.decode()}")
            granted = cluster.psql(database, "SELECT has_table_privilege('shop_reader', 'shop.people', 'SELECT'), "
                                             "has_column_privilege('shop_writer', 'shop.people', 'name', 'SELECT'), "
                                             "(SELECT polroles = ARRAY['shop_reader'::regrole::oid] FROM pg_policy WHERE polname = 'readers')")
            self.assertEqual(granted.strip(), "t|t|t")
            cluster.psql("postgres", f"DROP DATABASE {database}", *(f"DROP ROLE {role}" for role in roles))
            harness.count("restores")


class RuleFileTest(unittest.TestCase):
    """Needs no server."""

    def rules(self, name: str) -> list[str]:
        done = subprocess.run([harness.program(), "--for", name, "--print-rules"], capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if line and not line.startswith("#")]

    def test_every_target_has_the_common_core(self) -> None:
        """What is changed in the core is changed in all: each file stands alone, so that it can be read and edited."""
        core = {rule for rule in self.rules("nonsuperuser") if not rule.startswith("extension ")}
        for target in TARGETS:
            rules = {re.sub(r"^(no-(?:extension-data|objects-in-extension-schemas)) except=\S+", r"\1", rule) for rule in self.rules(target)}
            self.assertLessEqual(core, rules, target)

    def test_every_rule_says_why(self) -> None:
        for path in (ROOT / "share/targets").rglob("*.rules"):
            lines = path.read_text().splitlines()
            rules = [line for line in lines if line and not line.startswith("#")]
            self.assertEqual([rule for rule in rules if " because='" not in rule], [], path.name)


def definitions(archive: bytes) -> dict[tuple, bytes]:
    return {(entry.desc, entry.namespace, entry.tag): entry.defn for entry in pga.read(archive).entries
            if entry.desc not in (b"ACL", b"DEFAULT ACL", b"DATABASE", b"BLOB METADATA", b"USER MAPPING")}


if __name__ == "__main__":
    if not clusters.folders():
        harness.leave_out("EVERY RESTORE INTO A MANAGED SERVER (PG_SERVERS names no unpacked server)")
    harness.main()
