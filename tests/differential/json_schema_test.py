# SPDX-License-Identifier: PostgreSQL
"""Every document that pgfilter writes as JSON against docs/json.schema.json, and docs/json.md against the schema."""
from __future__ import annotations

import json
import re
import sys
import unittest
from functools import cache
from pathlib import Path
from typing import Any, Callable, Iterator

import fastjsonschema

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
SCHEMA = json.loads((DOCS / "json.schema.json").read_text())

# Between them they drop, change, add, cascade, leave things undone, and hide what is secret.
RULES = (
    [], ["-O", "-x", "--no-tablespaces"], ["--for", "nonsuperuser"], ["--map-role", "app=web"],
    ["--exclude-extension", "*", "--cascade"], ["--exclude-schema", "*"], ["--redact-secrets"], ["--data-only"],
    ["--exclude-table", "*", "--if-not-exists"], ["--drop-role", "app", "--no-blobs"], ["--set-owner", "neu", "--section", "pre-data"],
)


@cache
def validator(document: str) -> Callable[[Any], Any]:
    return fastjsonschema.compile({"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{document}", "$defs": SCHEMA["$defs"]})


def properties(schema: Any) -> Iterator[str]:
    """The names of all fields in it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def referring(schema: Any) -> Any:
    """It, with what its references stand for."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return referring(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
        return {key: referring(value) for key, value in schema.items()}
    return [referring(value) for value in schema] if isinstance(schema, list) else schema


class JsonTest(unittest.TestCase):
    def valid(self, document: str, text: bytes) -> Any:
        """Read, if the schema takes it."""
        read = json.loads(text)
        try:
            validator(document)(read)
        except fastjsonschema.JsonSchemaValueException as fault:
            self.fail(f"{document}: {fault}")
        harness.count(f"{document} documents")
        return read

    def test_lists(self) -> None:
        self.valid("rules", harness.run(["--list-rules", "--json"]).out)
        self.valid("targets", harness.run(["--list-targets", "--json"]).out)

    def test_plans(self) -> None:
        paths = harness.archives("*/*.dump")
        pairs = [(path, RULES[i % len(RULES)]) for i, path in enumerate(paths)]
        pairs += [(path, rules) for path in harness.role_archives()[:2] for rules in RULES]
        harness.check_all(lambda pair: self.plan(*pair), harness.thinned(pairs, "plans as JSON"))

    def plan(self, path: Path, rules: list[str]) -> None:
        for document, options in (("listing", ["-l"]), ("report", ["--dry-run"]), ("needs_only", ["--needs"])):
            done = harness.run(["-q", *options, "--json", *rules], path)
            self.assertEqual(done.status, 0, str(done))
            self.valid(document, done.out)

    def test_reports_of_real_runs(self) -> None:
        for path in harness.role_archives():
            report = harness.scratch_file()
            harness.must_run(["-q", "-O", f"--report={report}"], path)
            self.assertIn("data", self.valid("report", report.read_bytes()))

    def test_checks(self) -> None:
        def one(path: Path) -> None:
            data = path.read_bytes()
            for source in (path, data[:len(data) * 2 // 3], data[:-1] + b"\0\1"):
                self.valid("check", harness.run(["--check", "--json"], source).out)
            self.valid("target_check", harness.run(["--check-for", "rds", "--json"], path).out)
        harness.check_all(one, harness.thinned(harness.archives("*/*.dump"), "checks as JSON"))

    def test_page_has_every_field(self) -> None:
        """Each field is told in a section about its document or about one of its fields, or before these sections."""
        *common, sections = re.split(r"^(?=## What several)|^(?=## `listing`)", (DOCS / "json.md").read_text(), flags=re.M)
        sections = re.split(r"^## ", sections, flags=re.M)[1:]
        for document in ("listing", "report", "needs_only", "check", "target_check", "rules", "targets"):
            with self.subTest(document):
                schema = SCHEMA["$defs"][document]
                titles = {document, *schema["properties"]}
                told = names_in("".join(section for section in sections if titles & names_in(section.split("\n")[0])))
                self.assertEqual(set(properties(referring(schema))) - told - names_in("".join(common)), set())


if __name__ == "__main__":
    harness.main()
