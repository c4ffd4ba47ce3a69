# SPDX-License-Identifier: PostgreSQL
"""Target files: --for, --from, --check-for and --list-targets against the files in share/targets and real archives."""
from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SHARE = Path(__file__).resolve().parents[2] / "share" / "targets"
TARGETS = sorted(SHARE.glob("*.rules"))
SOURCES = sorted((SHARE / "from").glob("*.rules"))
SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
DRAWS = 3 if harness.SANITIZED else 8

# What a user may add to a target: every option that a target's rules have to make room for, and some others.
OWN: list[tuple[str, ...]] = [
    ("-O",), ("-x",), ("--no-grants",), ("--keep-roles", "app*"), ("--drop-role", "app_r*"), ("--set-owner", "app"),
    ("--map-role", "app=rds_app"), ("--map-tablespace", "ts1=ts2"), ("--extension", "h*"),
    ("--exclude-extension", "h*"), ("--cascade",), ("--no-comments",), ("-n", "app"), ("-r", "no-kind RULE"),
    ("--exclude-table", "base"),
]


def run(*words: harness.Arg, data: Optional[bytes] = None) -> subprocess.CompletedProcess:
    harness.count("runs")
    how = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    return subprocess.run([harness.program(), *words], capture_output=True, timeout=harness.TIME_LIMIT, **how)


def option_of(path: Path) -> str:
    return f"--from={path.stem}" if path.parent.name == "from" else f"--for={path.stem}"


class TargetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        print(f"SEED={SEED}")

    def setUp(self) -> None:
        self.random = random.Random(f"{SEED} {self.id()}")
        self.folder = harness.scratch_file(suffix=".dir")
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)

    def own_target(self, text: str, name: str = "own.rules") -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def output(self, *words: harness.Arg, status: int = 0) -> bytes:
        done = run(*words)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def filtered(self, path: Path, *words: harness.Arg) -> pga.Archive:
        return pga.read(self.output("-q", *words, path))

    def words_of_a_user(self) -> list[str]:
        while True:
            own = [word for rule in self.random.sample(OWN, self.random.randint(0, 3)) for word in rule]
            targets = [option_of(self.random.choice(TARGETS))] if self.random.random() < 0.8 else []
            targets += [option_of(path) for path in self.random.sample(SOURCES, self.random.randint(0, min(2, len(SOURCES))))]
            words = own + targets
            self.random.shuffle(targets)
            if targets and run("--print-rules", *words).returncode == 0:
                return words


