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
def rich() -> bytes:
    return pg_dump(rich_database())


@cache
def rich_model() -> Model:
    return Model(pga.read(rich()))


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

    def test_every_table_of_rich(self) -> None:
        model = rich_model()
        for entry in model.tables():
            with self.subTest(table=exact(entry)):
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


def main() -> None:
    """Runs itself once more where a server is."""
    if INSIDE not in os.environ and shutil.which("pg_virtualenv") and (BIN / "postgres").exists():
        port = random.Random().randrange(20000, 32000)
        environment = {**os.environ, INSIDE: str(SERVER), "PGPORT": str(port), "USER": "postgres", "LC_ALL": "C.UTF-8"}
        environment.pop("PGPASSWORD", None)
        if os.getuid() == 0:
            environment["TMPDIR"] = "/tmp"  # servers run as another user, who may not look into root's
        os.execvpe("pg_virtualenv", ["pg_virtualenv", "-t", "-v", str(SERVER), "-o", "fsync=off", "-c", "--locale C.UTF-8",
                                     sys.executable, *sys.argv], environment)
    if not has_server:
        harness.leave_out(f"what needs a server (no pg_virtualenv with PostgreSQL {SERVER})")
    print(f"SEED={SEED}")
    harness.main()


if __name__ == "__main__":
    main()
