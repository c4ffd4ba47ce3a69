# SPDX-License-Identifier: PostgreSQL
"""What is left out, what goes with it, what is kept and reported.

The expectation is a model of the dependencies written from the format alone, and real servers that the result is
restored into.
"""
from __future__ import annotations

import random
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from dependency_model import Model, apply, exact, same_sets  # noqa: E402
import server  # noqa: E402
from server import SEED, identities, restore, rich, rich_model  # noqa: E402


def check_closure(source: bytes, model: Model, start: Sequence[pga.Entry]) -> tuple[bytes, bytes, set[int]]:
    options = [f"--exclude-table={exact(entry)}" for entry in start]
    everything = set(model.by_id)
    gone = model.spread((entry.dump_id for entry in start), False)
    gone |= model.derived_statistics(gone)
    gone_with_users = model.spread((entry.dump_id for entry in start), True)
    gone_with_users = model.spread(gone_with_users | model.unfounded(gone_with_users), True)
    broken = gone_with_users - gone
    gone_with_users = model.cascade(entry.dump_id for entry in start)
    gone_with_users = model.cascade(gone_with_users | model.unfounded(gone_with_users))
    gone_with_users |= model.derived_statistics(gone_with_users)
    kept_result, kept, reported = apply(options, source)
    same_sets(model, kept, everything - gone, f"{options}: kept")
    same_sets(model, reported, broken, f"{options}: reported")
    cascade_result, kept, reported = apply([*options, "--cascade"], source)
    same_sets(model, kept, everything - gone_with_users, f"{options} --cascade: kept")
    same_sets(model, reported, set(), f"{options} --cascade: reported")
    harness.count("closures")
    return kept_result, cascade_result, broken


class RolesClosureTest(unittest.TestCase):
    """The archives of all versions, against the model."""

    def test_random_sets(self) -> None:
        chance = random.Random(SEED)

        def one(path: Path) -> None:
            source = path.read_bytes()
            model = Model(pga.read(source))
            tables = model.tables()
            for count in (1, 3):
                check_closure(source, model, chance.sample(tables, min(count, len(tables))))

        paths = [path for path in harness.role_archives() if "_" not in path.name or "stats" in path.name]
        try:
            harness.check_all(one, harness.thinned(paths, "archives"))
        except AssertionError as error:
            raise AssertionError(f"SEED={SEED}: {error}") from None


@server.needed
class RestoreTest(unittest.TestCase):
    def check(self, source: bytes, model: Model, start: Sequence[pga.Entry], expected: set[int]) -> None:
        plain, cascade, broken = check_closure(source, model, start)
        what = [exact(entry) for entry in start]
        failed = {i: why for i, why in restore(plain).items() if i not in expected | broken}
        self.assertEqual(failed, {}, f"{what}: errors that were not reported")
        failed = {i: why for i, why in restore(cascade).items() if i not in expected}
        self.assertEqual(failed, {}, f"{what} --cascade: errors")

    def test_rich(self) -> None:
        chance = random.Random(SEED)
        model = rich_model()
        self.assertEqual(restore(rich()), {})
        for count in (1, 1, 2, 2, 3, 5, 8):
            with self.subTest(seed=SEED, count=count):
                self.check(rich(), model, chance.sample(model.tables(), count), set())

    def test_single_tables_of_rich(self) -> None:
        model = rich_model()
        for entry in random.Random(SEED).sample(model.tables(), 8):
            with self.subTest(seed=SEED, table=exact(entry)):
                self.check(rich(), model, [entry], set())

    def test_roles(self) -> None:
        """Some entries fail in any case: their errors are those of the whole archive."""
        chance = random.Random(SEED)
        subprocess.run([server.BIN / "psql", "-Xq", "-v", "tsdir=/nonexistent", "-f", server.DATA / "archives" / "roles.sql",
                        "postgres"], capture_output=True, timeout=harness.TIME_LIMIT)
        for major in (10, 12, 13, 14, 15):
            with self.subTest(seed=SEED, major=major):
                source = harness.archive(f"{major}/roles.fc.dump").read_bytes()
                model = Model(pga.read(source))
                tables = model.tables()
                self.check(source, model, chance.sample(tables, min(4, len(tables))), set(restore(source)))


