# SPDX-License-Identifier: PostgreSQL
"""The manual: man, groff, mandoc and lexgrog read its pages without a complaint, and they have every option, rule and
function that there is."""
from __future__ import annotations

import functools
import json
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
BUILD = Path(harness.program()).parent
MANUAL = BUILD / "share" / "man"
PAGES = ["man1/pgfilter.1", "man3/pgfilter-plugin.3", "man5/pgfilter-rules.5"]


def run(command: list, **options: object) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, timeout=harness.TIME_LIMIT, **options)


def one_line(text: str) -> str:
    return " ".join(text.split())


@functools.cache
def shown(page: str) -> str:
    """As on a terminal of 80 columns."""
    done = run(["man", "--warnings", "-E", "UTF-8", "-l", MANUAL / page], env={**os.environ, "MANWIDTH": "80", "MAN_KEEP_FORMATTING": ""})
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"man {page}: {done.stderr}")
    return done.stdout


def section(page: str, title: str) -> str:
    return re.search(rf"(?ms)^{title}\n(.*?)(?=^\S)", shown(page))[1]


def reference(page: str) -> str:
    name, _, number = Path(page).name.rpartition(".")
    return f"{name}({number})"


class PagesTest(unittest.TestCase):
    def assert_silent(self, command: list) -> str:
        if shutil.which(command[0]) is None:
            harness.leave_out(f"what {command[0]} says about the manual (no such program)")
            return ""
        done = run(command)
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout

    def test_nobody_complains(self) -> None:
        for page in PAGES:
            with self.subTest(page):
                self.assertGreater(len(shown(page).splitlines()), 200)
                if shutil.which("groff"):
                    self.assert_silent(["groff", "-man", "-ww", "-Tutf8", MANUAL / page])
                self.assertEqual(self.assert_silent(["mandoc", "-T", "lint", "-W", "warning", MANUAL / page]), "")
                self.assertTrue((MANUAL / page).read_bytes().isascii())
                harness.count("pages")

    def test_no_markup_is_left(self) -> None:
        for page in PAGES:
            self.assertNotRegex(shown(page), r"\*\*[A-Za-z]|\]\(|\\f|```", page)

    def test_database_of_the_manual(self) -> None:
        """What whatis and apropos know is what stands under NAME."""
        folder = harness.scratch_file(suffix=".man")
        shutil.copytree(MANUAL, folder)
        self.addCleanup(shutil.rmtree, folder)
        for page in PAGES:
            name = Path(page).stem
            line = self.assert_silent(["lexgrog", folder / page])
            self.assertRegex(line, rf'"{name} - [a-z][^"]{{20,}}"')
        self.assert_silent(["mandb", "--create", "--user-db", "--quiet", folder])
        for page in PAGES:
            name, _, number = Path(page).name.rpartition(".")
            self.assertRegex(self.assert_silent(["whatis", "-M", folder, name]), rf"^{name} \({number}\) +- \w")

    def test_references_lead_to_pages(self) -> None:
        ours = {reference(page) for page in PAGES}
        for page in PAGES:
            found = set(re.findall(r"[\w-]+\([1-8]\)", section(page, "SEE ALSO")))
            self.assertGreaterEqual(found, ours - {reference(page)}, page)
            self.assertLessEqual(set(re.findall(r"pgfilter[\w-]*\([1-8]\)", shown(page))), ours, page)
        for page in PAGES:
            for name in re.findall(r"\b((?:docs|samples)/[\w.]+\w)", one_line(shown(page))):
                self.assertTrue((ROOT / name).exists(), f"{page}: {name}")
                harness.count("references")


