# SPDX-License-Identifier: PostgreSQL
"""pgfilter in front of pg_restore must give what pg_restore gives with its own option.

The expectation never comes from pgfilter: it is pg_restore's output for the same option, for a list (-L) made by
an independent reader, or a plain model of the table of contents.
"""
from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import unittest
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Iterable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from kinds import CONSUMED, is_acl, is_database, is_large_object  # noqa: E402
from selection_test import refused_as_empty  # noqa: E402

O, X, T, L, C = "--no-owner", "--no-privileges", "--no-tablespaces", "--no-large-objects", "--no-create"
WAYS = [(inlet, outlet) for inlet in ("file", "pipe", "redirect") for outlet in ("pipe", "file", "redirect")]

Flags = tuple[str, ...]


# ---------------------------------------------------------------------------------------------- normalising


def normal(script: bytes, flags: Flags, minor: int) -> bytes:
    """Removes what may differ by contract, and only that."""
    script = harness.normal_script(script)
    if O in flags and minor < 14:
        # Below 1.14 "no owner" is "" and not NULL. pg_restore prints "Owner: " for the one and "Owner: -" for
        # the other, and with -O "Owner: -" for both.
        script = re.sub(rb"(?m)^(-- (?:Data for )?Name: .*; Owner: )-?(; Tablespace: .*)?$", rb"\1\2", script)
    return script


def without_clause(script: bytes, flags: Flags) -> bytes:
    """pg_restore --no-tablespaces forgets the clause of CREATE DATABASE; pgfilter does not."""
    if T not in flags:
        return script
    clause = rb"""(?m)^(CREATE DATABASE (?:\w+|"[^"]*") .*) TABLESPACE = (?:\w+|"(?:[^"]|"")*");$"""
    return re.sub(clause, rb"\1;", script, count=1)


def script_of(restore: harness.Restore, source, options: Iterable[str], flags: Flags, minor: int) -> bytes:
    return normal(harness.restore_script(restore, source, *options), flags, minor)


def use_list(archive: pga.Archive, keep) -> str:
    """A -L file of the entries that `keep` accepts. pg_restore reads the numbers and no more."""
    lines = b"".join(b"%d;\n" % entry.dump_id for entry in archive.entries if keep(entry))
    return str(harness.scratch_file(lines, ".list"))