class BuiltinTest(TargetTest):
    def test_every_file_is_listed_with_its_first_line(self) -> None:
        text = self.output("--list-targets").decode()
        heads = re.split(r"^--.*:\n", text, flags=re.MULTILINE)[1:]
        for listed, files in zip(heads, (TARGETS, SOURCES), strict=True):
            wanted = [f"{path.stem} {path.read_text().splitlines()[0].lstrip('# ')}" for path in files]
            self.assertEqual([re.sub(r" +", " ", line.strip()) for line in listed.splitlines()], wanted)

    def test_a_name_equals_its_file(self) -> None:
        for path in TARGETS + SOURCES:
            with self.subTest(path.stem):
                source = self.random.choice(harness.role_archives())
                option, _ = option_of(path).split("=")
                named = self.output("-q", option_of(path), source)
                harness.same_bytes(self.output("-q", option, path, source), named, "as a path")
                harness.same_bytes(self.output("-q", "-R", path, source), named, "as rules")

    def test_what_is_printed_does_the_same(self) -> None:
        printed = self.folder / "printed.rules"
        for path in TARGETS + SOURCES:
            self.compare_printed([option_of(path)], printed)
        for _ in range(DRAWS):
            self.compare_printed(self.words_of_a_user(), printed)

    def compare_printed(self, words: list[str], printed: Path) -> None:
        with self.subTest(words=words):
            printed.write_bytes(self.output(*words, "--print-rules"))
            source = self.random.choice(harness.role_archives())
            wanted = self.output("-q", *words, source)
            harness.same_bytes(self.output("-q", "-R", printed, source), wanted, "-R")
            harness.same_bytes(self.output("-q", "--for", printed, source), wanted, "--for")
            again = self.output("--for", printed, "--print-rules")
            self.assertTrue(printed.read_bytes().startswith(again))
            rest = printed.read_bytes()[len(again):].splitlines()  # behind the last rule
            self.assertTrue(all(line == b"" or line.startswith(b"#") for line in rest), rest)

    def test_facts_are_printed_with_their_rules(self) -> None:
        for path in TARGETS + SOURCES:
            printed = self.output("--print-rules", option_of(path)).decode()
            for line in path.read_text().splitlines():
                if line.startswith("#"):
                    self.assertIn(line + "\n", printed)
            rules = [line for line in printed.splitlines() if line and not line.startswith("#")]
            self.assertTrue(all(" because='" in line for line in rules if not line.startswith(" ")), rules)

    def test_a_check_of_the_output_finds_nothing(self) -> None:
        for path in TARGETS:
            for source in self.random.sample(harness.role_archives(), 2):
                with self.subTest(target=path.stem, source=source):
                    result = self.folder / "result.dump"
                    self.output("-q", option_of(path), "--cascade", "--no-sync", "-f", result, source)
                    done = run("--check-for", path.stem, result)
                    self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout[-2000:])
                    self.assertIn(f"0 would fail on {path.stem}".encode(), done.stdout)

    def test_archives_that_look_like_a_platform_s(self) -> None:
        """Every source file has signs, each of which is told; nothing is told of others, nor of what was said."""
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)

        def archive_of(*entries: pga.Entry) -> bytes:
            return pga.encode_head(shell, len(entries)) + b"".join(entry.encode(shell.layout) for entry in entries)

        for path in SOURCES:
            if "_to_" in path.stem:
                continue  # what --from means with --for
            signs = re.search(r"^# signs: (.*)$", path.read_text(), re.MULTILINE)
            self.assertTrue(signs, path)
            for kind, name in (sign.split() for sign in signs[1].split(", ")):
                name = name.replace("*", "x").encode()
                if kind == "role":
                    found = [archive_of(pga.Entry(1, b"SCHEMA", b"s", b"CREATE SCHEMA s;\n", owner=name)),
                             archive_of(pga.Entry(1, b"ACL", b"SCHEMA s", b"REVOKE ALL ON SCHEMA s FROM " + name + b";\n",
                                                  owner=b"app"))]
                else:
                    found = [archive_of(pga.Entry(1, kind.upper().encode(), name, b"CREATE x;\n", owner=b""))]
                for data in found:
                    with self.subTest(path=path.stem, sign=name):
                        said = f"--from {path.stem} leaves out".encode()
                        for words in (("--dry-run",), ("--needs",), ("-q", "-v", "--check-for=neon"), ("--no-comments",)):
                            words = tuple(word for word in words if word != "-q" and word != "-v")
                            if path.stem == "neon" and "--check-for=neon" in words:
                                continue
                            self.assertIn(said, run(*words, data=data).stderr)
                        for words in (("-l",), (), ("-q", "--dry-run"), (f"--from={path.stem}", "--dry-run")):
                            self.assertNotIn(said, run(*words, data=data).stderr)
        for path in harness.archives():
            self.assertNotIn(b"this looks like", run("--needs", path).stderr)

    def test_what_a_source_means_with_a_target_of_its_own(self) -> None:
        ways = [path for path in SOURCES if "_to_" in path.stem]
        self.assertTrue(ways)
        for path in ways:
            source, _, target = path.stem.partition("_to_")
            printed = self.output("--print-rules", f"--from={source}", f"--for={target}")
            self.assertEqual(printed, self.output("--print-rules", f"--from={path.stem}", f"--for={target}"))
            alone = self.output("--print-rules", f"--from={source}")
            self.assertNotIn(alone, printed)
            other = next(other.stem for other in TARGETS if other.stem != target)
            self.assertTrue(self.output("--print-rules", f"--from={source}", f"--for={other}").startswith(alone))
            sign = pga.Entry(1, b"SCHEMA", b"x", b"CREATE SCHEMA x;\n", owner=b"supabase_admin")
            shell = pga.Archive((1, 16, 0), compression=pga.NONE)
            data = pga.encode_head(shell, 1) + sign.encode(shell.layout)
            self.assertIn(f"--from {source} leaves out".encode(), run(f"--for={target}", "--dry-run", data=data).stderr)

    def test_extensions_that_no_server_of_today_has(self) -> None:
        """pglogical_origin, which a move to Cloud SQL stopped at, on every platform."""
        entries = [pga.Entry(1, b"SCHEMA", b"pglogical_origin", b"CREATE SCHEMA pglogical_origin;\n", owner=b"app"),
                   pga.Entry(2, b"EXTENSION", b"pglogical_origin", b"CREATE EXTENSION IF NOT EXISTS pglogical_origin WITH SCHEMA pglogical_origin;\n",
                             owner=b"", deps=[b"1"]),
                   pga.Entry(3, b"COMMENT", b"EXTENSION pglogical_origin", b"COMMENT ON EXTENSION pglogical_origin IS 'x';\n", owner=b"", deps=[b"2"])]
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        data = pga.encode_head(shell, len(entries)) + b"".join(entry.encode(shell.layout) for entry in entries)
        for path in TARGETS:
            kept = json.loads(run(option_of(path), "-l", "--json", data=data).stdout)["entries"]
            self.assertEqual([entry["kind"] for entry in kept], ["SCHEMA"], path.stem)

    def test_what_is_said_to_keep_an_extension_keeps_the_others(self) -> None:
        entries = [pga.Entry(number + 1, b"EXTENSION", name, b"CREATE EXTENSION " + name + b";\n", owner=b"")
                   for number, name in enumerate((b"postgis", b"hstore", b"citext"))]
        entries.append(pga.Entry(4, b"TABLE", b"places", b"CREATE TABLE public.places (g public.geometry);\n",
                                 owner=b"app", namespace=b"public", deps=[b"1"]))
        entries.append(pga.Entry(5, b"TABLE DATA", b"places", b"", copy=b"COPY public.places (g) FROM stdin;\n",
                                 owner=b"app", namespace=b"public", deps=[b"4"], had_dumper=1, flag=pga.NOT_SET))
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        data = pga.encode_head(shell, len(entries)) + b"".join(entry.encode(shell.layout) for entry in entries)
        told = run("--for=nonsuperuser", "--dry-run", data=data).stderr.decode()
        advice = re.search(r"if postgis exists there, say (--extension .*)$", told, re.MULTILINE)
        self.assertTrue(advice, told)
        kept = json.loads(run("--for=nonsuperuser", "-l", "--json", *advice[1].split(), data=data).stdout)["entries"]
        self.assertEqual([entry["name"] for entry in kept], ["postgis", "hstore", "citext", "places", "places"])

    def test_unknown_names_tell_the_known(self) -> None:
        for option, files in (("--for", TARGETS), ("--check-for", TARGETS), ("--from", SOURCES)):
            done = run(option, files[0].stem + "x", harness.role_archives()[0])
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(f'did you mean "{files[0].stem}"?'.encode(), done.stderr)
            self.assertIn(", ".join(path.stem for path in files).encode(), done.stderr)
        done = run("--for", self.folder / "missing.rules", harness.role_archives()[0])
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertIn(b"missing.rules: cannot open the file", done.stderr)


