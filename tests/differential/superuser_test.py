# SPDX-License-Identifier: PostgreSQL
"""What only superusers may create: a role that is none restores what is left without an error, and what was dropped
could not have been restored by it.
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
import unittest
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

ROLE = "restorer"
EXTENSIONS = ("btree_gist", "citext", "hstore", "intarray", "pg_trgm", "unaccent")  # those that are trusted

RULES = ["--no-owner", "--no-grantors", "--no-create", "--no-public-schema", "--no-event-triggers", "--no-subscriptions",
         "--no-extension-comments", "--no-planner-hints", "--language=sql", "--language=plpgsql", "--no-access-methods",
         "--exclude-access-method=bloom", "--no-base-types", "--no-superuser-casts", "--no-internal-aggregates",
         "--no-superuser-settings", "--no-all-tables-publications",
         *(f"--no-kind={kind}" for kind in ("OPERATOR CLASS", "OPERATOR FAMILY", "TEXT SEARCH PARSER", "TRANSFORM",
                                            "TEXT SEARCH TEMPLATE", "FOREIGN DATA WRAPPER")),
         *(f"--extension={name}" for name in EXTENSIONS), "--cascade"]


# A role can restore these where it owns the database and the extensions: dropped for those who do not.
POSSIBLE = {(b"COMMENT", b"SCHEMA public"), *((b"COMMENT", b"EXTENSION " + name.encode()) for name in EXTENSIONS)}
# Their work is done here by others, or not necessary for the owner of a database of PostgreSQL 15.
DISPENSABLE = {"--no-public-schema", "--no-extension-comments", "--no-create", "--no-kind=TRANSFORM",
               "--no-kind=OPERATOR CLASS", "--exclude-access-method=bloom"}


def as_role() -> dict[str, str]:
    return {**os.environ, "PGUSER": ROLE, "PGOPTIONS": "-c client_min_messages=error"}


@cache
def make_role() -> None:
    password = os.environ.get("PGPASSWORD", "x")
    server.psql("postgres", "-c", f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'")


@cache
def source(program: Path) -> bytes:
    return server.pg_dump(database(), program=program)


@cache
def database() -> str:
    name = server.new_database()
    server.psql("-f", str(server.DATA / "superuser.sql"), name)
    return name


def restore(program: Path, archive: bytes) -> tuple[str, str]:
    """Into a database of the role's own, stopping at the first error: its name, and what went wrong."""
    make_role()
    name = server.new_database()
    server.psql("postgres", "-c", f"ALTER DATABASE {name} OWNER TO {ROLE}")
    script = subprocess.run([program.with_name("pg_restore"), "-f", "-"], input=archive, capture_output=True, check=True,
                            timeout=harness.TIME_LIMIT).stdout
    # Servers before 17 do not know it.
    script = re.sub(rb"SET transaction_timeout = 0;\n", b"", script)
    done = subprocess.run([server.BIN / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", name], input=script, capture_output=True,
                          env=as_role(), timeout=harness.TIME_LIMIT)
    harness.count("restores")
    return name, done.stderr.decode()


def fails(name: str, sql: bytes) -> bool:
    """Whether the role may not do this in the restored database."""
    script = (b"BEGIN;\nSELECT pg_catalog.set_config('search_path', '', false);\nSET check_function_bodies = off;\n" + sql
              + b"\nROLLBACK;\n")
    done = subprocess.run([server.BIN / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", name], input=script, capture_output=True,
                          env=as_role(), timeout=harness.TIME_LIMIT)
    harness.count("dropped entries tried")
    return done.returncode != 0


@server.needed
class NonSuperuserTest(unittest.TestCase):
    def check(self, program: Path) -> None:
        before = pga.read(source(program))
        done = harness.run(RULES, source(program))
        self.assertEqual(done.status, 0, done)
        name, error = restore(program, done.out)
        self.assertEqual(error, "")
        kept = {entry.dump_id for entry in pga.read(done.out).entries}
        possible = set()
        for entry in before.entries:
            if entry.dump_id in kept or not entry.defn or entry.desc in (b"ACL", b"DATABASE", b"DATABASE PROPERTIES"):
                continue
            if not fails(name, entry.defn):
                possible.add((entry.desc, entry.tag))
        self.assertEqual(possible - POSSIBLE, set(), "dropped, though the role could have restored it")

    def test_pg_dump_of_the_server(self) -> None:
        self.check(server.BIN / "pg_dump")

    def test_newer_pg_dump(self) -> None:
        self.check(server.newer_pg_dump())

    def test_every_rule_is_needed(self) -> None:
        program = server.BIN / "pg_dump"
        dispensable = set()
        for rule in (rule for rule in RULES if not rule.startswith(("--language=", "--extension="))):
            done = harness.run([other for other in RULES if other != rule], source(program))
            self.assertEqual(done.status, 0, done)
            if not restore(program, done.out)[1]:
                dispensable.add(rule)
        self.assertEqual(dispensable, DISPENSABLE)

    def test_nothing_uses_a_missing_extension(self) -> None:
        """Nor an exclusion constraint, of which pg_dump does not say it."""
        program = server.BIN / "pg_dump"
        for extension in EXTENSIONS:
            done = harness.run([rule for rule in RULES if rule != f"--extension={extension}"], source(program))
            self.assertEqual(done.status, 0, done)
            self.assertNotIn(b"could not handle", done.err)
            self.assertEqual(restore(program, done.out)[1], "", extension)


@server.needed
class ExpressionTest(unittest.TestCase):
    """Tables are kept with their rows where only their expressions use what is dropped."""

    # What is dropped besides, and the tables that are made of it.
    CASES: dict[tuple[str, ...], set[str]] = {
        ("--exclude-extension=pgcrypto", "--exclude-extension=hstore", "--no-kind=SEQUENCE"): set(),
        ("--exclude-language=sql", "--no-kind=COLLATION", "--exclude-table=app.free"): set(),
        ("--exclude-extension=citext",): {"users", "mails"}}

    def counts(self, name: str) -> dict[str, int]:
        tables = server.psql("-c", "SELECT relname FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p')",
                             name).split()
        rows = server.psql("-c", " UNION ALL ".join(f"SELECT '{table} ' || count(*) FROM app.{table}" for table in tables), name)
        return {table: int(count) for table, count in (line.split() for line in rows.splitlines())}

    def check(self, program: Path) -> None:
        name = server.new_database()
        server.psql("-f", str(server.DATA / "expressions.sql"), name)
        before = self.counts(name)
        archive = server.pg_dump(name, program=program)
        common = ["--no-owner", "--no-create", "--no-kind=FOREIGN DATA WRAPPER", "--no-extension-comments", "--cascade",
                  "--exclude-extension=isn", "--exclude-extension=uuid-ossp", "--exclude-language=internal"]
        for options, gone in self.CASES.items():
            with self.subTest(options=options):
                done = harness.run([*common, *options], archive)
                self.assertEqual(done.status, 0, done)
                self.assertNotIn(b"could not handle", done.err)
                restored, error = restore(program, done.out)
                self.assertEqual(error, "")
                expected = {table: rows for table, rows in before.items() if table not in gone | {"by_own"}}
                self.assertEqual(sorted(self.counts(restored).items()), sorted(expected.items()), done.err)

    def test_pg_dump_of_the_server(self) -> None:
        self.check(server.BIN / "pg_dump")

    def test_newer_pg_dump(self) -> None:
        self.check(server.newer_pg_dump())


if __name__ == "__main__":
    server.main()
