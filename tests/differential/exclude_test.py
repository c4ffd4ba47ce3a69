"""What is left out, what goes with it, what is kept and reported.

The expectation is a model of the dependencies written from the format alone (class Model), real servers that the
result is restored into, and what pg_dump leaves out of the same database.
"""
from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import time
import unittest
from functools import cache
from pathlib import Path
from typing import Iterable, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SEED = int(os.environ.get("SEED") or time.time())
SERVER = 15
BIN = Path(f"/usr/lib/postgresql/{SERVER}/bin")
INSIDE = "PGFILTER_TEST_SERVER"  # set where a server of this test's own is running
has_server = os.environ.get(INSIDE) == str(SERVER)
DATA = Path(__file__).resolve().parent.parent / "data"

RELATIONS = {b"TABLE", b"VIEW", b"MATERIALIZED VIEW", b"FOREIGN TABLE"}
IDENTIFIER = rb'(?:"(?:[^"]|"")*"|[\w$\x80-\xff]+)'
QUALIFIED = rb"((?:" + IDENTIFIER + rb"\.)?" + IDENTIFIER + rb")"

# ---------------------------------------------------------------------------------------------- the model

# What an entry depends on and is nothing without, by kind; None: everything.
OWNERS: dict[bytes, Optional[set[bytes]]] = {
    b"ACL": None, b"COMMENT": None, b"SECURITY LABEL": None,
    b"SEQUENCE": RELATIONS, b"SEQUENCE SET": {b"SEQUENCE"}, b"SEQUENCE OWNED BY": {b"SEQUENCE"},
    b"TABLE DATA": RELATIONS, b"MATERIALIZED VIEW DATA": {b"MATERIALIZED VIEW"},
    b"STATISTICS DATA": RELATIONS | {b"INDEX", b"CONSTRAINT"}, b"EXTENDED STATISTICS DATA": {b"STATISTICS"},
    b"FK CONSTRAINT": RELATIONS | {b"CONSTRAINT", b"INDEX"},
    b"ROW SECURITY": RELATIONS, b"TABLE ATTACH": RELATIONS,
    b"PUBLICATION TABLE": RELATIONS | {b"PUBLICATION"}, b"PUBLICATION TABLES IN SCHEMA": {b"PUBLICATION", b"SCHEMA"},
    b"SUBSCRIPTION TABLE": RELATIONS | {b"SUBSCRIPTION"},
    b"DEFAULT ACL": {b"SCHEMA"}, b"USER MAPPING": {b"SERVER"}, b"BLOBS": {b"BLOB METADATA"},
    b"OPERATOR CLASS": {b"OPERATOR FAMILY", b"ACCESS METHOD"}, b"OPERATOR FAMILY": {b"ACCESS METHOD"},
}
# Where the name of the one table that they are on stands.
ON = {
    b"INDEX": rb" ON (?:ONLY )?" + QUALIFIED + rb" USING ",
    b"CONSTRAINT": rb"\AALTER (?:TABLE|DOMAIN) (?:ONLY )?" + QUALIFIED,
    b"CHECK CONSTRAINT": rb"\AALTER (?:TABLE|DOMAIN) (?:ONLY )?" + QUALIFIED,
    b"TRIGGER": rb"\ACREATE (?:CONSTRAINT )?TRIGGER .*? ON " + QUALIFIED + rb" (?:FROM|FOR|NOT|DEFERRABLE|REFERENCING)",
    b"RULE": rb"\ACREATE (?:RULE " + IDENTIFIER + rb" AS\s+ON \w+ TO|OR REPLACE VIEW) " + QUALIFIED,
    b"POLICY": rb"\ACREATE POLICY " + IDENTIFIER + rb" ON " + QUALIFIED,
    b"STATISTICS": rb"FROM " + QUALIFIED + rb";\s*\Z",
    b"DEFAULT": rb"\AALTER (?:FOREIGN )?(?:TABLE|VIEW) (?:ONLY )?" + QUALIFIED,
}
NO_ERROR_WITHOUT = {b"TABLE DATA", b"SEQUENCE SET", b"MATERIALIZED VIEW DATA", b"STATISTICS DATA", b"ACL",
                    b"EXTENDED STATISTICS DATA", b"INDEX ATTACH"}


