# SPDX-License-Identifier: PostgreSQL
"""What pgfilter says of a run is what it does: reports against outputs, over rules drawn at random (seed printed).

An output is read by an independent reader of the format, and everything that the report tells is looked for there.
"""
from __future__ import annotations

import collections
import json
import os
import random
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import role_places  # noqa: E402

SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
DRAWS = 8 if harness.SANITIZED else 30

# Words of a command line, each a rule or a part of one.
RULES: list[tuple[str, ...]] = [
    ("-O",), ("-x",), ("--no-tablespaces",), ("--no-large-objects",), ("--no-create",), ("--no-comments",),
    ("--no-security-labels",), ("--no-policies",), ("--no-publications",), ("--no-subscriptions",),
    ("--no-event-triggers",), ("--no-statistics",), ("--no-table-access-method",), ("--no-grants",), ("--repair",),
    ("--no-extension-comments",), ("--map-role", "app=web"), ("--map-role", "app_ro=app"), ("--drop-role", "app_r*"),
    ("--keep-roles", "app*"), ("--set-owner", "someone new"), ("--map-tablespace", "ts1=ts2"),
    ("--exclude-table", "base"), ("--exclude-table", "app.*"), ("--exclude-table-data", "p*"), ("--cascade",),
    ("--exclude-extension", "h*"), ("--no-kind", "TRIGGER"), ("-n", "app"), ("-N", "mixed"), ("-t", "base"), ("-s",),
    ("-a",), ("--section", "pre-data"), ("--redact-secrets",), ("--only-kinds", "acl"), ("--only-kinds", "TABLE"), ("-r", "no-kind 'EVENT TRIGGER' RULE"), ("-P", "fn(integer)"),
]
FIELDS = {"owner": "owner", "tablespace": "tablespace", "table_access_method": "tableam", "name": "tag",
          "definition": "defn", "drop_statement": "drop"}


def text_of(value: Any) -> Optional[bytes]:
    if value is None or isinstance(value, str):
        return value if value is None else value.encode()
    return bytes.fromhex(value["hex"])


def run(*words: harness.Arg) -> subprocess.CompletedProcess:
    harness.count("runs")
    return subprocess.run([harness.program(), *words], capture_output=True, timeout=harness.TIME_LIMIT)


