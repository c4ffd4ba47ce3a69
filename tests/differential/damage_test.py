# SPDX-License-Identifier: PostgreSQL
"""Truncated, damaged and hostile input: refused or failed, never passed on as good, never a crash or a hang."""
from __future__ import annotations

import resource
import signal
import sys
import unittest
from pathlib import Path
from typing import Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SANITIZER_MARKS = (b"Sanitizer", b"runtime error", b"terminate called", b"std::", b"Assertion")
MEMORY = 256 << 20
# counts and lengths as stored: 2^31-1, 2^30, 2^32-1, -1 and -(2^32-1)
HOSTILE_INTEGERS = (b"\0\xff\xff\xff\x7f", b"\0\0\0\0\x40", b"\0\xff\xff\xff\xff", b"\1\1\0\0\0",
                    b"\1\xff\xff\xff\xff")


def little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


def is_complete(data: bytes) -> bool:
    try:
        pga.read(data)
    except pga.ArchiveError:
        return False
    return True


def spread(start: int, end: int, number: int) -> list[int]:
    """Both ends and their neighbours, and an even spread between."""
    step = max(1, (end - start) // number)
    near = [start, start + 1, end - 1, end - 2, end - 5, end - 6]
    return sorted({at for at in [*near, *range(start, end, step)] if start <= at < end})


class DamageTest(unittest.TestCase):
    def assert_fails(self, options: tuple, data: bytes, inlet: str, outlet: str,
                     statuses: tuple = (1, 2)) -> harness.Run:
        limits = None if harness.SANITIZED else little_memory
        done = harness.run(options, data, inlet, outlet, limits)
        self.assertIn(done.status, statuses, str(done))
        self.assertTrue(done.err.startswith(b"pgfilter: "), str(done))
        self.assertFalse([mark for mark in SANITIZER_MARKS if mark in done.err], str(done))
        if outlet == "file":
            self.assertFalse(done.file_appeared, f"an output file appeared: {done}")
        if done.status == 2:
            self.assertEqual(done.out, b"", f"refused after output began: {done}")
        self.assertFalse(is_complete(done.out), f"looks complete: {done}")
        harness.count("failures")
        return done


# ---------------------------------------------------------------------------------------------- truncation


class TruncationTest(DamageTest):
    CASES = ("tiny/tiny.17.file.dump", "tiny/tiny.17.none.pipe.dump", "tiny/tiny.15.none.pipe.dump")
    RULES = ((), ("-O",), ("--no-large-objects", "-q"), ("--map-role", "alice=bob"))

    def test_toc_is_refused_before_output(self) -> None:
        data = harness.archive(self.CASES[0]).read_bytes()
        end = pga.read(data).toc_end
        work = [(length, inlet, outlet) for length in spread(0, end, 45)
                for inlet, outlet in (("pipe", "pipe"), ("file", "file"))]
        work = harness.thinned(work, "truncations")
        harness.in_parallel(lambda w: self.assert_fails((), data[: w[0]], w[1], w[2], (2,)), work)

    def test_data_never_ends_well(self) -> None:
        for number, name in enumerate(self.CASES):
            data = harness.archive(name).read_bytes()
            archive = pga.read(data)
            end = archive.blocks[-1].end
            edges = [edge for block in archive.blocks for edge in (block.start, block.start + 5, block.end - 5)]
            work = []
            for at, length in enumerate(sorted({*spread(archive.toc_end, end, 22), *edges})):
                rule = self.RULES[(at + number) % len(self.RULES)]
                work += [(rule, length, "pipe", "pipe"), (rule, length, ("file", "redirect")[at % 2], "file")]
                work += [(rule, length, "file", ("pipe", "redirect")[at % 2])]
            work = harness.thinned(work, "truncations")
            harness.in_parallel(lambda w: self.assert_fails(w[0], data[: w[1]], w[2], w[3]), work)

    def test_exit_status_tells_when_output_had_begun(self) -> None:
        """From a pipe nobody can know the end in advance: the data is failed, not refused."""
        data = harness.archive(self.CASES[0]).read_bytes()
        archive = pga.read(data)
        for block in archive.blocks:
            done = self.assert_fails((), data[: block.end - 3], "pipe", "pipe", (1,))
            self.assertIn(b"offset", done.err)
            self.assertIn(b"%d" % block.dump_id, done.err)

    def test_message_names_file_entry_and_offset(self) -> None:
        data = harness.archive(self.CASES[0]).read_bytes()
        block = pga.read(data).blocks[0]
        path = harness.scratch_file(data[: block.end - 8], ".dump")
        done = self.assert_fails((), path.read_bytes(), "file", "pipe")
        self.assertRegex(done.err, rb"^pgfilter: .*\.dump: entry %d \(TABLE DATA .*\), offset \d+: " % block.dump_id)

    def test_inside_a_dropped_block(self) -> None:
        """All that is kept has passed when the damage shows; the output must still be incomplete."""
        for name in self.CASES:
            data = harness.archive(name).read_bytes()
            blobs = [block for block in pga.read(data).blocks if block.kind == pga.BLOCK_BLOBS]
            for block in blobs:
                for length in (block.start, block.start + 1, block.start + 4, block.start + 9, block.end - 1):
                    for inlet in ("pipe", "file"):
                        for outlet in ("pipe", "redirect", "file"):
                            self.assert_fails(("--no-large-objects", "-q"), data[:length], inlet, outlet)

    def test_when_nothing_with_data_is_kept(self) -> None:
        """Then the contents alone are a complete archive, so their last byte has to wait."""
        archive = pga.read(harness.archive(self.CASES[0]).read_bytes())
        archive.entries = [e for e in archive.entries if e.desc != b"TABLE DATA"]
        archive.blocks = [block for block in archive.blocks if block.kind == pga.BLOCK_BLOBS]
        data = archive.encode("true")
        first = pga.read(data).blocks[0].start
        for length in (len(data) - 1, first, first + 4, len(data) - 20):
            for inlet in ("pipe", "file"):
                for outlet in ("pipe", "redirect", "file"):
                    self.assert_fails(("--no-large-objects", "-q"), data[:length], inlet, outlet)
        complete = harness.must_run(("--no-large-objects",), data)
        self.assertEqual(pga.read(complete).blocks, [])

    def test_large_archive(self) -> None:
        """Beyond every buffer's size."""
        data = harness.archive("15/roles.fc_z0.dump").read_bytes()
        end = pga.read(data).blocks[-1].end
        for length in (end - 1, end - 6, end // 2, end - 400_000):
            for rule in ((), ("-O", "--no-large-objects")):
                for inlet, outlet in (("pipe", "pipe"), ("file", "pipe"), ("file", "file"), ("redirect", "redirect")):
                    self.assert_fails(rule, data[:length], inlet, outlet)

    def test_the_test_can_fail(self) -> None:
        data = harness.archive(self.CASES[0]).read_bytes()
        with self.assertRaises(AssertionError):
            self.assert_fails((), data, "pipe", "pipe")


# ---------------------------------------------------------------------------------------------- blocks


class BlockTest(DamageTest):
    def setUp(self) -> None:
        self.archive = pga.read(harness.archive("tiny/tiny.17.none.file.dump").read_bytes())

    def damaged(self, blocks: list[pga.Block], offsets: str) -> bytes:
        return pga.replace(self.archive, blocks=blocks).encode(offsets)

    def everywhere(self, data: bytes, rules: tuple = ((), ("-O",), ("-O", "--no-large-objects"))) -> None:
        ways = (("pipe", "pipe"), ("file", "pipe"), ("file", "file"), ("redirect", "redirect"))
        work = [(rule, data, *way) for rule in rules for way in ways]
        harness.in_parallel(lambda arguments: self.assert_fails(*arguments), work)

    def test_missing_blocks(self) -> None:
        blocks = self.archive.blocks
        for at in range(len(blocks)):
            for offsets in ("unset", "true"):
                self.everywhere(self.damaged(blocks[:at] + blocks[at + 1 :], offsets))
        self.everywhere(self.damaged([], "unset"))

    def test_duplicate_block(self) -> None:
        blocks = self.archive.blocks
        for offsets in ("unset", "true"):
            self.everywhere(self.damaged([blocks[0], *blocks], offsets))
            self.everywhere(self.damaged([blocks[0], blocks[0], *blocks[2:]], offsets))

    def test_unknown_block(self) -> None:
        blocks = self.archive.blocks
        for dump_id in (999_999, 0, self.archive.find(b"TABLE").dump_id):
            stranger = pga.replace(blocks[0], dump_id=dump_id)
            for at in (0, 1):
                self.everywhere(self.damaged([*blocks[:at], stranger, *blocks[at:]], "unset"))
            self.everywhere(self.damaged([*blocks[:1], stranger, *blocks[2:]], "unset"))

    def test_block_of_the_wrong_kind(self) -> None:
        for kind in (0, 2, 4, 255):
            blocks = [pga.replace(self.archive.blocks[0], kind=kind), *self.archive.blocks[1:]]
            self.everywhere(self.damaged(blocks, "unset"), ((),))

    def test_blocks_out_of_order(self) -> None:
        """Legal in a file for a reader that seeks; pgfilter may refuse, or reproduce and edit it rightly."""
        data = self.damaged(self.archive.blocks[::-1], "true")
        for inlet in ("file", "pipe"):
            done = harness.run((), data, inlet)
            self.assertIn(done.status, (0, 1, 2), str(done))
            if done.status == 0:
                harness.same_bytes(done.out, data, "out of order")
            else:
                self.assertFalse(is_complete(done.out))
            harness.count("failures")

    def test_wrong_offsets(self) -> None:
        """Without a change they may be reproduced; after one, a wrong offset is never written."""
        data_entry = next(e for e in self.archive.entries if e.had_dumper)
        for wrong in (0, 1, data_entry.offset + 1, data_entry.offset - 1, 2**40, 2**63 - 1, 2**64 - 1):
            entries = [pga.replace(e, offset=wrong) if e is data_entry else e for e in self.archive.entries]
            data = pga.replace(self.archive, entries=entries).encode("kept")
            for inlet, outlet in (("pipe", "pipe"), ("file", "file"), ("redirect", "redirect"), ("file", "pipe")):
                done = harness.run((), data, inlet, outlet)
                self.assertTrue(done.status in (1, 2) or done.out == data, str(done))
                done = harness.run(("-O",), data, inlet, outlet)
                if done.status == 0:
                    self.assertEqual(harness.offsets_problem(done.out), "", (wrong, inlet, outlet))
                else:
                    self.assertIn(done.status, (1, 2), str(done))
                    self.assertFalse(is_complete(done.out), str(done))
                harness.count("failures")

    def test_wrong_flags(self) -> None:
        """Data whose entry says there is none is lost in a restore; other flags do not exist."""
        data_entry = next(e for e in self.archive.entries if e.had_dumper)
        for flag in (0, 3, 4, 255):
            entries = [pga.replace(e, flag=flag, offset=0) if e is data_entry else e for e in self.archive.entries]
            data = pga.replace(self.archive, entries=entries).encode("kept")
            for rule in ((), ("-O",)):
                done = harness.run(rule, data)
                self.assertTrue(done.status in (1, 2) or (flag == 3 and not rule and done.out == data), str(done))
                harness.count("failures")

    def test_huge_chunks(self) -> None:
        """A length is a claim: nothing is allocated for bytes that are not there."""
        layout, block = self.archive.layout, self.archive.blocks[0]
        head = self.damaged([], "unset") + bytes([1]) + layout.int(block.dump_id)
        for length in HOSTILE_INTEGERS:
            self.everywhere(head + length + b"x" * 1000, ((), ("-O",)))

    def test_endless_objects(self) -> None:
        """A list of large objects that never ends with a zero."""
        layout = self.archive.layout
        blobs = next(block for block in self.archive.blocks if block.kind == pga.BLOCK_BLOBS)
        before = [block for block in self.archive.blocks if block.start < blobs.start]
        data = self.damaged(before, "unset") + bytes([3]) + layout.int(blobs.dump_id)
        self.everywhere(data + (layout.int(5) + layout.int(0)) * 20_000, ((), ("--no-large-objects",)))


# ---------------------------------------------------------------------------------------------- contents


class TocTest(DamageTest):
    def setUp(self) -> None:
        self.archive = pga.read(harness.archive("tiny/tiny.17.none.file.dump").read_bytes())
        self.data = self.archive.encode("kept")

    def refused(self, data: bytes, what: object, words: Optional[bytes] = None) -> None:
        ways = (("pipe", "pipe"), ("file", "file"))
        with self.subTest(what):
            for done in harness.in_parallel(lambda way: self.assert_fails((), data, *way, (2,)), ways):
                if words:
                    self.assertRegex(done.err.lower(), words)

    def test_duplicate_ids(self) -> None:
        entries = self.archive.entries
        for first, second in ((0, 1), (5, len(entries) - 1)):
            changed = [pga.replace(e, dump_id=entries[first].dump_id) if e is entries[second] else e for e in entries]
            self.refused(pga.replace(self.archive, entries=changed).encode("unset"), (first, second))

    def test_bad_ids(self) -> None:
        for dump_id in (0, -1, -(2**31) + 1):
            entries = [pga.replace(self.archive.entries[0], dump_id=dump_id), *self.archive.entries[1:]]
            self.refused(pga.replace(self.archive, entries=entries).encode("unset"), dump_id)

    def test_hostile_counts(self) -> None:
        at = self.archive.toc_start - 5
        more = (len(self.archive.entries) + 1, 1_000_000)
        for count in (*HOSTILE_INTEGERS, *map(self.archive.layout.int, more)):
            self.refused(self.data[:at] + count + self.data[at + 5 :], f"count {count!r}")
            self.refused(self.data[:at] + count, f"count {count!r} and the end")

    def test_too_few_entries(self) -> None:
        """The rest of the entries then stands where the blocks should."""
        for less in (1, 5, len(self.archive.entries)):
            data = pga.encode_head(self.archive, len(self.archive.entries) - less) + self.data[self.archive.toc_start :]
            done = harness.run((), data, "pipe")
            if done.status == 0:  # nothing with data among the entries that are left: the rest is trailing garbage
                self.assertTrue(done.err, str(done))
                self.assertEqual(done.out, data)
            else:
                self.assert_fails((), data, "pipe", "pipe")

    def test_hostile_lengths(self) -> None:
        """Every text of the header and of one entry claims to be 2 GB long."""
        huge = (b"\0\xff\xff\xff\x7f", b"\0\0\0\0\x40", b"\0\xff\xff\xff\xff")
        positions = [i for i in range(12, self.archive.toc_start + 400) if self.data[i : i + 5] == b"\1\1\0\0\0"]
        first = self.archive.entries[0]
        texts = (self.archive.dbname, self.archive.server_version, first.tag, first.defn, first.with_oids, first.oid)
        for text in texts:
            positions.append(self.data.index(self.archive.layout.text(text), 40))
        for at in positions:
            for length in huge:
                self.refused(self.data[:at] + length + self.data[at + 5 :], f"length {length!r} at {at}")

    def test_endless_dependencies(self) -> None:
        end = self.archive.toc_start + len(self.archive.entries[0].raw) - 9 - 5
        self.refused(self.data[:end] + self.archive.layout.text(b"7") * 100_000, "dependencies without end")

    def test_bad_widths(self) -> None:
        for position, values in ((8, (0, 33, 64, 255)), (9, (0, 33, 255))):
            for value in values:
                self.refused(self.data[:position] + bytes([value]) + self.data[position + 1 :], (position, value))

    def test_values_that_do_not_fit(self) -> None:
        """Wide integers are fine as long as what they hold is not."""
        wide = pga.convert(self.archive, 16, 16, 16)
        data = bytearray(wide.encode("unset"))
        at = pga.read(bytes(data)).toc_start  # the first ID
        for byte in (5, 6, 9, 16):
            self.refused(bytes(data[: at + byte]) + b"\1" + bytes(data[at + byte + 1 :]), f"byte {byte} of an ID")
        offset_byte = at + len(pga.read(bytes(data)).entries[0].raw) - 1
        done = harness.run((), bytes(data[:offset_byte]) + b"\1" + bytes(data[offset_byte + 1 :]))
        self.assertIn(done.status, (0, 2), str(done))

    def test_null_where_a_text_must_be(self) -> None:
        table = self.archive.find(b"TABLE")
        raw = self.archive.layout.text(b"TABLE")
        body = table.encode_body(self.archive.layout)
        at = self.data.index(body)
        null = body.replace(raw, self.archive.layout.int(-1), 1)
        done = harness.run((), self.data[:at] + null + self.data[at + len(body) :])
        self.assertIn(done.status, (0, 2), str(done))

    def test_flipped_bytes(self) -> None:
        """Whatever one byte does: refused or failed with a message, or passed on as it is."""
        positions = spread(0, len(self.data), 230)

        def one(at: int) -> None:
            data = bytearray(self.data)
            data[at] ^= (0xFF, 0x80, 0x01)[at % 3]
            done = harness.run(((), ("-O", "-x"))[at % 2], bytes(data), ("pipe", "file")[at % 2],
                               limits=None if harness.SANITIZED else little_memory)
            self.assertIn(done.status, (0, 1, 2), str(done))
            self.assertFalse([mark for mark in SANITIZER_MARKS if mark in done.err], str(done))
            if done.status == 0:
                harness.same_bytes(done.out, bytes(data), "flipped") if at % 2 == 0 else pga.read(done.out)
            else:
                self.assertFalse(is_complete(done.out), str(done))
            harness.count("flipped bytes")

        harness.in_parallel(one, harness.thinned(positions, "flipped bytes"))


# ---------------------------------------------------------------------------------------------- refusals


class RefusalTest(DamageTest):
    """What is no custom-format archive is refused with a word that helps."""

    def refused(self, data: bytes, words: bytes, what: str) -> None:
        for inlet in ("pipe", "file", "redirect"):
            with self.subTest(what, inlet=inlet):
                done = self.assert_fails((), data, inlet, "pipe", (2,))
                self.assertRegex(done.err.lower(), words)
                self.assertLess(len(done.err), 1000)

    def test_other_formats(self) -> None:
        tiny = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        self.refused(harness.archive("tiny/tiny.17.tar").read_bytes(), rb"\btar\b", "tar")
        self.refused(harness.archive("tiny/tiny.17.toc.dat").read_bytes(), rb"director|\btar\b", "toc.dat")
        sql = b"--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n"
        self.refused(sql, rb"plain|text|psql|sql", "plain SQL")
        self.refused(b"--\n-- PostgreSQL database cluster dump\n--\n\n", rb"plain|text|psql|sql", "pg_dumpall")
        self.refused(b"\\restrict abc\n--\n-- PostgreSQL database dump\n--\n", rb"plain|text|psql|sql", "guarded SQL")
        self.refused(b"", rb"empty|ends|end of", "empty")
        self.refused(b"\x28\xb5\x2f\xfd\x24\x10" + tiny, rb"zstd|zstandard", "zstd")
        self.refused(b"\x04\x22\x4d\x18\x64\x40" + tiny, rb"lz4", "lz4")
        texts = (b"hello\n", b"P", b"PGDM", b"PGDMP", b"pgdmp" + tiny[5:], b"\0" * 5000, b"\n" + tiny, b"%PDF-1.4\n")
        for text in texts:
            self.refused(text, rb"pgfilter: .*(archive|custom|ends|end of)", repr(text[:8]))

    def test_versions(self) -> None:
        tiny = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        for major, minor in [(1, minor) for minor in (*range(10), 17, 18, 255)] + [(0, 16), (2, 0), (2, 16)]:
            self.refused(tiny[:5] + bytes([major, minor]) + tiny[7:], rb"%d\.%d" % (major, minor), f"{major}.{minor}")

    def test_directory_and_missing_file(self) -> None:
        for path in (harness.scratch(), harness.scratch() / "missing.dump"):
            done = harness.run((), path)
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertIn(bytes(path), done.err)
            harness.count("failures")

    def test_archive_directory_is_named(self) -> None:
        """A directory with a toc.dat is an archive of another format, not just a directory."""
        folder = harness.scratch_file(suffix=".dir")
        folder.mkdir()
        (folder / "toc.dat").write_bytes(harness.archive("tiny/tiny.17.toc.dat").read_bytes())
        done = harness.run((), folder)
        self.assertEqual((done.status, done.out), (2, b""), str(done))
        self.assertIn(b"director", done.err.lower())

    def test_no_signal_ends_it(self) -> None:
        """Also with hardly any memory: a message and a status, no abort."""
        if harness.SANITIZED:
            self.skipTest("a sanitizer needs its address space")
        source = harness.archive("17/roles.fc.dump")

        def tight() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (24 << 20, 24 << 20))

        done = harness.run(("-O",), source, limits=tight)
        self.assertNotIn(-done.status, [s.value for s in signal.Signals], str(done))
        harness.count("failures")


if __name__ == "__main__":
    harness.main()
