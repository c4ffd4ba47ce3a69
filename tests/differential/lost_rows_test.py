# SPDX-License-Identifier: PostgreSQL
"""Rows never go silently: whatever rule takes them, the user named their table or standard error does.

Every rule that the program has on every archive, alone, with --cascade and beside a target's rules. What the user named is
decided from the words of the command line alone. A run draws some of these cases; CASES=all tries each, which takes an hour.
"""
from __future__ import annotations

import json
import os
import random
import re
import sys
import unittest
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Callable, Iterable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from dependency_model import Model  # noqa: E402

CASES = os.environ.get("CASES") or (150 if harness.SANITIZED else 900)

Table = tuple[bytes, bytes]
Named = Callable[[Table], bool]

PLACES = [(), ("--cascade",), ("--for=nonsuperuser",), ("--for=supabase", "--from=rds", "--cascade")]
LARGE_OBJECTS: Table = (b"", b"large objects")
NOT_OBJECTS = {b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"}
# Where the user says that rows go, and need not say which.
WITHOUT_ROWS = {"no-data", "schema-only", "statistics-only", "no-extension-data"}
ALONE = {"strict-names", "reject-suspicious", "cascade", "keep-extension-data"}  # drop nothing by themselves
ROLES = ("drop-role", "keep-roles")
OTHERS_BY_PATTERN = ("extension", "exclude-extension", "language", "exclude-language", "exclude-access-method", "exclude-setting")
OBJECTS = ("type", "function", "aggregate", "procedure", "collation", "constraint", "index", "trigger", "policy", "server",
           "publication", "event-trigger")
KINDS = ("TYPE", "FUNCTION", "SCHEMA", "EXTENSION", "COLLATION", "CONSTRAINT", "SEQUENCE", "DOMAIN", "SERVER")


def nothing(_: Table) -> bool:
    return False


def everything(_: Table) -> bool:
    return True


def large_objects(table: Table) -> bool:
    return table == LARGE_OBJECTS


def chunks(table: Table) -> bool:
    return table[0].startswith(b"_timescaledb_")


NAMED_BY_FLAGS: dict[str, Named] = {"no-large-objects": large_objects, "no-objects-in-extension-schemas": chunks}


def with_rows(archive: pga.Archive) -> set[Table]:
    """The tables that have data, and the large objects."""
    return {LARGE_OBJECTS if e.desc == b"BLOBS" else (e.namespace or b"", e.tag) for e in archive.entries
            if e.desc in (b"TABLE DATA", b"BLOBS")}


def number_of_blocks(archive: pga.Archive) -> int:
    """Of large objects, which are in several from PostgreSQL 17 on."""
    return sum(e.desc == b"BLOBS" for e in archive.entries)


def quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b'"', b'""') + b'"'


def full_pattern(table: Table) -> bytes:
    return quoted(table[0]) + b"." + quoted(table[1])


@dataclass
class Use:
    """Words of the command line, and which tables they name."""
    rule: str
    words: list[harness.Arg]
    named: Named


