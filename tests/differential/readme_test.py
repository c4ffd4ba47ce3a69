# SPDX-License-Identifier: PostgreSQL
"""What README, the pages of docs/ and --help say to type works: every command is run, on a real archive, with pg_restore
writing a script instead of filling a database.  Every link leads somewhere, and every option named exists."""
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
NOT_OURS = {"--target", "-j", "-Fc", "-C", "--inserts", "-Z", "--exit-on-error"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")


def without_programs(text: str) -> str:
    return re.sub(r"(?ms)^```.*?^```$", "", text)


def blocks(text: str) -> list[list[str]]:
    """The indented parts, but for those of programs."""
    found: list[list[str]] = [[]]
    for line in without_programs(text).splitlines():
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
        shutil.copy(ROOT / "tests" / "data" / "rules" / "shop.15.dump", self.folder / "nightly.dump")
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

    def test_commands_of_the_pages(self) -> None:
        subprocess.run(["cc", "-std=c99", "-shared", "-fPIC", f"-I{ROOT}/include", "-o", self.folder / "drop_tables.so",
                        ROOT / "samples/plugin_in_c.c"], check=True)
        for page in PAGES:
            if page.name == "platforms.md":
                continue  # its commands need servers; managed_test has them
            number = self.run_commands(page.read_text())
            if page.name in ("README.md", "files.md", "roles.md"):
                self.assertGreaterEqual(number, 4, page)

    def test_links_of_the_pages(self) -> None:
        for page in PAGES:
            for file, anchor in LINK.findall(without_programs(page.read_text())):
                target = (page.parent / file).resolve() if file else page
                with self.subTest(page=page.name, link=file + anchor):
                    self.assertTrue(target.exists())
                    if anchor:
                        titles = re.findall(r"(?m)^#+ (.*)$", target.read_text())
                        self.assertIn(anchor[1:], {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles})
                    harness.count("links")

    def test_files_named_exist(self) -> None:
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
            for name in re.findall(r"`((?:src|include|tests|share|fuzz|samples|scripts|bench)/[\w./-]*)`", page.read_text()):
                with self.subTest(page=page.name, file=name):
                    self.assertTrue((ROOT / name).exists())
                    harness.count("files")

    def test_readme_is_short(self) -> None:
        """The first screen in one minute, the whole in five: 200 words a minute."""
        text = (ROOT / "README.md").read_text()
        self.assertLess(len(text.partition("\n## ")[0].split()), 220)
        self.assertLess(len(text.split()), 1050)
        for paragraph in re.split(r"\n\n|\n(?=- |\|)", text):
            if not paragraph.startswith(("    ", "```", "|")):
                self.assertLessEqual(len(paragraph.split()), 80, paragraph)

    def test_commands_of_the_help(self) -> None:
        text = subprocess.run([harness.program(), "--help"], capture_output=True, text=True, check=True).stdout
        self.assertGreaterEqual(self.run_commands(text.partition("Examples:")[2]), 2)

    def test_rules_in_a_file(self) -> None:
        rules = next(block for block in blocks((ROOT / "docs" / "rule-files.md").read_text()) if block and block[0] == "# staging.rules")
        path = self.folder / "staging.rules"
        path.write_text("\n".join(rules) + "\n")
        done = subprocess.run([harness.program(), "-R", path, "--print-rules"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(done.stdout.splitlines()), len(rules) - 1)

    def test_options_of_the_pages_are_in_the_help(self) -> None:
        help_text = subprocess.run([harness.program(), "--help=all"], capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"--?[a-zA-Z?][a-z-]*", help_text))
        named = {option for page in PAGES for option in OPTION.findall(page.read_text())} - NOT_OURS
        self.assertGreater(len(named), 60)
        self.assertEqual(named - known, {"-T"}, "which is refused")


if __name__ == "__main__":
    harness.main()
