# SPDX-License-Identifier: PostgreSQL
"""Applying rules together equals applying them in two runs, one after the other: rules drawn at random (seed printed).

What is one rule however often it is given stays in one run: mappings of a kind, and the options of a family. Options
that select apply last wherever they stand, so they belong to the second run. Rules about roles apply when all others but
those have been, and those about grants after them.
"""
from __future__ import annotations

import random
import sys
import unittest
from pathlib import Path
from typing import Sequence, Union

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402
from server import SEED  # noqa: E402

DRAWS = 20 if harness.SANITIZED else 120

Words = tuple[str, ...]
SINGLE: list[Words] = [(flag,) for flag in (
    "-x", "--no-grants", "--no-grantors", "--no-tablespaces", "--no-large-objects", "--no-create", "--no-comments", "--no-event-triggers",
    "--no-policies", "--no-publications", "--no-security-labels", "--no-statistics", "--no-subscriptions",
    "--no-table-access-method", "--no-extension-comments", "--repair")]
FAMILIES: dict[str, list[Words]] = {
    "roles": [("--map-role=app=web",), ("--map-role=app_ro=app",), ("--map-role=postgres=owner",), ("--map-role=app_rw=app",),
              ("--drop-role=app_r*",), ("--drop-role=web",), ("--keep-roles=app*",), ("--keep-roles=postgres",), ("-O",),
              ("--set-owner=someone new",)],
    "mapped tablespaces": [("--map-tablespace=ts1=ts2",), ("--map-tablespace=ts2=pg_default",)],
    "exclude": [("--exclude-table=base",), ("--exclude-table=app.p*",), ("--exclude-table-and-children=*e*",), ("--exclude-table-data=*",),
                ("--exclude-table-data-and-children=p*",), ("--exclude-extension=h*",), ("--extension=*t*",), ("--no-kind=FUNCTION",),
                ("--no-kind=index",), ("--no-kind=SCHEMA",), ("--cascade",)],
}
SELECTING: list[Words] = [
    ("-n", "app"), ("-N", "mixed"), ("-t", "base"), ("-I", "base_pkey"), ("-P", "fn(integer)"), ("--trigger", "trg"), ("-s",), ("-a",),
    ("--statistics-only",), ("--no-data",), ("--no-schema",), ("--section", "pre-data"), ("--section", "data"), ("--section", "post-data"),
    ("--include-table=app.*",), ("--include-schema=app",), ("--table-and-children=app.*",), ("--table-and-children=*base*",)]
TURNS = {("--no-grantors",): 2, ("--no-grants",): 3, **{words: 1 for words in FAMILIES["roles"]}}
CLASHES = [{"-a", "-s"}, {"-s", "--statistics-only"}, {"-a", "--statistics-only"}, {"-a", "--no-data"}, {"-s", "--no-schema"},
           {"--statistics-only", "--no-statistics"}]


def flat(units: list[list[Words]]) -> list[str]:
    return [word for unit in units for words in unit for word in words]


class CompositionTest(unittest.TestCase):
    def draw(self) -> tuple[list[list[Words]], list[list[Words]]]:
        """The rules in the order in which they apply, in two parts."""
        units = [[words] for words in self.chance.sample(SINGLE, self.chance.randrange(5))]
        for family in FAMILIES.values():
            if self.chance.random() < 0.5:
                units.append(self.chance.sample(family, self.chance.randrange(1, min(5, len(family) + 1))))
        self.chance.shuffle(units)
        units.sort(key=lambda unit: TURNS.get(unit[0], 0))
        cut = self.chance.randrange(len(units) + 1)
        selecting = self.chance.sample(SELECTING, self.chance.randrange(4)) if self.chance.random() < 0.6 else []
        return units[:cut], units[cut:] + ([selecting] if selecting else [])

    def shuffled_in(self, units: list[list[Words]]) -> list[str]:
        """A family applies at the place of its first option, and selecting ones at the end: more of them may stand anywhere behind.
        Rules that have a turn of their own may stand anywhere."""
        words: list[Words] = []
        for unit in units:
            if unit[0] in SELECTING or unit[0] in TURNS:
                places = [self.chance.randrange(len(words) + 1) for _ in unit]
            else:
                places = [len(words)] + [len(words) + 1] * (len(unit) - 1)
            for place, option in zip(places, unit):
                words.insert(place, option)
        return [word for option in words for word in option]

    def check(self, sources: Sequence[Union[Path, bytes]], draws: int) -> None:
        self.chance = random.Random(SEED)
        cases = []
        while len(cases) < draws:
            first, second = self.draw()
            options = set(flat(first + second))
            if not any(clash <= options for clash in CLASHES):
                cases.append((self.chance.choice(sources), flat(first), flat(second), self.shuffled_in(first + second)))

        def one(case: tuple) -> None:
            source, first, second, together = case
            if "--cascade" in together:  # it is said of all that the command line drops
                first, second = (part if "--cascade" in part else [*part, "--cascade"] for part in (first, second))
            halfway = harness.must_run(["-q", *first], source)
            refused = [b"no matching " in harness.run(["-q", *words], data).err for words, data in ((together, source), (second, halfway))]
            if any(refused):  # the first ones may have taken all that matched
                self.assertTrue(refused[1])
                return harness.count("refusals")
            at_once = harness.must_run(["-q", *together], source)
            in_two = harness.must_run(["-q", *second], halfway)
            if at_once != in_two:
                a, b = ([entry.raw for entry in pga.read(data).entries] for data in (at_once, in_two))
                raise AssertionError(f"SEED={SEED} {first} | {second}:\n  at once: {[x for x in a if x not in b][:3]}\n"
                                     f"  in two:  {[x for x in b if x not in a][:3]}")
            harness.count("compositions")

        harness.check_all(one, cases)

    def test_archives_of_all_versions(self) -> None:
        self.check(harness.archives("*/roles.fc.dump", "*/roles.fc_pipe.dump"), DRAWS)

    @server.needed
    def test_database_in_which_much_depends_on_much(self) -> None:
        self.check([server.rich(), server.rich(server.newer_pg_dump())], DRAWS // 2)


if __name__ == "__main__":
    server.main()
