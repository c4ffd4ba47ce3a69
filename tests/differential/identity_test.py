# SPDX-License-Identifier: PostgreSQL
"""Without a rule, and with rules that match nothing, pgfilter gives back every byte it was given."""
from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

INLETS, OUTLETS = ("file", "pipe", "redirect"), ("pipe", "file", "redirect")
WAYS = [(inlet, outlet) for inlet in INLETS for outlet in OUTLETS]
INT_SIZES, OFF_SIZES = (3, 4, 8, 16), (4, 5, 8, 16)


def layouts() -> list[tuple[int, int, int]]:
    return [(minor, i, o) for minor in range(10, 17) for i in INT_SIZES for o in OFF_SIZES]


class IdentityTest(unittest.TestCase):
    def assert_identity(self, data: bytes, what: str, ways: list, options: tuple = ()) -> None:
        for inlet, outlet in ways:
            with self.subTest(archive=what, inlet=inlet, outlet=outlet):
                harness.same_bytes(harness.must_run(options, data, inlet, outlet), data, f"{what} {inlet} {outlet}")
                harness.count("identities")

    def test_every_archive_every_way(self) -> None:
        for path in harness.thinned(harness.archives(), "archives"):
            ways = WAYS if path.stat().st_size < 10_000 or "roles.fc.dump" in path.name else WAYS[::4]
            self.assert_identity(path.read_bytes(), harness.label(path), ways)

    def test_every_version_and_width(self) -> None:
        original = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for number, (minor, int_size, off_size) in enumerate(layouts()):
            data = pga.convert(original, minor, int_size, off_size, compressed=number % 3 != 0)
            stored = data.encode("unset" if number % 2 else "true")
            self.assert_identity(stored, f"1.{minor}/{int_size}/{off_size}", [WAYS[number % len(WAYS)]])

    def test_large_archives_converted(self) -> None:
        original = pga.read(harness.archive("17/roles.fc.dump").read_bytes())
        for number, layout in enumerate(harness.LAYOUTS):
            data = pga.convert(original, *layout).encode()
            self.assert_identity(data, "roles 1.%d/%d/%d" % layout, [WAYS[number % len(WAYS)]])

    def test_rules_that_match_nothing(self) -> None:
        data = harness.archive("tiny/tiny.17.redirect.dump").read_bytes()
        for inlet, outlet in WAYS:
            done = harness.run(["--map-role", "nobody=somebody", "-q"], data, inlet, outlet)
            self.assertEqual((done.status, done.err), (0, b""), str(done))
            harness.same_bytes(done.out, data, f"nothing matched {inlet} {outlet}")
            harness.count("identities")

    def test_offsets_stay_unset_although_the_output_can_seek(self) -> None:
        data = harness.archive("tiny/tiny.17.pipe.dump").read_bytes()
        self.assertTrue(harness.offsets_are(data, "unset"))
        self.assert_identity(data, "unset offsets", WAYS)


class OddValuesTest(unittest.TestCase):
    """Values that pg_dump does not write and a reader may take: either refused, or reproduced."""

    def setUp(self) -> None:
        self.archive = pga.read(harness.archive("tiny/tiny.17.none.file.dump").read_bytes())

    def assert_refused_or_reproduced(self, data: bytes, what: str) -> None:
        for inlet in ("file", "pipe"):
            done = harness.run([], data, inlet)
            with self.subTest(what, inlet=inlet):
                if done.status == 0:
                    harness.same_bytes(done.out, data, what)
                else:
                    self.assertIn(done.status, (1, 2), str(done))
                    self.assertTrue(done.err.startswith(b"pgfilter: "), str(done))
                harness.count("odd archives")

    def test_negative_zero_and_odd_signs(self) -> None:
        entry = self.archive.entries[0].raw
        at = self.archive.toc_start
        data = self.archive.encode("kept")
        for sign in (b"\1", b"\2", b"\xff"):
            odd = data[:at] + entry[:5] + sign + entry[6:] + data[at + len(entry) :]
            self.assert_refused_or_reproduced(odd, f"hadDumper as -0 with sign {sign!r}")
            count_at = at - 5
            self.assert_refused_or_reproduced(data[:count_at] + sign + data[count_at + 1 :], f"count, sign {sign!r}")

    def test_odd_null_and_lengths(self) -> None:
        data = self.archive.encode("kept")
        null = self.archive.layout.int(-1)
        at = data.index(null, self.archive.toc_start)
        for odd in (b"\1\2\0\0\0", b"\2\1\0\0\0", b"\1\xff\xff\xff\x7f", b"\1\0\0\0\x80", b"\1\0\0\0\0"):
            self.assert_refused_or_reproduced(data[:at] + odd + data[at + 5 :], f"NULL as {odd!r}")

    def test_odd_header(self) -> None:
        data = self.archive.encode("kept")
        for position, value in ((7, 1), (7, 255), (11, 9), (12, 1)):
            self.assert_refused_or_reproduced(data[:position] + bytes([value]) + data[position + 1 :],
                                              f"byte {position} = {value}")
        for text in (None, b"", b"new\nline", b"nul\0byte", b"\xff\xfe"):
            odd = pga.replace(self.archive, dbname=text)
            self.assert_refused_or_reproduced(odd.encode("true"), f"dbname {text!r}")

    def test_odd_entries(self) -> None:
        table = self.archive.find(b"TABLE")
        for change in ({"tag": b"new\nline"}, {"tag": b"nul\0"}, {"tag": None}, {"section": 77}, {"section": 0},
                       {"had_dumper": 0, "flag": 3}, {"with_oids": b"true"}, {"with_oids": None}, {"oid": b"x"},
                       {"deps": [b"x", b"-1", b"007", b""]}, {"relkind": 255}, {"desc": b"UNKNOWN KIND"},
                       {"owner": b"", "tablespace": b"", "tableam": b""}, {"table_oid": None},
                       {"dump_id": 2**31 - 1}):
            odd = pga.replace(self.archive, entries=[pga.replace(table, **change) if e is table else e
                                                     for e in self.archive.entries])
            self.assert_refused_or_reproduced(odd.encode("true"), str(change))

    def test_odd_blocks(self) -> None:
        layout = self.archive.layout
        for oid in (-294967296, 2**31 - 1, -(2**31) + 1):
            odd = pga.read(self.archive.encode("kept"))
            next(b for b in odd.blocks if b.kind == pga.BLOCK_BLOBS).streams[0].oid = oid
            self.assert_refused_or_reproduced(odd.encode("true"), f"OID {oid}")
        block = self.archive.blocks[0].encode(layout)
        data = self.archive.encode("kept")
        odd = data[:-5] + b"\1" + data[-4:]
        self.assert_refused_or_reproduced(odd, "last zero with sign")
        at = self.archive.blocks[0].start
        self.assert_refused_or_reproduced(data[:at] + block[:1] + b"\1" + block[2:] + data[at + len(block) :],
                                          "block with a negative ID")

    def test_many_tiny_chunks(self) -> None:
        odd = pga.read(self.archive.encode("kept"))
        for block in odd.blocks:
            for stream in block.streams:
                stream.chunks = [bytes([byte]) for byte in b"".join(stream.chunks)]
        data = odd.encode("true")
        for inlet, outlet in WAYS:
            harness.same_bytes(harness.must_run([], data, inlet, outlet), data, "one byte a chunk")
            harness.count("identities")