def parts(name: bytes) -> list[bytes]:
    return [p[1:-1].replace(b'""', b'"') if p[:1] == b'"' else p for p in re.findall(IDENTIFIER, name)]


class Model:
    """Who belongs to whom, and who uses whom."""

    def __init__(self, archive: pga.Archive) -> None:
        self.archive = archive
        self.by_id = {entry.dump_id: entry for entry in archive.entries}
        self.belongs: set[tuple[int, int]] = set()  # the part, the whole
        self.uses: set[tuple[int, int]] = set()
        self.children: set[tuple[int, int]] = set()  # child, parent
        for entry in archive.entries:
            if entry.desc == b"TABLE ATTACH":
                self.attach(entry)
        for entry in archive.entries:
            self.relate(entry)

    def targets(self, entry: pga.Entry) -> list[pga.Entry]:
        return [self.by_id[int(d)] for d in entry.deps if int(d) in self.by_id]

    def attach(self, entry: pga.Entry) -> None:
        child, = {t.dump_id for t in self.targets(entry) if (t.namespace, t.tag) == (entry.namespace, entry.tag)}
        self.children |= {(child, t.dump_id) for t in self.targets(entry) if t.dump_id != child}

    def is_named(self, entry: pga.Entry, name: bytes, target: pga.Entry) -> bool:
        wanted = parts(name)
        return wanted[-1] == target.tag and (wanted[0] if len(wanted) > 1 else entry.namespace) == target.namespace

    def relate(self, entry: pga.Entry) -> None:
        me = entry.dump_id
        for target in self.targets(entry):
            if self.is_part(entry, target):
                self.belongs.add((me, target.dump_id))
                if entry.desc == b"RULE" and entry.tag.split(b" ")[-1] == b"_RETURN":
                    self.belongs.add((target.dump_id, me))
            elif self.needs(entry, target):
                self.uses.add((me, target.dump_id))
        if entry.desc == b"USER MAPPING":
            server = parts(re.search(rb" SERVER (" + IDENTIFIER + rb")(?: OPTIONS|;)", entry.defn)[1])[0]
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if (e.desc, e.tag) == (b"SERVER", server)}
        if entry.desc == b"SHELL TYPE":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries
                             if (e.desc, e.tag, e.namespace) == (b"TYPE", entry.tag, entry.namespace)}
        if entry.desc == b"DATABASE PROPERTIES":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if e.desc == b"DATABASE"}
        if b" EXCLUDE USING gist" in (entry.defn or b"") and entry.desc == b"CONSTRAINT":
            self.uses |= {(me, e.dump_id) for e in self.archive.entries if (e.desc, e.tag) == (b"EXTENSION", b"btree_gist")}
        if entry.desc == b"BLOBS":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if e.desc == b"BLOB"}

    def is_part(self, entry: pga.Entry, target: pga.Entry) -> bool:
        if entry.desc in ON and target.desc in RELATIONS | {b"DOMAIN"}:
            return self.is_named(entry, re.search(ON[entry.desc], entry.defn, re.DOTALL)[1], target)
        if entry.desc == b"INDEX ATTACH":
            both = re.match(rb"ALTER INDEX " + QUALIFIED + rb" ATTACH PARTITION " + QUALIFIED, entry.defn).groups()
            return target.tag.split(b" ")[-1] in [parts(name)[-1].split(b" ")[-1] for name in both] and \
                target.desc in (b"INDEX", b"CONSTRAINT")
        owners = OWNERS.get(entry.desc, set())
        return target.desc != b"ACL" if owners is None else target.desc in owners

    def needs(self, entry: pga.Entry, target: pga.Entry) -> bool:
        if (entry.dump_id, target.dump_id) in self.children or entry.desc in NO_ERROR_WITHOUT:
            return False
        if entry.desc in (b"INDEX", b"CONSTRAINT") and target.desc in (b"INDEX", b"CONSTRAINT"):
            return False  # of the partitioned table
        return not (entry.desc == b"FK CONSTRAINT" and target.desc == b"INDEX ATTACH")

    def spread(self, start: Iterable[int], cascade: bool) -> set[int]:
        found = set(start)
        bonds = self.belongs | self.uses if cascade else self.belongs
        while True:
            more = {part for part, whole in bonds if whole in found} - found
            if not more:
                return found
            found |= more

    def references(self, key: pga.Entry) -> tuple[set[int], set[int]]:
        """The referencing and the referenced table of a foreign key."""
        name = re.match(rb"ALTER TABLE (?:ONLY )?" + QUALIFIED, key.defn)[1]
        sides = {t.dump_id for t in self.targets(key) if t.desc in RELATIONS}
        referencing = {i for i in sides if self.is_named(key, name, self.by_id[i])}
        return referencing, (sides - referencing) or referencing

    def partitions(self) -> set[tuple[int, int]]:
        found = set(self.children)
        for entry in self.archive.entries:
            if entry.desc == b"TABLE":
                for name in re.findall(rb"ALTER TABLE ONLY " + QUALIFIED + rb" ATTACH PARTITION", entry.defn):
                    found |= {(entry.dump_id, t.dump_id) for t in self.targets(entry) if self.is_named(entry, name, t)}
        return found

    def unfounded(self, gone: set[int], emptied: set[int] = frozenset()) -> set[int]:
        """Foreign keys between rows that are kept and rows that are gone."""
        def with_ancestors(tables: set[int]) -> set[int]:
            found = set(tables)
            for _ in range(5):
                found |= {parent for child, parent in self.partitions() if child in found}
            return found

        lacking = with_ancestors(gone | emptied)
        rows = with_ancestors({whole for part, whole in self.belongs
                               if self.by_id[part].desc == b"TABLE DATA" and part not in gone})
        return {key.dump_id for key in self.archive.entries if key.desc == b"FK CONSTRAINT" and key.dump_id not in gone
                and self.references(key)[0] & rows and self.references(key)[1] & lacking}

    def tables(self) -> list[pga.Entry]:
        owned = {part for part, whole in self.belongs if self.by_id[whole].desc in RELATIONS}
        return [e for e in self.archive.entries if e.desc in RELATIONS | {b"SEQUENCE"}
                and not (e.desc == b"SEQUENCE" and e.dump_id in owned)]


