# SPDX-License-Identifier: PostgreSQL
"""What a pattern selects is what pg_dump leaves out of the same database."""
from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
from dependency_model import apply, same_sets  # noqa: E402
import server  # noqa: E402
from server import SEED, identities, newer_pg_dump, pg_dump, restore, rich, rich_database, rich_model  # noqa: E402
from server import selectable  # noqa: E402


PATTERNS = [
    "app.users", "users", "USERS", '"Users"', 'app.USERS', '"app".users', "app.*", "*.users", "*", "a*.e*", "log*", '"log*"',
    "log_?", "log_????", "log_202[45]", "log|users", "(log|users)_2", "u.*", 'a."Odd ""name"".x"', '"Odd Schema".*', '"a.b"',
    "user$s", "us.rs", "users?", "us+ers", "us{1}ers", "äö", "ÄÖ", '"ÄÖ"', "app.events", "audit.events_2025_*", "app.happy",
    "app.totals", "app.remote", "app.free_seq", "app.users_id_seq", "*_seq", "app.orders_id_seq", "app.hei?", "lib.*",
    "pg_catalog.*", "nosuch", "*.*", "o*s", '"o"*"s"', "Odd*.*", '"Odd "*.users', "app.t*", "[[:digit:]a-z_]+", "public.[^u]*",
]


@server.needed
class PatternTest(unittest.TestCase):
    """The relations that pg_dump leaves out of the same database."""

    SCHEMAS = ("app", "audit", '"Odd Schema"', "public", "lib")

    def left_out_by_pg_dump(self, *options: str, program: Path = server.BIN / "pg_dump") -> set[tuple]:
        """An archive does not know the search_path, so that a pattern without a schema is one for every schema."""
        everything = identities(rich(program))
        left_out: set[tuple] = set()
        names_schema = all("." in re.sub('"[^"]*"', "", option) for option in options)
        for schema in self.SCHEMAS[:1] if names_schema else self.SCHEMAS:
            settings = "-c search_path=" + schema.replace(" ", "\\ ")
            left_out |= everything - identities(pg_dump(*options, rich_database(), program=program, settings=settings))
        return left_out

    def left_out_by_pgfilter(self, *options: str, program: Path = server.BIN / "pg_dump") -> set[tuple]:
        source = rich(program)
        return identities(source) - identities(harness.must_run(options, source, quiet=False))

    def test_tables(self) -> None:
        def one(pattern: str) -> None:
            wanted = self.left_out_by_pg_dump(f"--exclude-table={pattern}")
            got = self.left_out_by_pgfilter(f"--exclude-table={pattern}")
            self.assertEqual(got & selectable(), wanted & selectable())
            self.assertLessEqual(wanted, got)
            harness.count("patterns")

        selectable()
        harness.check_all(one, harness.thinned(PATTERNS, "patterns"))

    def test_what_matches_nothing_is_told(self) -> None:
        for pattern in ("nosuch", "app.nosuch", "USERS.x", "app.orders_id_seq"):
            done = harness.run([f"--exclude-table={pattern}"], rich())
            self.assertEqual((done.status, done.out), (0, rich()))
            self.assertIn(b"matched nothing", done.err)
            self.assertEqual(harness.run([f"--exclude-table={pattern}", "--strict"], rich()).status, 2)

    def test_data(self) -> None:
        def one(pattern: str) -> None:
            self.assertEqual(self.left_out_by_pgfilter(f"--exclude-table-data={pattern}"),
                             self.left_out_by_pg_dump(f"--exclude-table-data={pattern}"))
            harness.count("patterns")

        rich()
        harness.check_all(one, PATTERNS[SEED % 3 :: 3])

    def test_children(self) -> None:
        program = newer_pg_dump()
        for pattern in ("app.events", "app.events_2025", "app.base", "app.mixin", "app.measures", "*.e*", "app.users"):
            with self.subTest(pattern):
                option = f"--exclude-table-data-and-children={pattern}"
                self.assertEqual(self.left_out_by_pgfilter(option, program=program),
                                 self.left_out_by_pg_dump(option, program=program))
                option = f"--exclude-table-and-children={pattern}"
                wanted = self.left_out_by_pg_dump(option, program=program)
                got = self.left_out_by_pgfilter(option)
                self.assertEqual(got & selectable(), wanted & selectable())
                harness.count("patterns")

    def test_extensions(self) -> None:
        program = newer_pg_dump()
        of_extensions = lambda ids: {i for i in ids if i[0] == b"EXTENSION" or i[2].startswith(b"EXTENSION ")}  # noqa: E731
        for pattern in ("citext", "*t*", "PG_trgm", '"hstore"', "nosuch", "*", "h?tore"):
            for option in ("exclude-extension", "extension"):
                if (option, pattern) == ("extension", "nosuch"):
                    continue  # pg_dump refuses to dump nothing
                with self.subTest(pattern=pattern, option=option):
                    wanted = of_extensions(self.left_out_by_pg_dump(f"--{option}={pattern}", program=program))
                    got = self.left_out_by_pgfilter(f"--{option}={pattern}")
                    self.assertEqual(got, wanted)
                    harness.count("patterns")
        both = ("--extension=*t*", "--exclude-extension=citext")
        self.assertEqual(self.left_out_by_pgfilter(*both),
                         of_extensions(self.left_out_by_pg_dump(*both, program=program)))

    def test_extension_without_its_users(self) -> None:
        model = rich_model()
        for name in (b"citext", b"pg_trgm", b"postgres_fdw", b"hstore", b"btree_gist"):
            start = [e.dump_id for e in model.archive.entries if (e.desc, e.tag) == (b"EXTENSION", name)]
            gone, with_users = model.spread(start, False), model.spread(start, True)
            options = [f"--exclude-extension={name.decode()}"]
            plain, kept, reported = apply(options, rich())
            same_sets(model, kept, set(model.by_id) - gone, f"{options}: kept")
            same_sets(model, reported, with_users - gone, f"{options}: reported")
            self.assertLessEqual(set(restore(plain)), reported)
            result, kept, _ = apply([*options, "--cascade"], rich())
            same_sets(model, kept, set(model.by_id) - model.cascade(start), f"{options} --cascade: kept")
            self.assertEqual(restore(result), {})


if __name__ == "__main__":
    server.main()