class TrailingTest(unittest.TestCase):
    def test_second_toc_is_reproduced_in_silence(self) -> None:
        for path in harness.archives("tiny/*redirect*"):
            data = path.read_bytes()
            self.assertEqual(bool(pga.read(data).trailing), "tiny.15" not in path.name)
            for inlet, outlet in WAYS:
                harness.same_bytes(harness.must_run([], data, inlet, outlet), data, path.name)
                harness.count("identities")

    def test_garbage_is_reproduced_and_reported(self) -> None:
        plain = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        for garbage in (b"\n", b"garbage", b"\0" * 512, plain, b"\0\1\0\0\0" * 40_000):
            for inlet, outlet in WAYS:
                done = harness.run([], plain + garbage, inlet, outlet)
                with self.subTest(garbage=garbage[:8], inlet=inlet, outlet=outlet):
                    self.assertEqual(done.status, 0, str(done))
                    self.assertTrue(done.err.startswith(b"pgfilter: "), str(done))
                    harness.same_bytes(done.out, plain + garbage, "garbage")
                    harness.count("identities")


    def test_another_block_is_refused_or_reported(self) -> None:
        """One block too many: damage, or bytes behind the end, but never passed over in silence."""
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for block in (archive.blocks[0], archive.blocks[-1], pga.replace(archive.blocks[0], dump_id=999_999)):
            data = archive.encode("kept") + block.encode(archive.layout)
            for options in ([], ["-O"]):
                done = harness.run(options, data)
                self.assertIn(done.status, (0, 1), str(done))
                self.assertTrue(done.err.startswith(b"pgfilter: "), str(done))
                if done.status == 0:
                    self.assertEqual(pga.read(done.out).trailing, b"" if options else block.encode(archive.layout))
                harness.count("identities")


class PositionTest(unittest.TestCase):
    """A regular file as standard input or output need not be at its beginning."""

    def piped_through_shell(self, script: str, *arguments: Path) -> None:
        subprocess.run(["sh", "-ec", script, "sh", harness.program(), *map(str, arguments)], check=True,
                       timeout=harness.TIME_LIMIT)

    def test_input_starts_in_the_middle_of_a_file(self) -> None:
        for name in ("tiny/tiny.17.file.dump", "17/roles.fc.dump"):
            data = harness.archive(name).read_bytes()
            source, target = harness.scratch_file(b"skipped\n" + data), harness.scratch_file()
            for rest in ('"$1" > "$3"', '"$1" | cat > "$3"', '"$1" --no-sync -f "$3"'):
                self.piped_through_shell('{ read -r line; ' + rest + '; } < "$2"', source, target)
                harness.same_bytes(target.read_bytes(), data, f"{name} {rest}")
                harness.count("identities")

    def test_output_starts_in_the_middle_of_a_file(self) -> None:
        data = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        source, target = harness.scratch_file(data), harness.scratch_file()
        for script in ('{ echo first; "$1" "$2"; echo last; } > "$3"',
                       'echo first > "$3"; "$1" "$2" >> "$3"; echo last >> "$3"'):
            self.piped_through_shell(script, source, target)
            harness.same_bytes(target.read_bytes(), b"first\n" + data + b"last\n", script)
            harness.count("identities")


if __name__ == "__main__":
    harness.main()
