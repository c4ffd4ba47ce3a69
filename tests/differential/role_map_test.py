# SPDX-License-Identifier: PostgreSQL
"""--map-role renames a role wherever the archive names it as a role, and nowhere else: byte for byte.

The expectation comes from role_places.py, a reading of pg_dump's SQL of its own, and for the traps from texts
written by hand.
"""
from __future__ import annotations

import functools
import itertools
import re
import os
import sys
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import role_places as rp  # noqa: E402

Roles = Mapping[bytes, bytes]
HOSTILE = "He said \"x\"; -- it's /*é*/ $1=2, TO app\n".encode()
SIMPLE = b"simple_1"


def spelled(name: bytes) -> bytes:
    """As --map-role wants it: literal, but an SQL identifier where `=` or a leading quote would mislead."""
    return rp.quoted(name) if b"=" in name or name.startswith(b'"') else name


def options(roles: Roles) -> list[bytes]:
    words: list[bytes] = []
    for number, (old, new) in enumerate(roles.items()):
        rule = spelled(old) + b"=" + spelled(new)
        words += [b"--map-role=" + rule] if number % 2 else [b"--map-role", rule]
    return words


def all_renamed(which: Case, new: bytes) -> dict[bytes, bytes]:
    """Another name for every role, of at most 63 bytes: a longer one would be cut by PostgreSQL."""
    return {role: b"%s%d" % (new, number) for number, role in enumerate(which.roles())}


# ---------------------------------------------------------------------------------------------- expectation


@dataclass
class Case:
    """An archive and the places of roles in it, found once."""

    name: str
    data: bytes = field(repr=False)
    archive: pga.Archive = field(repr=False)
    places: list[list[rp.Place]] = field(repr=False)

    def roles(self) -> list[bytes]:
        return sorted({place.role for places in self.places for place in places})

    def renamed(self, roles: Roles) -> bytes:
        """The whole archive as pgfilter must write it to a pipe."""
        layout = self.archive.layout
        bodies, changed = [], False
        for entry, places in zip(self.archive.entries, self.places):
            edited = rp.renamed(entry, places, roles) if any(p.role in roles for p in places) else None
            changed = changed or edited is not None
            bodies.append(edited.encode_body(layout) if edited else entry.raw_body(layout))
        if not changed:
            return self.data
        width = 1 + layout.off_size
        shift = sum(map(len, bodies)) + width * len(bodies) - (self.archive.toc_end - self.archive.toc_start)
        parts = [self.data[: self.archive.toc_start]]
        for entry, body in zip(self.archive.entries, bodies):
            moved = entry.offset + shift if entry.flag == pga.SET else entry.offset
            parts += [body, layout.offset(entry.flag, moved)]
        end = self.archive.blocks[-1].end if self.archive.blocks else self.archive.toc_end
        return b"".join(parts) + self.data[self.archive.toc_end : end]


def case_of(name: str, data: bytes) -> Case:
    archive = pga.read(data)
    return Case(name, data, archive, [rp.places(entry) for entry in archive.entries])


@functools.cache
def case(name: str) -> Case:
    return case_of(name, harness.archive(name).read_bytes())


def main_cases() -> list[Case]:
    return [case(harness.label(path)) for path in harness.archives("*/roles.fc.dump", "*/roles.fc_stats.dump")]


def explain(got: bytes, wanted: bytes, what: str) -> None:
    """Equal, or the first entry that differs, field by field."""
    if got == wanted:
        return
    try:
        pairs = list(zip(pga.read(got).entries, pga.read(wanted).entries))
    except pga.ArchiveError as error:
        raise AssertionError(f"{what}: result is no archive: {error}") from None
    for g, w in pairs:
        for field in vars(w):
            if field not in ("raw", "offset") and getattr(g, field) != getattr(w, field):
                harness.same_bytes(repr(getattr(g, field)).encode(), repr(getattr(w, field)).encode(),
                                   f"{what}: entry {w.dump_id} {w.desc!r} {w.tag!r}, field {field}")
    harness.same_bytes(got, wanted, what)


