# SPDX-License-Identifier: PostgreSQL
"""pgfilter's selection in front of pg_restore must give what pg_restore gives with the same options, its list
(-l) must be pg_restore's byte for byte, and its use of a list (-L) must select and reorder as pg_restore's does.

Names to select are drawn from the archives themselves. The expectation is always pg_restore's own.
"""
from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from kinds import CONSUMED  # noqa: E402

SEED = int(os.environ.get("SEED") or random.randrange(1_000_000))

# what pg_restore 15 and 17 have too, and decide in the same way
LASTING = [["-n", "app"], ["-n", "app", "-n", "mixed"], ["-N", "app"], ["-n", "mixed", "-x"], ["-t", "base"],
           ["-t", "base", "-a"], ["-t", "base", "-s"], ["-n", "app", "-t", "base"], ["-t", "vbase"],
           ["-t", "base_id_seq"], ["-I", "base_t"], ["-P", "fn(integer)"], ["-t", "base", "-I", "base_t"], ["-a"],
           ["-s"], ["--section=pre-data"], ["--section=data"], ["--section=post-data"],
           ["--section=pre-data", "--section=post-data"]]
SINCE_18 = [["--no-data"], ["--no-schema"], ["--statistics-only"], ["--no-data", "--no-schema"], ["--no-policies"]]
LISTED = [[], ["-v"], ["-O"], ["-x"], ["-n", "app"], ["-N", "app", "-v"], ["-t", "base", "-I", "base_t"], ["-s"],
          ["-a"], ["--section=data"], ["--no-comments", "--section=post-data"], ["--no-statistics"]]


def newest() -> harness.Restore:
    restore = max(harness.restores(), key=lambda restore: restore.major)
    if restore.major < 18:
        raise unittest.SkipTest("pgfilter selects as pg_restore 18 does, and there is none")
    return restore


def archives() -> list[Path]:
    """One of each major, those with statistics, and the rich ones."""
    return [path for path in harness.archives() if path.name in ("roles.fc.dump", "roles.fc_stats.dump",
                                                                 "tiny.17.file.dump") or "rich" in path.name]


def script(restore: harness.Restore, source, *options) -> bytes:
    return harness.normal_script(harness.restore_script(restore, source, *options))


def pg_list(restore: harness.Restore, source, *options) -> bytes:
    command = [restore.program, "-l", *options] + ([str(source)] if isinstance(source, Path) else [])
    data = None if isinstance(source, Path) else source
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=harness.TIME_LIMIT).stdout


# The kinds that an option selects by their names.
NAMED = {"-t": (b"TABLE", b"TABLE DATA", b"VIEW", b"FOREIGN TABLE", b"MATERIALIZED VIEW", b"MATERIALIZED VIEW DATA", b"SEQUENCE", b"SEQUENCE SET"),
         "-I": (b"INDEX",), "-P": (b"FUNCTION", b"AGGREGATE", b"PROCEDURE")}


def empty_selections(source, flags: Sequence) -> set[str]:
    """The options all of whose values name nothing in the archive, where pg_dump refuses and pg_restore restores nothing."""
    entries = pga.read(source.read_bytes() if isinstance(source, Path) else source).entries
    there = {option: {e.tag for e in entries if e.desc in descs} for option, descs in NAMED.items()}
    there["-n"] = {e.tag if e.desc == b"SCHEMA" else e.namespace for e in entries}
    values: dict[str, set[bytes]] = {}
    for option, value in zip(flags, flags[1:]):
        if option in there:
            values.setdefault(option, set()).add(value if isinstance(value, bytes) else str(value).encode())
    return {option for option, names in values.items() if not names & there[option]}


def refused_as_empty(source, flags: Sequence) -> bool:
    """Whether it is to be refused, which is asserted then, in every kind of run."""
    empty = empty_selections(source, flags)
    if not empty:
        return False
    what = {"-n": b"schemas", "-t": b"tables", "-I": b"indexes", "-P": b"functions"}
    for more in ([], ["-l"], ["--dry-run"], ["--needs"]):
        done = harness.run(["-q", *flags, *more], source, outlet="pipe")
        told = re.fullmatch(rb"pgfilter: (?:.*: )?no matching (\w+) were found for .*\n", done.err, re.DOTALL)
        if (done.status, done.out) != (2, b"") or not told or told[1] not in {what[option] for option in empty}:
            raise AssertionError(f"{flags} {more}: {done}")
    harness.count("empty selections refused")
    return True


