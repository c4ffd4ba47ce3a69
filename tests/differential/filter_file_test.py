# SPDX-License-Identifier: PostgreSQL
"""Filter files, compared with pg_dump --filter."""
from __future__ import annotations

import random
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import server  # noqa: E402
from server import SEED, newer_pg_dump, rich_database  # noqa: E402


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
        elif status == 2:  # pg_dump finds fault with patterns later
            self.assertRegex(error, r"missing object name pattern\n\Z|makes no sense|empty name|too many names", text)
        else:
            self.assertEqual((status, error), (0, ""), text)
        harness.count("filter files")

    def test_random_files(self) -> None:
        newer_pg_dump()
        chance = random.Random(SEED)
        names = [name for name in NAMES if name != "# c"]  # pg_dump takes an empty pattern for one that all match

        def line() -> str:
            return chance.choice(["", " ", "\t"]) + " ".join(map(chance.choice, (COMMANDS[:4] + COMMANDS, TYPES[:3] * 3 + TYPES, names)))

        for _ in range(200):
            good = [f"include table t{i}" for i in range(chance.randrange(3))] + chance.choice([[], ["", "# comment", "   #"]])
            lines = [*good, *(line() for _ in range(chance.randrange(1, 3)))]
            with self.subTest(seed=SEED, lines=lines):
                self.check_answer("\n".join(lines) + chance.choice(["", "\n"]))

    def test_what_can_be_included_and_excluded(self) -> None:
        """All that pg_dump or pg_restore takes, and for nothing else another answer than theirs."""
        restore_too = {("include", kind) for kind in ("function", "index", "trigger")}
        senseless = {("include", "foreign_data")}
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

    @server.needed
    def test_patterns_are_read_alike(self) -> None:
        """pg_dump --strict-names repeats the pattern."""
        for name in NAMES:
            if name == "# c" or name.startswith('"three'):
                continue  # an empty pattern matches everything there, and an empty line becomes two
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


if __name__ == "__main__":
    server.main()
