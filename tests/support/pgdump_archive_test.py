# SPDX-License-Identifier: PostgreSQL
"""Checks the reader and the writer of pgdump_archive.py against pg_restore: the oracle of the other tests
must not be believed because we wrote it."""
from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

UNLISTED = (b"ENCODING", b"STDSTRINGS", b"SEARCHPATH")  # pg_restore consumes these, -l never shows them


def listing(program: str, archive: Path | bytes, *options: str) -> bytes:
    source = {"input": archive} if isinstance(archive, bytes) else {}
    name = [] if isinstance(archive, bytes) else [str(archive)]
    done = subprocess.run([program, "-l", "-C", *options, *name], capture_output=True, **source)
    if done.returncode != 0:
        raise AssertionError(f"{program} -l: {done.stderr.decode(errors='replace')}")
    return done.stdout


def cleaned(text: pga.Text) -> bytes:
    return re.sub(rb"[\r\n]", b" ", text or b"")


def expected_lines(archive: pga.Archive) -> list[bytes]:
    lines = []
    for e in archive.entries:
        if e.desc not in UNLISTED and kept_by_restore(e):
            lines.append(b"%d; %s %s %s %s %s %s" % (e.dump_id, e.table_oid, e.oid, e.desc, e.namespace or b"-",
                                                     cleaned(e.tag), cleaned(e.owner)))
    return lines


def kept_by_restore(entry: pga.Entry) -> bool:
    """An entry with neither data nor a definition is not listed."""
    return bool(entry.had_dumper or entry.defn)


class ReaderTest(unittest.TestCase):
    def test_listing_equals_pg_restore(self) -> None:
        for path, restore in harness.readable_pairs(harness.archives()):
            with self.subTest(archive=path.name, restore=restore.major):
                archive = pga.read(path.read_bytes())
                text = listing(restore.program, path)
                self.assertEqual([l for l in text.split(b"\n") if l and not l.startswith(b";")],
                                 expected_lines(archive))
                self.assertIn(b"TOC Entries: %d\n" % len(archive.entries), text)
                self.assertIn(b"dbname: %s\n" % archive.dbname, text)
                self.assertIn(b"Dump Version: %d.%d-%d\n" % archive.version, text)
                harness.count("listings")

    def test_definitions_and_data_equal_pg_restore(self) -> None:
        for path, restore in harness.readable_pairs(harness.archives("1[0-9]/roles.fc.dump", "9.6/*")):
            script = harness.restore_script(restore, path, "-C")
            archive = pga.read(path.read_bytes())
            with self.subTest(archive=str(path), restore=restore.major):
                for entry in archive.entries:
                    if entry.desc in UNLISTED or (entry.tag or b"").startswith(b"LARGE OBJECTS "):
                        continue
                    if entry.desc in (b"TABLE DATA",) and entry.copy:
                        data = pga.content(archive, archive.block(entry.dump_id).streams[0])
                        self.assertIn(entry.copy + data[:-2], script, entry.tag)
                    elif entry.defn and entry.desc != b"BLOB METADATA":
                        self.assertIn(entry.defn, script, entry.tag)
                    harness.count("entries")


class WriterTest(unittest.TestCase):
    def test_encoding_what_was_read_gives_the_same_bytes(self) -> None:
        for path in harness.archives():
            with self.subTest(archive=str(path)):
                data = path.read_bytes()
                archive = pga.read(data)
                self.assertEqual(archive.encode("kept"), data)
                self.assertEqual(archive.head + archive.layout.int(len(archive.entries)), data[: archive.toc_start])
                for entry in archive.entries:
                    self.assertEqual(entry.raw_body(archive.layout), entry.encode_body(archive.layout))
                harness.count("archives")

    def test_offsets_of_pg_dump_equal_ours(self) -> None:
        for path in harness.archives():
            archive = pga.read(path.read_bytes())
            if any(entry.flag == pga.SET for entry in archive.entries):
                with self.subTest(archive=str(path)):
                    self.assertEqual(archive.encode("true"), path.read_bytes())
                    harness.count("archives with offsets")

    def test_conversions_are_readable(self) -> None:
        original = pga.read(harness.archive("15/roles.fc.dump").read_bytes())
        for minor, int_size, off_size in harness.LAYOUTS:
            data = pga.convert(original, minor, int_size, off_size).encode()
            again = pga.read(data)
            self.assertEqual(again.encode("true"), data)
            for restore in harness.restores_reading(minor):
                with self.subTest(minor=minor, int_size=int_size, off_size=off_size, restore=restore.major):
                    text = listing(restore.program, data)
                    self.assertIn(b"Dump Version: 1.%d-0\n" % minor, text)
                    self.assertIn(b"Integer: %d bytes\n" % int_size, text)
                    self.assertIn(b"Offset: %d bytes\n" % off_size, text)
                    self.assertEqual([l for l in text.split(b"\n") if l and not l.startswith(b";")],
                                     expected_lines(again))
                    harness.count("conversions")

    def test_a_conversion_restores_like_its_original(self) -> None:
        path = harness.archive("15/roles.fc.dump")
        for restore in harness.restores_reading(14):
            wanted = harness.normal_script(harness.restore_script(restore, path))
            for minor, size in ((14, 8), (16, 4), (15, 16)):
                if minor <= restore.newest_minor:
                    data = pga.convert(pga.read(path.read_bytes()), minor, size, size, compressed=minor != 15).encode()
                    got = harness.normal_script(harness.restore_script(restore, data))
                    self.assertEqual(got, wanted, f"1.{minor} read by {restore.major}")
                    harness.count("restores")


class StrictnessTest(unittest.TestCase):
    """The reader must refuse what is not complete, or the damage tests prove nothing."""

    def test_every_prefix_is_refused(self) -> None:
        data = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        for length in range(len(data)):
            with self.assertRaises(pga.ArchiveError, msg=f"{length} bytes"):
                pga.read(data[:length])

    def test_missing_and_swapped_blocks_are_refused(self) -> None:
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for blocks in (archive.blocks[1:], archive.blocks[:-1], archive.blocks[::-1]):
            with self.assertRaises(pga.ArchiveError):
                pga.read(pga.replace(archive, blocks=blocks).encode("kept"))


if __name__ == "__main__":
    harness.main()
