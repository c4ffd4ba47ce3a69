# SPDX-License-Identifier: PostgreSQL
"""--include-schema and --include-table keep what pg_dump -n and -t dump of the same database."""
from __future__ import annotations

import random
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402
from dependency_model import exact  # noqa: E402
from server import SEED, identities, newer_pg_dump, pg_dump, psql, restore, rich, rich_database, rich_model  # noqa: E402

LETTERS = {"--include-schema": "-n", "--include-table": "-t", "--table-and-children": "--table-and-children"}
SCHEMAS = ("app", "audit", '"Odd Schema"', "public", "lib", "a*", "*", "APP", "app|lib", '"Odd"*')
TABLES = ("app.events", "app.events_2025", "audit.events_2025_a", "app.users", "app.orders", "app.notes", "app.users_id_seq",
          "app.free_seq", "app.totals", "app.remote", "audit.*", '"Odd Schema".*', "*.*", "app.e*")


def kept(*options: str) -> set[tuple]:
    return identities(harness.must_run(options, rich(newer_pg_dump()), quiet=False))


def dumped(*options: str) -> set[tuple]:
    words = [re.sub(r"^(--[a-z-]+)=", lambda m: LETTERS[m[1]] + ("=" if LETTERS[m[1]].startswith("--") else ""), o) for o in options]
    return identities(pg_dump(*words, rich_database(), program=newer_pg_dump()))


@server.needed
class IncludedObjectsTest(unittest.TestCase):
    def same(self, *options: str) -> None:
        """But for the queries of views, which pg_dump parts from them only where it dumps what makes a circle."""
        whole = identities(rich(newer_pg_dump()))  # pg_dump -n public has SCHEMA public, which the whole archive has not
        got, wanted = ({i for i in ids if not (i[0] == b"RULE" and i[2].endswith(b" _RETURN"))
                        and i in whole}
                       for ids in (kept(*options), dumped(*options)))
        with self.subTest(seed=SEED, options=options):
            self.assertEqual((sorted(got - wanted, key=repr), sorted(wanted - got, key=repr)), ([], []))
        harness.count("selections")

    def test_schemas(self) -> None:
        for pattern in harness.thinned(SCHEMAS, "patterns"):
            self.same(f"--include-schema={pattern}")
        self.same("--include-schema=app", "--include-schema=lib")

    def test_tables(self) -> None:
        for pattern in harness.thinned(TABLES, "patterns"):
            self.same(f"--include-table={pattern}")

    def test_random_tables_and_schemas(self) -> None:
        chance = random.Random(SEED)
        names = [exact(entry) for entry in rich_model().tables()]
        for _ in range(12):
            tables = [f"{chance.choice(('--include-table', '--include-table', '--table-and-children'))}={name}"
                      for name in chance.sample(names, chance.randrange(1, 5))]
            schemas = [f"--include-schema={chance.choice(SCHEMAS)}"] if chance.random() < 0.3 else []
            self.same(*tables, *schemas)

    def test_what_lies_between_schemas(self) -> None:
        """Sequences with and without the tables that own them, partitions elsewhere, privileges of schema public."""
        database = server.new_database()
        psql(database, "-c", "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (i int); CREATE SEQUENCE a.s; CREATE SEQUENCE b.u;"
             "ALTER SEQUENCE a.s OWNED BY a.t.i; COMMENT ON SEQUENCE a.s IS 'x'; CREATE TABLE b.v (i int); CREATE TYPE b.e AS ENUM ('x');"
             "ALTER SEQUENCE b.u OWNED BY b.v.i; COMMENT ON SCHEMA public IS 'mine'; GRANT CREATE ON SCHEMA public TO PUBLIC;"
             "ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO PUBLIC; CREATE TABLE a.p (i int) PARTITION BY LIST (i);"
             "CREATE TABLE b.p1 PARTITION OF a.p FOR VALUES IN (1); CREATE INDEX ON a.p (i); CREATE PUBLICATION q FOR TABLE a.t;")
        source = pg_dump(database)
        for options in (["-n", "a"], ["-n", "b"], ["-n", "public"], ["-n", "a", "-n", "b"], ["-t", "a.t"], ["-t", "a.s"], ["-t", "b.u"], ["-t", "a.p"],
                        ["-t", "b.p1"], ["-t", "b.*"]):
            words = [{"-n": "--include-schema", "-t": "--include-table"}.get(word, word) for word in options]
            with self.subTest(options):
                got = identities(harness.must_run(words, source, quiet=False))
                self.assertEqual(got, identities(pg_dump(*options, database)) & identities(source))
                harness.count("selections")

    def test_excluded_schemas(self) -> None:
        options = ["--include-schema=a*", "-N", "audit"]
        self.assertEqual(kept(*options), kept("--include-schema=app"))

    def test_what_is_alone_restores(self) -> None:
        """Into an empty database; the schema is there, and what uses others fails as it does for pg_dump."""
        source = harness.must_run(["--include-schema=lib"], rich(), quiet=False)
        self.assertEqual(restore(source), {})