# ---------------------------------------------------------------------------------------------- running


def exact(entry: pga.Entry) -> str:
    """The pattern for one table."""
    return ".".join('"' + name.decode().replace('"', '""') + '"' for name in (entry.namespace, entry.tag))


def apply(options: Sequence[str], source: bytes) -> tuple[bytes, set[int], set[int]]:
    """The result, the entries that were kept, and those that were reported."""
    result = harness.must_run(options, source, quiet=False)
    plan = harness.must_run([*options, "--dry-run"], source, quiet=False).decode(errors="surrogateescape")
    reported, current = set(), 0
    for line in plan.split("\n"):
        head = re.match(r"(?:keep|change|drop) (\d+);", line)
        current = int(head[1]) if head else current
        if line.startswith("    left as it is: "):
            reported.add(current)
    return result, {entry.dump_id for entry in pga.read(result).entries}, reported


def describe(model: Model, ids: Iterable[int]) -> str:
    return ", ".join(f"{i} {model.by_id[i].desc.decode()} {model.by_id[i].tag!r}" for i in sorted(ids)[:8])


def same_sets(model: Model, got: set[int], wanted: set[int], what: str) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: too many: {describe(model, got - wanted)}; "
                             f"missing: {describe(model, wanted - got)}")


def check_closure(source: bytes, model: Model, start: Sequence[pga.Entry]) -> tuple[bytes, bytes, set[int]]:
    options = [f"--exclude-table={exact(entry)}" for entry in start]
    everything = set(model.by_id)
    gone = model.spread((entry.dump_id for entry in start), False)
    gone_with_users = model.spread((entry.dump_id for entry in start), True)
    gone_with_users = model.spread(gone_with_users | model.unfounded(gone_with_users), True)
    kept_result, kept, reported = apply(options, source)
    same_sets(model, kept, everything - gone, f"{options}: kept")
    same_sets(model, reported, gone_with_users - gone, f"{options}: reported")
    cascade_result, kept, reported = apply([*options, "--cascade"], source)
    same_sets(model, kept, everything - gone_with_users, f"{options} --cascade: kept")
    same_sets(model, reported, set(), f"{options} --cascade: reported")
    harness.count("closures")
    return kept_result, cascade_result, gone_with_users - gone


