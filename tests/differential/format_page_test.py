# SPDX-License-Identifier: PostgreSQL
"""docs/format.md says what the bytes are: those it shows are in the archive that it names, and its tables of fields and
versions are those of the program's reader and of the tests' own."""
from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "format.md").read_text()
SHOWN = harness.archive("tiny/tiny.17.none.file.dump")
LINE = re.compile(r"(?m)^([0-9a-f]{4})  ((?:[0-9a-f]{2} )*[0-9a-f]{2})(?:   (.*))?$")
TYPES = {"integer": "Int", "text": "Str", "text_list": "Str … NULL", "offset": "Off"}


def rows(title: str) -> list[list[str]]:
    """The table below a title, without its head."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def minor(version: str) -> int:
    return int(version.partition(".")[2])


class FormatPageTest(unittest.TestCase):
    def test_bytes_shown_are_those_of_the_archive(self) -> None:
        data = SHOWN.read_bytes()
        for offset, text, meaning in LINE.findall(PAGE):
            at, shown = int(offset, 16), bytes.fromhex(text)
            with self.subTest(offset):
                self.assertEqual(data[at:at + len(shown)], shown)
                for quoted in re.findall(r'"(.*)"', meaning or ""):
                    self.assertIn(quoted.replace("\\n", "\n").encode(), data[at:at + 100])
                harness.count("lines")
        self.assertGreater(harness.counters["lines"], 50)

    def test_places_are_where_the_tests_own_reader_sees_them(self) -> None:
        shown = {int(offset, 16) for offset, _, _ in LINE.findall(PAGE)}
        archive = pga.read(SHOWN.read_bytes())
        self.assertLessEqual({block.start for block in archive.blocks}, shown)
        self.assertIn(f"{len(archive.entries)} entries follow", PAGE)
        self.assertEqual(sum(entry.had_dumper for entry in archive.entries), len(archive.blocks))

    def test_fields_are_those_of_the_reader(self) -> None:
        source = (ROOT / "src" / "archive" / "entry_fields.hpp").read_text()
        known = re.findall(r'\{Field::\w+, FieldKind::(\w+), (\d+), (\w+), "([^"]+)"\}', source)
        self.assertEqual(len(known), 18)
        wanted = [[name, TYPES[kind], int(since), "yes" if may == "true" else "no"] for kind, since, may, name in known]
        oldest = min(row[2] for row in wanted)
        said = [[name, kind, max(oldest, minor(since)), null] for name, kind, since, null, _ in rows("Entries")]
        self.assertEqual(said, wanted)

    def test_fields_are_those_of_the_tests_own_reader(self) -> None:
        """An entry grows by a field exactly in the version that the page says."""
        entry = pga.Entry(1, b"TABLE")
        sizes = {"Int": 5, "Str": 5}
        for version in range(11, 17):
            grown = [len(entry.encode(pga.Layout((1, number, 0), 4, 8))) for number in (version - 1, version)]
            new = [sizes[kind] for _, kind, since, _, _ in rows("Entries") if minor(since) == version]
            self.assertEqual(grown[1] - grown[0], sum(new), version)

    def test_versions_are_those_that_are_read(self) -> None:
        said = [row[0] for row in rows("Versions")]
        self.assertEqual(said[-1], "1.16")
        version = subprocess.run([harness.program(), "--version"], capture_output=True, text=True, check=True).stdout
        first, last = re.search(r"archive versions: (\S+) to (\S+)", version).groups()
        self.assertIn(f"pgfilter reads\n{first} to {last}", PAGE)
        data = SHOWN.read_bytes()
        for number in range(0, 19):
            done = subprocess.run([harness.program(), "-l"], input=data[:6] + bytes([number]) + data[7:], capture_output=True)
            unread = b"is older than" in done.stderr or b"is newer than" in done.stderr
            self.assertEqual(unread, not minor(first) <= number <= minor(last), (number, done.stderr))


if __name__ == "__main__":
    harness.main()
