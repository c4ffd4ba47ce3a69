# SPDX-License-Identifier: PostgreSQL
"""--table-and-children keeps what pg_dump with that option dumps of the same database."""
from __future__ import annotations

import random
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import server  # noqa: E402
from dependency_model import exact  # noqa: E402
from server import SEED, identities, newer_pg_dump, pg_dump, restore, rich, rich_database, rich_model  # noqa: E402

SCHEMAS = ("app", "audit", '"Odd Schema"', "public", "lib")
PATTERNS = ("app.events", "app.events_2025", "audit.events_2025_a", "app.base", "app.mixin", "app.heir", "app.measures",
            "app.users", "app.orders", "app.notes", "app.users_id_seq", "app.orders_id_seq", "app.free_seq", "app.totals",
            "app.remote", "*.e*", "audit.*", "log*", "USERS", '"Odd Schema".*', 'app."Odd ""name"".x"', "events", "*")


def dumped(*options: str) -> set[tuple]:
    """An archive does not know the search_path: a pattern without a schema is one for every schema."""
    names_schema = all("." in re.sub('"[^"]*"', "", option.partition("=")[2]) for option in options if "=" in option)
    found: set[tuple] = set()
    for schema in SCHEMAS[:1] if names_schema else SCHEMAS:
        settings = "-c search_path=" + schema.replace(" ", "\\ ")
        try:
            found |= identities(pg_dump(*options, rich_database(), program=newer_pg_dump(), settings=settings))
        except AssertionError as error:
            if "no matching tables" not in str(error):
                raise
    return {i for i in found if i[1] not in (b"pg_catalog", b"information_schema")}  # which no archive has


def kept(*options: str) -> set[tuple]:
    return identities(harness.must_run(options, rich(newer_pg_dump()), quiet=False))


@server.needed
class SelectedTablesTest(unittest.TestCase):
    def same(self, *options: str) -> None:
        """But for the queries of views, which pg_dump parts from them only where it dumps what makes a circle."""
        got, wanted = ({i for i in ids if not (i[0] == b"RULE" and i[2].endswith(b" _RETURN"))}
                       for ids in (kept(*options), dumped(*options)))
        with self.subTest(seed=SEED, options=options):
            self.assertEqual((sorted(got - wanted, key=repr), sorted(wanted - got, key=repr)), ([], []))
        harness.count("selections")

    def test_patterns(self) -> None:
        rich(newer_pg_dump())
        for pattern in harness.thinned(PATTERNS, "patterns"):
            self.same(f"--table-and-children={pattern}")

    def test_with_other_options(self) -> None:
        for options in (("--exclude-table=audit.*",), ("--exclude-table-data=app.*",), ("-N", "app"), ("-n", "audit"), ("-a",), ("-s",), ("-x",),
                        ("--section=data",), ("--section=post-data",), ("--exclude-table-data-and-children=app.events",)):
            self.same("--table-and-children=app.e*", "--table-and-children=*.users", *options)

    def test_random_tables(self) -> None:
        chance = random.Random(SEED)
        names = [exact(entry) for entry in rich_model().tables()]
        for _ in range(12):
            self.same(*(f"--table-and-children={name}" for name in chance.sample(names, chance.randrange(1, 5))))

    def test_filter_file(self) -> None:
        path = harness.scratch_file(b"include table_and_children app.events\ninclude table_and_children app.base\n"
                                    b"exclude table audit.events_2025_b\nexclude table_data app.heir\n", ".txt")
        self.same(f"--filter={path}")

    def test_database_in_front(self) -> None:
        self.same(f"--table-and-children={rich_database()}.app.events")
        for option in ("--table-and-children", "--exclude-table"):
            done = harness.run([f"{option}=nosuch.app.events"], rich())
            self.assertEqual((done.status, done.out), (2, b""))
            self.assertIn(b"another database", done.err)

    def test_alone_in_a_data_only_archive(self) -> None:
        source = pg_dump("-a", rich_database(), program=newer_pg_dump())
        got = identities(harness.must_run(["--table-and-children=app.base"], source, quiet=False))
        self.assertEqual({i for i in got if i[0] == b"TABLE DATA"}, {(b"TABLE DATA", b"app", b"base")})

    def test_what_matches_nothing(self) -> None:
        option = "--table-and-children=app.nosuch"
        done = harness.run([option], rich())
        self.assertEqual((done.status, done.err), (2, b'pgfilter: no matching tables were found for "app.nosuch"\n'))
        done = harness.run([option, "--table-and-children=app.base"], rich())
        self.assertEqual(done.status, 0)
        self.assertIn(b"matched nothing", done.err)
        done = harness.run([option, "--strict-names"], rich())
        self.assertEqual((done.status, done.err), (2, b'pgfilter: no matching tables were found for pattern "app.nosuch"\n'))

    def test_restores(self) -> None:
        """Into a database that has what pg_dump does not dump with a table: its schema."""
        source = harness.must_run(["--table-and-children=public.log*", "--table-and-children=public.users"], rich())
        self.assertEqual(restore(source), {})


if __name__ == "__main__":
    server.main()
