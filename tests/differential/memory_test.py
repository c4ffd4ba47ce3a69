# SPDX-License-Identifier: PostgreSQL
"""Peak memory stays within 8 MiB + 2.5 times the table of contents of what pg_dump writes, however much data follows, and
within 16 MiB + 4 times that of any archive.

Measured as VmHWM of the running program: what getrusage() tells of a child includes the time before its exec, when
it still was a copy of Python.
"""
from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from typing import BinaryIO, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SMALL_ENTRIES = 200_000
DATA = 200 << 20
CHUNK = bytes(range(256)) * 256  # 64 KiB
LAYOUT = pga.Layout((1, 16, 0), 4, 8)
MIB = 1 << 20


def small_entries(number: int) -> Iterator[bytes]:
    """Tables, their grants and comments: what fills a real table of contents."""
    for dump_id in range(10, 10 + number, 4):
        name = b"table_%d" % dump_id
        yield from (entry.encode(LAYOUT) for entry in (
            pga.Entry(dump_id, b"TABLE", name, b"CREATE TABLE public.%s (\n    id integer NOT NULL\n);\n" % name,
                      b"DROP TABLE public.%s;\n" % name, namespace=b"public", tablespace=b"", tableam=b"heap",
                      owner=b"app", table_oid=b"1259", oid=b"%d" % (16384 + dump_id), relkind=114),
            pga.Entry(dump_id + 1, b"ACL", b"TABLE " + name, b"GRANT SELECT ON TABLE public.%s TO app_ro;\n" % name,
                      namespace=b"public", owner=b"app", section=pga.SECTION_NONE, deps=[b"%d" % dump_id]),
            pga.Entry(dump_id + 2, b"COMMENT", b"TABLE " + name, b"COMMENT ON TABLE public.%s IS 'x';\n" % name,
                      namespace=b"public", owner=b"app", section=pga.SECTION_NONE, deps=[b"%d" % dump_id]),
            pga.Entry(dump_id + 3, b"INDEX", name + b"_i", b"CREATE INDEX %s_i ON public.%s (id);\n" % (name, name),
                      b"DROP INDEX public.%s_i;\n" % name, namespace=b"public", tablespace=b"", owner=b"app",
                      section=pga.SECTION_POST, deps=[b"%d" % dump_id, b"%d" % (dump_id + 2)])))


def data_entry(dump_id: int) -> bytes:
    entry = pga.Entry(dump_id, b"TABLE DATA", b"big", copy=b"COPY public.big (b) FROM stdin;\n", namespace=b"public",
                      owner=b"app", section=pga.SECTION_DATA, had_dumper=1, deps=[b"10"], flag=pga.NOT_SET)
    return entry.encode(LAYOUT)


def write_archive(path: Path, entries: int, data: int, chunk: bytes = CHUNK) -> int:
    """Streams an archive to a file, since Python must not hold it; gives the size of its table of contents."""
    shell = pga.Archive(LAYOUT.version, compression=pga.NONE)
    with path.open("wb") as file:
        file.write(pga.encode_head(shell, entries + 1))
        for stored in small_entries(entries):
            file.write(stored)
        file.write(data_entry(5))
        toc = file.tell()
        file.write(bytes([pga.BLOCK_DATA]) + LAYOUT.int(5))
        write_chunks(file, data, chunk)
        file.write(LAYOUT.int(0))
    return toc