_databases = itertools.count(1)


def psql(*arguments: str) -> str:
    done = subprocess.run([BIN / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], capture_output=True, text=True,
                          timeout=harness.TIME_LIMIT)
    if done.returncode:
        raise AssertionError(f"psql {arguments}: {done.stderr}")
    return done.stdout


def new_database() -> str:
    name = f"d{next(_databases)}"
    psql("postgres", "-c", f"CREATE DATABASE {name} TEMPLATE template0")
    return name


def restore(source: bytes) -> dict[int, str]:
    """The entries that could not be restored into a database of their own, and why."""
    done = subprocess.run([BIN / "pg_restore", "-v", "-d", new_database()], input=source, capture_output=True,
                          timeout=harness.TIME_LIMIT)
    failed: dict[int, str] = {}
    current = 0
    for line in done.stderr.decode(errors="replace").split("\n"):
        head = re.match(r"pg_restore: from TOC entry (\d+);", line)
        current = int(head[1]) if head else current
        if line.startswith("pg_restore: error:"):
            failed.setdefault(current, line)
    harness.count("restores")
    return failed


def pg_dump(*options: str, program: Path = BIN / "pg_dump") -> bytes:
    done = subprocess.run([program, "-Fc", *options], capture_output=True, timeout=harness.TIME_LIMIT)
    if done.returncode:
        raise AssertionError(f"pg_dump {options}: {done.stderr!r}")
    return done.stdout


@cache
def rich_database() -> str:
    name = new_database()
    psql("-f", str(DATA / "rich.sql"), name)
    return name


@cache
def rich(program: Path = BIN / "pg_dump") -> bytes:
    return pg_dump(rich_database(), program=program)


@cache
def rich_model() -> Model:
    return Model(pga.read(rich()))


@cache
def selectable() -> set[tuple]:
    """Without the sequences of serial columns, which pg_dump keeps when their table goes."""
    return {(e.desc, e.namespace, e.tag) for e in rich_model().tables()}


def identities(data: bytes) -> set[tuple]:
    return {(e.desc, e.namespace, e.tag) for e in pga.read(data).entries}


# ---------------------------------------------------------------------------------------------- tests


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


@unittest.skipUnless(has_server, "no server")
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
        subprocess.run([BIN / "psql", "-Xq", "-v", "tsdir=/nonexistent", "-f", DATA / "archives" / "roles.sql",
                        "postgres"], capture_output=True, timeout=harness.TIME_LIMIT)
        for major in (10, 12, 13, 14, 15):
            with self.subTest(seed=SEED, major=major):
                source = harness.archive(f"{major}/roles.fc.dump").read_bytes()
                model = Model(pga.read(source))
                tables = model.tables()
                self.check(source, model, chance.sample(tables, min(4, len(tables))), set(restore(source)))