def languages_and_methods_in(archive: pga.Archive) -> tuple[dict, dict]:
    """Languages and access methods that the archive uses, does not bring along, and not every server has."""
    languages, methods = collections.Counter(), collections.Counter()
    for entry in archive.entries:
        first = next(role_places.statements(entry.defn or b""), [])  # others say how an index is used
        words = [token for token in first if token.depth == 0]

        def behind(keyword: bytes) -> set[bytes]:
            return {name.value for word, name in zip(words, words[1:]) if word.is_word(keyword)}
        if entry.desc in (b"FUNCTION", b"PROCEDURE", b"TRANSFORM"):
            languages.update(behind(b"LANGUAGE"))
        used = {entry.tableam} if entry.tableam else set()
        if entry.desc in (b"INDEX", b"CONSTRAINT", b"OPERATOR CLASS", b"OPERATOR FAMILY"):
            used |= behind(b"USING")
        methods.update(used)
    own = {desc: {e.tag for e in archive.entries if e.desc == desc} for desc in (b"PROCEDURAL LANGUAGE", b"EXTENSION", b"ACCESS METHOD")}
    for name in own[b"PROCEDURAL LANGUAGE"] | own[b"EXTENSION"] | {b"sql", b"plpgsql"}:
        languages.pop(name, None)
    for name in own[b"ACCESS METHOD"] | {b"heap", b"btree", b"hash", b"gist", b"gin", b"spgist", b"brin"}:
        methods.pop(name, None)
    return dict(languages), dict(methods)


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        print(f"SEED={SEED}")

    def setUp(self) -> None:
        self.random = random.Random(f"{SEED} {self.id()}")
        self.out = harness.scratch_file()
        self.report = harness.scratch_file()

    def draw(self) -> tuple[Path, list[str]]:
        """An archive and rules that go together."""
        path = self.random.choice(harness.role_archives())
        while True:
            words = [word for rule in self.random.sample(RULES, self.random.randint(1, 5)) for word in rule]
            if run("--print-rules", *words).returncode or {"-s", "-a"} <= set(words):
                continue
            if b": no matching " not in run("-q", "--needs", *words, path).stderr:  # what selects nothing is refused
                return path, words

    def filtered(self, words: list[str], path: Path) -> bytes:
        done = run("-q", *words, path)
        self.assertEqual(done.returncode, 0, (words, path, done.stderr))
        return done.stdout

    def test_reports_tell_what_is_done(self) -> None:
        for _ in range(DRAWS):
            path, words = self.draw()
            with self.subTest(words=words, path=path):
                done = run("-q", *words, "--report", self.report, "-f", self.out, "--no-sync", path)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
                self.compare(json.loads(self.report.read_bytes()), path.read_bytes(), self.out.read_bytes())
                harness.count("reports")

    def compare(self, report: dict, before: bytes, after: bytes) -> None:
        old, new = pga.read(before), pga.read(after)
        old_entries = {entry.dump_id: entry for entry in old.entries}
        new_entries = {entry.dump_id: entry for entry in new.entries}
        told = {entry["dump_id"]: entry for entry in report["entries"]}
        actions = {action: {i for i, entry in told.items() if entry["action"] == action}
                   for action in ("drop", "change", "add", "keep")}
        self.assertEqual(actions["drop"], old_entries.keys() - new_entries.keys())
        self.assertEqual(actions["add"], new_entries.keys() - old_entries.keys())
        changed = {i for i in old_entries.keys() & new_entries.keys()
                   if old_entries[i].encode_body(old.layout) != new_entries[i].encode_body(new.layout)}
        self.assertEqual(actions["change"], changed)
        for dump_id in changed:
            self.compare_changes(told[dump_id], old_entries[dump_id], new_entries[dump_id])
        self.compare_counts(report, old, new, told)

    def compare_changes(self, told: dict, old: pga.Entry, new: pga.Entry) -> None:
        values = {change["field"]: (change["old"], change["new"]) for change in told["changes"]}
        for field, name in FIELDS.items():
            before, after = getattr(old, name), getattr(new, name)
            if name == "defn" and "redacted" in told:
                before = None  # nobody may see it
            if getattr(old, name) != after:
                self.assertEqual(tuple(map(text_of, values[field])), (before, after))
        if old.deps != new.deps:
            self.assertEqual([b"%d" % i for i in values["dependencies"][1]], new.deps)

    def compare_counts(self, report: dict, old: pga.Archive, new: pga.Archive, told: dict) -> None:
        self.assertEqual(report["archive"]["entries_read"], len(old.entries))
        self.assertEqual(report["archive"]["entries_written"], len(new.entries))
        self.assertEqual(report["data"]["blocks_read"], len(old.blocks))
        self.assertEqual(report["data"]["blocks_written"], len(new.blocks))
        self.assertEqual(sum(kind["read"] for kind in report["kinds"]), len(old.entries))
        self.assertEqual(sum(kind["dropped"] for kind in report["kinds"]),
                         sum(entry["action"] == "drop" for entry in told.values()))
        dropped_by = [entry["rule"] for entry in told.values() if entry["action"] == "drop"]
        for i, rule in enumerate(report["rules"]):
            self.assertEqual(rule["dropped"], dropped_by.count(i), rule)

    def test_a_dry_run_predicts_the_real_one(self) -> None:
        for _ in range(DRAWS):
            path, words = self.draw()
            with self.subTest(words=words, path=path):
                dry = run("-q", "--dry-run", "--json", *words, path)
                run("-q", *words, "--report", self.report, "-f", self.out, "--no-sync", path)
                real = json.loads(self.report.read_bytes())
                real.pop("data")
                self.assertEqual(json.loads(dry.stdout), real)
                listed = json.loads(run("-q", "-l", "--json", *words, path).stdout)
                written = pga.read(self.out.read_bytes()).entries
                self.assertEqual([entry["dump_id"] for entry in listed["entries"]], [e.dump_id for e in written])
                self.assertEqual([text_of(entry["owner"]) for entry in listed["entries"]], [e.owner for e in written])

    def test_lists_show_edits(self) -> None:
        """With rules, -l prints what pg_restore -l prints of the result, but for the number of entries."""
        restore = harness.restores_reading(16)[-1]
        for words in (("--map-role", "app=web", "-q"), ("-x", "--exclude-table", "app.*"), ("--repair", "--set-owner", "me"),
                      ("--for", "nonsuperuser", "--set-owner", "me"), ("--drop-role", "*")):
            path = harness.archive("17/roles.fc.dump")
            run("-q", *words, "-f", self.out, "--no-sync", path)
            wanted = subprocess.run([restore.program, "-l", "-C", self.out], capture_output=True, check=True).stdout
            listed = run("-q", "-l", *words, path).stdout
            count = re.compile(rb";     TOC Entries: \d+\n")
            harness.same_bytes(count.sub(b"", listed), count.sub(b"", wanted), "list")
            harness.count("lists of results")

    def test_sizes_where_offsets_tell_them(self) -> None:
        for name, known in (("17/roles.fc.dump", True), ("17/roles.fc_pipe.dump", False)):
            path = harness.archive(name)
            blocks = pga.read(path.read_bytes()).blocks
            listed = json.loads(run("-l", "--json", path).stdout)["entries"]
            sizes = {entry["dump_id"]: entry["block_bytes"] for entry in listed}
            begins = sorted(block.start for block in blocks) if known else []
            wanted = dict(zip(begins, (b - a for a, b in zip(begins, begins[1:]))))
            for block in blocks:
                self.assertEqual(sizes[block.dump_id], wanted.get(block.start))
            self.assertTrue(all(entry["block_bytes"] is None for entry in listed if not entry["has_data"]))
            self.assertEqual(sum(size is not None for size in sizes.values()), max(len(begins) - 1, 0))

    def test_a_dry_run_folds_what_many_entries_have(self) -> None:
        path = harness.archive("17/roles.fc.dump")
        short, full = run("--dry-run", "-O", path).stdout, run("--dry-run", "-O", "-v", path).stdout
        self.assertEqual(short.count(b"owner: 'user' -> NULL"), 1)
        folded = re.search(rb"change (\d+) entries \(-v names them\): owner: 'user' -> NULL  \[no-owner\]\n", short)
        self.assertEqual(full.count(b"    owner: 'user' -> NULL  [no-owner]\n"), int(folded[1]))
        self.assertNotIn(b"-v names them", full)
        self.assertLess(len(short), len(full) / 4)

    def test_printed_rules_do_the_same(self) -> None:
        for _ in range(DRAWS):
            path, words = self.draw()
            with self.subTest(words=words, path=path):
                rules = run("--print-rules", *words).stdout
                self.report.write_bytes(rules)
                self.assertEqual(self.filtered(["-R", str(self.report)], path), self.filtered(words, path))
                self.assertEqual(run("-R", self.report, "--print-rules").stdout, rules)
                harness.count("rule files")

    def test_what_matches_nothing_changes_nothing(self) -> None:
        strangers = [("--map-role", "nobody=x"), ("--drop-role", "nobody"), ("--exclude-table", "no.such"),
                     ("--exclude-table-data", "nothing"), ("--exclude-extension", "nothing"), ("--no-kind", "NOTHING"),
                     ("--map-tablespace", "nothing=x"), ("--keep-roles", "*")]
        for path in harness.thinned(harness.role_archives(), "archives"):
            data = path.read_bytes()
            for words in strangers:
                done = run(*words, path)
                with self.subTest(words=words, path=path):
                    harness.same_bytes(done.stdout, data, "the archive")
                    self.assertEqual(done.returncode, 0)
                    if words[0] != "--keep-roles":
                        self.assertIn(b"matched nothing", done.stderr)
                        refused = run("--strict", *words, path)
                        self.assertEqual((refused.returncode, refused.stdout), (2, b""))
                        self.assertIn(b"matched nothing", refused.stderr)

    def test_strict_refuses_what_is_left_undone(self) -> None:
        path = harness.archive("15/roles.fc.dump")
        self.assertEqual(run("--map-role", "app=web", path).stderr, b"")
        refused = run("--strict", "--map-role", "app=web", "-f", self.out, path)
        self.assertEqual((refused.returncode, refused.stdout), (2, b""))
        self.assertRegex(refused.stderr, rb"map-role: \d+ entries left with what it could not handle; entry ")
        self.assertFalse(self.out.exists())
        self.assertEqual(run("--strict", "-O", "--no-tablespaces", path).returncode, 0)

    def test_a_flag_may_be_in_a_rule_file_as_well(self) -> None:
        rules = self.out.with_suffix(".rules")
        self.addCleanup(rules.unlink)
        rules.write_bytes(b"no-privileges\n")
        for words in (("-R", rules, "-x"), ("-x", "-R", rules), ("-R", rules, "-R", rules)):
            done = run("--strict", "--dry-run", *words, harness.archive("15/roles.fc.dump"))
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_what_is_left_of_a_role_is_told_by_its_name(self) -> None:
        """A pattern, or the lack of one, does not say which role a function body names."""
        path = harness.archive("17/roles.fc.dump")
        for words, role in ((("--drop-role", "app_r*"), "app_ro"), (("--keep-roles", "app"), "we\"ird")):
            text = run("--dry-run", *words, path).stdout
            self.assertIn(f"    left as it is: '{role}' occurs 1 time in text that".encode(), text)
            entries = json.loads(run("--dry-run", "--json", *words, path).stdout)["entries"]
            places = [place for entry in entries for place in entry.get("unhandled", [])]
            self.assertTrue(all("name" in place for place in places))
            self.assertIn(role, [place["name"] for place in places])

    def test_needs(self) -> None:
        """Roles by an independent reader of the SQL; the rest by what roles.sql has."""
        for path in harness.role_archives():
            needs = json.loads(run("--needs", "--json", path).stdout)["needs"]
            archive = pga.read(path.read_bytes())
            named = {place.role for entry in archive.entries for place in role_places.places(entry)
                     if place.where in ("defn", "owner") and not is_hidden_owner(entry, place)}
            with self.subTest(path=path):
                self.assertEqual({text_of(role["name"]) for role in needs["roles"]}, named)
                extensions = {text_of(extension["name"]) for extension in needs["extensions"]}
                self.assertEqual(extensions, {e.tag for e in archive.entries if e.desc == b"EXTENSION"})
                tablespaces = {text_of(tablespace["name"]) for tablespace in needs["tablespaces"]}
                self.assertEqual(tablespaces, tablespaces_in(archive))
                providers = {e.defn.split()[3] for e in archive.entries if e.desc == b"SECURITY LABEL"}
                self.assertEqual({text_of(p["name"]) for p in needs["security_label_providers"]}, providers)
                harness.count("needs")
        text = run("--needs", harness.archive("15/roles.fc.dump")).stdout
        self.assertIn(b"roles:\n", text)
        self.assertIn(b"PostgreSQL 15 or later: entry 387 (VIEW app vinv) has the option security_invoker\n", text)

    def check_languages_and_methods(self, archive: pga.Archive, path: Path) -> tuple[dict, dict]:
        needs = json.loads(run("--needs", "--json", path).stdout)["needs"]
        told = tuple({text_of(need["name"]): need["entries"] for need in needs[kind]} for kind in ("languages", "access_methods"))
        with self.subTest(path=path):
            self.assertEqual(told, languages_and_methods_in(archive))
        harness.count("needs")
        return told

    def test_needs_languages_and_access_methods(self) -> None:
        for path in harness.archives():
            self.check_languages_and_methods(pga.read(path.read_bytes()), path)
        texts = [
            (b"FUNCTION", b'CREATE FUNCTION f(language text, "using" int) RETURNS int\n    LANGUAGE "PL/Odd"\n    AS $$ LANGUAGE c $$;\n'),
            (b"FUNCTION", b"CREATE FUNCTION g() RETURNS int /* LANGUAGE pltcl */ IMMUTABLE LANGUAGE plpython3u AS 'x';\n"),
            (b"PROCEDURE", b"CREATE PROCEDURE p()\n    LANGUAGE plpython3u SET search_path TO 'language' AS 'x';\n"),
            (b"FUNCTION", b"CREATE FUNCTION h() RETURNS int LANGUAGE plown AS 'x';\n"),
            (b"FUNCTION", b"CREATE FUNCTION i() RETURNS int LANGUAGE plmade AS 'x';\n"),
            (b"FUNCTION", b"CREATE FUNCTION j() RETURNS int LANGUAGE sql RETURN 1;\n"),
            (b"TRANSFORM", b"CREATE TRANSFORM FOR hstore LANGUAGE plperl (FROM SQL WITH FUNCTION x(internal));\n"),
            (b"INDEX", b'CREATE INDEX "USING" ON s.t USING bloom (a, b) WITH (length=\'80\');\n'),
            (b"INDEX", b"CREATE INDEX i ON s.t USING own_am (a);\n"),
            (b"INDEX", b"CREATE INDEX j ON s.t USING btree (a);\n"),
            (b"CONSTRAINT", b"ALTER TABLE ONLY s.t\n    ADD CONSTRAINT e EXCLUDE USING rum (a WITH =);\n"),
            (b"OPERATOR CLASS", b"CREATE OPERATOR CLASS s.c\n    FOR TYPE int USING rum AS\n    OPERATOR 1 <(int,int);\n"),
            (b"OPERATOR FAMILY", b'CREATE OPERATOR FAMILY s.f USING "Odd am";\n'),
            (b"PROCEDURAL LANGUAGE", b"CREATE LANGUAGE plown;\n"), (b"ACCESS METHOD", b"CREATE ACCESS METHOD own_am;\n"),
            (b"EXTENSION", b"CREATE EXTENSION plmade;\n")]
        tags = {b"PROCEDURAL LANGUAGE": b"plown", b"ACCESS METHOD": b"own_am", b"EXTENSION": b"plmade"}
        entries = [pga.Entry(i, desc, tags.get(desc, b"x"), text, b"DROP x;\n") for i, (desc, text) in enumerate(texts, 1)]
        entries += [pga.Entry(100 + i, b"TABLE", b"t", b"CREATE TABLE t ();\n", b"DROP x;\n", tableam=method)
                    for i, method in enumerate((b"heap", b"columnar", b"columnar", b"own_am", b""))]
        archive = pga.Archive((1, 14, 0), compression=pga.NONE)
        self.out.write_bytes(pga.encode_head(archive, len(entries)) + b"".join(e.encode(archive.layout) for e in entries))
        archive.entries = entries
        languages, methods = self.check_languages_and_methods(archive, self.out)
        self.assertEqual(languages, {b"PL/Odd": 1, b"plpython3u": 2, b"plperl": 1})
        self.assertEqual(methods, {b"bloom": 1, b"rum": 2, b"Odd am": 1, b"columnar": 2})

    def test_needs_extensions_that_are_left_out_but_used(self) -> None:
        """What stays depends on them; the target has to have them, with the language that one brings."""
        def entry(number: int, desc: bytes, tag: bytes, defn: bytes, *dependencies: int) -> pga.Entry:
            return pga.Entry(number, desc, tag, defn, b"DROP x;\n",
                             deps=[b"%d" % d for d in dependencies])
        entries = [entry(1, b"EXTENSION", b"citext", b"CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA lib;\n"),
                   entry(2, b"EXTENSION", b"plperl", b"CREATE EXTENSION IF NOT EXISTS plperl WITH SCHEMA pg_catalog;\n"),
                   entry(3, b"EXTENSION", b"unused", b"CREATE EXTENSION IF NOT EXISTS unused WITH SCHEMA lib;\n"),
                   entry(4, b"TABLE", b"t", b"CREATE TABLE t (a lib.citext);\n", 1),
                   entry(5, b"FUNCTION", b"f()", b"CREATE FUNCTION f() RETURNS int LANGUAGE plperl AS '1';\n", 2)]
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        self.out.write_bytes(pga.encode_head(shell, len(entries)) + b"".join(e.encode(shell.layout) for e in entries))

        def needs(*words: str) -> tuple[dict, list]:
            told = json.loads(run("--needs", "--json", *words, self.out).stdout)["needs"]
            return {e["name"]: e["schema"] for e in told["extensions"]}, told["languages"]
        self.assertEqual(needs(), ({"citext": "lib", "plperl": "pg_catalog", "unused": "lib"}, []))
        self.assertEqual(needs("--no-kind", "EXTENSION"), ({"citext": "lib", "plperl": "pg_catalog"}, []))
        self.assertEqual(needs("-t", "t"), ({"citext": "lib"}, []))

    def test_names_that_are_not_utf8_survive(self) -> None:
        table = pga.Entry(1, b"TABLE", b"caf\xe9", b"CREATE TABLE x ();\n", b"DROP TABLE x;\n", owner=b"jos\xe9")
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        self.out.write_bytes(pga.encode_head(shell, 1) + table.encode(shell.layout))
        for words in (("--dry-run",), ("-l",), ("--needs",)):
            done = run(*words, "--json", "-r", "set-owner a\xe8".encode("latin-1"), self.out)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            json.loads(done.stdout)
        report = json.loads(run("--dry-run", "--json", "-O", self.out).stdout)
        self.assertEqual(text_of(report["entries"][0]["name"]), b"caf\xe9")
        self.assertEqual(text_of(report["entries"][0]["changes"][0]["old"]), b"jos\xe9")
        self.assertEqual(report["entries"][0]["changes"][0]["new"], None)

    def test_huge_texts_are_told_in_full(self) -> None:
        for odd in (b"", b"\xff"):
            grants = b"GRANT SELECT ON TABLE t TO app; -- \xe2\x98\x83\n" * 50_000 + odd
            shell = pga.Archive((1, 16, 0), compression=pga.NONE)
            acl = pga.Entry(1, b"ACL", b"TABLE t", grants)
            self.out.write_bytes(pga.encode_head(shell, 1) + acl.encode(shell.layout))
            report = json.loads(run("--dry-run", "--json", "--map-role", "app=web", self.out).stdout)
            change = report["entries"][0]["changes"][0]
            self.assertEqual(text_of(change["old"]), grants)
            self.assertEqual(text_of(change["new"]), grants.replace(b"TO app", b"TO web"))


def tablespaces_in(archive: pga.Archive) -> set[bytes]:
    found = {entry.tablespace for entry in archive.entries if entry.tablespace}
    for entry in archive.entries:
        if entry.desc == b"DATABASE":
            found.update(re.findall(rb" TABLESPACE = (\w+)", entry.defn))
        if entry.desc in (b"DATABASE PROPERTIES", b"FUNCTION", b"PROCEDURE"):
            for names in re.findall(rb"SET (?:default_tablespace|temp_tablespaces) TO ('.*)", entry.defn):
                found.update(name for name in re.findall(rb"'([^']*)'", names) if name)
    return found - {b"pg_default"}


def is_hidden_owner(entry: pga.Entry, place: role_places.Place) -> bool:
    """Owners that pg_restore makes no command of."""
    silent = (b"CAST", b"CHECK CONSTRAINT", b"CONSTRAINT", b"DATABASE PROPERTIES", b"DEFAULT", b"FK CONSTRAINT", b"INDEX",
              b"RULE", b"TRIGGER", b"ROW SECURITY", b"POLICY", b"USER MAPPING")
    return place.where == "owner" and (not entry.drop or entry.desc in silent)


if __name__ == "__main__":
    harness.main()