@dataclass
class Source:
    path: Path
    uses: dict[str, list[Use]] = field(default_factory=dict)

    @cached_property
    def archive(self) -> pga.Archive:
        return pga.read(self.path.read_bytes())

    @cached_property
    def rows(self) -> set[Table]:
        return with_rows(self.archive)

    @cached_property
    def tables(self) -> list[Table]:
        return sorted(self.rows - {LARGE_OBJECTS})

    @cached_property
    def parents(self) -> dict[Table, set[Table]]:
        model = Model(self.archive)
        name = {number: (entry.namespace or b"", entry.tag) for number, entry in model.by_id.items()}
        found: dict[Table, set[Table]] = {}
        for child, parent in model.heirs():
            found.setdefault(name[child], set()).add(name[parent])
        return found

    def is_of_family(self, table: Table, ancestor: Table) -> bool:
        return table == ancestor or any(self.is_of_family(parent, ancestor) for parent in self.parents.get(table, ()))

    def option(self, rule: str, value: bytes, named: Named = nothing) -> None:
        self.uses.setdefault(rule, []).append(Use(rule, [b"--" + rule.encode() + b"=" + value], named))

    def rule(self, rule: str, values: str = "", named: Named = nothing) -> None:
        self.uses.setdefault(rule, []).append(Use(rule, ["-r", f"{rule} {values}".strip()], named))

    def find_uses(self, flags: Iterable[str]) -> None:
        for name in flags:
            self.rule(name, named=everything if name in WITHOUT_ROWS else NAMED_BY_FLAGS.get(name, nothing))
        self.use_on_tables()
        self.use_on_schemas()
        self.use_on_kinds()
        self.use_on_others()

    def use_on_tables(self) -> None:
        for table in self.tables[::5]:
            pattern, is_it = full_pattern(table), table.__eq__
            for rule in ("exclude-table", "exclude-table-data"):
                self.option(rule, pattern, is_it)
                self.option(rule + "-and-children", pattern, lambda other, gone=table: self.is_of_family(other, gone))
            self.option("table", table[1], lambda other, kept=table: other[1] != kept[1])
            self.option("include-table", pattern, lambda other, kept=table: other != kept)
            self.option("table-and-children", pattern, lambda other, kept=table: not self.is_of_family(other, kept))
            self.option("exclude", b"TABLE " + pattern, is_it)
            self.option("exclude-entry", b"TABLE DATA " + pattern, is_it)

    def use_on_schemas(self) -> None:
        for schema in sorted({schema for schema, _ in self.tables}):
            self.option("include-schema", quoted(schema), lambda other, kept=schema: other[0] != kept)
            self.option("schema", schema, lambda other, kept=schema: other[0] != kept)
            self.option("exclude-schema", schema, lambda other, gone=schema: other[0] == gone)
            self.option("exclude", b"SCHEMA " + quoted(schema))
            self.option("exclude-entry", b"SCHEMA " + quoted(schema))

    def use_on_kinds(self) -> None:
        of_large_objects = {b"BLOB", b"BLOBS", b"BLOB METADATA"}
        for kind in sorted({e.desc for e in self.archive.entries} - NOT_OBJECTS):
            named = everything if kind in (b"TABLE", b"TABLE DATA") else large_objects if kind in of_large_objects else nothing
            self.option("no-kind", kind, named)
            self.option("only-kinds", kind, large_objects if kind == b"TABLE DATA" else everything)
            self.option("keep-kind", kind)
        self.uses["only-kinds"].append(Use("only-kinds", ["--only-kinds=TABLE DATA", "--only-kinds=TABLE", "--only-kinds=BLOBS"], nothing))
        for name in KINDS:
            self.rule("exclude", f"'{name} *'")
            self.rule("exclude-entry", f"'{name} *'")
        self.rule("exclude", "'TABLE *'", everything)
        self.rule("exclude-entry", "'TABLE DATA *'", everything)
        for section in ("pre-data", "data", "post-data"):
            self.option("section", section.encode(), nothing if section == "data" else everything)

    def use_on_others(self) -> None:
        for name in OBJECTS:
            self.option(f"exclude-{name}", b"*")
        for rule in (*ROLES, *OTHERS_BY_PATTERN):
            self.option(rule, b"*")
            self.option(rule, b"p*")
        self.rule("no-extension-data", "except=post*", everything)
        self.option("readable-by", b"16")
        self.option("archive-version", b"1.15")
        self.rule("no-objects-in-extension-schemas", "except=post*", chunks)
        self.rule("no-tablespaces", "except=pg_default")
        self.option("map-role", b"postgres=someone")
        self.option("map-tablespace", b"ts_fast=ts")
        self.option("set-owner", b"someone")
        for rule, kind in (("function", b"FUNCTION"), ("index", b"INDEX"), ("trigger", b"TRIGGER")):
            for entry in [e for e in self.archive.entries if e.desc == kind][:3]:
                self.option(rule, entry.tag, everything)  # all but one thing that has no rows
        entries = [e for e in self.archive.entries if e.desc not in NOT_OBJECTS]
        kept = [e.dump_id for e in entries[::2]]
        names = {LARGE_OBJECTS if e.desc == b"BLOBS" else (e.namespace or b"", e.tag) for e in entries
                 if e.desc in (b"TABLE DATA", b"BLOBS") and e.dump_id not in kept}
        self.rule("use-list", " ".join(str(e.dump_id) for e in entries))
        self.rule("use-list", " ".join(map(str, kept)), names.__contains__)