COMMANDS = ["include", "exclude", "INCLUDE", "Exclude", "incl", "#include", "", "includes"]
TYPES = ["table", "schema", "extension", "Table", "tables", "", "#"]
NAMES = ["x", '"x"', "a b", "  a   b ", "a,b", "a , b", 'a b"c"', '"a""b"', '"a b" c', "f(a,b )", '"a\\nb"', '"a\\\\b"', '"a\\xb"', "a.b",
         'a . "b"', '"#"', "a#b", "# c", "", " ", "\t", '"open', '"two\nlines"', '"three\n\nlines" # c', '"cr\r\nlf"', "a\r",
         "*", "a.*", "(a, b)", '"a"b', 'a"b"c']


class FilterTest(unittest.TestCase):
    """Filter files, compared with pg_dump --filter."""

    def pg_dump(self, path: Path, *options: str) -> str:
        done = subprocess.run([newer_pg_dump(), f"--filter={path}", "-Fc", "-f", "/dev/null", *options], capture_output=True,
                              timeout=harness.TIME_LIMIT)
        return done.stderr.decode(errors="replace")

    def pgfilter(self, path: Path) -> tuple[int, str, str]:
        done = harness.run([f"--filter={path}", "--print-rules"], b"", inlet="pipe")
        return done.status, done.out.decode(errors="replace"), done.err.decode(errors="replace")

    def check_answer(self, text: str) -> None:
        path = harness.scratch_file(text.encode(), ".txt")
        wanted = re.match(r"pg_dump: error: (invalid format .*)", self.pg_dump(path, "-h", "/nonexistent"))
        status, _, error = self.pgfilter(path)
        if wanted:
            self.assertEqual((status, error), (2, f"pgfilter: {wanted[1]}\n"), text)
        elif status == 2:  # pg_dump takes an empty pattern for one that matches everything
            self.assertRegex(error, r"missing object name pattern\n\Z|makes no sense|empty name|quote without an end", text)
        else:
            self.assertEqual((status, error), (0, ""), text)
        harness.count("filter files")

    def test_random_files(self) -> None:
        newer_pg_dump()
        chance = random.Random(SEED)

        def line() -> str:
            return chance.choice(["", " ", "\t"]) + " ".join(map(chance.choice, (COMMANDS[:4] + COMMANDS, TYPES[:3] * 3 + TYPES, NAMES)))

        for _ in range(300):
            good = [f"include table t{i}" for i in range(chance.randrange(3))] + chance.choice([[], ["", "# comment", "   #"]])
            lines = [*good, *(line() for _ in range(chance.randrange(1, 3)))]
            with self.subTest(seed=SEED, lines=lines):
                self.check_answer("\n".join(lines) + chance.choice(["", "\n"]))

    def test_what_can_be_included_and_excluded(self) -> None:
        """All that pg_dump or pg_restore takes, and for nothing else another answer than theirs."""
        restore_too = {("include", kind) for kind in ("function", "index", "trigger")}
        senseless = {("include", "foreign_data"), ("include", "table_and_children")}
        for command in ("include", "exclude"):
            for kind in ("table", "table_and_children", "table_data", "table_data_and_children", "schema", "extension",
                         "foreign_data", "database", "function", "index", "trigger"):
                text = f"{command} {kind} x\n"
                with self.subTest(text):
                    if (command, kind) in senseless:
                        status, _, error = self.pgfilter(harness.scratch_file(text.encode()))
                        self.assertEqual(status, 2)
                        self.assertIn("is not possible on an archive: ", error)
                    elif (command, kind) in restore_too:
                        self.assertEqual(self.pgfilter(harness.scratch_file(text.encode()))[0], 0)
                    else:
                        self.check_answer(text)

    @unittest.skipUnless(has_server, "no server")
    def test_patterns_are_read_alike(self) -> None:
        """pg_dump --strict-names repeats the pattern."""
        for name in NAMES:
            path = harness.scratch_file(f"exclude extension e\ninclude table {name}\n".encode(), ".txt")
            error = self.pg_dump(path, "--strict-names", "-d", rich_database())
            wanted = re.search(r'no matching tables were found for pattern "(.*)"\n', error, re.DOTALL)
            if not wanted:
                continue
            status, rules, _ = self.pgfilter(path)
            self.assertEqual(status, 0, name)
            written = rules[rules.index("table ", rules.index("extension")):].removeprefix("table ").removesuffix("\n")
            if written.startswith("'"):
                written = written[1:-1].replace("''", "'")
            self.assertEqual(written, wanted[1])
            harness.count("patterns read")

    def test_a_file_equals_the_options(self) -> None:
        source = harness.archive("15/roles.fc.dump").read_bytes()
        path = harness.scratch_file(b"# what to leave out\nexclude table app.b*\n\nexclude table_data app.*\n"
                                    b"exclude extension *fdw\nexclude table_and_children \"no such\"\n")
        options = ["--exclude-table=app.b*", "--exclude-table-data=app.*", "--exclude-extension=*fdw"]
        by_options = harness.run([*options, '--exclude-table-and-children="no such"'], source)
        by_file = harness.run([f"--filter={path}"], source)
        self.assertEqual((by_file.status, by_file.out), (0, by_options.out))
        self.assertIn(b"matched nothing", by_file.err)

    def test_standard_input(self) -> None:
        source = harness.archive("15/roles.fc.dump")
        wanted = harness.run(["--exclude-table=app.base"], source).out
        command = [harness.program(), "--filter", "-", source]
        done = subprocess.run(command, input=b"exclude table app.base", capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, wanted))
        done = subprocess.run(command, input=b"exclude", capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (
            2, b"pgfilter: invalid format in filter read from standard input on line 1: missing filter object type\n"))
        self.assertEqual(subprocess.run(command[:-1], input=b"", capture_output=True).returncode, 2)


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


