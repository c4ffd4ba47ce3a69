# SPDX-License-Identifier: PostgreSQL
"""No archive, rule or report takes more than 16 MiB + 4 times the larger table of contents, that read or that written.

Archives that pg_dump never writes, each of which has one thing in excess: entries, kinds, owners, roles, mentions,
dependencies, or the length of one text.  Reports and the rules that remember most meet each of them, and every run draws
others for each (SEED).
"""
from __future__ import annotations

import os
import random
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Callable, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from growth_test import rules  # noqa: E402
from memory_test import LAYOUT, MIB, SMALL  # noqa: E402

# Tells status and peak of a program.  Python itself is part of what is measured of a child until its exec, so that one
# that has loaded nothing, and takes less than the 16 MiB, has to start it.
LAUNCHER = """
import os, sys
nothing = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=nothing)
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""
MANY = 100_000
LONG = b"x" * 12_000_000

Words = tuple[str, ...]


def entry(dump_id: int, desc: bytes, tag: bytes = b"", defn: bytes = b"", deps: object = (), owner: bytes = b"o",
          layout: pga.Layout = SMALL, **fields) -> bytes:
    return pga.Entry(dump_id, desc, tag, defn, owner=owner, table_oid=b"", oid=b"", with_oids=b"", deps=pga.decimal(deps),
                     **fields).encode(layout)


def every(number: int, make: Callable[[int], bytes], *front: bytes) -> list[bytes]:
    return [*front, *(make(i) for i in range(len(front) + 1, number + 1))]


def granted(role: bytes) -> bytes:
    return b"GRANT a ON TABLE t TO %s WITH GRANT OPTION;" % role


def rows_of_table(i: int) -> bytes:
    """A table or its rows, with a name as long as names are told."""
    name = b"%090d" % (i // 2)
    if i % 2:
        return entry(i, b"TABLE", name, b"CREATE TABLE t ();", (1,))
    return entry(i, b"TABLE DATA", name, deps=(i - 1,), copy=b"COPY t FROM stdin;\n", had_dumper=1, flag=pga.NOT_SET)


def mention_of_all(number: int) -> list[bytes]:
    """Roles, and a text that names each of them."""
    roles = b" ".join(b"r%d" % i for i in range(number))
    return [*every(number, lambda i: entry(i, b"TABLE", b"t", owner=b"r%d" % i)),
            entry(number + 1, b"FUNCTION", b"f()", b"CREATE FUNCTION f() AS '%s';" % roles)]


def shapes() -> dict[str, Callable[[], list[bytes]]]:
    two = (entry(1, b"TABLE", b"t", b"CREATE TABLE t (a int);"), entry(2, b"VIEW", b"u", b"CREATE VIEW u AS SELECT 1;"))
    roles = b" ".join(b"r%d" % i for i in range(MANY))
    routine = b"CREATE FUNCTION f() SET a.b%d TO 'x' AS 'r%d';"
    return {
        "smallest entries": lambda: every(4 * MANY, lambda i: entry(i, b"X")),
        "smallest tables": lambda: every(3 * MANY, lambda i: entry(i, b"TABLE", b"t%d" % i)),
        "a kind for every entry": lambda: every(3 * MANY, lambda i: entry(i, b"K%d" % i, b"r")),
        "an owner for every entry": lambda: every(3 * MANY, lambda i: entry(i, b"TABLE", b"t", owner=b"r%d" % i)),
        "a schema for every entry": lambda: every(3 * MANY, lambda i: entry(i, b"TABLE", b"t", namespace=b"s%d" % i)),
        "a tablespace for every entry": lambda: every(2 * MANY, lambda i: entry(
            i, b"TABLE", b"t", b"CREATE TABLE t (a int);", tablespace=b"s%d" % i)),
        "a grant for every entry": lambda: every(2 * MANY, lambda i: entry(i, b"ACL", b"TABLE t", granted(b"r%d" % i), (1,)), *two),
        "grants that hang on one another": lambda: every(MANY, lambda i: entry(
            i, b"ACL", b"TABLE t", b"SET SESSION AUTHORIZATION r%d;\n%s" % (i - 1, granted(b"r%d" % i)), (1, i - 1)), *two),
        "grants of one object": lambda: [*two, entry(3, b"ACL", b"TABLE t", b"\n".join(granted(b"r%d" % i) for i in range(MANY)), (1,))],
        "grants of columns of one object": lambda: [*two, entry(3, b"ACL", b"COLUMN t.c", b"\n".join(
            b"GRANT a(c%d) ON TABLE t TO r%d WITH GRANT OPTION;" % (i, i % 1000) for i in range(MANY)), (1,))],
        "grants with the options of others": lambda: [*two, entry(3, b"ACL", b"TABLE t", b"\n".join(
            b"SET SESSION AUTHORIZATION r%d;\n%s\nRESET SESSION AUTHORIZATION;" % (i, granted(b"r%d" % (i + 1)))
            for i in range(MANY)), (1,))],
        "columns of a table that many may grant on": lambda: every(MANY // 2, lambda i: entry(
            i, b"ACL", b"COLUMN t.c", b"SET SESSION AUTHORIZATION r%d;\nGRANT ALL(c) ON TABLE t TO r1 WITH GRANT OPTION;\n" % i, (1, 3)),
            *two, entry(3, b"ACL", b"TABLE t", b"\n".join(granted(b"r%d" % i) for i in range(MANY)), (1,))),
        "default privileges in many schemas": lambda: every(MANY, lambda i: entry(
            i, b"DEFAULT ACL", b"d", b"ALTER DEFAULT PRIVILEGES FOR ROLE r1 IN SCHEMA s%d GRANT ALL ON TABLES TO r2;" % i, owner=b"r%d" % (i % 2 + 1))),
        "one grant of many privileges": lambda: [*two, entry(3, b"ACL", b"TABLE t", b"GRANT " + b",".join(
            b"ALL(c%d)" % i for i in range(MANY)) + b" ON TABLE t TO r1,r2 WITH GRANT OPTION;", (1,))],
        "one grant to many": lambda: [*two, entry(3, b"ACL", b"TABLE t", b"GRANT a ON TABLE t TO " + roles.replace(b" ", b",") + b";", (1,))],
        "a policy for every entry": lambda: every(MANY, lambda i: entry(
            i, b"POLICY", b"t p%d" % i, b"CREATE POLICY p%d ON t TO r%d USING (a = 1);" % (i, i), (1,)), *two),
        "a mention of many roles": lambda: mention_of_all(MANY),
        "a mention in an entry of every kind": lambda: every(MANY, lambda i: entry(i, b"K%d" % i, b"t", b"r1", owner=b"r1")),
        "a mention in every entry": lambda: every(MANY, lambda i: entry(
            i, b"FUNCTION", b"f()", b"CREATE FUNCTION f() AS 'r1';", owner=b"r1")),
        "settings of every routine": lambda: every(MANY, lambda i: entry(i, b"FUNCTION", b"f%d()" % i, routine % (i, i), owner=b"r1")),
        "one routine of many settings": lambda: [entry(1, b"FUNCTION", b"f()", b"CREATE FUNCTION f() " + b" ".join(
            b"SET a.b%d TO 'x'" % i for i in range(2 * MANY)) + b" AS 'x';")],
        "settings of the database": lambda: [entry(1, b"DATABASE", b"d", b"CREATE DATABASE d;"), entry(
            2, b"DATABASE PROPERTIES", b"d", b"\n".join(b"ALTER ROLE r%d IN DATABASE d SET a.b%d TO 'x';" % (i, i)
                                                        for i in range(2 * MANY)), (1,))],
        "all on one": lambda: every(2 * MANY, lambda i: entry(i, b"VIEW", b"v%d" % i, b"SELECT t", (1,)), *two),
        "a chain": lambda: every(2 * MANY, lambda i: entry(i, b"VIEW" if i % 2 else b"TABLE", b"v%d" % i, deps=(i - 1,)), *two),
        "a chain of attachments": lambda: every(2 * MANY, lambda i: entry(
            i, b"TABLE ATTACH" if i % 2 else b"TABLE", b"v%d" % i, deps=(i - 1, max(1, i - 2))), *two),
        "one on all": lambda: [*every(MANY, lambda i: entry(i, b"TABLE", b"t%d" % i)),
                               entry(MANY + 1, b"VIEW", b"v", b"SELECT t1", range(1, MANY + 1)),
                               entry(MANY + 2, b"FK CONSTRAINT", b"v k", b"", range(1, MANY + 1)),
                               entry(MANY + 3, b"ACL", b"TABLE v", granted(b"r1"), range(1, MANY + 1))],
        "dependencies that nobody has": lambda: [*two, entry(3, b"VIEW", b"v", deps=range(10, 10 * MANY))],
        "one dependency many times": lambda: [*two, entry(3, b"INDEX", b"i", deps=[1, 2] * 5 * MANY)],
        "a column of many": lambda: [entry(1, b"TYPE", b"e", b"CREATE TYPE e AS ENUM ();"), entry(2, b"TABLE", b"t", b"CREATE TABLE t (\n"
            + b",\n".join(b"    c%d e DEFAULT f()" % i for i in range(2 * MANY)) + b"\n);\n", (1,))],
        "rows that are lost": lambda: every(MANY, lambda i: rows_of_table(i), entry(1, b"TYPE", b"e", b"CREATE TYPE e AS ENUM ();"), two[1]),
        "extensions": lambda: every(2 * MANY, lambda i: entry(
            i, b"EXTENSION", b"e%d" % i, b"CREATE EXTENSION e%d WITH SCHEMA s%d;" % (i, i))),
        "languages": lambda: every(2 * MANY, lambda i: entry(
            i, b"PROCEDURAL LANGUAGE" if i % 2 else b"FUNCTION", b"l%d" % i, b"CREATE FUNCTION f() LANGUAGE l%d AS '';" % i)),
        "servers": lambda: every(MANY, lambda i: entry(
            i, b"USER MAPPING", b"USER MAPPING r%d SERVER s" % i, b"CREATE USER MAPPING FOR r%d SERVER s OPTIONS (password 'x');" % i)),
        "one long name": lambda: [entry(1, b"TABLE", LONG, b"CREATE TABLE t ();")],
        "one long schema": lambda: [entry(1, b"TABLE", b"t", b"CREATE TABLE t ();", namespace=LONG)],
        "one long owner": lambda: [entry(1, b"TABLE", b"t", b"CREATE TABLE t ();", owner=LONG)],
        "one long kind": lambda: [entry(1, LONG, b"t", b"CREATE TABLE t ();")],
        "one long definition": lambda: [entry(1, b"FUNCTION", b"f()", b"CREATE FUNCTION f() AS '%s';" % LONG)],
        "one long definition of names": lambda: [entry(1, b"VIEW", b"v", b"CREATE VIEW v AS SELECT " + b"\"r\"," * 3_000_000 + b"1;")],
        "one long definition of line breaks": lambda: [entry(1, b"VIEW", b"v", b"\n" * 12_000_000)],
        "one long COPY": lambda: [entry(1, b"TABLE", b"t", b"CREATE TABLE t ();"), entry(
            2, b"TABLE DATA", b"t", deps=(1,), copy=b"COPY t (" + b"a, " * 4_000_000 + b"a) FROM stdin;\n")],
    }


def large_objects() -> list[bytes]:
    """A group whose privileges somebody else than the owner gave."""
    oids = b"".join(b"%d\n" % (10_000 + i) for i in range(2 * MANY))
    grant = b"SET SESSION AUTHORIZATION l;\nGRANT SELECT ON LARGE OBJECT 10000 TO r;\n"
    return [pga.Entry(3, b"BLOB METADATA", b"x", oids, owner=b"o").encode(LAYOUT),
            pga.Entry(4, b"ACL", b"LARGE OBJECTS 1..2", grant, owner=b"o", deps=[b"3"]).encode(LAYOUT)]


def windows(blocks: int, size: int) -> bytes:
    """Data that asks for a window of 128 MiB, block by block, and fills it: a frame of one byte, many times.

    It is SQL, as there is no COPY, and so blanks, which are no statement."""
    whole, rest = divmod(size, 128 << 10)
    run = (128 << 10) << 3 | 1 << 1
    frame = b"\x28\xb5\x2f\xfd\0\x88" + (run.to_bytes(3, "little") + b" ") * whole + (1).to_bytes(3, "little")
    entries = [pga.Entry(i, b"TABLE DATA", b"t%d" % i, section=pga.SECTION_DATA, had_dumper=1, flag=pga.NOT_SET)
               for i in range(1, blocks + 1)]
    entries += [pga.Entry(blocks + 1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n", section=pga.SECTION_PRE),
                pga.Entry(blocks + 2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = 'on';\n",
                          section=pga.SECTION_PRE)]
    archive = pga.Archive((1, 16, 0), compression=pga.ZSTD)
    data = b"".join(bytes([pga.BLOCK_DATA]) + LAYOUT.int(i) + LAYOUT.int(len(frame)) + frame + LAYOUT.int(0)
                    for i in range(1, blocks + 1))
    return pga.encode_head(archive, len(entries)) + b"".join(entry.encode(LAYOUT) for entry in entries) + data


ALWAYS: tuple[Words, ...] = (
    ("-l",), ("-l", "--json"), ("--check",), ("--needs", "--json"), ("--drop-role=*", "--dry-run", "--json"),
    ("--drop-role=r*", "--drop-role=*1", "-v"), ("--map-role=r1=a", "--map-role=r2=a", "--map-role=o=a", "-v"),
    ("--exclude=TABLE *", "--cascade", "--dry-run", "--json"), ("--check-for", "azure"),
    ("--exclude-setting=a*", "--exclude-setting=*1", "--exclude-setting=*", "--dry-run", "--json"))
SOMETIMES: tuple[Words, ...] = (
    ("-v",), ("-l", "-v"), ("--check", "--json"), ("--needs",), ("--check-for", "rds", "--json"), ("--for", "rds", "-v"),
    ("--for", "cloudsql", "--dry-run", "--json"), ("--for", "supabase", "--from", "rds"), ("--drop-role=*", "--dry-run"),
    ("--exclude=TABLE *", "--dry-run"), ("--exclude-table=t*1", "--exclude-table=v*", "--cascade", "-v"),
    ("--set-owner=z", "-O", "-x", "--no-kind=VIEW"), ("--exclude-type=*", "--cascade", "--dry-run"),
    ("--redact-secrets", "--dry-run", "--json"), ("-O", "--strict", "-v"))
DRAWN = 5  # of these and of single rules, for each shape


@unittest.skipIf(harness.SANITIZED, "a sanitizer's shadow memory says nothing about the program")
class HostileMemoryTest(unittest.TestCase):
    def written(self, words: Words, source: Path) -> int:
        """How large the output is, or would be if that were asked for."""
        rest = [word for word in words if word not in ("-v", "--dry-run", "--json", "--strict")]
        done = subprocess.run([harness.program(), "-q", *rest, source], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return len(done.stdout) if done.returncode == 0 and done.stdout.startswith(b"PGDMP") else 0

    def peak(self, words: Words, source: Path) -> int:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER, harness.program(), *words, source], stdin=subprocess.DEVNULL,
                              capture_output=True, check=True, timeout=harness.TIME_LIMIT)
        status, peak = map(int, done.stdout.split())
        self.assertIn(status, (0, 1, 2), words)
        return peak * 1024

    def check(self, name: str, entries: list[bytes], layout: pga.Layout, words: list[Words]) -> None:
        stored = pga.encode_head(pga.Archive(layout.version, layout.int_size, layout.off_size, compression=pga.NONE),
                                 len(entries)) + b"".join(entries)
        source = harness.scratch_file(stored, ".dump")
        for each in words:
            peak = self.peak(each, source)
            toc = len(stored)
            if peak > 16 * MIB + 4 * toc:
                toc = max(toc, self.written(each, source))
            with self.subTest(name, words=each):
                self.assertLessEqual(peak / MIB, 16 + 4 * toc / MIB)
            if os.environ.get("PRINT"):
                print(f"{(peak / MIB - 16) / (toc / MIB):6.2f} {peak / MIB:6.1f} {toc / MIB:5.1f} {name} {' '.join(each)}", flush=True)
            harness.count("measurements")
        source.unlink()

    def test_every_shape(self) -> None:
        print(f"SEED={harness.SEED}")
        draw = random.Random(harness.SEED)
        others = [*SOMETIMES, *rules()]
        for name, make in shapes().items():
            self.check(name, make(), SMALL, [*ALWAYS, *draw.sample(others, DRAWN)])
        self.check("large objects", large_objects(), LAYOUT, [*ALWAYS, ("--repair",), ("-O", "--repair"), ("-O",)])

    def test_more_than_16_mib_hide(self) -> None:
        """What costs most for its size."""
        self.check("a mention of very many roles", mention_of_all(5 * MANY), SMALL, [("--drop-role=*", "-v")])

    def test_windows_of_a_check(self) -> None:
        source = harness.scratch_file(windows(6, 160 * MIB), ".dump")
        for words in (("--check", "--limit", "ratio=1000000"), ("--check",)):
            peak = self.peak(words, source)
            self.assertLessEqual(peak, (16 + 64 + 128) * MIB, words)
            harness.count("windows")
        self.assertEqual(harness.run(("--check", "--limit", "ratio=1000000"), source).status, 0)
        done = harness.run(("--check",), source)
        self.assertEqual(done.status, 2)
        self.assertIn(b"more than 1000 times as large as it is stored (ratio=1000)", done.err)


if __name__ == "__main__":
    harness.main()