@dataclass
class Case:
    source: Source
    place: tuple[str, ...]
    use: Use

    def __repr__(self) -> str:
        return f"{harness.label(self.source.path)} {[*self.place, *self.use.words]}"


def all_rules() -> dict[str, bool]:
    """The program's own list, and whether each does something without a value."""
    listed = json.loads(harness.must_run(["--list-rules", "--json"], None))["rules"]
    return {rule["name"]: all(argument["key_is_required"] for argument in rule["arguments"]) for rule in listed}


class LostRowsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.rules = all_rules()
        cls.sources = [Source(path) for path in harness.archives()]
        for source in cls.sources:
            source.find_uses(sorted(name for name, is_flag in cls.rules.items() if is_flag))

    def check(self, case: Case) -> None:
        words, before = [*case.place, *case.use.words], case.source.rows
        done = harness.run(words, case.source.path)
        if self.is_refusal(case, done):
            return harness.count("refusals")
        self.assertEqual(done.status, 0, str(done))
        after = pga.read(done.out)
        lost = before - with_rows(after)
        if number_of_blocks(after) < number_of_blocks(case.source.archive):
            lost.add(LARGE_OBJECTS)  # or some of them
        lines = [line for line in done.err.splitlines() if b"rows are lost of " in line]

        def is_told(table: Table) -> bool:
            name = re.sub(rb"[\x00-\x1f\x7f]", b"?", table[0] + b"." * bool(table[0]) + table[1])
            return any(re.search(rb"(of |, )" + re.escape(name) + rb"(, |: |; |$)", line) for line in lines)

        silent = {table for table in lost if not is_told(table) and not case.use.named(table)}
        self.assertEqual(silent, set(), f"{words}: {done.err.decode(errors='replace')}")
        alarmed = {table for table in before - lost if is_told(table)}
        self.assertEqual(alarmed, set(), f"{words}: {done.err.decode(errors='replace')}")
        harness.count("runs")
        harness.count("tables compared", len(before))
        harness.count("runs that lose rows nobody named", 1 if lines else 0)
        if lines:
            self.assertNotEqual(harness.run(["--strict", *words], case.source.path).status, 0, f"{words} with --strict")

    def is_refusal(self, case: Case, done: harness.Run) -> bool:
        """Nothing of the name is left to keep, or a suspicious text is."""
        return done.status == 2 and (case.use.rule == "reject-suspicious" or b"no matching " in done.err) and done.out == b""

    def test_every_rule_is_used(self) -> None:
        used = {rule for source in self.sources for rule in source.uses}
        self.assertEqual(used, set(self.rules))

    def test_every_rule_on_every_archive(self) -> None:
        chance = random.Random(harness.SEED)
        cases = [Case(source, place, use) for source in self.sources for uses in source.uses.values() for use in uses for place in PLACES]
        harness.count("possible cases", len(cases))
        if CASES != "all":
            cases = self.draw(chance, cases, int(CASES))
        harness.count("pairs of a rule and an archive", len({(case.use.rule, case.source.path) for case in cases}))
        harness.check_all(self.check, cases)

    def draw(self, chance: random.Random, cases: list[Case], number: int) -> list[Case]:
        """Each rule has its turn, and of a rule each archive the same chance."""
        found: list[Case] = []
        while len(found) < number:
            for rule in self.rules:
                source = chance.choice([source for source in self.sources if rule in source.uses])
                found.append(Case(source, chance.choice(PLACES), chance.choice(source.uses[rule])))
        return found[:number]


if __name__ == "__main__":
    harness.main()