class ScriptTest(unittest.TestCase):
    def check(self, case) -> None:
        path, restore, flags, create = case
        if refused_as_empty(path, flags):
            return
        after = ["-C"] if create else []
        filtered = harness.must_run(["-q", *flags], path)
        again = [flag for flag in flags if flag == "-O"]  # its output names owners all the same
        harness.same_bytes(script(restore, filtered, *again, *after), script(restore, path, *flags, *after), "script")
        self.assertEqual(harness.offsets_problem(filtered), "")
        harness.count("scripts")
        if restore == newest():
            harness.same_bytes(harness.must_run(["-q", "-l", *flags], path), pg_list(restore, path, "-C", *flags), "list")
            harness.count("lists")

    def test_flags(self) -> None:
        cases = []
        for path in archives():
            for restore in harness.restores_reading(harness.minor_of(path)):
                same = restore.major >= 18 or "stats" not in path.name
                sets = (LASTING if same else []) + (SINCE_18 if restore.major >= 18 else [])
                sets = sets if restore.major >= 18 or path.parent.name in ("9.6", "14", "15", "17") else []
                cases += [(path, restore, flags, number % 2 == 0) for number, flags in enumerate(sets)]
        harness.check_all(self.check, harness.thinned(cases, "selections"))

    def test_random_combinations(self) -> None:
        print(f"SEED={SEED}", file=sys.stderr)
        dice = random.Random(SEED)
        cases = []
        for path in archives():
            flags = all_flags(pga.read(path.read_bytes()), dice)
            for _ in range(20):
                chosen = sum(dice.sample(flags, dice.choice((1, 2, 2, 3))), [])
                cases.append((path, newest(), chosen, dice.random() < 0.5))
        harness.check_all(self.check_or_refuse, harness.thinned(cases, "combinations"))

    def test_what_does_not_go_together(self) -> None:
        """Of several reasons, the one that pg_restore tells."""
        flags = ("-a", "-s", "--statistics-only", "--no-data", "--no-schema", "--no-statistics")
        path = harness.archive("18/rich.fc_stats.dump")
        chosen = [list(some) for number in range(2, len(flags) + 1) for some in itertools.combinations(flags, number)]
        harness.check_all(self.check_or_refuse, [(path, newest(), some, True) for some in chosen])

    def check_or_refuse(self, case) -> None:
        path, restore, flags, _ = case
        wanted = subprocess.run([restore.program, *flags, "-f", "/dev/null", path], capture_output=True)
        if wanted.returncode == 0:
            return self.check(case)
        done = harness.run(flags, path)
        self.assertEqual((done.status, done.out), (2, b""), str(done))
        said = wanted.stderr.splitlines()[0].removeprefix(b"pg_restore: error: ")
        self.assertIn(said, done.err)
        harness.count("refusals")

    def test_order_of_options(self) -> None:
        """What hangs on a policy or publication that another option drops goes, wherever that option stands."""
        flags = [["--no-policies"], ["--no-publications"], ["-x"], ["--no-create"], ["-n", "app"], ["-N", "mixed"],
                 ["-t", "base"], ["--no-large-objects"], ["-s"], ["--section=post-data"]]
        dice = random.Random(SEED)

        def one(path: Path) -> None:
            for _ in range(8):
                chosen = dice.sample(flags, 4)
                if refused_as_empty(path, sum(chosen, [])):
                    continue
                results = {harness.must_run(["-q", *sum(dice.sample(chosen, 4), [])], path) for _ in range(3)}
                self.assertEqual(len(results), 1, chosen)
                harness.count("orders of options", 3)

        harness.check_all(one, harness.archives("1[057]/roles.fc.dump", "*/*rich*.dump"))