@server.needed
class DataTest(unittest.TestCase):
    def test_foreign_keys_to_missing_rows_are_reported(self) -> None:
        model = rich_model()
        tables = [e for e in model.archive.entries if e.desc == b"TABLE"]
        for count in (1, 1, 2, 3):
            chosen = random.Random(f"{SEED} {count}").sample(tables, count)
            ids = {e.dump_id for e in chosen}
            options = [f"--exclude-table-data={exact(e)}" for e in chosen]
            gone = {part for part, whole in model.belongs if whole in ids
                    and model.by_id[part].desc in (b"TABLE DATA", b"SEQUENCE SET", b"MATERIALIZED VIEW DATA")}
            result, kept, reported = apply(options, rich())
            unfounded = model.unfounded(gone, ids)
            with self.subTest(seed=SEED, options=options):
                same_sets(model, kept, set(model.by_id) - gone, "kept")
                same_sets(model, reported, unfounded, "reported")
                self.assertLessEqual(set(restore(result)), reported)
                result, kept, reported = apply([*options, "--cascade"], rich())
                self.assertEqual((restore(result), reported), ({}, set()))

    def test_statistics_go_with_the_data(self) -> None:
        """Histograms hold values of columns."""
        source = harness.archive("18/roles.fc_stats.dump").read_bytes()
        archive = pga.read(source)
        model = Model(archive)
        tables = [e for e in archive.entries if e.desc == b"TABLE"]
        for table in random.Random(SEED).sample(tables, 5):
            indexes = {part for part, whole in model.belongs if whole == table.dump_id
                       and model.by_id[part].desc in (b"INDEX", b"CONSTRAINT", b"STATISTICS")}
            gone = {part for part, whole in model.belongs
                    if (whole == table.dump_id and model.by_id[part].desc in (b"TABLE DATA", b"STATISTICS DATA"))
                    or (whole in indexes and model.by_id[part].desc.endswith(b"STATISTICS DATA"))}
            gone |= model.derived_statistics({table.dump_id})
            _, kept, _ = apply([f"--exclude-table-data={exact(table)}"], source)
            same_sets(model, kept, set(model.by_id) - gone, exact(table))