class CombinationTest(TargetTest):
    """Each answer, on an archive that shows it: 15/roles.fc.dump."""

    def setUp(self) -> None:
        super().setUp()
        self.source = harness.archive("15/roles.fc.dump")

    def acls(self, archive: pga.Archive) -> set[bytes]:
        return {entry.defn for entry in archive.entries if entry.desc == b"ACL"}

    def same(self, words: list[harness.Arg], others: list[harness.Arg]) -> None:
        self.assertNotEqual(self.output("-q", *words, self.source), self.source.read_bytes())
        harness.same_bytes(self.output("-q", *words, self.source), self.output("-q", *others, self.source), str(words))

    def test_grants_of_roles_that_the_user_keeps_stay(self) -> None:
        target = self.own_target("no-owner\nno-privileges\nno-create\ndrop-role 'app_ro'\nkeep-roles nobody\n")
        self.same(["--keep-roles", "app*", "--for", target], ["--keep-roles", "app*", "-O", "--no-create"])
        self.same(["--for", target, "--keep-roles", "app*"], ["--keep-roles", "app*", "-O", "--no-create"])
        self.assertTrue(any(b" TO app" in defn for defn in self.acls(
            self.filtered(self.source, "--for", target, "--keep-roles", "app*"))))
        self.assertEqual(self.acls(self.filtered(self.source, "--for", target)), set())

    def test_roles_that_the_user_drops_give_no_others_back(self) -> None:
        target = self.own_target("no-grants\nkeep-roles 'app*'\n")
        words = ["--drop-role", "app_r*"]
        self.same([*words, "--for", target], [*words, "--no-grants", "--keep-roles", "app*"])

    def test_revokes_that_the_user_keeps_stay(self) -> None:
        target = self.own_target("no-privileges\ndrop-role app_ro\n")
        self.same(["--no-grants", "--for", target], ["--no-grants", "--drop-role", "app_ro"])

    def test_privileges_that_the_user_drops_are_dropped(self) -> None:
        target = self.own_target("no-grants\ndrop-role app_ro\n")
        self.same(["-x", "--for", target], ["-x", "--drop-role", "app_ro"])

    def test_owners_that_the_user_sets_stay(self) -> None:
        target = self.own_target("no-owner\nno-create\n")
        self.same(["--set-owner", "me", "--for", target], ["--set-owner", "me", "--no-create"])
        self.same(["-O", "--for", self.own_target("set-owner x\nno-create\n", "o.rules")], ["-O", "--no-create"])

    def test_extensions_that_the_user_names_decide(self) -> None:
        target = self.own_target("extension citext\nexclude-extension hstore\n")
        self.same(["--extension", "h*", "--for", target], ["--extension", "h*"])
        self.same(["--exclude-extension", "btree*", "--for", target],
                  ["--exclude-extension", "btree*", "--extension", "citext", "--exclude-extension", "hstore"])

    def test_new_names_of_tablespaces_stay(self) -> None:
        target = self.own_target("no-tablespaces\n")
        names = {entry.tablespace for entry in pga.read(self.source.read_bytes()).entries if entry.tablespace}
        self.assertTrue(names)
        for old in names:
            kept = {entry.tablespace for entry in self.filtered(
                self.source, "--for", target, "-r", f"map-tablespace '{old.decode()}'=new").entries if entry.tablespace}
            self.assertEqual(kept, {b"new"})

    def test_new_names_of_roles_stay(self) -> None:
        for rule in ("drop-role '*'", "keep-roles nobody"):
            target = self.own_target(rule + "\n")
            archive = self.filtered(self.source, "--map-role", "app=rds_app", "--for", target)
            self.assertEqual({entry.owner for entry in archive.entries if entry.owner}, {b"rds_app"}, rule)
            self.assertTrue(any(b" TO rds_app" in defn for defn in self.acls(archive)), rule)

    def test_a_flag_of_both_is_one(self) -> None:
        self.same(["-O", "--for", self.own_target("no-owner\n")], ["-O"])

    def test_sources_and_targets_add_up(self) -> None:
        target = self.own_target("no-owner\n")
        source = self.own_target("drop-role app_ro\nno-create\n", "from.rules")
        other = self.own_target("no-event-triggers\n", "other.rules")
        self.same(["--for", target, "--from", source, "--from", other],
                  ["--drop-role", "app_ro", "--no-create", "--no-event-triggers", "-O"])