class RoleTest(unittest.TestCase):
    def check(self, which: Case, roles: Roles, words: list | None = None, inlet: str = "file") -> None:
        words = options(roles) if words is None else words
        got = harness.must_run(words, which.data, inlet, quiet=False)
        explain(got, which.renamed(roles), f"{which.name} {dict(list(roles.items())[:3])}")
        harness.count("archives compared")

    def check_all(self, work: list[tuple]) -> None:
        """work: arguments of check"""
        harness.check_all(lambda arguments: self.check(*arguments), work)

    # ------------------------------------------------------------------------------------------ every role

    def test_expectation_finds_the_roles_that_were_made(self) -> None:
        sql = harness.archive("roles.sql").read_bytes().split(b"tablespaces and the database")[0]
        lines = [line for line in rp.statements(b"\n".join(sql.split(b"\n")[4:]))]
        made = {line[2].value for line in lines if len(line) > 2 and line[0].is_word(b"CREATE")
                and line[1].is_word(b"ROLE")}
        self.assertEqual(len(made), 45)
        for which in main_cases():
            missing = {b"new\nline"} if which.name.startswith("19/") else set()  # 19 refuses such a name
            self.assertEqual(set(which.roles()), made - missing | {b"postgres"}, which.name)

    def test_every_role_alone(self) -> None:
        work = []
        for start, which in enumerate(main_cases()):
            for number, role in enumerate(which.roles(), start):
                new = HOSTILE if number // 2 % 2 else SIMPLE
                work.append((which, {role: new}, None, ("file", "pipe")[number // 4 % 2]))
        self.check_all(harness.thinned(work, "pairs of a role and an archive"))

    def test_all_roles_at_once(self) -> None:
        work = []
        for path in harness.role_archives():
            which = case(harness.label(path))
            for new in (SIMPLE, HOSTILE):
                work.append((which, all_renamed(which, new)))
        self.check_all(work)

    def test_every_version_and_width(self) -> None:
        original = pga.read(harness.archive("17/roles.fc.dump").read_bytes())
        work = []
        for number, layout in enumerate(harness.LAYOUTS):
            data = pga.convert(original, *layout).encode(("true", "unset")[number % 2])
            which = case_of("1.%d/%d/%d" % layout, data)
            work.append((which, all_renamed(which, (HOSTILE, SIMPLE)[number % 3 == 0])))
        self.check_all(work)

    def test_unseekable_and_redirected(self) -> None:
        """A second TOC does not survive: it holds the old names."""
        which = case("tiny/tiny.17.redirect.dump")
        self.assertTrue(which.archive.trailing)
        self.check_all([(which, {b"alice": b"carol"}, None, inlet) for inlet in ("file", "pipe", "redirect")])
        self.assertNotIn(b"alice", harness.must_run(options({b"alice": b"carol"}), which.data))

    # ------------------------------------------------------------------------------------------ several maps

    def test_swaps_and_rings(self) -> None:
        work = []
        for which in main_cases():
            work.append((which, {b"app": b"app_ro", b"app_ro": b"app"}))
            work.append((which, {b"user": b"Mixed Case Role", b"Mixed Case Role": b"user"}))
            work.append((which, {b"app": b"app_rw", b"app_rw": b'we"ird', b'we"ird': b"app"}))
            roles = which.roles()
            work.append((which, dict(zip(roles, roles[1:] + roles[:1]))))
        self.check_all(work)

    def test_swapping_twice_is_identity(self) -> None:
        for which in (case("17/roles.fc.dump"), case("9.6/roles.fc.dump")):
            words = options({b"app": b"app_ro", b"app_ro": b"app"})
            again = harness.must_run(words, harness.must_run(words, which.data, quiet=False), "pipe", quiet=False)
            harness.same_bytes(again, which.data, which.name)

    def test_two_roles_become_one(self) -> None:
        """As if each were renamed by itself, but for grants that are repeated; merged_roles_test asks a server about these."""
        for which in main_cases():
            roles = {b"app": b"app_ro", b"user": b"app_ro"}
            wanted = pga.read(which.renamed(roles)).entries
            got = {entry.dump_id: entry for entry in pga.read(harness.must_run(["-q", *options(roles)], which.data)).entries}
            missing = [entry for entry in wanted if entry.dump_id not in got]
            self.assertLess(len(missing), 20)
            for entry in missing:
                self.assertIn(entry.desc, (b"ACL", b"DEFAULT ACL", b"USER MAPPING"))
                if entry.desc == b"USER MAPPING":
                    self.assertIn(entry.tag, {e.tag for e in got.values()})
                else:
                    self.assertNotRegex(entry.defn, rb"(?m)^REVOKE| REVOKE ")
            for entry in wanted:
                left = got.get(entry.dump_id, entry)
                if entry.desc in (b"ACL", b"DEFAULT ACL"):
                    lines = iter(entry.defn.split(b"\n"))
                    skipped = [line for kept in left.defn.split(b"\n") for line in itertools.takewhile(lambda x: x != kept, lines)]
                    self.assertEqual([line for line in skipped if not re.match(rb"GRANT |ALTER .* GRANT |SET SESSION|RESET", line)], [])
                    harness.count("repeated grants", len(skipped))
                else:
                    once = re.sub(rb"( TO .*\bapp_ro\b.*), app_ro\b", rb"\1", entry.defn or b"") if entry.desc == b"POLICY" else entry.defn
                    self.assertEqual(left.defn, once)
                self.assertEqual((left.desc, left.tag, left.owner, left.drop), (entry.desc, entry.tag, entry.owner, entry.drop))

    def test_role_becomes_itself(self) -> None:
        self.check_all([(case("17/roles.fc.dump"), {b"app": b"app", b"to": b"to"})])

    def test_maps_are_literal(self) -> None:
        """No case folding, no patterns, no prefix: PUBLIC in capitals is the role of that name and never PUBLIC."""
        which = case("17/roles.fc.dump")
        for role in (b"PUBLIC", b"App", b"APP", b"app", b"a", b"UPPER", b"Current_User", b"app_rw", "Zoë".encode()):
            self.check_all([(which, {role: SIMPLE})])
        for nobody in (b"ap", b"app%", b"app*", b"publi", b"upper", b"current_user", b"Postgres", b"ROLE", b'"', b"tO"):
            if nobody in which.roles():
                continue
            self.check_all([(which, {nobody: SIMPLE})])
            self.assertEqual(which.renamed({nobody: SIMPLE}), which.data)

    def test_combined_with_other_rules(self) -> None:
        """A role that is only an owner disappears with -O; grants and policies still name the new one."""
        which = case("17/roles.fc.dump")
        roles = {b"app": HOSTILE, b"user": b"App2"}
        after = pga.read(harness.must_run([*options(roles), "-O", "--no-tablespaces"], which.data, quiet=False))
        for entry, places in zip(which.archive.entries, which.places):
            wanted = rp.renamed(entry, places, roles) or entry
            got = after.entry(entry.dump_id)
            self.assertIsNone(got.owner)
            self.assertEqual((got.tag, got.drop), (wanted.tag, wanted.drop))
            if entry.desc != b"DATABASE":
                self.assertEqual(got.defn, wanted.defn)
        harness.count("archives compared")

    # ------------------------------------------------------------------------------------------ map files

    def map_file(self, text: bytes) -> Path:
        return harness.scratch_file(text, ".map")

    def test_map_file(self) -> None:
        which = case("17/roles.fc.dump")
        roles = all_renamed(which, SIMPLE) | {b"app": HOSTILE, b"dbowner": b"# x", b"a": b" b "}
        lines = [b"# all roles", b"", b"   ", b"\t"]
        for old, new in roles.items():
            lines.append(self.written(old) + b"=" + self.written(new))
        for end in (b"\n", b""):
            file = self.map_file(b"\n".join(lines) + end)
            for words in (["--map-role-file", file], [b"--map-role-file=" + bytes(file)]):
                self.check_all([(which, roles, words)])

    def written(self, name: bytes) -> bytes:
        plain = name == name.strip() and not set(name) & set(b'="#\n')
        return name if plain else rp.quoted(name)

    def test_map_file_blanks(self) -> None:
        which = case("17/roles.fc.dump")
        text = (b" app = New App \n\tapp_ro\t=\tx\t\n"  # blanks around unquoted names do not count
                b' "Mixed Case Role" = " kept " \n'  # inside quotes they do
                b"it's=back\\slash2\n"  # no escapes, no quotes but the double one
                b'"new\nline"="an other\nline"\n#end')
        roles = {b"app": b"New App", b"app_ro": b"x", b"Mixed Case Role": b" kept ", b"it's": b"back\\slash2",
                 b"new\nline": b"an other\nline"}
        self.check_all([(which, roles, ["--map-role-file", self.map_file(text)])])

    def test_map_file_and_options_apply_at_once(self) -> None:
        which = case("17/roles.fc.dump")
        file = self.map_file(b"app=app_ro\n")
        other = self.map_file(b"user=app_rw\n")
        words = ["--map-role-file", file, "--map-role", "app_ro=app"]
        words += ["--map-role-file", other, "--map-role", "app_rw=user"]
        roles = {b"app": b"app_ro", b"app_ro": b"app", b"user": b"app_rw", b"app_rw": b"user"}
        self.check_all([(which, roles, words)])

    def test_bad_maps_are_refused(self) -> None:
        source = harness.archive("tiny/tiny.17.file.dump")
        words = ("alice", "alice=", "=x", "", "=", '"alice=x', '"alice"x=y', 'a="b', '""=x')
        cases = [["--map-role", word] for word in words]
        texts = (b"alice\n", b"alice=\n", b"=x\n", b'"alice=x\n', b'a="b\n', b"ok=x\nalice\n", b'"a"b=c\n')
        cases += [["--map-role-file", self.map_file(text)] for text in texts]
        cases += [["--map-role-file", path] for path in (harness.scratch() / "missing", harness.scratch())]
        cases.append(["--map-role"])
        for words in cases:
            done = harness.run(words, source)
            with self.subTest(words=words):
                self.assertEqual((done.status, done.out), (2, b""), str(done))
                self.assertTrue(done.err.startswith(b"pgfilter: "), str(done))
                harness.count("refusals")

    def test_line_number_of_a_bad_map(self) -> None:
        done = harness.run(["--map-role-file", self.map_file(b"# one\n\na=b\nbroken\n")],
                           harness.archive("tiny/tiny.17.file.dump"))
        self.assertRegex(done.err, rb":4:|line 4\b")

    # ------------------------------------------------------------------------------------------ new names

    def test_bare_or_quoted(self) -> None:
        """Bare iff it need not be quoted, as pg_dump itself writes it."""
        bare = [b"x", b"_", b"a1_b", b"_1", b"role", b"owner", b"public_", b"admin", b"begin", b"temp", b"name",
                b"login", b"commit", b"schema", b"session", b"set", b"type", b"views", b"zone", b"x" * 63]
        quoted = [b"X", b"1a", b"a b", b"a-b", b"a$b", b"a.b", "ä".encode(), b"select", b"user", b"group", b"to",
                  b"all", b"default", b"authorization", b"between", b"int", b"left", b"values", b"current_user", b"end",
                  b"setof", b"row", b"verbose", b"like", b"column", b"true", b"'", b'"', b'a"b""c', b"\\", b"--",
                  b"/*", b" ", b"a\tb"]
        which = case("tiny/tiny.17.file.dump")
        for names, form in ((bare, bytes), (quoted, rp.quoted)):
            for name in names:
                after = pga.read(harness.must_run(options({b'Bob Q"x': name}), which.data, quiet=False))
                acl = after.find(b"ACL", b"TABLE item").defn
                with self.subTest(name=name):
                    self.assertEqual(acl, b"GRANT SELECT ON TABLE shop.item TO %s WITH GRANT OPTION;\n" % form(name))
                    self.assertEqual(after.find(b"VIEW").owner, name)
                    harness.count("names")

    def test_longest_name(self) -> None:
        """PostgreSQL would cut a name of 64 bytes, perhaps in the middle of a letter, and take another role."""
        which = case("tiny/tiny.17.file.dump")
        self.check_all([(which, {b"alice": b"x" * 63}), (which, {b"alice": "é".encode() * 31})])
        for name in (b"x" * 64, "é".encode() * 32):
            done = harness.run(options({b"alice": name}), which.data)
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertIn(b"63", done.err)

    def test_backslash_in_a_literal(self) -> None:
        """A name becomes a string in SET role TO; there are two right ways to write its backslash."""
        which = case("17/roles.fc.dump")
        roles = {b"app_ro": b"back\\sl'ash", b"app": b"\\"}
        after = pga.read(harness.must_run(options(roles), which.data, quiet=False))
        found = 0
        for entry, places in zip(which.archive.entries, which.places):
            for number, place in enumerate(places):
                if place.kind == "literal" and place.role in roles:
                    self.assertEqual(rp.places(after.entry(entry.dump_id))[number].role, roles[place.role])
                    found += 1
        self.assertEqual(found, 2)
        harness.count("names", found)

    def test_other_encodings(self) -> None:
        """Bytes are bytes: names of an archive need not be UTF-8."""
        archive = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        old, new = "Zoë".encode("latin-1"), "Ünï".encode("latin-1")
        archive.entries = [pga.replace(e, owner=old) if e.owner == b"alice" else e for e in archive.entries]
        which = case_of("latin-1", archive.encode())
        self.check_all([(which, {old: "雪".encode()})])
        refused = harness.run(("--map-role", os.fsdecode(old + b"=" + new)), archive.encode())
        self.assertEqual(refused.status, 2)
        self.assertIn(b"cannot be written in UTF8", refused.err)
        archive.entries = [pga.replace(e, defn=b"SET client_encoding = 'SQL_ASCII';\n") if e.desc == b"ENCODING" else e
                           for e in archive.entries]
        which = case_of("latin-1", archive.encode())
        self.check_all([(which, {old: new}), (which, {old: "雪".encode()})])


# ---------------------------------------------------------------------------------------------- traps


class TrapTest(unittest.TestCase):
    """Texts in which only some of the names are roles: <> is the role as a name, {} as a string. Where the letters
    app stand in the texts themselves, they must stay."""

    TRAPS = [
        (b"ACL", b"TABLE app", b"REVOKE ALL ON TABLE app.app FROM <>;\nGRANT ALL ON TABLE app.app TO <>;\n"),
        (b"ACL", b"TABLE app", b"REVOKE GRANT OPTION FOR ALL ON TABLE app.app FROM <>;\n"
                               b"GRANT SELECT,INSERT ON TABLE app.app TO <> WITH GRANT OPTION;\n"),
        (b"ACL", b"COLUMN app.app", b'GRANT SELECT(app),UPDATE("app") ON TABLE app.app TO <>;\n'),
        (b"ACL", b"COLUMN app.to", b'GRANT SELECT("to") ON TABLE "to"."to app" TO <>;\nGRANT ALL("from") ON TABLE'
                                   b' "grant ; TO app" TO PUBLIC;\n'),
        (b"ACL", b"FUNCTION app", b'GRANT ALL ON FUNCTION app.app(app app.app, VARIADIC "to" text[]) TO <>;\n'
                                  b"GRANT ALL ON FUNCTION app.app(character varying, timestamp with time zone)"
                                  b" TO <>;\n"),
        (b"ACL", b"SCHEMA app", b'SET SESSION AUTHORIZATION <>;\nGRANT USAGE ON SCHEMA app TO <>;\n'
                                b"RESET SESSION AUTHORIZATION;\nGRANT USAGE ON SCHEMA app TO PUBLIC;\n"
                                b"SET SESSION AUTHORIZATION app_ro;\nGRANT ALL ON SCHEMA app TO app_ro, <>;\n"),
        (b"ACL", b"LARGE OBJECT 5", b"GRANT SELECT ON LARGE OBJECT 5 TO <>;\n"),
        (b"ACL", b"DATABASE app", b"GRANT TEMPORARY,CONNECT ON DATABASE app TO <>;\n"),
        (b"ACL", b"LANGUAGE app", b"GRANT ALL ON LANGUAGE app TO <>;\nGRANT ALL ON FOREIGN DATA WRAPPER app TO <>;\n"
                                  b"GRANT ALL ON FOREIGN SERVER app TO <>;\nGRANT ALL ON TYPE app.app TO <>;\n"),
        (b"DEFAULT ACL", b"DEFAULT PRIVILEGES FOR TABLES",
         b"ALTER DEFAULT PRIVILEGES FOR ROLE <> IN SCHEMA app GRANT SELECT ON TABLES  TO <>;\n"
         b"ALTER DEFAULT PRIVILEGES FOR ROLE app_ro IN SCHEMA app REVOKE ALL ON TABLES FROM <>;\n"
         b"ALTER DEFAULT PRIVILEGES FOR ROLE <> GRANT ALL ON LARGE OBJECTS TO PUBLIC;\n"),
        (b"POLICY", b"app app", b"CREATE POLICY app ON app.app TO <>, app_ro, <> USING ((app = 'app'::name));\n"),
        (b"POLICY", b"app app", b"CREATE POLICY app ON app.app AS RESTRICTIVE FOR SELECT TO app_ro, <> USING"
                                b" ((EXISTS ( SELECT app FROM app WHERE (x OPERATOR(app.=) app))))"
                                b" WITH CHECK (app);\n"),
        (b"POLICY", b"app app", b"CREATE POLICY app ON app.app USING ((CURRENT_USER = 'TO app'::name)) WITH CHECK"
                                b" ((to_char(app, 'x TO app, y'::text) = \"to\".app));\n"),
        (b"USER MAPPING", b"USER MAPPING <> SERVER app",
         b"CREATE USER MAPPING FOR <> SERVER app OPTIONS (\n    password 'app',\n    \"user\" 'app'\n);\n"),
        (b"USER MAPPING", b"USER MAPPING public SERVER app", b"CREATE USER MAPPING FOR public SERVER app;\n"),
        (b"USER MAPPING", b"USER MAPPING app SERVER x SERVER app",
         b'CREATE USER MAPPING FOR "app SERVER x" SERVER app;\n'),
        (b"DATABASE PROPERTIES", b"app",
         b"ALTER DATABASE app CONNECTION LIMIT = 5;\nALTER DATABASE app SET search_path TO 'app', 'role';\n"
         b"ALTER ROLE <> IN DATABASE app SET work_mem TO '1MB';\n"
         b"ALTER ROLE app_ro IN DATABASE app SET \"app.x\" TO 'app';\n"
         b"ALTER ROLE <> IN DATABASE app SET search_path TO 'app';\n"),
        (b"SCHEMA", b"app", b"CREATE SCHEMA app;\n"),
        (b"SCHEMA", b"app", b"CREATE SCHEMA app AUTHORIZATION <>;\n"),
        (b"FUNCTION", b"app(text)",
         b"CREATE FUNCTION app.app(app text DEFAULT 'SET role TO app'::text) RETURNS app.app\n    LANGUAGE sql\n"
         b"    SET role TO {}\n    SET search_path TO 'app', 'pg_temp'\n    SET \"app.role\" TO 'app'\n"
         b"    SET session_authorization TO {}\n"
         b"    AS $_$\n    SET role TO 'app'\n SET SESSION AUTHORIZATION app; GRANT ALL ON x TO app; -- app\n$_$;\n"),
        (b"PROCEDURE", b"app()",
         b"CREATE PROCEDURE app.app()\n    LANGUAGE sql\n    SET role TO {}\n    BEGIN ATOMIC\n"
         b" UPDATE app.app SET role = 'app'::name, app = 'app'::name;\n SELECT app FROM app;\nEND;\n"),
        (b"FUNCTION", b"f()", b"CREATE FUNCTION app.f() RETURNS text\n    LANGUAGE plpgsql\n    SET role TO 'none'\n"
                              b"    AS 'app SET role TO ''app''';\n"),
        (b"COMMENT", b"TABLE app", b"COMMENT ON TABLE app.app IS 'GRANT ALL ON TABLE x TO app; OWNER TO app';\n"),
        (b"SECURITY LABEL", b"TABLE app", b"SECURITY LABEL FOR app ON TABLE app.app IS 'app';\n"),
        (b"SERVER", b"app", b"CREATE SERVER app FOREIGN DATA WRAPPER app OPTIONS (\n    \"user\" 'app'\n);\n"),
        (b"VIEW", b"app", b"CREATE VIEW app.app AS\n SELECT app.app FROM app.app WHERE (app.app = 'app'::name);\n"),
        (b"RULE", b"app app", b"CREATE RULE app AS ON UPDATE TO app.app DO ALSO ( SELECT app; NOTIFY app; );\n"),
        (b"TRIGGER", b"app app",
         b"CREATE TRIGGER app AFTER INSERT ON app.app FOR EACH ROW EXECUTE FUNCTION app.app('app');\n"),
        (b"PUBLICATION", b"app", b"CREATE PUBLICATION app WITH (publish = 'insert');\n"),
        (b"SUBSCRIPTION", b"app",
         b"CREATE SUBSCRIPTION app CONNECTION 'user=app' PUBLICATION app WITH (slot_name = 'app');\n"),
        (b"UNKNOWN KIND", b"app", b"CREATE app;\n"),
    ]

    def filled(self, text: bytes, name: bytes) -> bytes:
        value = b"'app'" if name in (b"app", b'"app"') else rp.literal(self.NEW)
        return text.replace(b"<>", name).replace(b"{}", value)

    NEW = b"New \"role\" it's"

    def archive(self, old: bytes) -> pga.Archive:
        made = pga.Archive((1, 16, 0), dbname=b"app")
        for dump_id, (desc, tag, defn) in enumerate(self.TRAPS, 1):
            mapping = desc == b"USER MAPPING" and defn.startswith(b"CREATE USER MAPPING FOR <>")
            drop = self.filled(b"DROP USER MAPPING FOR <> SERVER app;\n", old) if mapping else b"DROP app;\n"
            made.entries.append(pga.Entry(dump_id, desc, tag.replace(b"<>", b"app"), self.filled(defn, old), drop,
                                          namespace=b"app", tablespace=b"app", tableam=b"app", owner=b"app"))
        return made

    def test_traps(self) -> None:
        for old in (b"app", b'"app"'):  # both spellings are the same role
            before = self.archive(old)
            rule = spelled(b"app") + b"=" + self.NEW
            after = pga.read(harness.must_run(["--map-role", rule], before.encode(), quiet=False))
            for entry, (desc, tag, defn) in zip(after.entries, self.TRAPS):
                with self.subTest(desc=desc, defn=defn):
                    self.assertEqual(entry.defn, self.filled(defn, rp.quoted(self.NEW)))
                    self.assertEqual(entry.tag, tag.replace(b"<>", self.NEW))
                    self.assertEqual((entry.namespace, entry.tablespace, entry.tableam), (b"app",) * 3)
                    self.assertEqual(entry.owner, self.NEW)
                    mapping = desc == b"USER MAPPING" and defn.startswith(b"CREATE USER MAPPING FOR <>")
                    wanted = b"DROP USER MAPPING FOR %s SERVER app;\n" % rp.quoted(self.NEW)
                    self.assertEqual(entry.drop, wanted if mapping else b"DROP app;\n")
                    harness.count("traps")

    def settings(self, standard: bytes, value: bytes, rule: bytes) -> bytes:
        """The definition of a function that sets its role, after the rename."""
        made = pga.Archive((1, 16, 0))
        made.entries = [
            pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n"),
            pga.Entry(2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = '%s';\n" % standard),
            pga.Entry(3, b"FUNCTION", b"f()", b"CREATE FUNCTION a.f() RETURNS text\n    LANGUAGE sql\n"
                                              b"    SET role TO %s\n    AS 'SELECT 1';\n" % value,
                      b"DROP FUNCTION a.f();\n", owner=b"x")]
        after = pga.read(harness.must_run(["--map-role", rule], made.encode(), quiet=False))
        defn = after.entry(3).defn
        return defn[defn.index(b" TO ") + 4 : defn.index(b"\n    AS")]

    def test_backslashes_follow_standard_conforming_strings(self) -> None:
        for standard, before, rule, after in (
                (b"on", b"'back\\slash'", b"back\\slash=x", [b"'x'"]),
                (b"on", b"'back\\\\slash'", b"back\\slash=x", [b"'back\\\\slash'"]),
                (b"on", b"E'back\\\\slash'", b"back\\slash=x", [b"'x'"]),
                (b"off", b"'back\\\\slash'", b"back\\slash=x", [b"'x'"]),
                (b"off", b"E'back\\\\slash'", b"back\\slash=x", [b"'x'"]),
                (b"on", b"'app'", b"app=a\\b", [b"'a\\b'", b"E'a\\\\b'"]),
                (b"off", b"'app'", b"app=a\\b", [b"'a\\\\b'", b"E'a\\\\b'"])):
            with self.subTest(standard=standard, before=before, rule=rule):
                self.assertIn(self.settings(standard, before, rule).replace(b" E'", b"E'").strip(), after)
                harness.count("traps")

    def test_the_expectation_of_the_other_tests_agrees(self) -> None:
        """role_places.py must give what was written by hand."""
        for entry, (_, _, defn) in zip(self.archive(b"app").entries, self.TRAPS):
            places = rp.places(entry)
            edited = rp.renamed(entry, places, {b"app": self.NEW})
            self.assertEqual(edited.defn, self.filled(defn, rp.quoted(self.NEW)), defn)


if __name__ == "__main__":
    harness.main()