PATTERNS = [
    "app.users", "users", "USERS", '"Users"', 'app.USERS', '"app".users', "app.*", "*.users", "*", "a*.e*", "log*", '"log*"',
    "log_?", "log_????", "log_202[45]", "log|users", "(log|users)_2", "u.*", 'a."Odd ""name"".x"', '"Odd Schema".*', '"a.b"',
    "user$s", "us.rs", "users?", "us+ers", "us{1}ers", "äö", "ÄÖ", '"ÄÖ"', "app.events", "audit.events_2025_*", "app.happy",
    "app.totals", "app.remote", "app.free_seq", "app.users_id_seq", "*_seq", "app.orders_id_seq", "app.hei?", "lib.*",
    "pg_catalog.*", "nosuch", "*.*", "o*s", '"o"*"s"', "Odd*.*", '"Odd "*.users', "app.t*", "[[:digit:]a-z_]+", "public.[^u]*",
]


@unittest.skipUnless(has_server, "no server")
class PatternTest(unittest.TestCase):
    """The relations that pg_dump leaves out of the same database."""

    SCHEMAS = ("app", "audit", '"Odd Schema"', "public", "lib")

    def left_out_by_pg_dump(self, *options: str, program: Path = BIN / "pg_dump") -> set[tuple]:
        """An archive does not know the search_path, so that a pattern without a schema is one for every schema."""
        everything = identities(rich(program))
        left_out: set[tuple] = set()
        for schema in self.SCHEMAS:
            os.environ["PGOPTIONS"] = "-c search_path=" + schema.replace(" ", "\\ ")
            left_out |= everything - identities(pg_dump(*options, rich_database(), program=program))
        os.environ.pop("PGOPTIONS")
        return left_out

    def left_out_by_pgfilter(self, *options: str, program: Path = BIN / "pg_dump") -> set[tuple]:
        source = rich(program)
        return identities(source) - identities(harness.must_run(options, source, quiet=False))

    def test_tables(self) -> None:
        for pattern in PATTERNS:
            with self.subTest(pattern):
                wanted = self.left_out_by_pg_dump(f"--exclude-table={pattern}")
                got = self.left_out_by_pgfilter(f"--exclude-table={pattern}")
                self.assertEqual(got & selectable(), wanted & selectable())
                self.assertLessEqual(wanted, got)
                harness.count("patterns")

    def test_what_matches_nothing_is_told(self) -> None:
        for pattern in ("nosuch", "app.nosuch", "USERS.x", "app.orders_id_seq"):
            done = harness.run([f"--exclude-table={pattern}"], rich())
            self.assertEqual((done.status, done.out), (0, rich()))
            self.assertIn(b"matched nothing", done.err)
            self.assertEqual(harness.run([f"--exclude-table={pattern}", "--strict"], rich()).status, 2)

    def test_data(self) -> None:
        for pattern in PATTERNS:
            with self.subTest(pattern):
                self.assertEqual(self.left_out_by_pgfilter(f"--exclude-table-data={pattern}"),
                                 self.left_out_by_pg_dump(f"--exclude-table-data={pattern}"))
                harness.count("patterns")

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
            same_sets(model, kept, set(model.by_id) - with_users, f"{options} --cascade: kept")
            self.assertEqual(restore(result), {})