class ScriptTest(unittest.TestCase):
    maxDiff = None

    def compare(self, path: Path, flags: Flags, cases: list) -> None:
        """cases: (pg_restore, its options after pgfilter, its options on the original)"""
        filtered = harness.must_run(tolerant(flags), path)
        minor = harness.minor_of(path)

        def one(case: tuple) -> None:
            restore, after, instead = case
            got = script_of(restore, filtered, after, flags, minor)
            wanted = without_clause(script_of(restore, path, instead, flags, minor), flags)
            harness.same_bytes(got, wanted, "script")
            harness.count("scripts")

        with self.subTest(archive=harness.label(path), flags=flags):
            harness.check_all(one, cases)

    def test_flags_that_pg_restore_has(self) -> None:
        for path, restores in pairs():
            for flags in ((O,), (X,), (T,), (O, X), (O, X, T)):
                if plain_variant(path):
                    ways = {1: [["-C"]], 2: [[]], 3: [[], ["-C"]]}[len(flags)]
                    self.compare(path, flags, [(r, c, [*flags, *c]) for r in restores for c in ways])
                elif flags == (O, X, T):
                    self.compare(path, flags, [(r, ["-C"], [*flags, "-C"]) for r in restores])

    def test_kinds_that_pg_restore_can_leave_out(self) -> None:
        """Alone and all at once; --no-policies and --no-statistics came with pg_restore 18."""
        everywhere = ("--no-comments", "--no-security-labels", "--no-publications", "--no-subscriptions",
                      "--no-table-access-method")
        for path, restores in pairs():
            newest = restores[-1:]
            sets = [(flag,) for flag in everywhere] + [everywhere] if plain_variant(path) else [everywhere]
            for flags in sets:
                self.compare(path, flags, [(r, ["-C"], [*flags, "-C"]) for r in restores if r.major >= 15])
            if newest[0].major >= 18 and (plain_variant(path) or "stats" in path.name):
                for flags in (("--no-policies",), ("--no-statistics",), (*everywhere, "--no-policies", "--no-statistics", O, X)):
                    self.compare(path, flags, [(r, [], [*flags]) for r in newest])

    def test_event_triggers(self) -> None:
        def is_event_trigger(entry: pga.Entry) -> bool:
            return entry.desc == b"EVENT TRIGGER" or (entry.desc in (b"COMMENT", b"SECURITY LABEL")
                                                      and (entry.tag or b"").startswith(b"EVENT TRIGGER "))

        # 9.6 and 10 could not read the syntax that the database was made with.
        modern = [(p, r) for p, r in pairs() if plain_variant(p) and p.parent.name not in ("9.6", "10")]
        for path, restores in modern:
            archive = pga.read(path.read_bytes())
            self.assertTrue(any(map(is_event_trigger, archive.entries)))
            kept = use_list(archive, lambda e: not is_event_trigger(e) and e.desc not in CONSUMED)
            self.compare(path, ("--no-event-triggers",), [(r, ["-C"], ["-L", kept, "-C"]) for r in restores[-1:]])

    def test_no_create(self) -> None:
        for path, restores in pairs():
            self.compare(path, (C,), [(r, ["-C"], []) for r in restores])
            if plain_variant(path):
                self.compare(path, (C, O, X, T), [(r, ["-C"], [O, X, T]) for r in restores])

    def test_no_large_objects(self) -> None:
        for path, restores in pairs():
            archive = pga.read(path.read_bytes())
            kept = use_list(archive, lambda e: not is_large_object(e) and e.desc not in CONSUMED)
            self.compare(path, (L,), [(r, ["-C"], ["-L", kept, "-C"]) for r in restores])
            if plain_variant(path):
                self.compare(path, (L, O), [(r, [], ["-L", kept, O]) for r in restores])
                self.compare(path, (L, X, T), [(r, ["-C"], ["-L", kept, X, T, "-C"]) for r in restores])
                self.compare(path, (L, C, O, X, T), [(r, ["-C"], ["-L", kept, O, X, T]) for r in restores])

    def test_the_comparison_can_fail(self) -> None:
        """Each option changes what pg_restore says of these archives, so that equality means something."""
        for path, restores in filter(lambda pair: plain_variant(pair[0]), pairs()):
            for restore in restores[-1:]:
                plain = script_of(restore, path, ["-C"], (), 16)
                for option in ([O], [X], [T], ["-L", "/dev/null"], []):
                    changed = script_of(restore, path, option + (["-C"] if option else []), (), 16)
                    self.assertNotEqual(plain, changed, (harness.label(path), option))


def tolerant(flags: Flags) -> Flags:
    """Not every archive has every kind of entry, of which pgfilter would speak."""
    return flags if set(flags) <= {O, X, T, L, C} else ("-q", *flags)


def pairs() -> list[tuple[Path, list[harness.Restore]]]:
    grouped = groupby(harness.readable_pairs(harness.role_archives()), key=lambda pair: pair[0])
    found = [(path, [restore for _, restore in group]) for path, group in grouped]
    if harness.SANITIZED:
        harness.thin_out("all but the newest pg_restore in scripts, since the program has sanitizers")
        found = [(path, restores[-1:]) for path, restores in found]
    return found


def plain_variant(path: Path) -> bool:
    """The other variants of a major hold the same entries, so they need fewer combinations."""
    return ".fc.dump" in path.name


# ---------------------------------------------------------------------------------------------- the contents