def all_flags(archive: pga.Archive, dice: random.Random) -> list[list]:
    def some(option: str, names: Iterable[Optional[bytes]]) -> list[list]:
        found = sorted({name for name in names if name})
        return [[option, name] for name in dice.sample(found, min(4, len(found)))]

    def tags(*descs: bytes) -> list[Optional[bytes]]:
        return [e.tag for e in archive.entries if e.desc in descs]

    schemas = [e.namespace for e in archive.entries]
    return (some("-n", schemas) + some("-N", schemas)
            + some("-t", tags(b"TABLE", b"VIEW", b"MATERIALIZED VIEW", b"FOREIGN TABLE")) + some("-t", tags(b"SEQUENCE"))
            + some("-I", tags(b"INDEX")) + some("-P", tags(b"FUNCTION", b"PROCEDURE", b"AGGREGATE"))
            + [[flag] for flag in ("-a", "-s", "--no-data", "--no-schema", "--statistics-only", "-x", "-O",
                                   "--no-comments", "--no-policies", "--no-publications", "--no-subscriptions",
                                   "--no-security-labels", "--no-statistics", "--strict-names", "--section=pre-data",
                                   "--section=data", "--section=post-data")]
            + [["-t", "nosuch"], ["-n", "nosuch"]])


class NamesTest(unittest.TestCase):
    PATH = "15/roles.fc.dump"

    def kept(self, *flags: str) -> list[pga.Entry]:
        archive = pga.read(harness.must_run(["-q", "--no-create", *flags], harness.archive(self.PATH)))
        return [e for e in archive.entries if e.desc not in CONSUMED]

    def test_trigger_by_name_or_with_its_table(self) -> None:
        by_name = self.kept("--trigger", "tr1")
        self.assertEqual([(e.desc, e.tag) for e in by_name],
                         [(b"TRIGGER", b"base tr1"), (b"COMMENT", b"TRIGGER tr1 ON base")])
        self.assertEqual([e.dump_id for e in self.kept("--trigger", "base tr1")], [e.dump_id for e in by_name])
        harness.same_bytes(harness.must_run(["-q", "-l", "--trigger", "base tr1"], harness.archive(self.PATH)),
                           pg_list(newest(), harness.archive(self.PATH), "-C", "-T", "base tr1"), "list")
        for name in ("r1", "base"):
            done = harness.run(["--trigger", name], harness.archive(self.PATH))
            self.assertEqual((done.status, done.err), (2, f'pgfilter: no matching triggers were found for "{name}"\n'.encode()))

    def test_names_that_match_nothing(self) -> None:
        path = harness.archive(self.PATH)
        done = harness.run(["-t", "base", "-t", "no\x1bsuch", "-n", "app"], path)
        unmatched, without_schema = done.err.splitlines()
        self.assertEqual((done.status, unmatched), (0, b"pgfilter: table 'no\\x1bsuch' matched nothing"), str(done))
        self.assertIn(b"uses SCHEMA app, which is dropped", without_schema)
        self.assertIn(b"it has to be there beforehand", without_schema)
        for options, said in ((["-n", "a b"], 'schema "a b" not found'), (["-t", "x"], 'table "x" not found'),
                              (["-I", "x"], 'index "x" not found'), (["-P", "x"], 'function "x" not found'),
                              (["--trigger", "x"], 'trigger "x" not found'),
                              (["-n", "mixed", "-t", "base"], 'table "base" not found')):
            done = harness.run(["--strict-names", *options], path, outlet="file")
            self.assertEqual((done.status, done.file_appeared), (2, False), str(done))
            self.assertIn(said.encode(), done.err)
        self.assertEqual(harness.run(["--strict-names", "-N", "nosuch", "-q"], path).status, 0)

    def test_what_selects_nothing_is_refused_with_one_line(self) -> None:
        """By any option alone, in any kind of run, in a rule file and a target's; not where another has dropped what it finds."""
        path = harness.archive(self.PATH)
        rules, target = harness.scratch_file(b"no-owner\ntable nosuch\n", ".rules"), harness.scratch_file(b"table nosuch\n", ".rules")
        for options, what in ((["-n", "nosuch"], "schemas"), (["-t", "nosuch"], "tables"), (["-I", "nosuch"], "indexes"), (["-P", "nosuch()"], "functions"),
                              (["--trigger", "nosuch"], "triggers"), (["-t", "no such", "-t", "nosuch", "-n", "app"], "tables"),
                              (["-I", "base_t", "-P", "fn"], "functions"), (["-R", rules], "tables"), (["--for", target], "tables"),
                              (["--include-table", "nosuch"], "tables"), (["--include-schema", "nosuch"], "schemas")):
            for more in ([], ["-l"], ["--dry-run"], ["--needs"], ["-q"], ["--strict"], ["--dry-run", "--json"]):
                done = harness.run([*options, *more], path, outlet="file" if not more else "pipe")
                self.assertEqual((done.status, done.out, done.err.count(b"\n")), (2, b"", 1), str(done))
                self.assertIn(f"no matching {what} were found for ".encode(), done.err)
                self.assertIn(b"nosuch" if "fn" not in options else b'"fn"', done.err)
        done = harness.run(["-t", *" -t ".join("abcde").split()], path)
        self.assertTrue(done.err.endswith(b'were found for "a", "b", "c" and 2 more\n'), done.err)
        for options in (["-t", "base", "--section=post-data"], ["-n", "mixed", "-t", "base"], ["--exclude-table", "base", "-t", "base"],
                        ["-t", "base", "-t", "nosuch"], ["-N", "nosuch"]):
            self.assertEqual((done := harness.run(options, path)).status, 0, str(done))

    def test_patterns_where_names_are_taken(self) -> None:
        """pg_dump's options of these names take patterns, pg_restore's do not."""
        path = harness.archive(self.PATH)
        for option, name, cause in (("-t", "base", b"include-table takes patterns"), ("-n", "app", b"it takes a plain name"),
                                    ("-N", "app", b"it takes a plain name")):
            self.assertIn(b"'bas*' matched nothing: ", (done := harness.run([option, "bas*", option, name], path)).err, str(done))
            self.assertIn(cause, done.err)
            if option != "-N":
                done = harness.run([option, "bas*"], path)
                self.assertEqual((done.status, done.err.count(b"\n")), (2, 1), str(done))
                self.assertIn(b' were found for "bas*": it takes a plain name', done.err)
                self.assertIn(cause, done.err)
        self.assertIn(b"include-table takes patterns", harness.run(["-t", "app.base"], path).err)

    def test_contradictions(self) -> None:
        path = harness.archive(self.PATH)
        for flags in (["-a", "-s"], ["-s", "--statistics-only"], ["-a", "--statistics-only"], ["-a", "--no-data"],
                      ["-s", "--no-schema"], ["--statistics-only", "--no-statistics"], ["--section", "foo"],
                      ["--section=pre-data", "--section=Data"]):
            wanted = subprocess.run([newest().program, *flags, "-f", "-", path], capture_output=True)
            said = wanted.stderr.splitlines()[0].removeprefix(b"pg_restore: error: ")
            for order in (flags, flags[::-1]) if len(flags) == 2 and flags[0] != "--section" else (flags,):
                done = harness.run(order, path)
                self.assertEqual((done.status, done.out), (2, b""), str(done))
                self.assertIn(said, done.err)

    def test_stdin_and_pipe(self) -> None:
        path = harness.archive(self.PATH)
        for flags in (["-s"], ["-n", "app", "-a"]):
            results = {harness.must_run(["-q", *flags], path, inlet) for inlet in ("file", "pipe", "redirect")}
            self.assertEqual(len(results), 1)