class KindTest(unittest.TestCase):
    def test_every_kind(self) -> None:
        """no-kind takes what belongs to entries of the kind, and reports what uses them."""
        source = harness.archive("15/roles.fc.dump").read_bytes()
        self.check(source)
        self.check(harness.archive("10/roles.fc.dump").read_bytes())
        self.check(harness.archive("18/roles.fc_stats.dump").read_bytes())
        if server.is_running:
            self.check(rich())

    def check(self, source: bytes) -> None:
        model = Model(pga.read(source))
        kinds = {e.desc for e in model.archive.entries} - {b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"}

        def one(kind: bytes) -> None:
            start = {e.dump_id for e in model.archive.entries if e.desc == kind}
            if kind == b"TABLE DATA":
                start |= {e.dump_id for e in model.archive.entries if e.desc.endswith(b"STATISTICS DATA")}
            if kind == b"INDEX ATTACH":
                model.uses |= {(e.dump_id, t.dump_id) for e in model.archive.entries if e.desc == b"FK CONSTRAINT"
                               for t in model.targets(e) if t.desc == b"INDEX ATTACH"}
            gone, with_users = model.spread(start, False), model.spread(start, True)
            gone |= model.derived_statistics(gone)
            broken = with_users - gone
            with_users = model.cascade(start)
            with_users |= model.derived_statistics(with_users)
            option = "--no-kind=" + kind.decode().title()
            _, kept, reported = apply([option], source)
            same_sets(model, kept, set(model.by_id) - gone, f"{option}: kept")
            same_sets(model, reported, broken, f"{option}: reported")
            _, kept, _ = apply([option, "--cascade"], source)
            same_sets(model, kept, set(model.by_id) - with_users, f"{option} --cascade: kept")
            harness.count("kinds")

        harness.check_all(one, harness.thinned(sorted(kinds - {b"INDEX ATTACH"}), "kinds"))
        if b"INDEX ATTACH" in kinds:
            one(b"INDEX ATTACH")

    def test_what_says_how_to_read_the_rest_is_refused(self) -> None:
        for kind in ("ENCODING", "stdstrings", "SearchPath"):
            self.assertEqual(harness.run([f"--no-kind={kind}"], harness.archive("15/roles.fc.dump")).status, 2)


class ObjectTest(unittest.TestCase):
    """exclude takes the objects of a kind and name with what belongs to them, and reports what uses them."""

    OF_TABLES = {b"TRIGGER", b"CONSTRAINT", b"CHECK CONSTRAINT", b"FK CONSTRAINT", b"POLICY", b"RULE", b"DEFAULT"}
    ROUTINES = {b"FUNCTION", b"PROCEDURE", b"AGGREGATE"}
    PLAIN = {b"TYPE", b"DOMAIN", b"COLLATION", b"SERVER", b"INDEX", b"PUBLICATION", b"EVENT TRIGGER", b"SCHEMA", b"VIEW", b"TABLE",
             b"OPERATOR", b"STATISTICS", b"TEXT SEARCH DICTIONARY", b"FOREIGN DATA WRAPPER"}

    @staticmethod
    def quoted(*names: bytes) -> str:
        return ".".join('"' + name.decode().replace('"', '""') + '"' for name in names)

    def pattern(self, model: Model, entry: pga.Entry) -> str:
        schema = (entry.namespace,) if entry.namespace else ()
        if entry.desc in self.ROUTINES:
            name, types = entry.tag.split(b"(", 1)
            return self.quoted(*schema, name) + "(" + types.decode().replace(", ", " ,")
        if entry.desc in self.OF_TABLES:
            table = next(t.tag for t in model.targets(entry) if (entry.dump_id, t.dump_id) in model.belongs
                         and entry.tag.startswith(t.tag + b" "))
            return self.quoted(*schema, table, entry.tag[len(table) + 1:])
        return self.quoted(*schema, entry.tag)

    def test_single_objects(self) -> None:
        for name in ("15/rich.fc.dump", "15/roles.fc.dump", "18/roles.fc_stats.dump"):
            source = harness.archive(name).read_bytes()
            model = Model(pga.read(source))
            kinds = self.OF_TABLES | self.ROUTINES | self.PLAIN
            # A type's functions are part of it, and the type of them.
            chosen = [e for e in model.archive.entries if e.desc in kinds
                      and not (e.desc == b"RULE" and e.tag.endswith(b" _RETURN")) and e.tag.split(b"(")[0] not in (b"base_in", b"base_out")]
            chosen = random.Random(SEED).sample(chosen, min(len(chosen), 30))

            def one(entry: pga.Entry) -> None:
                start = {e.dump_id for e in model.archive.entries
                         if (e.desc, e.namespace, e.tag) == (entry.desc, entry.namespace, entry.tag)}
                if len(start) > 1 and entry.desc != b"OPERATOR":
                    return  # "a b" c and a "b c"
                option = f"--exclude={entry.desc.decode()} {self.pattern(model, entry)}"
                gone = model.spread(start, False)
                gone |= model.derived_statistics(gone)
                _, kept, _ = apply([option], source)
                same_sets(model, kept, set(model.by_id) - gone, f"{name} {option}: kept")
                _, kept, reported = apply([option.replace("--exclude=", "--exclude-entry="), "--cascade"], source)
                same_sets(model, kept, set(model.by_id) - start, f"{name} entry {option}: kept")
                same_sets(model, reported, set(), f"{name} entry {option}: reported")
                harness.count("objects")

            harness.check_all(one, chosen)


class PropertyTest(unittest.TestCase):
    def test_together_equals_one_after_the_other(self) -> None:
        chance = random.Random(SEED)
        for path in harness.archives("*/roles.fc.dump"):
            source = path.read_bytes()
            tables = Model(pga.read(source)).tables()
            first, second = (f"--exclude-table={exact(entry)}" for entry in chance.sample(tables, 2))
            for cascade in ([], ["--cascade"]):
                together = harness.must_run([first, second, *cascade], source, quiet=False)
                halfway = harness.must_run([first, *cascade], source, quiet=False)
                left = identities(halfway) - identities(together)
                after = harness.must_run([second, *cascade], halfway, quiet=False) if left else halfway
                with self.subTest(seed=SEED, path=path, rules=(first, second, cascade)):
                    self.assertEqual([e.dump_id for e in pga.read(after).entries],
                                     [e.dump_id for e in pga.read(together).entries])
                    harness.count("pairs")

    def test_time_is_linear(self) -> None:
        """Chains, stars, and tables that all have one name."""
        def entries(number: int, shape: str) -> list[pga.Entry]:
            result = []
            for i in range(1, number, 4):
                name = b"t" if shape == "names" else b"t%d" % i
                deps = [i - 4] if shape == "chain" and i > 4 else [1] if shape == "star" and i > 1 else []
                result += [
                    pga.Entry(i, b"VIEW" if deps else b"TABLE", name, b"CREATE TABLE x ();\n", namespace=b"s",
                              deps=pga.decimal(deps)),
                    pga.Entry(i + 1, b"INDEX", b"i", b"CREATE INDEX i ON s." + name + b" USING btree (a);\n", namespace=b"s",
                              deps=pga.decimal([] if shape == "names" else [i])),
                    pga.Entry(i + 2, b"COMMENT", b"INDEX i", b"COMMENT ON INDEX s.i IS 'x';\n", deps=pga.decimal([i + 1])),
                    pga.Entry(i + 3, b"STATISTICS DATA", name, b"SELECT 1;\n", namespace=b"s",
                              deps=pga.decimal([] if shape == "names" else [i]))]
            return result

        options = ["--exclude-table=*.t1", "--exclude-table-data-and-children=x.*", "--exclude-extension=x", "--no-kind=TABLE DATA"]
        for shape in ("chain", "star", "names"):
            for cascade in ([], ["--cascade"]):
                took = []
                for number in (25_000, 100_000):
                    source = pga.Archive((1, 14, 0), entries=entries(number, shape)).encode()
                    begin = time.monotonic()
                    harness.must_run([*options, *cascade], source, quiet=False)
                    took.append(time.monotonic() - begin)
                with self.subTest(shape=shape, cascade=cascade):
                    self.assertLess(took[1], 10 * took[0] + 1)
                    self.assertLess(took[1], 20 if harness.SANITIZED else 5)


if __name__ == "__main__":
    server.main()