@unittest.skipUnless(has_server, "no server")
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
            _, kept, _ = apply([f"--exclude-table-data={exact(table)}"], source)
            same_sets(model, kept, set(model.by_id) - gone, exact(table))


def newer_pg_dump() -> Path:
    """Of PostgreSQL 17 or later."""
    for one in harness.restores():
        program = Path(one.program).with_name("pg_dump")
        if one.major >= 17 and program.exists():
            return program
    harness.leave_out("what pg_dump 17 would have been compared for (there is none beside PG_RESTORES)")
    raise unittest.SkipTest("no pg_dump 17")


class KindTest(unittest.TestCase):
    def test_every_kind(self) -> None:
        """no-kind takes what belongs to entries of the kind, and reports what uses them."""
        source = harness.archive("15/roles.fc.dump").read_bytes()
        self.check(source)
        self.check(harness.archive("10/roles.fc.dump").read_bytes())
        self.check(harness.archive("18/roles.fc_stats.dump").read_bytes())
        if has_server:
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
            option = "--no-kind=" + kind.decode().title()
            _, kept, reported = apply([option], source)
            same_sets(model, kept, set(model.by_id) - gone, f"{option}: kept")
            same_sets(model, reported, with_users - gone, f"{option}: reported")
            _, kept, _ = apply([option, "--cascade"], source)
            same_sets(model, kept, set(model.by_id) - with_users, f"{option} --cascade: kept")
            harness.count("kinds")

        for kind in sorted(kinds - {b"INDEX ATTACH"}):
            with self.subTest(kind):
                one(kind)
        if b"INDEX ATTACH" in kinds:
            one(b"INDEX ATTACH")

    def test_what_says_how_to_read_the_rest_is_refused(self) -> None:
        for kind in ("ENCODING", "stdstrings", "SearchPath"):
            self.assertEqual(harness.run([f"--no-kind={kind}"], harness.archive("15/roles.fc.dump")).status, 2)


def main() -> None:
    """Runs itself once more where a server is."""
    if INSIDE not in os.environ and shutil.which("pg_virtualenv") and (BIN / "postgres").exists():
        port = random.Random().randrange(20000, 32000)
        environment = {**os.environ, INSIDE: str(SERVER), "PGPORT": str(port), "USER": "postgres", "LC_ALL": "C.UTF-8"}
        environment.pop("PGPASSWORD", None)
        if os.getuid() == 0:
            environment["TMPDIR"] = "/tmp"  # servers run as another user, who may not look into root's
        os.execvpe("pg_virtualenv", ["pg_virtualenv", "-t", "-v", str(SERVER), "-o", "fsync=off", "-o", "wal_level=logical", "-c", "--locale C.UTF-8",
                                     sys.executable, *sys.argv], environment)
    if not has_server:
        harness.leave_out(f"what needs a server (no pg_virtualenv with PostgreSQL {SERVER})")
    print(f"SEED={SEED}")
    harness.main()


if __name__ == "__main__":
    main()