class ListingTest(unittest.TestCase):
    def test_byte_by_byte(self) -> None:
        cases = [(path, flags) for path in harness.archives()
                 for flags in (LISTED if path in archives() else LISTED[:2])]
        harness.check_all(self.check, harness.thinned(cases, "listings"))

    def check(self, case) -> None:
        path, flags = case
        if refused_as_empty(path, flags):
            return
        for create in ([], ["-C"]) if "-v" not in flags else (["-C"],):
            options = ["-q"] * ("-v" not in flags) + ["-l", *flags] + ([] if create else ["--no-create"])
            harness.same_bytes(harness.run(options, path).out, pg_list(newest(), path, *create, *flags), "list")
            harness.count("lists")

    def test_versions_and_widths(self) -> None:
        original = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for layout in harness.LAYOUTS:
            data = pga.convert(original, *layout, compressed=False).encode("unset")
            for flags in ([], ["--section=data"], ["--section=post-data"], ["-v"]):
                done = harness.run(["-l", *flags], data, "pipe")
                self.assertEqual(done.status, 0, str(done))
                harness.same_bytes(done.out, pg_list(newest(), data, "-C", *flags), "list")

    def test_odd_names(self) -> None:
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for number, name in enumerate((b"a\nb\r\nc", b"\xff\xfe;", b"", b"x" * 3000)):
            archive.entries.append(pga.Entry(9000 + number, b"VIEW", name, b"SELECT 1;\n", b"", namespace=name or None,
                                             owner=name or None, oid=(b"4294967295", b"0", b"12", b"7")[number]))
        data = archive.encode("unset")
        harness.same_bytes(harness.must_run(["-l"], data, "pipe"), pg_list(newest(), data, "-C"), "list")

    def test_time_zones(self) -> None:
        path = harness.archive("18/roles.fc.dump")
        for zone in ("UTC", "America/New_York", "Asia/Kathmandu", "No/Such_Zone", "CET-1CEST"):
            command = [harness.program(), "-l", path]
            environment = {**os.environ, "TZ": zone}
            got = subprocess.run(command, capture_output=True, env=environment, check=True).stdout
            wanted = subprocess.run([newest().program, "-C", "-l", path], capture_output=True, env=environment,
                                    check=True).stdout
            harness.same_bytes(got, wanted, "list")

    def test_dates(self) -> None:
        """Summer time that did not exist, a month too many, and what no calendar has."""
        original = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        for when in ((0, 30, 2, 29, 2, 126, 1), (0, 30, 2, 25, 9, 126, 0), (61, 61, 25, 32, 12, 99, -1),
                     (0, 0, 0, 0, 0, -2_000_000_000, 0), (59, 59, 23, 31, 11, 69, 0), (-1, -1, -1, 1, 0, 70, 1)):
            data = pga.replace(original, created=when).encode("unset")
            for zone in ("UTC", "Europe/Berlin"):
                environment = {**os.environ, "TZ": zone}
                got = subprocess.run([harness.program(), "-l"], input=data, capture_output=True, env=environment)
                wanted = subprocess.run([newest().program, "-C", "-l"], input=data, capture_output=True, env=environment)
                harness.same_bytes(got.stdout, wanted.stdout, f"list {when}")

    def test_goes_to_the_file(self) -> None:
        path = harness.archive("15/roles.fc.dump")
        done = harness.run(["-l"], path, outlet="file")
        harness.same_bytes(done.out, harness.must_run(["-l"], path), "list")
        for flags in (["--in-place"], ["--dry-run"]):
            self.assertEqual(harness.run(["-l", *flags], path).status, 2)


