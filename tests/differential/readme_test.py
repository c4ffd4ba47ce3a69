"""What README and --help tell to type works: every command is run, on a real archive, with pg_restore writing a script
instead of filling a database."""
from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"(set -o|pg_dump|pgfilter)\b")
OPTION = re.compile(r"`(--?[a-zA-Z?][a-z-]*)")
NOT_OURS = {"--target", "-j", "-Fc", "-C"}


def blocks(text: str) -> list[list[str]]:
    """The indented parts."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("    ") or line.startswith("  pg"):
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return found


class ReadmeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = harness.scratch_file(suffix=".dir")
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(harness.archive("15/roles.fc.dump"), self.folder / "nightly.dump")
        with gzip.open(self.folder / "nightly.dump.gz", "wb") as wrapped:
            wrapped.write((self.folder / "nightly.dump").read_bytes())
        tools = self.folder / "bin"
        tools.mkdir()
        (tools / "pgfilter").symlink_to(harness.program())
        self.write_tool(tools / "pg_dump", 'exec cat nightly.dump')
        restore = harness.restores_reading(14)
        program = restore[0].program if restore else "cat"
        self.write_tool(tools / "pg_restore", f'exec {program} -f /dev/null')
        self.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "EDITOR": "true"}

    @staticmethod
    def write_tool(path: Path, command: str) -> None:
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)

    def run_commands(self, text: str) -> int:
        number = 0
        for block in blocks(text):
            for line in filter(COMMAND.match, block):
                command = ["bash", "-o", "pipefail", "-c", line]
                done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
                                      timeout=harness.TIME_LIMIT)
                with self.subTest(line):
                    self.assertEqual(done.returncode, 0, done.stderr)
                number += 1
                harness.count("commands")
        return number

    def test_commands_of_the_readme(self) -> None:
        self.assertGreaterEqual(self.run_commands((ROOT / "README.md").read_text()), 7)

    def test_commands_of_the_help(self) -> None:
        text = subprocess.run([harness.program(), "--help"], capture_output=True, text=True, check=True).stdout
        self.assertGreaterEqual(self.run_commands(text.partition("Examples:")[2]), 2)

    def test_rules_of_the_readme(self) -> None:
        rules = next(block for block in blocks((ROOT / "README.md").read_text()) if block and block[0] == "# staging.rules")
        path = self.folder / "staging.rules"
        path.write_text("\n".join(rules) + "\n")
        done = subprocess.run([harness.program(), "-R", path, "--print-rules"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(done.stdout.splitlines()), len(rules) - 1)

    def test_options_of_the_readme_are_in_the_help(self) -> None:
        help_text = subprocess.run([harness.program(), "--help=all"], capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"--?[a-zA-Z?][a-z-]*", help_text))
        named = set(OPTION.findall((ROOT / "README.md").read_text())) - NOT_OURS
        self.assertGreater(len(named), 40)
        self.assertEqual(named - known, {"-T"}, "which is refused")


if __name__ == "__main__":
    harness.main()