class KeptTest(unittest.TestCase):
    """Which entries stay, as the real pg_restore decided once and for all.

    Its -T is pgfilter's --trigger, which also takes the bare name of a trigger; see selection_test.py."""

    def test_kept_entries(self) -> None:
        lines = (harness.ARCHIVES.parent / "kept-by-pg_restore.jsonl").read_text().splitlines()
        self.assertGreater(len(lines), 740)
        cases = [case for case in map(json.loads, lines) if "-T" not in case["flags"]]
        cases = harness.thinned(cases, "lists of kept entries")
        harness.check_all(self.check, cases)

    def check(self, case: dict) -> None:
        flags = [flag for flag in case["flags"] if flag != "-C"]
        flags += [] if "-C" in case["flags"] else [C]
        path = harness.archive(case["archive"])
        if refused_as_empty(path, flags):
            return
        before = pga.read(path.read_bytes())
        after = pga.read(harness.must_run(tolerant(flags), path))
        ids = [e.dump_id for e in after.entries]
        self.assertEqual(ids, [e.dump_id for e in before.entries if e.dump_id not in case["dropped"]
                               and (e.dump_id in ids or not unlisted(e))])
        missing = {e.dump_id for e in before.entries if e.desc in CONSUMED} - set(ids)
        self.assertFalse(missing, "ENCODING, STDSTRINGS, SEARCHPATH are always kept")
        self.assertFalse(set(ids) & set(case["dropped"]))
        self.assertEqual(len([e for e in after.entries if not unlisted(e)]), case["kept"])
        harness.count("kept lists")


def unlisted(entry: pga.Entry) -> bool:
    """pg_restore -l shows neither the consumed entries nor those without anything to do."""
    return entry.desc in CONSUMED or not (entry.defn or entry.had_dumper)


class ModelTest(unittest.TestCase):
    """Entry by entry: what a rule must not touch has the same bytes, what it edits differs in that field only."""

    def edited(self, entry: pga.Entry, flags: Flags, archive: pga.Archive) -> pga.Entry:
        if O in flags and entry.owner is not None:
            entry = pga.replace(entry, owner=None if archive.layout.has(14) else b"")
        if T in flags:
            entry = pga.replace(entry, tablespace=None)
        if T in flags and entry.desc == b"DATABASE":
            entry = pga.replace(entry, defn=without_clause(entry.defn, flags))
        return entry

    def dropped(self, entry: pga.Entry, flags: Flags, archive: pga.Archive) -> bool:
        return (X in flags and is_acl(entry) or L in flags and is_large_object(entry)
                or C in flags and is_database(entry, archive))

    def model(self, archive: pga.Archive, flags: Flags) -> list[pga.Entry]:
        return [self.edited(e, flags, archive) for e in archive.entries if not self.dropped(e, flags, archive)]

    def check(self, before: pga.Archive, data: bytes, flags: Flags) -> pga.Archive:
        after = pga.read(data)
        layout = before.layout
        self.assertEqual(after.head, before.head)
        wanted = self.model(before, flags)
        self.assertEqual([e.dump_id for e in after.entries], [e.dump_id for e in wanted], "entries and their order")
        for got, want in zip(after.entries, wanted):
            harness.same_bytes(got.raw_body(layout), want.encode_body(layout), f"entry {got.dump_id}")
        kept = {e.dump_id for e in wanted}
        self.assertEqual([(b.dump_id, b.digest) for b in after.blocks],
                         [(b.dump_id, b.digest) for b in before.blocks if b.dump_id in kept])
        self.assertEqual(harness.offsets_problem(data), "")
        return after

    def test_every_archive_and_combination(self) -> None:
        combinations = ((O,), (X,), (T,), (L,), (C,), (O, X), (O, X, T, L, C))
        work = []
        for number, path in enumerate(harness.archives()):
            for flags in combinations if plain_variant(path) else (combinations[number % 6], combinations[6]):
                work.append((path, flags, *WAYS[(number + len(flags)) % len(WAYS)]))
        harness.check_all(self.check_one, harness.thinned(work, "models"))

    def check_one(self, work: tuple[Path, Flags, str, str]) -> None:
        path, flags, inlet, outlet = work
        before = pga.read(path.read_bytes())
        changes = self.model(before, flags) != before.entries
        all_match = all(self.model(before, (flag,)) != before.entries for flag in flags)
        data = harness.must_run(flags, path, inlet, outlet, quiet=all_match)
        self.assertEqual(self.check(before, data, flags).trailing, b"" if changes else before.trailing)
        harness.count("models")

    def test_every_version_and_width(self) -> None:
        flags = (O, X, T, L, C)
        for source in ("tiny/tiny.17.file.dump", "15/roles.fc.dump"):
            original = pga.read(harness.archive(source).read_bytes())
            for number, layout in enumerate(harness.LAYOUTS):
                data = pga.convert(original, *layout, compressed=number % 2 == 0).encode(("true", "unset")[number % 2])
                inlet, outlet = WAYS[number % len(WAYS)]
                with self.subTest(source=source, layout=layout, inlet=inlet, outlet=outlet):
                    self.check(pga.read(data), harness.must_run(flags, data, inlet, outlet, quiet=False), flags)
                    harness.count("models")

    def test_pg_restore_lists_the_results(self) -> None:
        for path, restores in harness.thinned(pairs(), "listings"):
            for flags in ((O, T), (X, L), (C, L)):
                data = harness.must_run(flags, path)
                for restore in restores:
                    harness.restore_script(restore, data, "-l")
                    harness.count("listings")


