# SPDX-License-Identifier: PostgreSQL
"""docs/rules.md has every rule, its arguments as --list-rules gives them, and examples that are true: each is run, and the
lines that pg_restore prints before and after it are compared with what the page says."""
from __future__ import annotations

import collections
import functools
import json
import re
import shlex
import subprocess
import sys
import unittest
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
PAGE = ROOT / "docs" / "rules.md"
SHOP = "rules/shop.15.dump"


@dataclass
class Example:
    """One hunk of a block: rules or options, and the lines below them."""
    archive: Path
    words: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def sections() -> dict[str, str]:
    parts = re.split(r"(?m)^## (.*)\n", PAGE.read_text())
    return dict(zip(parts[1::2], parts[2::2]))


def examples(section: str) -> list[Example]:
    found = []
    for archive, block in re.findall(r"(?ms)^```diff *(\S*)\n(.*?)^```$", section):
        for line in block.splitlines():
            if not line.startswith("@@ "):
                found[-1].lines.append(line)
                continue
            if not found or found[-1].lines:
                found.append(Example(DATA / (archive or SHOP)))
            text = line.removeprefix("@@ ").removesuffix(" @@")
            found[-1].words += shlex.split(text) if text.startswith("--") else ["-r", text]
    return found


@functools.cache
def restore_for(archive: Path) -> harness.Restore:
    # Lines that older ones print differently say nothing about a rule.
    return max(harness.restores_reading(harness.minor_of(archive)), key=lambda restore: restore.major)


def script(archive: bytes, restore: harness.Restore) -> collections.Counter[str]:
    done = subprocess.run([restore.program, "-C", "-f", "-"], input=archive, capture_output=True, timeout=harness.TIME_LIMIT)
    assert done.returncode == 0, done.stderr
    return collections.Counter(done.stdout.decode(errors="surrogateescape").split("\n"))


@functools.cache
def script_before(archive: Path) -> collections.Counter[str]:
    return script(archive.read_bytes(), restore_for(archive))


def usage(rule: dict) -> str:
    words = [rule["name"]]
    for argument in rule["arguments"]:
        key, value = argument["key"], argument["value"]
        if key is None:
            words.append(f"OLD={value} ...")
        else:
            words.append(f"[{key}={value} ...]" if argument["key_is_required"] else f"[{key}=]{value} ...")
    return " ".join(words)


class RulesPageTest(unittest.TestCase):
    def test_has_every_rule_with_its_arguments(self) -> None:
        listed = subprocess.run([harness.program(), "--list-rules", "--json"], capture_output=True, text=True, check=True).stdout
        rules = {rule["name"]: rule for rule in json.loads(listed)["rules"]}
        page = sections()
        self.assertEqual(set(page), set(rules))
        for name, rule in rules.items():
            with self.subTest(name):
                if rule["arguments"]:
                    self.assertIn(f"`{usage(rule)}`\n", page[name])
                for alias in rule["aliases"]:
                    self.assertIn(f"`{alias}`", page[name])
                own = [example for example in examples(page[name])
                       if any(word.split()[0] == name for word in example.words if not word.startswith("-"))]
                self.assertTrue(own, "no example of the rule")

    def test_examples(self) -> None:
        for name, section in sections().items():
            for example in examples(section):
                with self.subTest(f"{name}: {example.words}"):
                    self.check(example)
                    harness.count("examples")

    def check(self, example: Example) -> None:
        done = subprocess.run([harness.program(), *example.words, example.archive], capture_output=True, timeout=harness.TIME_LIMIT)
        messages = [line[2:] for line in example.lines if line.startswith("! ")]
        for message in messages:
            self.assertIn(message.encode(), done.stderr)
        changes = [line for line in example.lines if not line.startswith("! ")]
        if not changes:
            self.assertTrue(messages)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            return
        self.assertEqual(done.returncode, 0, done.stderr)
        before, after = script_before(example.archive), script(done.stdout, restore_for(example.archive))
        for line in changes:
            sign, text = line[0], line[1:]
            if sign == "-":
                self.assertGreater(before[text], after[text], line)
            elif sign == "+":
                self.assertLess(before[text], after[text], line)
            else:
                self.assertEqual(sign, " ", line)
                self.assertTrue(0 < before[text] <= after[text], line)


if __name__ == "__main__":
    harness.main()
