# SPDX-License-Identifier: PostgreSQL
"""A database that lives on extensions, filtered for a platform, is restored by a role that is no superuser without one error,
whether the extensions are there already, are made by the restore or are missing. Each table whose rows are in the archive has
what it had, or standard error names it.

The extensions are Debian's: PostGIS with topology and geocoder, pg_cron, pg_partman, periods, pgvector, TimescaleDB, HypoPG.
PG_EXTENSIONS names a server that has them, unpacked by scripts/postgres-clients.sh --server.
"""
from __future__ import annotations

import os
import re
import sys
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import clusters  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SCRIPT = Path(__file__).resolve().parents[1] / "data/extended.sql"
SERVER = Path(os.environ["PG_EXTENSIONS"])
HAS_SERVER = (SERVER / "bin/postgres").exists()
TARGETS = ("nonsuperuser", "rds", "neon", "supabase", "heroku")
# pg_cron is for one database, and these extensions start no workers of theirs.
SETTINGS = ("shared_preload_libraries=pg_cron,timescaledb", "max_worker_processes=0", "cron.database_name=cron")
ROWS = """
SELECT format('SELECT %L, count(*), md5(string_agg(t::text, E''\\n'' ORDER BY t::text COLLATE "C")) FROM ONLY %s t HAVING count(*) > 0',
  nspname || '.' || relname, c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND c.oid >= 16384 AND nspname NOT LIKE 'pg\\_%'
"""


@dataclass
class Database:
    name: str
    extensions: list[tuple[str, str]]  # with the schema that is made for it
    sql: str
    archive: bytes = b""
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)

    def make_extensions(self, cluster: clusters.Cluster, kept: set[str], owner: str) -> None:
        """The schemas that are made for them are their owner's, as anywhere."""
        commands = []
        for name, schema in self.extensions:
            if name in kept:
                commands += [f"CREATE SCHEMA {schema} AUTHORIZATION {owner}"] if schema else []
                commands.append(f"CREATE EXTENSION {name}" + (f" SCHEMA {schema}" if schema else ""))
        if commands:
            cluster.psql(self.name, *commands)


def databases() -> list[Database]:
    found = re.findall(r"(?m)^-- database (\w+): (.*)\n((?:(?!-- database ).*\n)+)", SCRIPT.read_text())
    return [Database(name, [(word.partition("@")[0], word.partition("@")[2]) for word in words.split()], sql)
            for name, words, sql in found]


def rows(cluster: clusters.Cluster, database: str) -> dict[str, tuple[str, str]]:
    """Of each table that has any: how many, and a checksum."""
    queries = [query for query, in cluster.select(database, ROWS)]
    return {name: (number, checksum) for name, number, checksum in cluster.select(database, " UNION ALL ".join(queries))} if queries else {}


def told(done: harness.Run) -> set[str]:
    lines = re.findall(r"rows are lost of (?:\d+ tables, )?([^:;\n]*)", done.err.decode())
    return {name for line in lines for name in line.split(", ")}


def tables_in(archive: bytes) -> set[str]:
    return {f"{entry.namespace.decode()}.{entry.tag.decode()}" for entry in pga.read(archive).entries if entry.desc == b"TABLE DATA"}


def extensions_in(archive: bytes) -> set[str]:
    return {entry.tag.decode() for entry in pga.read(archive).entries if entry.desc == b"EXTENSION"}


@unittest.skipUnless(HAS_SERVER, "no server with extensions (PG_EXTENSIONS)")
class ExtensionRestoresTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.databases = databases()
        cls.cluster = clusters.new_cluster(clusters.major_of(SERVER), SERVER, SETTINGS)
        cls.cluster.start()
        cls.addClassCleanup(cls.cluster.stop)
        for source in cls.databases:
            cls.cluster.psql("postgres", f"CREATE DATABASE {source.name}")
            source.make_extensions(cls.cluster, {name for name, _ in source.extensions}, "postgres")
            cls.cluster.psql(source.name, file=harness.scratch_file(source.sql.encode()))
            source.archive = cls.cluster.dump(source.name)
            found = rows(cls.cluster, source.name)
            source.rows = {name: found[name] for name in tables_in(source.archive) & set(found)}
            cls.cluster.psql("postgres", f"DROP DATABASE {source.name}")
        cls.cluster.psql("postgres", "CREATE ROLE manager LOGIN")

    def restore(self, source: Database, words: list[str], beforehand: bool) -> None:
        done = harness.run(words, source.archive, inlet="pipe")
        self.assertEqual(done.status, 0, str(done))
        kept = extensions_in(done.out)
        self.cluster.allow_extensions(kept)
        self.cluster.psql("postgres", f"CREATE DATABASE {source.name} OWNER manager TEMPLATE template0")
        try:
            if beforehand:
                source.make_extensions(self.cluster, kept, "manager")
            restored = self.cluster.run("pg_restore", "--exit-on-error", "-d", source.name, user="manager", input=done.out)
            self.assertEqual((restored.returncode, restored.stderr), (0, b""), f"{words}: {restored.stderr.decode()}")
            now = rows(self.cluster, source.name)
            different = {name for name, content in source.rows.items() if now.get(name) != content}
            self.assertEqual(different - told(done), set(), f"{words}: {done.err.decode()}")
            harness.count("restores")
            harness.count("tables with equal rows", len(source.rows) - len(different))
            harness.count("tables that lose rows and are named", len(different))
        finally:
            self.cluster.psql("postgres", f"DROP DATABASE {source.name}")

    def restore_all(self, options: Callable[[Database, str], list[str]], beforehand: bool = False) -> None:
        for source in self.databases:
            for target in TARGETS:
                with self.subTest(database=source.name, target=target):
                    self.restore(source, ["--for", target, *options(source, target)], beforehand)

    def test_extensions_that_the_restore_makes(self) -> None:
        self.restore_all(lambda source, target: [])

    def test_extensions_made_beforehand(self) -> None:
        def options(source: Database, target: str) -> list[str]:
            return [f"--extension={name}" for name, _ in source.extensions] if target == "nonsuperuser" else []

        self.restore_all(options, beforehand=True)

    def test_extensions_that_are_missing(self) -> None:
        self.restore_all(lambda source, target: ["--exclude-extension=*", "--cascade"])


if __name__ == "__main__":
    if not HAS_SERVER:
        harness.leave_out("EVERY RESTORE OF DATABASES WITH EXTENSIONS (PG_EXTENSIONS names no unpacked server)")
    harness.main()