# ---------------------------------------------------------------------------------------------- offsets


class OffsetTest(unittest.TestCase):
    """A wrong offset is never written, and where a true one can be known it is there."""

    SOURCES = ("tiny/tiny.17.file.dump", "tiny/tiny.17.pipe.dump", "tiny/tiny.17.redirect.dump",
               "tiny/tiny.15.file.dump", "tiny/tiny.15.none.pipe.dump", "tiny/tiny.15.redirect.dump",
               "17/roles.fc.dump", "17/roles.fc_pipe.dump", "15/roles.fc_pipe.dump")

    def expected(self, before: str, outlet: str) -> str:
        return "set" if before == "set" or outlet in ("file", "redirect") else "unset"

    def test_every_way(self) -> None:
        work = [(name, flags, *way) for name in self.SOURCES for way in WAYS for flags in ((O,), (L, X))
                if "tiny" in name or flags == (L, X)]
        harness.check_all(self.check, harness.thinned(work, "offset checks"))

    def check(self, work: tuple[str, Flags, str, str]) -> None:
        name, flags, inlet, outlet = work
        data = harness.archive(name).read_bytes()
        wanted = self.expected("set" if harness.offsets_are(data, "set") else "unset", outlet)
        result = harness.must_run(flags, data, inlet, outlet, quiet=False)
        self.assertEqual(harness.offsets_problem(result), "")
        self.assertTrue(harness.offsets_are(result, wanted), f"wanted {wanted}")
        self.assertEqual(pga.read(result).trailing, b"")
        harness.count("offset checks")

    def test_partly_set(self) -> None:
        """Some offsets missing: the others cannot be moved by arithmetic alone, but none may be wrong."""
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        data_entries = [e for e in archive.entries if e.had_dumper]
        for entry in data_entries:
            partly = [pga.replace(e, flag=pga.NOT_SET, offset=0) if e is entry else e for e in archive.entries]
            data = pga.replace(archive, entries=partly).encode("kept")
            for inlet, outlet in WAYS:
                harness.same_bytes(harness.must_run((), data, inlet, outlet), data, "identity")
                result = harness.must_run((O,), data, inlet, outlet)
                self.assertEqual(harness.offsets_problem(result), "", (entry.dump_id, inlet, outlet))
                harness.count("offset checks")

    def test_offsets_wider_than_their_field(self) -> None:
        """Widths of one to three bytes hold no offset of a larger archive: refused, or not set, never cut off."""
        original = pga.read(harness.archive("17/roles.fc.dump").read_bytes())
        for off_size in (1, 2, 3):
            data = pga.convert(original, 16, 4, off_size).encode("unset")
            for outlet in ("file", "redirect", "pipe"):
                done = harness.run((O,), data, "file", outlet)
                self.assertIn(done.status, (0, 1, 2), str(done))
                if done.status == 0:
                    self.assertEqual(harness.offsets_problem(done.out), "", (off_size, outlet))
                harness.count("offset checks")

    def test_offsets_that_grow_out_of_their_field(self) -> None:
        """Two bytes are enough before the rename and too few after it."""
        archive = pga.convert(pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes()), 16, 4, 2)
        filler = pga.Entry(9000, b"COMMENT", b"TABLE item", b"-" * 61_000, section=pga.SECTION_NONE)
        archive.entries.append(filler)
        size = len(archive.encode("unset"))
        filler.defn += b"-" * (65_500 - size)
        data = archive.encode("true")
        self.assertEqual(harness.offsets_problem(data), "")
        for outlet in ("file", "redirect", "pipe"):
            done = harness.run(("--map-role", "alice=" + "x" * 60), data, "file", outlet)
            self.assertIn(done.status, (0, 1, 2), str(done))
            if done.status == 0:
                self.assertEqual(harness.offsets_problem(done.out), "", outlet)
            harness.count("offset checks")

    def test_output_in_the_middle_of_a_file(self) -> None:
        """What is written at the end must find its way to the right place, or the offsets stay unset."""
        for name in ("tiny/tiny.17.pipe.dump", "tiny/tiny.17.file.dump"):
            source = harness.archive(name)
            for script in ('{ echo first; "$1" -O "$2"; echo last; } > "$3"',
                           'echo first > "$3"; "$1" -O "$2" >> "$3"; echo last >> "$3"',
                           ': > "$3"; { echo first; "$1" -O "$2"; echo last; } >> "$3"'):
                target = harness.scratch_file()
                with self.subTest(archive=name, script=script):
                    subprocess.run(["sh", "-ec", script, "sh", harness.program(), str(source), str(target)], check=True,
                                   timeout=harness.TIME_LIMIT)
                    data = target.read_bytes()
                    self.assertTrue(data.startswith(b"first\nPGDMP") and data.endswith(b"last\n"), data[:20])
                    archive = data[6:-5]
                    self.assertEqual(harness.offsets_problem(archive), "")
                    self.assertEqual(pga.read(archive).trailing, b"")
                    self.assertTrue(all(e.owner is None for e in pga.read(archive).entries))
                    harness.count("offset checks")