class RefusalTest(unittest.TestCase):
    """What selects nothing is refused, as by pg_dump."""

    PATH = "15/roles.fc.dump"

    def test_nothing_selected(self) -> None:
        for option, what in (("--include-schema", "schemas"), ("--include-table", "tables"), ("--table-and-children", "tables")):
            for more in ([], ["-l"], ["--dry-run"], ["--needs"], ["-q"]):
                done = harness.run([option, "nosuch", *more], harness.archive(self.PATH), outlet="pipe")
                self.assertEqual(done.status, 2, str(done))
                self.assertEqual(done.err, f'pgfilter: no matching {what} were found for "nosuch"\n'.encode())

    def test_one_of_two_is_enough(self) -> None:
        done = harness.run(["--include-table=nosuch", "--include-table=app.base"], harness.archive(self.PATH))
        self.assertEqual(done.status, 0, str(done))
        self.assertIn(b"include-table nosuch matched nothing", done.err.replace(b"'", b""))

    def test_exclusions_only_warn(self) -> None:
        for option in ("-N", "--exclude-table", "--exclude-function", "--exclude-extension", "--exclude-type"):
            done = harness.run([option, "nosuch"], harness.archive(self.PATH))
            self.assertEqual(done.status, 0, str(done))
            self.assertIn(b"matched nothing", done.err)

    def test_n_tells_of_the_schema(self) -> None:
        done = harness.run(["-n", "app"], harness.archive(self.PATH))
        self.assertEqual(done.status, 0, str(done))
        self.assertIn(b"--include-schema", done.err)
        done = harness.run(["--include-schema=app"], harness.archive(self.PATH))
        self.assertNotIn(b"SCHEMA app", done.err)


class NeedsTest(unittest.TestCase):
    def test_schemas_types_and_functions(self) -> None:
        source = harness.archive("15/rich.fc.dump")
        text = harness.must_run(["-q", "--needs", "-n", "s1"], source).decode()
        self.assertRegex(text, r"schemas:\n  's1'")
        self.assertNotIn("schemas:", harness.must_run(["-q", "--needs", "--include-schema=s*"], source).decode())
        text = harness.must_run(["-q", "--needs", "--include-table=s1.t"], source).decode()
        archive = pga.read(source.read_bytes())
        table = next(e for e in archive.entries if (e.desc, e.namespace, e.tag) == (b"TABLE", b"s1", b"t"))
        used = {e.namespace + b"." + e.tag for e in archive.entries if str(e.dump_id) in map(str, table.deps) or e.dump_id in map(int, table.deps)
                if e.desc in (b"TYPE", b"DOMAIN", b"FUNCTION")}
        self.assertTrue(used)
        for name in used:
            self.assertIn(f"'{name.decode()}'", text)
        text = harness.must_run(["-q", "--needs", "--exclude-entry=SCHEMA s1"], source).decode()
        self.assertRegex(text, r"schemas:\n  's1'")


if __name__ == "__main__":
    server.main()
