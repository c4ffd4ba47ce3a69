# SPDX-License-Identifier: PostgreSQL
"""Rules that are plug-ins: those of pgfilter written once more in C, and one that does what it must not."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

PLUGINS = Path(harness.program()).parent / "tests/plugins"
SAMPLES = Path(harness.program()).parent / "samples"  # PGFILTER_BUILD_SAMPLES
SOURCES = Path(__file__).resolve().parent.parent / "plugins"
MISBEHAVING = f"--plugin={PLUGINS}/misbehaving.so"
ARCHIVE = harness.archive("15/roles.fc.dump")


def rules_in(source: str) -> dict[str, Path]:
    """Rules that pgfilter brings along, and the plug-ins that do the same."""
    names = re.findall(r'^    \{"plugged-([a-z-]+)"', (SOURCES / f"{source}.c").read_text(), re.M)
    return {name: PLUGINS / f"{source}-{number}.so" for number, name in enumerate(names)}


FIRST = rules_in("strip")  # what they need was there in the first header
STRIPPING = FIRST | rules_in("strip_statements")

# What the plug-in does in entry(), or where the name says, and what is said of it.
WAYS = {
    "fails": "it ?[31mhurts",
    "fails-silently": "entry() failed, and does not say why",
    "fails-with-null": "its message is NULL",
    "status": "entry() returned 7, which is no status that it can have",
    "no-entry": "it asks for entry number {entries} of {entries}",
    "no-field": "12 is no field that is a text",
    "negative-field": "-1 is no field that is a text",
    "no-number": "6 is no field that is a number",
    "no-result": "it gives NULL for the place of a result",
    "null-tag": "set_text(): tag cannot be NULL",
    "null-with-size": "the value of set_text() is NULL and has 3 bytes",
    "long-text": "the value of set_text() of 18446744073709551615 bytes is longer than a text can be",
    "longer-than-archives-take": "the value of set_text() of 2147483648 bytes is longer than a text can be",
    "splice-outside": "splice(): a splice ends beyond the end of the text",
    "splice-backwards": "splice(): a splice ends before it begins",
    "splices-overlap": "splice(): a splice begins before the end of the one before it",
    "splice-null": "the replacement of a splice is NULL",
    "no-splices": "it gives 2 splices, and has no such list",
    "many-splices": "it gives 18446744073709551615 splices, and has no such list",
    "drops-what": "3 does not say what is to be dropped with an entry",
    "drops-no-data": "has no data",
    "no-argument": "it has found argument 1 of 1",
    "reports-early": "it calls report() in entry()",
    "name-outside": "next_name() is to begin at 3 of a text of 2 bytes",
    "name-of-null": "the text of next_name() is NULL",
    "statement-outside": "next_statement() is to begin at 3 of a text of 2 bytes",
    "statement-of-null": "the text of next_statement() is NULL",
    "statement-nowhere": "it gives NULL for the place of a result",
    "negative-dependency": "set_dependencies(): -1 is no dump ID",
    "no-dependencies": "it gives 2 dependencies, and has no such list",
    "many-dependencies": "it gives 18446744073709551615 dependencies, and has no such list",
    "quotes-null": "the name of quote_identifier() is NULL",
    "goes-on-after-a-fault": "3 does not say what is to be dropped with an entry",
    "end-status": "end() returned -2, which is no status that it can have",
}
DESCRIPTIONS = {
    "null": "it does not work with this pgfilter",
    "small": "its description has 8 bytes, and not ",
    "no-name": "the name of its rule is not one of small letters",
    "odd-name": "the name of its rule is not one of small letters",
    "long-name": "the name of its rule is not one of small letters",
    "taken-name": 'there is a rule "no-owner" already',
    "no-summary": "the summary of its rule is not one line",
    "two-lines": "the summary of its rule is not one line",
    "no-keys": "it says that its rule takes 1 keys, and has no such list",
    "many-keys": "it says that its rule takes 18446744073709551615 keys",
    "nameless-key": "a key of its rule has no proper name or value",
    "many-kinds": "it says that its rule wants 18446744073709551615 kinds",
    "null-kind": "a kind of entries that its rule wants has no proper name",
    "no-version": "it does not say for which archives it was written",
    "no-open": "its rule has no function open",
    "no-argument": "its rule takes keys and has no function argument",
}


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def with_language() -> Path:
    """An archive as pg_dump of PostgreSQL 8.0 wrote them, with the standard language and what belongs to it."""
    handler = b"plpgsql_call_handler()"
    function = b"CREATE FUNCTION public.%s() RETURNS language_handler\n    AS '$libdir/plpgsql', 'f'\n    LANGUAGE %s;\n"
    entries = [
        pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n"),
        pga.Entry(2, b"FUNCTION", handler, function % (b"plpgsql_call_handler", b"c"), namespace=b"public"),
        pga.Entry(3, b"PROCEDURAL LANGUAGE", b"plpgsql", b"CREATE PROCEDURAL LANGUAGE plpgsql;\n", deps=[b"2"]),
        pga.Entry(4, b"PROCEDURAL LANGUAGE", b"other", b"CREATE PROCEDURAL LANGUAGE other;\n"),
        pga.Entry(5, b"FUNCTION", b"plpgsql_validator(oid)", function % (b"plpgsql_validator", b"sql"), namespace=b"public"),
        pga.Entry(6, b"COMMENT", b"LANGUAGE plpgsql", b"COMMENT ON LANGUAGE plpgsql IS 'x';\n", deps=[b"3"]),
        pga.Entry(7, b"COMMENT", b"LANGUAGE other", b"COMMENT ON LANGUAGE other IS 'x';\n", deps=[b"4"]),
        pga.Entry(8, b"ACL", b"plpgsql", b"GRANT ALL ON LANGUAGE plpgsql TO PUBLIC;\n", deps=[b"3"]),
        pga.Entry(9, b"ACL", handler, b"GRANT ALL ON FUNCTION public.plpgsql_call_handler() TO PUBLIC;\n", deps=[b"99", b"2"]),
    ]
    return harness.scratch_file(pga.Archive((1, 10, 0), entries=entries).encode(), ".dump")


class StrippingTest(unittest.TestCase):
    def test_plugins_write_what_the_rules_write(self) -> None:
        self.assertGreater(len(STRIPPING), 10)
        work = [(path, rule) for path in [*harness.archives(), with_language()] for rule in STRIPPING]

        def one(pair: tuple[Path, str]) -> None:
            path, rule = pair
            plugged = harness.must_run(["-q", f"--plugin={STRIPPING[rule]}", "-r", f"plugged-{rule}"], path)
            harness.same_bytes(plugged, harness.must_run(["-q", f"--{rule}"], path), f"{path} {rule}")
            harness.count("archives changed" if plugged != path.read_bytes() else "archives left as they are")
            if plugged != path.read_bytes():
                changing.add(rule)
        changing: set[str] = set()
        some = harness.thinned(work, "rules as plug-ins")
        harness.check_all(one, some)
        if len(some) == len(work):
            self.assertEqual(changing, set(STRIPPING))  # one that changes nothing proves nothing

    def test_all_at_once_and_one_twice(self) -> None:
        plugins = [f"--plugin={plugin}" for plugin in STRIPPING.values()]
        rules = [word for rule in STRIPPING for word in ("-r", f"plugged-{rule}")]
        for path in harness.role_archives():
            self.assertEqual(harness.must_run(["-q", *plugins, *rules, "-r", "plugged-no-comments"], path),
                             harness.must_run(["-q", *(f"--{rule}" for rule in STRIPPING)], path))


class BinaryPromiseTest(unittest.TestCase):
    """What was built with the header of interface 1 works for ever: the header and its ABI are kept beside the tests.

    plugin.abi is what abidw --no-show-locs --no-corpus-path --no-comp-dir-path --drop-private-types says of strip.c, built with
    that header as built() does.
    """

    HEADER = SOURCES.parent.parent / "include/pgfilter/plugin.h"
    VERSION1 = SOURCES / "version1"
    # What abidiff may say of structs that grow at their ends.
    HARMLESS = re.compile(
        r"""Functions\ changes\ summary:\ 0\ Removed,\ [01]\ Changed,\ 0\ Added\ functions?(\ \(\d+\ filtered\ out\))?
        |Variables\ changes\ summary:\ 0\ Removed,\ 0\ Changed,\ 0\ Added\ variables?
        |1\ function\ with\ some\ indirect\ sub-type\ change:
        |\[C\]\ 'function\ .*'(\ at\ .*)?\ has\ some\ indirect\ sub-type\ changes:
        |return\ type\ changed:
        |in\ (pointed\ to|unqualified\ underlying)\ type\ '[^']*'(\ at\ \S+)?( \ changed)?:
        |underlying\ type\ 'struct\ pgfilter_(host|rule)'(\ at\ \S+)?\ changed:
        |type\ size\ (changed\ from\ \d+\ to\ \d+\ \(in\ bits\)|hasn't\ changed)
        |\d+\ data\ member\ (insertions?|changes?)(\ \(\d+\ filtered\))?:
        |'.*',\ at\ offset\ \d+\ \(in\ bits\)(\ at\ \S+)?
        |type\ of\ '.*'\ changed:
        |parameter\ \d+\ of\ type\ '.*'\ has\ sub-type\ changes:""", re.VERBOSE)

    def built(self, header: str, *flags: str) -> Path:
        folder = harness.scratch_file(suffix=".dir")
        (folder / "pgfilter").mkdir(parents=True)
        self.addCleanup(shutil.rmtree, folder)
        (folder / "pgfilter/plugin.h").write_text(header)
        plugin = folder / "strip.so"
        subprocess.run(["cc", "-std=c99", "-g", "-shared", "-fPIC", "-fvisibility=hidden", "-DSTRIP_RULE=0", *flags, "-I", folder,
                        SOURCES / "strip.c", "-o", plugin], check=True)
        return plugin

    def broken_by(self, header: str) -> list[str]:
        """What abidiff says against a plug-in with that header."""
        done = subprocess.run(["abidiff", self.VERSION1 / "plugin.abi", self.built(header)], capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 4, 12), done.stderr)
        faults, size = [], 0
        for line in filter(None, map(str.strip, done.stdout.splitlines())):
            if grown := re.match(r"type size changed from (\d+)", line):
                size = int(grown[1])
            inserted = re.search(r"at offset (\d+)", line)
            if not self.HARMLESS.fullmatch(line) or (inserted and int(inserted[1]) < size):
                faults.append(line)
        return faults

    def changed(self, old: str, new: str) -> str:
        header = self.HEADER.read_text()
        self.assertEqual(header.count(old), 1, old)
        return header.replace(old, new)

    def test_binary_interface(self) -> None:
        self.assertEqual(self.broken_by(self.HEADER.read_text()), [])
        later = "    int (*later)(pgfilter_call* call);\n"
        self.assertEqual(self.broken_by(self.changed("} pgfilter_host;", later + "} pgfilter_host;")), [])
        for old, new in (("    int (*drop_data)", later + "    int (*drop_data)"),
                         ("    size_t identifiers; ", "    int32_t identifiers; "),
                         ("    int32_t newest_version;", "    int64_t newest_version;")):
            self.assertNotEqual(self.broken_by(self.changed(old, new)), [], new)

    def test_constants(self) -> None:
        def constants(header: Path) -> dict[str, str]:
            return dict(re.findall(r"\b(PGFILTER_\w+)(?: =)? (-?\d+)\b", header.read_text()))
        first = constants(self.VERSION1 / "plugin.h")
        self.assertGreater(len(first), 20)
        self.assertEqual({name: constants(self.HEADER).get(name) for name in first}, first)

    def test_plugins_of_interface_1(self) -> None:
        flags = ("-fsanitize=address,undefined",) if harness.SANITIZED else ()
        for number in (0, 10):  # one that drops, and one that edits
            plugin = self.built((self.VERSION1 / "plugin.h").read_text(), *flags, "-USTRIP_RULE", f"-DSTRIP_RULE={number}")
            rule = list(FIRST)[number]
            for path in harness.role_archives():
                plugged = harness.must_run(["-q", f"--plugin={plugin}", "-r", f"plugged-{rule}"], path)
                harness.same_bytes(plugged, harness.must_run(["-q", f"--{rule}"], path), f"{path} {rule}")


class NameTest(unittest.TestCase):
    def test_name_of_a_file_in_the_current_folder(self) -> None:
        for folder, hint in ((PLUGINS, "; the one in the current folder is ./misbehaving.so\n"), (Path("/"), None)):
            done = subprocess.run([harness.program(), "--plugin=misbehaving.so", "--list-rules"], cwd=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.endswith(hint or "no hint"), hint is not None, done.stderr)
            self.assertEqual("current folder" in done.stderr, hint is not None)


class PageAndSamplesTest(unittest.TestCase):
    def test_page(self) -> None:
        """What docs/plugin.md shows is a plug-in."""
        code = re.search(r"```c\n(.*?)```", (SOURCES.parent.parent / "docs/plugin.md").read_text(), re.S)[1]
        code = code.replace("internal", "database")  # which some archives have
        source, plugin = harness.scratch_file(code.encode(), ".c"), harness.scratch_file(suffix=".so")
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared", "-fPIC",
                        "-I", SOURCES.parent.parent / "include", "-o", plugin, source], check=True)
        changed = 0
        for path in harness.archives("*/*.dump"):
            written = harness.must_run(["-q", f"--plugin={plugin}", "-r", "no-database-comments"], path)
            entries = pga.read(path.read_bytes()).entries
            kept = [entry for entry in entries if entry.desc != b"COMMENT" or b"database" not in entry.defn]
            self.assertEqual([entry.dump_id for entry in pga.read(written).entries], [entry.dump_id for entry in kept])
            changed += len(kept) < len(entries)
        self.assertGreater(changed, 0)

    @unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
    def test_a_plugin_drops_all_that_hangs_on_tables(self) -> None:
        def one(path: Path) -> None:
            for prefix in ("u", "m", "t"):
                wanted = harness.must_run(["-q", "--exclude", f"TABLE {prefix}*", "--exclude", f"FOREIGN TABLE {prefix}*",
                                           "--cascade"], path)
                plugged = harness.must_run(["-q", f"--plugin={SAMPLES}/plugin_in_c.so", "-r", f"drop-tables prefix={prefix}"],
                                           path)
                harness.same_bytes(plugged, wanted, f"{path} {prefix}")
                told = harness.run([f"--plugin={SAMPLES}/plugin_in_c.so", "-r", f"drop-tables prefix={prefix}"], path)
                self.assertNotIn(b"cascade", told.err)  # nobody asked for it
                harness.count("archives without some tables" if plugged != path.read_bytes() else "archives with all tables")
        harness.check_all(one, harness.thinned(harness.archives(), "tables dropped by a plug-in"))

    @unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
    def test_a_plugin_in_cpp(self) -> None:
        def routines(data: bytes) -> list:
            return [(entry.desc, entry.tag, entry.defn) for entry in pga.read(data).entries]
        for path in harness.role_archives():
            written = harness.must_run(["-q", f"--plugin={SAMPLES}/plugin_in_cpp.so", "-r", "security-invoker"], path)
            wanted = [(desc, tag, defn.replace(b" SECURITY DEFINER", b" SECURITY INVOKER")
                       if desc in (b"FUNCTION", b"PROCEDURE") else defn) for desc, tag, defn in routines(path.read_bytes())]
            self.assertEqual(routines(written), wanted)
            self.assertNotEqual(written, path.read_bytes())


class UseTest(unittest.TestCase):
    """A plug-in's rule in all places where rules are."""
    PLUGIN = f"--plugin={STRIPPING['no-comments']}"

    def test_rule_files_reports_and_lists(self) -> None:
        wanted = harness.must_run(["-q", "--no-comments"], ARCHIVE)
        rules = harness.scratch_file(b"plugged-no-comments because=\"they are secret\"\n", ".rules")
        self.assertEqual(harness.must_run(["-q", "-R", rules, self.PLUGIN], ARCHIVE), wanted)
        printed = harness.must_run([self.PLUGIN, "--print-rules", "-R", rules], None)
        self.assertIn(b"plugged-no-comments because=", printed)
        listed = json.loads(harness.must_run([self.PLUGIN, "--list-rules", "--json"], None))["rules"]
        self.assertIn({"name": "plugged-no-comments", "aliases": [], "summary": "does what the rule of that name does",
                       "arguments": []}, listed)
        report = json.loads(harness.must_run(["-q", self.PLUGIN, "-R", rules, "--dry-run", "--json"], ARCHIVE))
        comments = sum(entry.desc == b"COMMENT" for entry in pga.read(ARCHIVE.read_bytes()).entries)
        self.assertEqual([rule["dropped"] for rule in report["rules"]], [comments])
        self.assertEqual({(entry["kind"], entry["action"]) for entry in report["entries"]}, {("COMMENT", "drop")})

    def test_strict(self) -> None:
        without = harness.must_run(["-q", "--no-comments"], ARCHIVE)
        done = harness.run(["--strict", self.PLUGIN, "-r", "plugged-no-comments"], without, "pipe")
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertIn(b"plugged-no-comments", done.err)

    def test_what_is_no_plugin_is_refused(self) -> None:
        for name, why in (("./nosuch.so", b"No such file"), ("nosuch.so", b"/lib/"), (str(ARCHIVE), b"invalid ELF header"),
                          (str(PLUGINS), b"cannot read file data"), ("", b"--plugin needs an argument")):
            done = harness.run([f"--plugin={name}", "-O"], ARCHIVE)
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertIn(why, done.err)
        done = harness.run([self.PLUGIN, self.PLUGIN], ARCHIVE)
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertIn(b'there is a rule "plugged-no-comments" already', done.err)
        self.assertEqual(harness.run(["--plugin=./nosuch.so", "--version"]).status, 0)


class MisbehaviourTest(unittest.TestCase):
    def refused(self, options: list, why: str, source: "Path | bytes" = ARCHIVE) -> str:
        done = harness.run([MISBEHAVING, *options], source, "file" if isinstance(source, Path) else "pipe")
        self.assertEqual((done.status, done.out), (2, b""), f"{options} {done}")
        message = done.err.decode()
        self.assertIn(why, message)
        self.assertEqual(message.count("\n"), 1)
        harness.count("refusals")
        return message

    def test_what_it_does(self) -> None:
        entries = pga.read(ARCHIVE.read_bytes()).entries
        table = next(entry for entry in entries if entry.desc == b"TABLE")
        for way, why in WAYS.items():
            with self.subTest(way):
                message = self.refused(["-r", f"misbehave way={way}"], why.format(entries=len(entries)))
                self.assertIn("misbehaving.so: rule misbehave: ", message)
                self.assertEqual(f"entry {table.dump_id} (TABLE " in message, way != "end-status", message)

    def test_how_it_is_made(self) -> None:
        for way, why in (("null", "open() failed, and does not say why"), ("fails", "rule misbehave: no memory for it"),
                         ("reads", "it calls archive_version() in open()")):
            with self.subTest(way), environment(PGFILTER_TEST_OPEN=way):
                self.assertNotIn("roles.fc.dump", self.refused(["-r", "misbehave"], why))
        self.refused(["-r", "misbehave way=" + "x" * 64], "rule misbehave: there is no such way")
        self.refused(["-r", "misbehave way=argument-status"], "argument() returned 99, which is no status")
        rules = harness.scratch_file(b"\nmisbehave way=argument-status\n", ".rules")
        self.refused(["-R", rules], "line 2")

    def test_how_it_is_described(self) -> None:
        for way, why in DESCRIPTIONS.items():
            with self.subTest(way), environment(PGFILTER_TEST_DESCRIPTION=way):
                self.refused(["--list-rules"], why)
        with environment(PGFILTER_TEST_DESCRIPTION="larger"):
            harness.must_run(["-q", MISBEHAVING, "-r", "misbehave"], ARCHIVE)

    def test_what_it_says_is_left(self) -> None:
        for way, why in (("edits-late", "it calls drop() in unhandled()"), ("unhandled-status", "unhandled() returned 5"),
                         ("reports-null", "the reason of report() is NULL")):
            with self.subTest(way):
                self.refused(["--strict", "-r", f"misbehave way={way}"], why)
        done = harness.run([MISBEHAVING, "--strict", "-r", "misbehave way=reports"], ARCHIVE)
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertIn(b"is ?[31mred", done.err)

    def test_newer_archives_are_refused_unless_it_is_trusted(self) -> None:
        with environment(PGFILTER_TEST_DESCRIPTION="old-version"):
            self.refused(["-r", "misbehave way=none"], "it was written for archives up to version 1.13, and this one is 1.14")
            harness.must_run(["-q", MISBEHAVING, "--trust-plugin", "-r", "misbehave way=none"], ARCHIVE)
            old = next(path for path in harness.archives() if harness.minor_of(path) == 13)
            harness.must_run(["-q", MISBEHAVING, "-r", "misbehave way=none"], old)
        harness.must_run(["-q", MISBEHAVING, "-r", "misbehave way=of-another-size"], ARCHIVE)
        harness.must_run(["-q", MISBEHAVING, "-r", "misbehave way=status-none"], ARCHIVE)


if __name__ == "__main__":
    harness.main()