# ---------------------------------------------------------------------------------------------- dependencies


class BridgingTest(unittest.TestCase):
    """What depended on a dropped entry depends on what that entry depended on."""

    def graph(self, known: dict[bytes, pga.Entry], entry: pga.Entry, kept: set[bytes]) -> set[bytes]:
        """The nearest dependencies that are kept or unknown."""
        result, seen, todo = set(), set(), list(entry.deps)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in kept or name not in known:
                result.add(name)
            else:
                todo += known[name].deps
        return result

    def check(self, data: bytes, flags: Flags) -> int:
        before, after = pga.read(data), pga.read(harness.must_run(flags, data))
        kept = {b"%d" % e.dump_id for e in after.entries}
        known = {b"%d" % e.dump_id: e for e in before.entries}
        dropped = set(known) - kept
        bridged = 0
        for entry in after.entries:
            old = known[b"%d" % entry.dump_id]
            wanted = self.graph(known, old, kept)
            if b"%d" % entry.dump_id not in old.deps:  # an entry that waits for itself would never be restored
                wanted.discard(b"%d" % entry.dump_id)
            self.assertEqual(set(entry.deps), wanted)
            if not dropped & set(old.deps):
                self.assertEqual(entry.deps, old.deps)
                continue
            bridged += 1
            new = Counter(entry.deps) - Counter(old.deps)
            self.assertFalse([name for name, times in new.items() if times > 1 or name in old.deps],
                             f"duplicates introduced: {old.deps} became {entry.deps}")
            stay = [name for name in old.deps if name not in dropped]
            rest = iter(entry.deps)
            self.assertTrue(all(name in rest for name in stay), f"{old.deps} became {entry.deps}")
        return bridged

    def chained(self) -> pga.Archive:
        """item <- ACL 9001 <- ACL 9002 <- ACL 9003 <- view, with forks, duplicates, unknown IDs and a cycle."""
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        table, view = archive.find(b"TABLE", b"item"), archive.find(b"VIEW")

        def acl(dump_id: int, *deps: int) -> pga.Entry:
            return pga.Entry(dump_id, b"ACL", b"TABLE item", b"GRANT ALL ON TABLE shop.item TO alice;\n",
                             namespace=b"shop", owner=b"alice", section=pga.SECTION_NONE, deps=pga.decimal(deps))

        def user(dump_id: int, *deps: int) -> pga.Entry:
            return pga.Entry(dump_id, b"COMMENT", b"TABLE item", b"COMMENT ON TABLE shop.item IS 'x';\n",
                             namespace=b"shop", owner=b"alice", section=pga.SECTION_NONE, deps=pga.decimal(deps))

        t, v, gone = table.dump_id, view.dump_id, 777777
        archive.entries += [
            acl(9001, t), acl(9002, 9001, gone), acl(9003, 9002, v, 9002),
            acl(9004, 9005, t), acl(9005, 9004), acl(9006),
            user(9101, 9003), user(9102, t, 9001), user(9103, 9001, t), user(9104, v, v, 9003, gone),
            user(9105, 9004), user(9106, 9006), user(9107, 9006, 9001, 9002, 9003), user(9108, 9101, 9003, 9101),
            user(9109, t, t, t), user(9110, gone), user(9111),
        ]
        return archive

    def test_chains(self) -> None:
        for offsets in ("true", "unset"):
            self.assertEqual(self.check(self.chained().encode(offsets), (X,)), 8)
            harness.count("graphs")

    def test_entry_without_dropped_dependencies_keeps_its_bytes(self) -> None:
        archive = self.chained()
        after = pga.read(harness.must_run((X,), archive.encode()))
        for dump_id in (9109, 9110, 9111):
            self.assertEqual(after.entry(dump_id).raw_body(after.layout),
                             archive.entry(dump_id).encode_body(archive.layout))

    def test_random_graphs(self) -> None:
        self.random_graphs(lambda ids, at: ids[:at])

    def test_random_graphs_with_circles(self) -> None:
        """pg_dump writes none; where one leads through dropped entries, nothing beyond it may be lost."""
        self.random_graphs(lambda ids, at: ids)

    def random_graphs(self, candidates) -> None:
        """candidates: of all IDs and the entry's place, those that the entry may depend on"""
        kinds = ((b"TABLE", b"t"), (b"ACL", b"TABLE t"), (b"ACL", b"LARGE OBJECT 5"), (b"BLOB METADATA", b"5"),
                 (b"DEFAULT ACL", b"x"), (b"COMMENT", b"LARGE OBJECT 5"), (b"COMMENT", b"TABLE t"), (b"INDEX", b"i"))

        def one(seed: int) -> None:
            dice = random.Random(seed)
            archive = pga.Archive((1, dice.randint(10, 16), 0), dice.choice((3, 4, 8)), dice.choice((4, 8)))
            ids = dice.sample(range(1, 200), dice.randint(3, 60))
            for at, dump_id in enumerate(ids):
                desc, tag = dice.choice(kinds)
                deps = dice.choices([*candidates(ids, at), 999], k=dice.choice((0, 1, 1, 2, 5)))
                archive.entries.append(pga.Entry(dump_id, desc, tag, b"--\n", b"", deps=pga.decimal(deps), owner=b"o"))
            for flags in ((X, "-q"), (L, "-q"), (X, L, "-q")):
                self.check(archive.encode(), flags)
                harness.count("graphs")

        harness.check_all(one, harness.thinned(range(40), "random graphs"))

    def test_long_chain(self) -> None:
        """Thousands of links, so no recursion and nothing quadratic."""
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        first, length = 10_000, 20_000
        for dump_id in range(first, first + length):
            archive.entries.append(pga.Entry(dump_id, b"ACL", b"TABLE item", b"--\n", section=pga.SECTION_NONE,
                                             deps=pga.decimal([dump_id + 1])))
        archive.entries.append(pga.Entry(1_000_000, b"COMMENT", b"TABLE item", b"--\n", section=pga.SECTION_NONE,
                                         deps=pga.decimal([first])))
        after = pga.read(harness.must_run((X,), archive.encode()))
        self.assertEqual(after.entry(1_000_000).deps, pga.decimal([first + length]))
        harness.count("graphs")

    def test_real_archives(self) -> None:
        def one(work: tuple[Path, Flags]) -> None:
            self.check(work[0].read_bytes(), work[1])
            harness.count("graphs")

        work = [(path, flags) for path in harness.archives("*/roles.fc.dump") for flags in ((X,), (L,), (X, L, C))]
        harness.check_all(one, harness.thinned(work, "graphs"))


if __name__ == "__main__":
    harness.main()