class TellingTest(TargetTest):
    def setUp(self) -> None:
        super().setUp()
        self.source = harness.archive("15/roles.fc.dump")
        self.target = self.own_target("# mine\nno-event-triggers because='only superusers can'\nno-owner because=x\n"
                                      "exclude-table 'no such*'\ndrop-role nobody\nno-publications\n")

    def test_what_can_be_kept_is_said_as_it_is_to_be_said(self) -> None:
        """The advice does what it says."""
        for path in TARGETS:
            told = run(option_of(path), "--cascade", self.source).stderr.decode()
            advice = re.findall(r"say (--keep-kind) ('[^']*'|\S+)$", told, re.MULTILINE)
            self.assertTrue(advice, told)
            for option, kind in advice:
                kind = kind.strip("'")
                line = next(line for line in told.splitlines() if line.endswith((f"say --keep-kind {kind}", f"say --keep-kind '{kind}'")))
                self.assertIn(f" {kind}", line.split("(")[0])
                before = {e.dump_id for e in self.filtered(self.source, option_of(path)).entries}
                after = self.filtered(self.source, option_of(path), option, kind).entries
                self.assertTrue([e for e in after if e.desc.decode() == kind and e.dump_id not in before], f"{path.stem} {kind}")
                harness.count("advice")

    def test_default_privileges_of_roles_that_the_user_keeps(self) -> None:
        """What the user asks for wins over no-system-privileges."""
        entries = [pga.Entry(number, b"DEFAULT ACL", b"DEFAULT PRIVILEGES FOR TABLES", b"ALTER DEFAULT PRIVILEGES FOR ROLE " + role
                             + b" GRANT SELECT ON TABLES TO PUBLIC;\n", owner=b"app")
                   for number, role in enumerate((b"pg_monitor", b"pg_read_all_stats", b"app"), 1)]
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        data = pga.encode_head(shell, len(entries)) + b"".join(entry.encode(shell.layout) for entry in entries)
        for options, kept in (([], []), (["--keep-roles", "pg_monitor"], [1]), (["--keep-roles", "app"], [3]), (["--keep-roles", "pg_*"], [1, 2]),
                              (["--keep-roles", "*"], [1, 2, 3])):
            for path in TARGETS:
                listed = json.loads(run(option_of(path), *options, "-l", "--json", data=data).stdout)["entries"]
                self.assertEqual([entry["dump_id"] for entry in listed], kept, f"{path.stem} {options}")

    def test_rules_that_match_nothing_are_no_fault(self) -> None:
        done = run("--for", self.own_target("exclude-table 'no such*'\n"), "--strict", self.source)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = run("-R", self.own_target("exclude-table 'no such*'\n"), "--strict", self.source)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        done = run("--for", self.target, "--exclude-table", "nothing*", "--strict", self.source)
        self.assertEqual((done.returncode, done.stdout), (2, b""))

    def test_a_run_tells_what_is_lost_and_why(self) -> None:
        done = run("--for", self.target, self.source)
        triggers, owners, publications = done.stderr.decode().splitlines()
        start = f"pgfilter: --for={self.target}: "
        before, after = (pga.read(data) for data in (self.source.read_bytes(), done.stdout))
        gone = len(before.entries) - len(after.entries)
        count = sum(int(n) for n in re.findall(r"(\d+) [A-Z]", triggers + publications))
        self.assertEqual(count, gone)
        self.assertRegex(triggers, re.escape(start) + r"no-event-triggers: dropped 1 COMMENT, 2 EVENT TRIGGER "
                                                      r"\(.*\): only superusers can; "
                                                      r"if it can be had there, say --keep-kind 'EVENT TRIGGER'$")
        self.assertRegex(owners, re.escape(start) + r"no-owner: changed \d+ fields: x$")
        self.assertRegex(publications, re.escape(start) + r"no-publications: dropped .* and \d+ more\); "
                                                           r"if it can be had there, say --keep-kind PUBLICATION$")
        self.assertEqual(run("-q", "--for", self.target, self.source).stderr, b"")
        for word in ("--dry-run", "-l", "--needs"):
            self.assertEqual(run("--for", self.target, word, self.source).stderr, b"")

    def test_dumps_from_before_15_that_created_in_public_because_everybody_could(self) -> None:
        """pg_dump up to 14 writes no GRANT for it, and servers from 15 on have none."""
        def told(version: bytes, *acls: bytes, owner: bytes = b"app") -> bool:
            table = pga.Entry(2, b"TABLE", b"t", b"CREATE TABLE public.t ();\n", b"DROP TABLE public.t;\n", namespace=b"public", owner=owner)
            database = pga.Entry(1, b"DATABASE", b"d", b"CREATE DATABASE d;\n", b"DROP DATABASE d;\n", owner=b"boss")
            entries = [database, table, *(pga.Entry(9, b"ACL", b"SCHEMA public", acl, owner=b"postgres") for acl in acls)]
            path = self.folder / "old.dump"
            path.write_bytes(pga.Archive((1, 14, 0), dump_version=version, entries=entries).encode())
            said = b"schema public: 'app' created objects there because everybody could; from PostgreSQL 15 on its owner alone can" in (
                done := run("--for", "nonsuperuser", path)).stderr
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(b"GRANT CREATE ON SCHEMA public" in run("--check-for", "nonsuperuser", path).stdout, said)
            self.assertNotIn(b"GRANT CREATE", run("-O", path).stderr)
            return said

        revoke = b"REVOKE ALL ON SCHEMA public FROM PUBLIC;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n"
        self.assertTrue(told(b"14.5 (Debian 14.5-1)"))
        self.assertTrue(told(b"9.6.24", b"GRANT ALL ON SCHEMA public TO other;\n"))
        self.assertFalse(told(b"15.1"), "pg_dump writes the GRANT")
        self.assertFalse(told(b"14.5", revoke), "nobody could")
        self.assertFalse(told(b"14.5", b"GRANT ALL ON SCHEMA public TO app;\n"), "app can")
        self.assertFalse(told(b"14.5", owner=b"boss"), "who owns the database can")

    def test_verbose_tells_all_of_it(self) -> None:
        quietly = run("-x", "-O", "--for", self.own_target("no-grants\nno-owner\nno-privileges\n"), self.source).stderr
        self.assertEqual(len(quietly.splitlines()), 1)
        self.assertTrue(quietly.endswith(b": no-grants: left out, since no-privileges is given\n"))
        done = run("-v", "-x", "--for", self.own_target("no-grants\nno-event-triggers because='as it is'\n"), self.source)
        lines = [line for line in done.stderr.decode().splitlines() if "--for=" in line]
        names = [(e.desc, e.tag) for e in pga.read(self.source.read_bytes()).entries
                 if e.desc == b"EVENT TRIGGER" or (e.desc == b"COMMENT" and e.tag.startswith(b"EVENT TRIGGER"))]
        for desc, tag in names:
            self.assertTrue(any(line.endswith(f": dropped {desc.decode()} {tag.decode()}: as it is") for line in lines))
        self.assertEqual(len(lines), len(names) + 1)
        self.assertTrue(lines[-1].endswith("no-grants: left out, since no-privileges is given"), lines[-1])

    def test_reports_give_the_reasons(self) -> None:
        text = self.output("--for", self.target, "--dry-run", self.source).decode()
        self.assertIn("[no-event-triggers: only superusers can]", text)
        report = self.folder / "report.json"
        run("-q", "--for", self.target, "--report", report, "--no-sync", "-f", self.folder / "x.dump", self.source)
        rules = {rule["rule"]: rule for rule in json.loads(report.read_bytes())["rules"]}
        self.assertEqual(rules["no-event-triggers"]["because"], "only superusers can")
        self.assertIsNone(rules["no-publications"]["because"])
        self.assertEqual(rules["no-owner"]["origin"], f"--for={self.target}, line 3")


