# SPDX-License-Identifier: PostgreSQL
"""What rules and reports cost grows with the table of contents, whatever hangs on what.

Archives of one kind of entry after the other are cloned from what pg_dump wrote, with dependencies in shapes that
pg_dump never writes: all on one, one on all, all on one on all, and chains.  Four times the size may cost some four
times as much.  Time on a processor picks the runs that look worse, instructions decide, where valgrind counts them.
"""
from __future__ import annotations

import dataclasses
import re
import resource
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Callable, Iterator, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SMALL = 60
TIMES = 4
MOST = 6.5  # times the cost, for four times the size: what is sorted, and what grows with its logarithm, has room
LOOKS_BAD = 7.5  # of time on a processor
SHORTEST = 0.02  # seconds: the time of a shorter run says little

Words = tuple[str, ...]


def samples() -> dict[bytes, pga.Entry]:
    """An entry of each kind, as pg_dump writes it."""
    found: dict[bytes, pga.Entry] = {}
    for pattern in ("18/*.dump", "17/*.dump", "15/*.dump", "9.6/*.dump"):
        for path in harness.archives(pattern):
            for entry in pga.read(path.read_bytes()).entries:
                if entry.desc not in found and entry.desc not in (b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"):
                    found[entry.desc] = entry
    return found


TABLE = pga.Entry(0, b"TABLE", b"t", b"CREATE TABLE public.t (\n    id integer,\n    v text DEFAULT public.f()\n);\n\n"
                  b"ALTER TABLE ONLY public.t FORCE ROW LEVEL SECURITY;\n", b"DROP TABLE public.t;\n", namespace=b"public",
                  tablespace=b"fast", tableam=b"heap", owner=b"app", table_oid=b"1259", oid=b"16384", relkind=114)


class Shape:
    """An archive that grows: entries are added with what they depend on."""

    def __init__(self) -> None:
        self.entries: list[pga.Entry] = []

    def add(self, sample: pga.Entry, *depends_on: int) -> int:
        entry = dataclasses.replace(sample)
        entry.dump_id = len(self.entries) + 1
        entry.oid = b"%d" % (16384 + entry.dump_id)
        entry.deps = [b"%d" % dump_id for dump_id in depends_on]
        entry.had_dumper, entry.flag, entry.offset = 0, pga.NO_DATA, 0
        if sample is TABLE:
            name = b"t%d" % entry.dump_id
            entry.tag = name
            entry.defn, entry.drop = (text.replace(b"public.t", b"public." + name) for text in (sample.defn, sample.drop))
        self.entries.append(entry)
        return entry.dump_id

    def tables(self, number: int) -> list[int]:
        return [self.add(TABLE) for _ in range(number)]


def all_on_one(shape: Shape, kinds: list[pga.Entry], size: int) -> None:
    hub = shape.add(TABLE)
    for kind in kinds:
        for _ in range(size):
            shape.add(kind, hub)


def one_on_all(shape: Shape, kinds: list[pga.Entry], size: int) -> None:
    tables = shape.tables(20 * size)
    for kind in kinds:
        shape.add(kind, *tables)
        shape.add(kind, *tables)
        for table in tables[:size]:
            shape.add(kind, table)


def all_on_one_on_all(shape: Shape, kinds: list[pga.Entry], size: int) -> None:
    tables = shape.tables(10 * size)
    for kind in kinds:
        hub = shape.add(kind, *tables)
        for _ in range(size):
            shape.add(TABLE, hub)
        for i in range(10 * size):
            shape.add(kinds[i % len(kinds)], hub)


def chain(shape: Shape, kinds: list[pga.Entry], size: int) -> None:
    last = shape.add(TABLE)
    for kind in kinds:
        for i in range(size):
            last = shape.add(kind, last)
            last = shape.add(kinds[i % len(kinds)], last)


def grants(shape: Shape, kinds: list[pga.Entry], size: int) -> None:
    """Columns have privileges that their table's hand on, of as many roles as there are columns."""
    table = shape.add(TABLE)
    roles = [b"role_%d" % i for i in range(20 * size)]
    acl = dataclasses.replace(next(kind for kind in kinds if kind.desc == b"ACL"), tag=b"TABLE t1", namespace=b"public")
    granted = b"".join(b"GRANT SELECT ON TABLE public.t1 TO %s WITH GRANT OPTION;\n" % role for role in roles)
    whole = shape.add(dataclasses.replace(acl, defn=granted), table)
    for role in roles:
        defn = (b"SET SESSION AUTHORIZATION %s;\nGRANT SELECT(id) ON TABLE public.t1 TO reader;\nRESET SESSION AUTHORIZATION;\n"
                % role)
        shape.add(dataclasses.replace(acl, tag=b"COLUMN t1.id", defn=defn), table, whole)


SHAPES: tuple[Callable[[Shape, list[pga.Entry], int], None], ...] = (all_on_one, one_on_all, all_on_one_on_all, chain, grants)

# What a rule is given, by the names that --list-rules has for its arguments.
GIVEN = {"pattern": "'*'", "version": "1.12", "major": "9.6", "name": "public", "kind": "TABLE", "OLD": "app=other", "role": "boss"}
LEFT_OUT = {"use-list"}  # reads a file
REPORTS: tuple[Words, ...] = (
    ("-l",), ("-l", "--json"), ("--check",), ("--needs",), ("--needs", "--json"), ("--dry-run", "-v", "--exclude-table", "*"),
    ("--dry-run", "--json", "--exclude-table", "*"), ("--check-for", "azure"), ("--for", "rds"),
    ("--map-role", "role_1=reader", "--map-role", "role_2=role_3", "--map-role", "app=boss"), ("--set-owner", "role_1"),
    ("--for", "nonsuperuser", "--extension", "*"), ("--exclude-schema", "*", "--cascade"), ("--exclude-extension", "*", "--cascade"))


def rules() -> Iterator[Words]:
    for line in harness.must_run(["--list-rules"], None).decode().splitlines():
        if line.startswith(" "):
            continue
        name, *keys = line.split()
        if name in LEFT_OUT:
            continue
        given = [GIVEN.get(key.split("=")[0], key) for key in keys if "except" not in key]
        yield ("-r", " ".join([name, *given]))


@unittest.skipIf(harness.SANITIZED, "a sanitizer has costs of its own")
class GrowthTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = harness.scratch()
        self.kinds = list(samples().values())

    def archive(self, shape: Callable[[Shape, list[pga.Entry], int], None], size: int) -> Path:
        built = Shape()
        shape(built, self.kinds, size)
        path = self.folder / f"{shape.__name__}-{size}.dump"
        path.write_bytes(pga.Archive((1, 16, 0), compression=pga.NONE, entries=built.entries).encode())
        self.addCleanup(path.unlink)
        return path

    def ended(self, command: Sequence[harness.Arg]) -> str:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertIn(done.returncode, (0, 1, 2), (command, done.stderr[-500:]))
        return done.stderr

    def seconds(self, words: Words, path: Path) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        self.ended([harness.program(), "-q", *words, path])
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    def instructions(self, words: Words, path: Path) -> float:
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={harness.scratch_file()}"]
        said = self.ended([*valgrind, harness.program(), "-q", *words, path])
        return float(re.search(r"I\s+refs:\s+([\d,]+)", said)[1].replace(",", ""))

    def growth(self, words: Words, small: Path, large: Path) -> float:
        """How many times the cost of the small archive the large one has, in seconds and, if need be, in instructions."""
        most = LOOKS_BAD * max(SHORTEST, self.seconds(words, small))
        seconds = self.seconds(words, large)
        if seconds <= most:
            return 0
        if shutil.which("valgrind") is None:
            seconds = min(seconds, self.seconds(words, large))
            return seconds / max(SHORTEST, *(self.seconds(words, small) for _ in range(3)))
        return self.instructions(words, large) / self.instructions(words, small)

    def test_in_every_shape(self) -> None:
        for shape in SHAPES:
            small, large = (self.archive(shape, size) for size in (SMALL, TIMES * SMALL))
            for words in (*REPORTS, *rules()):
                with self.subTest(shape=shape.__name__, words=words):
                    self.assertLess(self.growth(words, small, large), MOST)
                harness.count("comparisons of two sizes")

    def test_with_the_length_of_a_filter(self) -> None:
        """There can be more lines than 16 bits count."""
        sizes = (20_000, TIMES * 20_000)
        shapes = []
        for size in sizes:
            built = Shape()
            built.tables(size // 10)
            shapes.append(self.folder / f"filtered-{size}.dump")
            shapes[-1].write_bytes(pga.Archive((1, 16, 0), compression=pga.NONE, entries=built.entries).encode())
            self.addCleanup(shapes[-1].unlink)
        for line in ("exclude table public.t%d", "exclude table_data t%d", "include table t%d"):
            filters = [harness.scratch_file(b"".join(b"%s\n" % (line % i).encode() for i in range(size)), ".txt") for size in sizes]
            seconds = [min(self.seconds(("--filter", path), archive) for _ in range(2)) for path, archive in zip(filters, shapes)]
            with self.subTest(line):
                self.assertLess(seconds[1] / max(SHORTEST, seconds[0]), LOOKS_BAD)
                self.assertEqual(harness.run(("-q", "--filter", filters[1]), shapes[1]).status, 0)
            harness.count("lengths of filters")


if __name__ == "__main__":
    harness.main()