def write_chunks(file: BinaryIO, data: int, chunk: bytes) -> None:
    framed = LAYOUT.int(len(chunk)) + chunk
    pack = framed * max(1, MIB // len(framed))
    for _ in range(max(1, data // len(pack))):
        file.write(pack)


def smallest_entry(dump_id: int, **fields) -> bytes:
    return pga.Entry(dump_id, tag=b"t", defn=b"", drop=b"", owner=b"a", **fields).encode(LAYOUT)


def write_smallest_entries(path: Path, number: int, with_data: bool) -> int:
    """What costs most for its size: entries of next to nothing, every other one dropped by -x, and each kept one with
    a dependency to be led past the dropped, or with a block of its own."""
    with path.open("wb") as file:
        file.write(pga.encode_head(pga.Archive(LAYOUT.version, compression=pga.NONE), number))
        for dump_id in range(1, number + 1):
            kept = dump_id % 2 == 1
            deps = [b"%d" % (dump_id - 1)] if dump_id > 1 and not with_data else []
            data = {"had_dumper": 1, "flag": pga.NOT_SET} if kept and with_data else {}
            file.write(smallest_entry(dump_id, desc=b"X" if kept else b"ACL", deps=deps, **data))
        toc = file.tell()
        for dump_id in range(1, number + 1, 2) if with_data else ():
            file.write(bytes([pga.BLOCK_DATA]) + LAYOUT.int(dump_id) + LAYOUT.int(0))
    return toc


def write_entries(path: Path, entries: list[bytes], layout: pga.Layout = LAYOUT) -> int:
    shell = pga.Archive(layout.version, layout.int_size, layout.off_size, compression=pga.NONE)
    stored = pga.encode_head(shell, len(entries)) + b"".join(entries)
    path.write_bytes(stored)
    return len(stored)


def entry(dump_id: int, desc: bytes, defn: bytes) -> bytes:
    return pga.Entry(dump_id, desc, b"tag", defn, owner=b"app").encode(LAYOUT)


def hungry_statements() -> dict[str, list[bytes]]:
    """Definitions that cost many times their size if they are read with less care."""
    roles = b" ".join(b"role%03d" % i for i in range(60))
    return {
        "an expression of four million tokens": [
            entry(1, b"FUNCTION", b"CREATE FUNCTION f() RETURNS int RETURN " + b"1+" * 4_000_000 + b"1;\n")],
        "two hundred thousand grants of one object": [
            entry(1, b"ACL", b"GRANT SELECT ON TABLE public.t TO app;\n" * 200_000)],
        "one grant to two million roles": [
            entry(1, b"ACL", b"GRANT SELECT ON TABLE public.t TO " + b"app," * 2_000_000 + b"app;\n")],
        "a huge body behind a role": [
            entry(1, b"FUNCTION", b"CREATE FUNCTION f() SET role TO 'app' AS $$" + b"abc app " * 2_000_000 + b"$$;\n")],
        "a million literals": [
            entry(1, b"VIEW", b"CREATE VIEW v AS SELECT " + b"'app'," * 1_000_000 + b"1;\n")],
        "twenty thousand bodies that mention every role": [
            entry(i, b"FUNCTION", b"CREATE FUNCTION f() AS $$ " + roles + b" $$;\n") for i in range(1, 20_001)],
    }


SMALL = pga.Layout((1, 10, 0), 3, 1)


def smallest(dump_id: int, desc: bytes, tag: bytes = b"", defn: bytes = b"", deps: object = (), owner: bytes = b"o") -> bytes:
    return pga.Entry(dump_id, desc, tag, defn, owner=owner, table_oid=b"", oid=b"", with_oids=b"", deps=pga.decimal(deps)).encode(SMALL)


def hungry_rules() -> dict[str, tuple[list[bytes], tuple]]:
    """What rules have to remember of an archive: roles, grant options, dependencies."""
    numbers = range(1, 150_001)
    names = b",".join(b"r%d" % i for i in numbers)
    attachments = [smallest(1, b"TABLE", b"t"), smallest(2, b"TABLE", b"u")]
    excluding = (("--exclude-table=t",), ("--exclude-table=none",), ("--table-and-children=t",))
    grant = b"GRANT a ON a TO b WITH GRANT OPTION GRANTED BY a;"
    return {
        "a list of roles": ([smallest(1, b"ACL", b"t", b"GRANT a ON a TO " + names + b";\n"), smallest(2, b"VIEW", b"v", b"r1 r2")],
                            (("--needs",), ("--needs", "--json"), ("-v", "--drop-role=*"), ("-v", "--drop-role=r*5"), ("--map-role=r1=x", "-v"))),
        "a role for every entry": ([smallest(i, b"ACL", b"", b"GRANT a ON a TO r%d;" % i, owner=b"a") for i in numbers],
                                   (("--needs",), ("--drop-role=*",), ("--keep-roles=a", "-v"))),
        "an owner for every entry": ([smallest(i, b"VIEW", b"", b"x", owner=b"a-%d" % i) for i in numbers],
                                     (("--needs",), ("-v", "--drop-role=*"))),
        "grant options that are lost": ([smallest(i, b"ACL", b"", grant) for i in numbers], (("--drop-role=a",),)),
        "attachments": (attachments + [smallest(i, b"ACL", deps=[1]) for i in numbers[2:]], excluding),
        "attachments of several": (attachments + [smallest(i, b"TABLE ATTACH", b"t", deps=(1, 2)) for i in numbers[2:]], excluding),
        "one dependency many times": (attachments + [smallest(3, b"COMMENT", deps=[1] * 1_500_000)], excluding),
        "two dependencies many times": (attachments + [smallest(3, b"INDEX", deps=[1, 2] * 700_000)], excluding),
    }


def most_for_any(toc: int) -> int:
    """Of memory, for an archive with that many bytes of table of contents."""
    return 16 * MIB + 4 * toc


def peak_of(process: subprocess.Popen) -> int:
    """VmHWM until the program ends; it only grows, so the last value seen is the peak."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_now(process.pid))
        time.sleep(0.003)
    return peak


def memory_now(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    name = next(line for line in status.splitlines() if line.startswith("Name:"))
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(line.split()[1]) * 1024 if line and "python" not in name else 0


@unittest.skipIf(harness.SANITIZED, "a sanitizer's shadow memory says nothing about the program")
class MemoryTest(unittest.TestCase):
    RULES = ((), ("-O",), ("-x",), ("--map-role", "app=new_app", "--map-role", "app_ro=new app_ro"),
             ("-q", "--drop-role", "app_*", "--exclude-table", "table_2*", "--set-owner", "x", "--no-kind", "COMMENT",
              "-N", "nothing", "--map-tablespace", "a=b", "--repair"))

    def measure(self, words: tuple, source: Path, piped: bool) -> int:
        return self.measure_command([harness.program(), *words] + ([] if piped else [str(source)]), source, piped)

    def measure_command(self, command: list, source: Path, piped: bool) -> int:
        with open(source, "rb") as file:
            feeder = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) if piped else None
            process = subprocess.Popen(command, stdin=feeder.stdout if feeder else subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if feeder:
                feeder.stdout.close()
            reader = threading.Thread(target=self.swallow, args=(process.stdout,))
            reader.start()
            peak = peak_of(process)
            reader.join()
            error = process.stderr.read()
            process.stderr.close()
            self.assertEqual((process.returncode, error), (0, b""))
            if feeder:
                feeder.wait()
        return peak

    def swallow(self, stream: BinaryIO) -> None:
        self.passed = 0
        while piece := stream.read(MIB):
            self.passed += len(piece)
        stream.close()

    def check(self, name: str, source: Path, toc: int, rules: tuple = RULES, is_hostile: bool = False) -> None:
        bound = most_for_any(toc) if is_hostile else 8 * MIB + toc * 5 // 2
        for words in rules:
            for piped in (False, True):
                # On a busy machine a short run can be over before it is looked at.
                peak = next(filter(None, (self.measure(words, source, piped) for _ in range(5))), 0)
                what = f"{name}, {' '.join(words) or 'identity'}, {'pipe' if piped else 'file'}"
                print(f"  {what}: peak {peak / MIB:.1f} MiB, TOC {toc / MIB:.1f} MiB, bound {bound / MIB:.1f} MiB")
                with self.subTest(what):
                    self.assertGreater(peak, 0, "not measured")
                    self.assertLessEqual(peak, bound)
                    self.assertGreater(self.passed, source.stat().st_size // 3)
                    self.assertEqual(self.passed == source.stat().st_size, not words, "a rule changes the size")
                    harness.count("measurements")

    def make(self, *how) -> tuple[Path, int]:
        path = harness.scratch_file(suffix=".dump")
        toc = write_archive(path, *how)
        self.addCleanup(os.unlink, path)
        return path, toc

    def test_many_entries_and_much_data(self) -> None:
        self.check("200,000 entries and 200 MB", *self.make(SMALL_ENTRIES, DATA))

    def test_much_data_and_hardly_any_entries(self) -> None:
        self.check("200 MB", *self.make(4, DATA), rules=((), ("-O",)))

    def test_one_chunk_a_row(self) -> None:
        row = b"a row of forty bytes, as -Z0 stores it.\n"
        self.check("20 MB in rows", *self.make(4, 20 << 20, row), rules=((), ("-O",)))

    def test_one_huge_chunk(self) -> None:
        """A row may be 1 GB, far more than fits in any buffer."""
        self.check("one chunk of 200 MB", *self.make(4, DATA, bytes(DATA)), rules=((), ("-O",)))

    def test_the_smallest_entries(self) -> None:
        for with_data in (False, True):
            path = harness.scratch_file(suffix=".dump")
            self.addCleanup(os.unlink, path)
            toc = write_smallest_entries(path, SMALL_ENTRIES, with_data)
            self.check("smallest entries" + with_data * " with data", path, toc, rules=(("-O", "-x"), ("-q", "-O", "-x", "-N", "b", "--no-policies"), ()), is_hostile=True)

    def test_chains_of_boost_iostreams(self) -> None:
        """The way in keeps up to twice the table of contents until all of it has come, the way out what is written of it."""
        chain = str(Path(harness.program()).parent / "tests/boost-chain")
        for entries in (4, SMALL_ENTRIES):
            source, toc = self.make(entries, DATA)
            bound = 8 * MIB + toc * 11 // 2
            for side in ("input", "output"):
                peak = next(filter(None, (self.measure_command([chain, side], source, True) for _ in range(5))), 0)
                print(f"  {entries} entries, {side} filter: peak {peak / MIB:.1f} MiB, TOC {toc / MIB:.1f} MiB, bound {bound / MIB:.1f} MiB")
                with self.subTest(f"{side}, {entries} entries"):
                    self.assertGreater(peak, 0, "not measured")
                    self.assertLessEqual(peak, bound)
                    self.assertGreater(self.passed, DATA * 9 // 10)
                    harness.count("measurements")

    def test_many_tokens_in_few_entries(self) -> None:
        maps = [word for i in range(60) for word in ("--map-role", f"role{i:03}=new{i}")]
        path = harness.scratch_file(suffix=".dump")
        self.addCleanup(os.unlink, path)
        for name, entries in hungry_statements().items():
            bound = most_for_any(write_entries(path, entries))
            for words in ((), ("-v",), ("--dry-run",), ("--dry-run", "--json"), ("--drop-role", "x"), ("--needs",)):
                self.check_peak(f"{name}, {' '.join(words) or 'silent'}",
                                [harness.program(), *words, "--map-role", "app=web", *maps, path], bound)

    def check_peak(self, what: str, command: list, bound: int, statuses: tuple = (0,)) -> None:
        for _ in range(10):  # on a busy machine it can be over before the first look
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            peak = peak_of(process)
            if peak > 0:
                break
        print(f"  {what}: peak {peak / MIB:.1f} MiB, bound {bound / MIB:.1f} MiB")
        with self.subTest(what):
            self.assertIn(process.returncode, statuses)
            self.assertGreater(peak, 0, "not measured")
            self.assertLessEqual(peak, bound)
            harness.count("measurements")

    def test_what_rules_remember(self) -> None:
        path = harness.scratch_file(suffix=".dump")
        self.addCleanup(os.unlink, path)
        for name, (entries, options) in hungry_rules().items():
            bound = most_for_any(write_entries(path, entries, SMALL))
            for words in options:
                statuses = (1, 2) if name == "a list of roles" and "--map-role=r1=x" not in words else (0,)
                if name == "an owner for every entry" and "--drop-role=*" in words:
                    statuses = (2,)  # more of them than there is memory for, which is refused
                self.check_peak(f"{name}, {' '.join(words)}", [harness.program(), *words, path], bound, statuses)

    def test_what_is_added(self) -> None:
        """Where copies of entries make the output longer than the input, it is the output that counts."""
        oids = b"".join(b"%d\n" % (10_000 + i) for i in range(30_000))
        grant = b"SET SESSION AUTHORIZATION l;\nGRANT SELECT ON LARGE OBJECT 10000 TO r;\n"
        source, target = harness.scratch_file(suffix=".dump"), harness.scratch_file(suffix=".dump")
        self.addCleanup(os.unlink, source)
        self.addCleanup(os.unlink, target)
        size = write_entries(source, [
            pga.Entry(3, b"BLOB METADATA", b"x", oids).encode(LAYOUT),
            pga.Entry(4, b"ACL", b"LARGE OBJECTS 1..2", grant, deps=[b"3"]).encode(LAYOUT)])
        subprocess.run([harness.program(), "--repair", "--no-sync", "-f", target, source], check=True)
        self.assertGreater(target.stat().st_size, 4 * size)
        self.check_peak("30,000 copies", [harness.program(), "--repair", source], most_for_any(target.stat().st_size))
        for limit in ("toc-bytes=1MB", "entries=20000"):
            done = harness.run(("--repair", "--limit", limit), source)
            self.assertEqual(done.status, 2)
            self.assertIn(b"grows by copies of entries past the limit (" + limit.split("=")[0].encode(), done.err)

    def test_the_smallest_entries_there_can_be(self) -> None:
        """Of the oldest version, with the smallest integers that hold their number; every owner changed twice."""
        layout = pga.Layout((1, 10, 0), 3, 1)
        number = 500_000
        path = harness.scratch_file(suffix=".dump")
        self.addCleanup(os.unlink, path)
        toc = write_entries(path, [
            pga.Entry(dump_id, b"X", b"", owner=b"app", table_oid=b"", oid=b"", with_oids=b"").encode(layout)
            for dump_id in range(1, number + 1)], layout)
        self.check("smallest entries of 1.10", path, toc, rules=((), ("-O",), ("--map-role", "app=web", "-O"), ("-q", "--no-kind", "Y", "--set-owner", "b", "-N", "c")), is_hostile=True)

    def test_output_to_a_file(self) -> None:
        path, toc = self.make(4, DATA)
        target = harness.scratch_file()
        self.passed = path.stat().st_size
        command = [harness.program(), "-O", "--no-sync", "-f", target, path]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        peak = peak_of(process)
        self.assertEqual(process.returncode, 0)
        self.assertLess(abs(target.stat().st_size - path.stat().st_size), 1000)
        target.unlink()
        self.assertLessEqual(peak, 8 * MIB + toc * 5 // 2)
        harness.count("measurements")


if __name__ == "__main__":
    harness.main()