class ContentTest(unittest.TestCase):
    def test_every_option(self) -> None:
        listed = run([harness.program(), "--help=all"]).stdout
        options = one_line(section(PAGES[0], "OPTIONS"))
        number = 0
        for line, words in re.findall(r"(?m)^  (-\S.*?)(?:  +|\n {27})(\S.*(?:\n {27}\S.*)*)$", listed):
            tag = re.sub(r"--help\b(?!=)", "--help[=TOPIC]", line)
            argument = re.search(r"=(\S.*?)(?:,|$)", line)
            if argument:
                tag = re.sub(r"(?<!\S)(-\w)(?=,)", rf"\1 {argument[1]}", tag)
            self.assertIn(f"{tag} {one_line(words)}", options)
            number += len(line.split(", "))
        names = set(re.findall(r"(?m)^  +(?:-\S(?:, )?)*(--[a-z-]+)", listed))
        self.assertGreater(number, 100)
        self.assertGreater(len(names), 90)
        harness.count("names of options", number)

    def test_options_that_are_refused(self) -> None:
        options = section(PAGES[0], "OPTIONS")
        for names in ("-T", "-d, --dbname", "-h, --host", "-W, --password", "--role", "-C, --create", "--if-exists", "-Z, --compress"):
            self.assertRegex(options, rf"(?m)^       {names}( |$)")
            self.assertEqual(run([harness.program(), names.split(", ")[0]]).returncode, 2)

    def test_every_topic_and_status(self) -> None:
        listed = run([harness.program(), "--help"]).stdout
        topics = re.findall(r"(?m)^  [a-z]+ +(\S.*)$", listed.partition("\nTopics:")[2])
        self.assertGreaterEqual(len(topics), 10)
        for topic in topics:
            self.assertIn(f"\n   {topic}\n", section(PAGES[0], "OPTIONS"))
        statuses = one_line(section(PAGES[0], "EXIT STATUS"))
        for note in one_line(listed.partition("Exit status:")[2]).rstrip(".").split("; "):
            self.assertIn(note, statuses)

    def test_examples_of_the_readme(self) -> None:
        use = (ROOT / "README.md").read_text().partition("\n## Use\n")[2].partition("\n## ")[0]
        commands = re.findall(r"(?m)^    (pg.*)$", use)
        self.assertGreater(len(commands), 5)
        self.assertEqual([line.strip() for line in section(PAGES[0], "EXAMPLES").splitlines() if line], commands)

    def test_every_rule(self) -> None:
        rules = json.loads(run([harness.program(), "--list-rules", "--json"]).stdout)["rules"]
        overview = section(PAGES[2], "RULES")
        for rule in rules:
            self.assertRegex(overview, rf"(?m)^       {rule['name']}( |$)")
            self.assertIn(one_line(rule["summary"]), one_line(overview))
            self.assertIn(f"\n   {rule['name']}\n", shown(PAGES[2]), "with an example")
            for alias in rule["aliases"]:
                self.assertRegex(overview, rf"(?m)^       {alias}( |$)")
            harness.count("rules")

    def test_syntax_of_rule_files(self) -> None:
        for words in ("map-role app_prod=app 'odd=name'=reader", "because='only a superuser can create them'",
                      "A trigger, constraint or policy is a name"):
            self.assertIn(words, one_line(shown(PAGES[2])))

    def test_every_function_and_constant(self) -> None:
        header = re.sub(r"(?s)/\*.*?\*/", "", (ROOT / "include/pgfilter/plugin.h").read_text())
        structures = one_line(section(PAGES[1], "STRUCTURES"))
        members = 0
        for name, body in re.findall(r"(?s)typedef struct (\w+) \{(.*?)\n\}", header):
            self.assertIn(f"\n   {name}\n", shown(PAGES[1]))
            for member in re.findall(r"[^;]+(?=;)", body):
                self.assertIn(one_line(member), structures)
                members += 1
        host = re.search(r"(?s)typedef struct pgfilter_host \{(.*?)\n\}", header)[1]
        self.assertGreaterEqual(len(re.findall(r"\(\*\w+\)", host)), 18)
        constants = re.findall(r"\bPGFILTER_\w+ = -?\d+", header)
        self.assertEqual(re.findall(r"(?m)^       (PGFILTER_\w+ = -?\d+)$", section(PAGES[1], "CONSTANTS")), constants)
        self.assertIn("const pgfilter_rule* pgfilter_plugin(int abi);", section(PAGES[1], "SYNOPSIS"))
        self.assertGreater(members, 40)
        harness.count("members and constants", members + len(constants))

    def test_comments_are_about_what_they_say(self) -> None:
        structures = one_line(section(PAGES[1], "STRUCTURES"))
        for declarations, comment in (("int32_t* minor)", "The minor version of the archive format"),
                                      ("pgfilter_dialect* dialect)", "How its SQL is to be read"),
                                      ("int field, pgfilter_text* text)", "A text as it is now, and as it was read"),
                                      ("size_t begin", "of the whole, in the text")):
            self.assertIn(f"{declarations} {comment}", structures)


class ToolTest(unittest.TestCase):
    def setUp(self) -> None:
        self.tool = BUILD / "pgfilter-manual"
        self.folder = harness.scratch_file(suffix=".share")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        title = (MANUAL / PAGES[0]).read_text().splitlines()[1]
        self.edition = re.search(r'1 (\d{4}-\d\d-\d\d) "pgfilter (\S+)"', title).group(2, 1)

    def test_makes_the_same_again(self) -> None:
        done = run([self.tool, ROOT, *self.edition, self.folder])
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        made = sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        self.assertGreaterEqual(len(made), 3)
        for name in made:
            self.assertEqual((self.folder / name).read_bytes(), (BUILD / "share" / name).read_bytes(), name)

    def test_fails_loudly(self) -> None:
        sources = harness.scratch_file(suffix=".sources")
        sources.mkdir()
        self.addCleanup(shutil.rmtree, sources)
        done = run([self.tool, sources, *self.edition, self.folder])
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read", done.stderr)
        (sources / "README.md").write_text((ROOT / "README.md").read_text().replace("## Use\n", "## Usage\n"))
        done = run([self.tool, sources, *self.edition, self.folder])
        self.assertEqual((done.returncode, done.stderr), (1, "pgfilter-manual: there is no heading: Use\n"))
        done = run([self.tool, ROOT, *self.edition, "/dev/null/share"])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(run([self.tool]).returncode, 2)


if __name__ == "__main__":
    harness.main()