class UseListTest(unittest.TestCase):
    def lines(self, path: Path, *flags: str) -> list[bytes]:
        text = harness.must_run(["-q", "-l", *flags], path)
        return [line for line in text.splitlines(keepends=True) if not line.startswith(b";")]

    def compare(self, path: Path, lines: Sequence[bytes], flags: Sequence[str] = ()) -> bytes:
        """The same script from a file, a pipe, and by list; and the same list."""
        use = ["-L", str(harness.scratch_file(b"".join(lines), ".list")), *flags]
        if refused_as_empty(path, use):
            return b""
        filtered = harness.must_run(["-q", *use], path)
        for after in (["-C"], []):
            harness.same_bytes(script(newest(), filtered, *after), script(newest(), path, *use, *after), "script")
        harness.same_bytes(harness.must_run(["-q", "-l", *use], path), pg_list(newest(), path, "-C", *use), "list")
        harness.same_bytes(pg_list(newest(), filtered, "-C").split(b"Selected")[1],
                           pg_list(newest(), path, "-C", *use).split(b"Selected")[1], "list of the result")
        harness.count("use of lists")
        return filtered

    def test_all_of_it_changes_nothing(self) -> None:
        for path in archives():
            harness.same_bytes(self.compare(path, self.lines(path)), path.read_bytes(), "archive")

    def test_shuffled(self) -> None:
        """Everything but what has data in another order, and less of it; with other options on top."""
        print(f"SEED={SEED}", file=sys.stderr)
        dice = random.Random(SEED)

        def one(path: Path) -> None:
            blocks = {e.dump_id for e in pga.read(path.read_bytes()).entries if e.had_dumper}
            lines = self.lines(path)
            for share, flags in ((1, ()), (0.7, ()), (0.2, ()), (0.9, ("-n", "app")), (0.9, ("-s",)), (0.9, ("-a", "-x")),
                                 (0.8, ("--section=pre-data", "-N", "app"))):
                chosen = [line for line in lines if dice.random() < share]
                self.compare(path, shuffled(chosen, blocks, dice), flags)

        harness.check_all(one, harness.thinned(archives(), "shuffled lists"))

    def test_lists_of_others(self) -> None:
        """As they come from pg_restore of any age, with blanks, comments and entries put out of action."""
        path = harness.archive("15/roles.fc.dump")
        for restore in harness.restores_reading(14):
            for options in ([], ["-C"], ["-v"], ["-t", "base"]):
                lines = pg_list(restore, path, *options).splitlines(keepends=True)
                self.compare(path, lines)
                self.compare(path, [b";" + line if number % 3 else b"  " + line.replace(b"\n", b"\r\n")
                                    for number, line in enumerate(lines)])

    def test_bad_lines(self) -> None:
        path = harness.archive("15/roles.fc.dump")
        text = b"5510\n22\n\n abc\n 22\n99999999; foo\n-3; x\n+5512 jj; k\n; com\n0\n 99999999999999999999\n23x\n5509"
        file = harness.scratch_file(text, ".list")
        done = harness.run(["-L", file, "-l", "--no-create"], path)
        wanted = subprocess.run([newest().program, "-l", "-L", file, path], capture_output=True, check=True)
        harness.same_bytes(done.out, wanted.stdout, "list")
        ignored = [line.split(b"line ignored:")[1].strip() for line in wanted.stderr.splitlines() if b"ignored" in line]
        self.assertEqual([line.split(b"line ignored: ")[1].strip() for line in done.err.splitlines()], ignored)
        self.assertEqual(len(ignored), 6)

    def test_unknown_id(self) -> None:
        path = harness.archive("15/roles.fc.dump")
        used = {e.dump_id for e in pga.read(path.read_bytes()).entries}
        unknown = next(n for n in range(1, max(used)) if n not in used)
        file = harness.scratch_file(b"22\n%d\n" % unknown, ".list")
        done = harness.run(["-L", file], path, outlet="file")
        self.assertEqual((done.status, done.file_appeared), (2, False))
        self.assertIn(b"could not find entry for ID %d" % unknown, done.err)
        self.assertIn(b"missing.list", harness.run(["-L", "missing.list"], path).err)
        self.assertEqual(harness.run(["-L", "missing.list"], path).status, 2)

    def test_empty_list(self) -> None:
        for path in harness.archives("*/roles.fc.dump"):
            self.compare(path, [])

    def test_order_of_data_cannot_change(self) -> None:
        path = harness.archive("tiny/tiny.17.file.dump")
        lines = self.lines(path)
        data = [n for n, line in enumerate(lines) if b" TABLE DATA " in line]
        lines[data[0]], lines[data[1]] = lines[data[1]], lines[data[0]]
        file = harness.scratch_file(b"".join(lines), ".list")
        for flags in ([], ["-a"], ["-l"]):
            done = harness.run([*flags, "-L", file], path)
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertIn(b"pg_restore -L", done.err)
            self.assertIn(b"TABLE DATA shop item", done.err)
        for flags in (["-s"], ["-t", "item"], ["-t", "item", "-t", "nosuch"]):
            self.compare(path, lines, flags)


def shuffled(lines: list[bytes], fixed: set[int], dice: random.Random) -> list[bytes]:
    """In any order, but for those with data, which keep theirs."""
    has_data: Callable[[bytes], bool] = lambda line: int(line.split(b";")[0]) in fixed
    rest = iter([line for line in lines if has_data(line)])
    mixed = dice.sample(lines, len(lines))
    return [next(rest) if has_data(line) else line for line in mixed]


if __name__ == "__main__":
    harness.main()