class CheckTest(TargetTest):
    OWNERLESS = {b"CAST", b"CHECK CONSTRAINT", b"CONSTRAINT", b"DATABASE PROPERTIES", b"DEFAULT", b"FK CONSTRAINT",
                 b"INDEX", b"RULE", b"TRIGGER", b"ROW SECURITY", b"POLICY", b"USER MAPPING"}

    def test_what_fails_is_what_the_rules_touch(self) -> None:
        target = self.own_target("# mine\nno-event-triggers because='only superusers can'\nno-owner because=x\n")
        for source in self.random.sample(harness.role_archives(), 4):
            with self.subTest(source=source):
                entries = pga.read(source.read_bytes()).entries
                triggers = {e.dump_id for e in entries if e.desc == b"EVENT TRIGGER"
                            or (e.desc in (b"COMMENT", b"SECURITY LABEL") and b" ON EVENT TRIGGER " in (e.defn or b""))}
                owned = {e.dump_id for e in entries if e.owner and e.drop and e.desc not in self.OWNERLESS}
                done = run("--check-for", target, "--json", source)
                self.assertEqual(done.returncode, 1 if triggers | owned else 0)
                told = json.loads(done.stdout)
                self.assertEqual(told["schema_version"], 1)
                self.assertEqual({e["dump_id"] for e in told["entries"] if e["fails"]}, triggers | owned)
                self.assertEqual((told["entries_read"], told["would_fail"], told["unhandled"]),
                                 (len(entries), len(triggers | owned), 0))
                for entry in told["entries"]:
                    rule = "no-event-triggers" if entry["dump_id"] in triggers else "no-owner"
                    self.assertEqual([r["rule"] for r in entry["rules"]], [rule])
                self.compare_text(told, target, source)
                harness.count("checks")

    def compare_text(self, told: dict, target: Path, source: Path) -> None:
        status = 1 if told["would_fail"] else 0
        text = self.output("--check-for", target, "-v", source, status=status).decode(errors="replace")
        self.assertEqual([int(i) for i in re.findall(r"^fails (\d+);", text, re.MULTILINE)],
                         [entry["dump_id"] for entry in told["entries"]])
        self.assertIn(f"{told['would_fail']} would fail on {target}", text.splitlines()[-1])
        folded = self.output("--check-for", target, source, status=status).decode(errors="replace")
        of_owner = sum(entry["rules"] == [r for r in entry["rules"] if r["rule"] == "no-owner"] for entry in told["entries"])
        self.assertEqual(len(re.findall(r"^fails (\d+);", folded, re.MULTILINE)), len(told["entries"]) - of_owner)
        if of_owner:
            self.assertRegex(folded, rf"(^|\n)fails {of_owner} entr(y|ies) for the owner alone; -v lists them\n    changed by no-owner")

    def test_what_some_users_may_create_is_told_with_how_to_keep_it(self) -> None:
        source = harness.archive("15/roles.fc.dump")
        text = self.output("--check-for", "rds", source, status=1).decode(errors="replace")
        self.assertRegex(text, r"(?m)^fails \d+; EVENT TRIGGER .*\n    dropped by no-event-triggers: .*; if it can be had there, say "
                               r"--keep-kind 'EVENT TRIGGER'$")
        self.assertNotRegex(text, r"by no-subscriptions: .* say --keep-kind")

    def test_what_no_rule_handles_is_told(self) -> None:
        """A view of a table left out: it fails, whatever the target's rules do."""
        source = harness.archive("15/roles.fc.dump")
        target = self.own_target("exclude-table app.base because='too large'\n")
        told = json.loads(self.output("--check-for", target, "--json", source, status=1))
        unhandled = [entry for entry in told["entries"] if entry["unhandled"]]
        self.assertTrue(unhandled)
        self.assertEqual(told["unhandled"], len(unhandled))
        for entry in unhandled:
            self.assertEqual(entry["unhandled"][0]["rule"], "exclude-table")
            self.assertRegex(entry["unhandled"][0]["reason"], r"(uses|belongs to) .*, (which is|which needs what is) dropped")
        self.assertIn(b"    no rule handles it: uses TABLE app.base",
                      self.output("--check-for", target, source, status=1))
        cascading = self.own_target("exclude-table app.base\ncascade\n")
        told = json.loads(self.output("--check-for", cascading, "--json", source, status=1))
        self.assertEqual(told["unhandled"], 0)

    def test_what_may_fail_later_is_told_but_no_failure(self) -> None:
        """A name in the body of a function: whoever calls it will see."""
        source = harness.archive("15/roles.fc.dump")
        target = self.own_target("keep-roles nobody\nno-owner\nno-create\n")
        result = self.folder / "result.dump"
        self.output("-q", "--for", target, "--no-sync", "-f", result, source)
        told = json.loads(self.output("--check-for", target, "--json", result))
        self.assertEqual((told["would_fail"], told["unhandled"], told["to_look_at"]), (0, 0, len(told["entries"])))
        self.assertTrue(told["entries"])
        text = self.output("--check-for", target, result).decode(errors="replace")
        self.assertEqual([int(i) for i in re.findall(r"^look at (\d+);", text, re.MULTILINE)],
                         [entry["dump_id"] for entry in told["entries"]])
        self.assertRegex(text, r"    left as it is: 'app' occurs \d+ times? as the role that the routine runs as")
        self.assertNotIn("\nfails ", "\n" + text)

    def test_what_the_user_leaves_out_does_not_fail(self) -> None:
        source = harness.archive("15/roles.fc.dump")
        target = self.own_target("no-owner\nno-event-triggers\n")
        done = run("--check-for", target, "-O", "--no-event-triggers", source)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = run("--check-for", target, "-O", source)
        self.assertEqual(done.returncode, 1)

    def test_a_pipe_will_do(self) -> None:
        source = harness.archive("15/roles.fc.dump")
        target = self.own_target("no-owner\n")
        self.assertEqual(run("--check-for", target, data=source.read_bytes()).stdout,
                         self.output("--check-for", target, source, status=1))

    def test_errors_are_told_from_findings(self) -> None:
        target = self.own_target("no-owner\n")
        self.assertEqual(run("--check-for", target, data=b"PGDMP").returncode, 2)
        for words in (("--for", "x.rules"), ("-l",), ("--dry-run",), ("--needs",), ("--check-for", target)):
            done = run("--check-for", target, *words, harness.role_archives()[0])
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)


if __name__ == "__main__":
    harness.main()
