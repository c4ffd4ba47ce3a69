# SPDX-License-Identifier: PostgreSQL
"""Guards: secrets that go, dangers that are refused, kinds that are let through; against libpq, pg_restore and a server.

Connection strings are drawn at random (seed printed) and read by libpq itself before and after.
"""
from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import random
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

SEED = server.SEED
DRAWS = 300 if harness.SANITIZED else 3000
ODD_STRINGS = 2000 if harness.SANITIZED else 100_000
ODD_STRINGS_AT_ONCE = 2000
SECRETS = {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}
PAYLOAD = b"\\! echo pwned"


# ---------------------------------------------------------------------------------------------- libpq


class Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")] + [
        ("dispsize", ctypes.c_int)]


def libpq() -> Optional[ctypes.CDLL]:
    name = ctypes.util.find_library("pq")
    if not name:
        harness.leave_out("what libpq makes of connection strings (there is none)")
        return None
    library = ctypes.CDLL(name)
    library.PQconninfoParse.restype = ctypes.POINTER(Option)
    library.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
    library.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]
    return library


def parsed(library: ctypes.CDLL, text: str) -> Optional[dict[str, str]]:
    """The settings that a connection string has; None if libpq refuses it."""
    error = ctypes.c_char_p()
    options = library.PQconninfoParse(text.encode(), ctypes.byref(error))
    if not options:
        return None
    found = {}
    i = 0
    while options[i].keyword:
        if options[i].val is not None:
            found[options[i].keyword.decode()] = options[i].val.decode(errors="surrogateescape")
        i += 1
    library.PQconninfoFree(options)
    return found


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def random_word(draw: random.Random, alphabet: str, most: int = 8) -> str:
    return "".join(draw.choice(alphabet) for _ in range(draw.randint(1, most)))


def random_conninfo(draw: random.Random) -> str:
    parts = []
    for name in draw.sample(["host", "user", "password", "dbname", "sslpassword", "application_name", "options", "passfile",
                             "sslmode", "require_auth"], draw.randint(1, 6)):
        value = random_word(draw, "ab1 '\\=&;@:/?{}\"pasword€-") if name != "sslmode" else "require"
        if "password" not in name and re.search(r"(pass|pwd)[\w%-]*\s*=", value):
            value = "x"  # it would go, as if a secret were inside
        equals = draw.choice(["=", " = ", "= ", " ="])
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        plain = escaped.replace(" ", "\\ ")
        # Bare braces and double quotes are taken for those of ODBC.
        quoted = draw.random() < 0.5 or plain[0] in '{"'
        parts.append(name + equals + (f"'{escaped}'" if quoted else plain))
    return draw.choice([" ", "  ", "\t", "\n"]).join(parts)


def random_uri(draw: random.Random) -> str:
    def word() -> str:
        return random_word(draw, "ab1%2:=;'{}\"?#~") if draw.random() < 0.7 else "x"

    user = draw.choice(["", "u@", f"u:{word()}@", f"{word()}:{word()}@"])
    query = "&".join(f"{draw.choice(['password', 'sslpassword', 'p%61ssword', 'application_name', 'user'])}={word()}"
                     for _ in range(draw.randint(0, 3)))
    return draw.choice(["postgresql", "postgres"]) + f"://{user}{draw.choice(['h', 'h:5432', 'a,b:1', ''])}/db" + (
        f"?{query}" if query else "")


def woven(draw: random.Random, mark: str) -> str:
    """The mark, whole, with odd bytes around it."""
    junk = ["", " ", "'", "\\", "=", "&", "@", ":", "/", "?", "#", "{", "}", ";", '"', "%41", "%", "\t", "\n", "://", "password=",
            "://a:b@", "***", "\\'", "' ", "}; ", " =", "[", "]", ","]
    return "".join(draw.choices(junk, k=draw.choice((0, 0, 1, 2, 3)))) + mark + "".join(draw.choices(junk, k=draw.choice((0, 1, 3))))


def odd_conninfo(draw: random.Random, mark: str) -> str:
    parts = []
    keys = ["host", "port", "dbname", "user", "password", "sslpassword", "options", "application_name", "passfile"]
    for name in draw.sample(keys, draw.randint(1, 5)) + ["password"] * draw.randint(0, 1):
        value = woven(draw, mark) if "password" in name else draw.choice(
            ("x", "a b", "h'h", "://", "a=b", "password=y", "x://y:z@h", "", "{", "a;b", '"', "***", "x\\"))
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        value = draw.choice((f"'{escaped}'", re.sub(r"(\s)", r"\\\1", escaped), value))
        blanks = [draw.choice(("", "", " ", "\t", "\n", "\v")) for _ in range(2)]
        parts.append(name + blanks[0] + "=" + blanks[1] + value + draw.choice((" ", " ", "", "\n")))
    return "".join(parts)


def odd_uri(draw: random.Random, mark: str) -> str:
    def encoded(text: str) -> str:
        return mark.join("".join(f"%{ord(c):02X}" if c == "%" or draw.random() < 0.4 else c for c in part)
                         for part in text.split(mark))

    user = draw.choice(("", "u", "u%20v", "a b")) + (":" + draw.choice((str, encoded))(woven(draw, mark)) if draw.random() < 0.9 else "")
    text = draw.choice(("postgresql://", "postgres://")) + (user + "@" if draw.random() < 0.7 else "")
    text += draw.choice(("h", "", "h1,h2", "[::1]", "h:5432", "%2Ftmp", "h1:1,h2:2")) + draw.choice(("", "/", "/db", "/d%20b"))
    names = ("password", "sslpassword", "user", "options", "pass%77ord", "ssl%70assword", "application_name")
    query = [f"{name}=" + (encoded(woven(draw, mark)) if name.endswith("ord") else draw.choice(("x", "a%26b", "x%3Dy", "")))
             for name in draw.choices(names, k=draw.randint(0, 3))]
    return text + ("?" + "&".join(query) if query else "")


def nobody_can_tell(uri: str) -> bool:
    """A user with parameters in it, or parameters with an "@" in them: all of it goes."""
    user = re.match(r"postgres(?:ql)?://([^@/]*)@", uri)
    return bool(user and re.search(r"\?.*=", user[1], re.DOTALL))


def archive_of(entries: list[pga.Entry], **header: object) -> pga.Archive:
    front = [pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n"),
             pga.Entry(2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = 'on';\n"),
             pga.Entry(3, b"SEARCHPATH", b"SEARCHPATH", b"SELECT pg_catalog.set_config('search_path', '', false);\n")]
    return pga.Archive((1, 14, 0), entries=front + entries, **header)


def subscription(number: int, conninfo: str) -> pga.Entry:
    return pga.Entry(10 + number, b"SUBSCRIPTION", b"s%d" % number,
                     f"CREATE SUBSCRIPTION s{number} CONNECTION {literal(conninfo)} PUBLICATION p WITH (connect = false);\n"
                     .encode(), b"DROP SUBSCRIPTION s;\n", owner=b"o", section=pga.SECTION_POST)


class RedactionTest(unittest.TestCase):
    def setUp(self) -> None:
        self.draw = random.Random(f"{SEED} {self.id()}")

    def redacted(self, texts: list[str]) -> list[str]:
        """Connection strings as they are after pgfilter."""
        data = archive_of([subscription(i, text) for i, text in enumerate(texts)]).encode("unset")
        out = harness.must_run(("--redact-secrets",), data)
        harness.same_bytes(harness.must_run(("--redact-secrets",), out), out, "twice")
        found = []
        for entry in pga.read(out).entries[3:]:
            defn = entry.defn.decode()
            found.append(defn[defn.index(" CONNECTION '") + 13:defn.rindex("' PUBLICATION")].replace("''", "'"))
        return found

    def check(self, texts: list[str]) -> None:
        library = libpq()
        if library is None:
            self.skipTest("no libpq")
        compared = 0
        for before, after in zip(texts, self.redacted(texts)):
            old, new = parsed(library, before), parsed(library, after)
            if old is None:
                continue
            compared += 1
            if nobody_can_tell(before):
                self.assertEqual(after, before[: before.index("//")] + "//***")
                continue
            secrets = {name: value for name, value in old.items() if name in SECRETS and value}
            self.assertIsNotNone(new, f"{before!r} became {after!r}")
            expected = {**old, **{name: "***" for name in secrets}}
            self.assertEqual({k: v for k, v in new.items() if k in SECRETS}, {k: v for k, v in expected.items() if k in SECRETS},
                             f"{before!r} became {after!r}")
            if not secrets:
                self.assertEqual(before, after)
            self.assertEqual(new, expected, f"{before!r} became {after!r}")
            harness.count("connection strings")
        self.assertGreater(compared, len(texts) // 10)

    def test_no_password_that_libpq_reads_is_left(self) -> None:
        """Strings as odd as libpq takes them, with a password that can be recognised."""
        library = libpq()
        if library is None:
            self.skipTest("no libpq")
        for _ in range(max(1, ODD_STRINGS // ODD_STRINGS_AT_ONCE)):
            texts = []
            while len(texts) < ODD_STRINGS_AT_ONCE:
                text = self.draw.choice((odd_conninfo, odd_uri))(self.draw, f"ZQX{len(texts):06}KJ")
                settings = parsed(library, text) or {}
                if any(f"ZQX{len(texts):06}KJ" in settings.get(name, "") for name in ("password", "sslpassword")):
                    texts.append(text)
            for number, (before, after) in enumerate(zip(texts, self.redacted(texts))):
                self.assertNotIn(f"ZQX{number:06}KJ", after, before)
                settings = parsed(library, after)
                self.assertIsNotNone(settings, f"{before!r} became {after!r}")
                self.assertLessEqual({settings.get(name, "***") for name in SECRETS}, {"***", ""}, f"{before!r} became {after!r}")
            harness.count("odd connection strings", len(texts))

    def test_connection_strings_as_libpq_reads_them(self) -> None:
        self.check([random_conninfo(self.draw) for _ in range(DRAWS)])

    def test_uris_as_libpq_reads_them(self) -> None:
        self.check([random_uri(self.draw) for _ in range(DRAWS)])

    @server.needed
    def test_a_server_takes_the_result(self) -> None:
        """What is not secret is as before, and no secret is anywhere in what pgfilter writes or says."""
        secret = "s3'c\\r\"e t€"
        name = server.new_database()
        conninfo = f"host=localhost user=u password='{secret}' dbname=d".replace("\\", "\\\\").replace("s3'c", "s3\\'c")
        server.psql("-c", f"""
            CREATE EXTENSION postgres_fdw;
            CREATE FOREIGN DATA WRAPPER odd OPTIONS (token {literal(secret)}, kind 'x');
            CREATE SERVER plain FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd');
            CREATE SERVER odd FOREIGN DATA WRAPPER odd OPTIONS (dsn {literal('DSN=a;PWD={' + secret + '};X=1')}, "Passwd" {literal(secret)});
            CREATE USER MAPPING FOR postgres SERVER plain OPTIONS (user 'u', password {literal(secret)}, password_required 'false');
            CREATE USER MAPPING FOR PUBLIC SERVER odd OPTIONS (uri {literal('http://u:' + secret.replace(' ', '+') + '@h/')});
            CREATE SUBSCRIPTION sub CONNECTION {literal(conninfo)} PUBLICATION p WITH (connect = false);""", name)
        settings = ("SELECT 'w', fdwname, unnest(fdwoptions) FROM pg_foreign_data_wrapper UNION ALL "
                    "SELECT 's', srvname, unnest(srvoptions) FROM pg_foreign_server UNION ALL "
                    "SELECT 'm', srvname, unnest(umoptions) FROM pg_user_mappings UNION ALL "
                    "SELECT 'c', subname, subconninfo FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE "
                    "datname = current_database()) ORDER BY 1, 2, 3")
        before = server.psql("-c", settings, name)
        dump = server.pg_dump(name)
        self.assertIn(b"s3''c", dump)
        server.psql("-c", "ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub", name)
        report = harness.scratch_file()
        words = ("--redact-secrets", "--map-role", "postgres=postgres2")
        out = harness.must_run(("--redact-secrets", "--report", report), dump, "pipe")
        said = [out, report.read_bytes(), harness.must_run(("--dry-run", *words), dump),
                harness.must_run(("--dry-run", "--json", *words), dump), harness.run(("-v", *words), dump).err]
        for text in said:
            for form in (b"s3'", b"s3\\", b'\\r\\"e', b"c\\r", "e t€".encode(), "t€".encode()):
                self.assertNotIn(form, text)
        self.assertIn(b"redacted: CONNECTION (password)\n", said[2])
        self.assertIn(b"redacted: password\n", said[2])
        told = {entry["name"]: entry["redacted"] for entry in json.loads(said[1])["entries"] if "redacted" in entry}
        self.assertEqual(told, {"odd": ["dsn (pwd)", "Passwd"], "sub": ["CONNECTION (password)"],
                                "USER MAPPING postgres SERVER plain": ["password"],
                                "USER MAPPING public SERVER odd": ["uri (password)"]} | {"odd": told["odd"]})
        target = server.new_database()
        done = subprocess.run([server.BIN / "pg_restore", "-d", target], input=out, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        after = server.psql("-c", settings, target)
        server.psql("-c", "ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub", target)
        self.assertEqual(after.splitlines(), [
            "c|sub|host=localhost user=u password='***' dbname=d", "m|odd|uri=http://u:***@h/",
            "m|plain|password=***", "m|plain|password_required=false", "m|plain|user=u",
            "s|odd|Passwd=***", "s|odd|dsn=DSN=a;PWD={***};X=1", "s|plain|dbname=d", "s|plain|host=h",
            "w|odd|kind=x", "w|odd|token=***"])
        self.assertEqual(len(before.splitlines()), len(after.splitlines()))
        harness.count("restores")


# ---------------------------------------------------------------------------------------------- dangers


def table(number: int = 10, **fields: object) -> pga.Entry:
    base: dict = {"desc": b"TABLE", "tag": b"t", "defn": b"CREATE TABLE public.t ();\n", "drop": b"DROP TABLE public.t;\n",
                  "namespace": b"public", "owner": b"postgres"}
    return pga.Entry(number, **{**base, **fields})


def data(**fields: object) -> pga.Archive:
    base: dict = {"desc": b"TABLE DATA", "tag": b"t", "namespace": b"public", "owner": b"postgres",
                  "copy": b"COPY public.t  FROM stdin;\n", "section": pga.SECTION_DATA, "had_dumper": 1,
                  "flag": pga.NOT_SET, "deps": [b"10"]}
    archive = archive_of([table(), pga.Entry(11, **{**base, **fields})], compression=0)
    archive.blocks.append(pga.Block(pga.BLOCK_DATA, 11, [pga.Stream([b"\\.\n\n\n"])]))
    return archive


LINE = b"x\n" + PAYLOAD + b"\n"
# What brings a line into a script or list of pg_restore, and whether it does so as it is.
DANGERS: dict[str, tuple[pga.Archive, bool]] = {
    "desc": (archive_of([table(desc=LINE)]), True),
    "server version": (archive_of([table()], server_version=LINE), True),
    "pg_dump version": (archive_of([table()], dump_version=LINE), True),
    "definition of data": (data(defn=b"-- load via partition root " + LINE), True),
    "copy statement": (data(copy=LINE + b"COPY public.t  FROM stdin;\n"), True),
    "search path": (archive_of([]), True),
    "command in a definition": (archive_of([table(defn=LINE)]), True),
    "tag": (archive_of([table(tag=LINE)]), False),
    "namespace": (archive_of([table(namespace=LINE)]), False),
    "owner": (archive_of([table(owner=LINE)]), False),
    "tablespace": (archive_of([table(tablespace=LINE)]), False),
    "database name": (archive_of([table()], dbname=LINE), False),
}
DANGERS["search path"][0].entries[2].defn += PAYLOAD + b"\n"


class RejectTest(unittest.TestCase):
    def test_what_injects_is_refused(self) -> None:
        for name, (archive, injects) in DANGERS.items():
            content = archive.encode("unset")
            with self.subTest(name):
                done = harness.run(("--reject-suspicious",), content, "file", "file")
                self.assertEqual((done.status, done.out, done.file_appeared), (2, b"", False), str(done))
                self.assertRegex(done.err, rb"refused by reject-suspicious: ")
                self.assertNotIn(b"\n" + PAYLOAD, done.err)
                for words in (("-l",), ("--needs",), ("--dry-run",)):
                    done = harness.run((*words, "--reject-suspicious"), content)
                    self.assertEqual(done.status, 2, str(done))
                    self.assertNotIn(b"\n" + PAYLOAD, done.out)
                # Without the guard it is passed on as it is.
                harness.same_bytes(harness.must_run((), content), content, name)
                harness.count("refusals")

    def test_the_danger_is_real(self) -> None:
        """And what is only misleading is made harmless by pg_restore, so that the two are told apart."""
        for restore in harness.restores():
            for name, (archive, injects) in DANGERS.items():
                content = archive.encode("unset")
                texts = b"".join(subprocess.run([restore.program, *words], input=content, capture_output=True).stdout
                                 for words in (("-f", "-"), ("-l",)))
                # Quoted identifiers keep their line breaks, and psql knows them for what they are.
                lines = [line for line in texts.split(b"\n") if line.startswith(PAYLOAD)]
                quoted = texts.count(b'"' + LINE) + texts.count(b"\\connect") if not injects else 0
                with self.subTest(name, restore=restore.major):
                    self.assertEqual(len(lines) > quoted, injects, texts.decode()[:3000])
                    harness.count("scripts")

    def test_dropped_entries_are_no_danger(self) -> None:
        archive = archive_of([table(desc=LINE), table(12)])
        out = harness.must_run(("--reject-suspicious", "--only-kinds", "table"), archive.encode("unset"), quiet=False)
        self.assertEqual([entry.dump_id for entry in pga.read(out).entries], [1, 2, 3, 12])

    def test_archives_of_pg_dump_pass(self) -> None:
        for path in harness.archives():
            done = harness.run(("--reject-suspicious",), path)
            if done.status == 0:
                harness.same_bytes(done.out, path.read_bytes(), harness.label(path))
                self.assertEqual(done.err, b"")
                harness.count("clean archives")
            else:  # those of tests have names with line breaks
                self.assertRegex(done.err, rb"(tag|owner) has a line break")


class OnlyKindsTest(unittest.TestCase):
    def test_the_same_as_a_list_of_pg_restore(self) -> None:
        draw = random.Random(f"{SEED} {self.id()}")
        for path in harness.archives("*/roles.*.dump", "15/rich*.dump"):
            everything = pga.read(path.read_bytes())
            kinds = sorted({entry.desc for entry in everything.entries} - {b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"})
            chosen = draw.sample(kinds, draw.randint(1, len(kinds) - 1))
            words = [word for kind in chosen for word in ("--only-kinds", kind.decode().lower())]
            out = pga.read(harness.must_run(words, path, quiet=False))  # it tells what the chosen ones miss
            always = {b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"}
            wanted = [entry for entry in everything.entries if entry.desc in always.union(chosen)]
            self.assertEqual([(e.dump_id, e.defn) for e in out.entries], [(e.dump_id, e.defn) for e in wanted])
            self.assertEqual([b.dump_id for b in out.blocks],
                             [b.dump_id for b in everything.blocks if b.dump_id in {e.dump_id for e in wanted}])
            harness.count("choices of kinds")

    def test_a_misspelled_kind_is_reported(self) -> None:
        path = harness.archive("tiny/tiny.17.file.dump")
        done = harness.run(("--only-kinds", "TABEL", "--only-kinds", "TABLE", "--only-kinds", "TRANSFORM"), path)
        self.assertEqual(done.status, 0)
        self.assertIn(b"'TABEL' matched nothing", done.err)
        self.assertEqual(harness.run(("--strict", "--only-kinds", "TABEL"), path).status, 2)
        spelled = harness.run(("--only-kinds", "SCHEMA", "--only-kinds", "TABLE", "--only-kinds", "TRANSFORM"), path)
        self.assertEqual((spelled.status, spelled.err), (0, b""))

    def test_what_the_chosen_ones_miss_is_reported(self) -> None:
        path = harness.archive("tiny/tiny.17.file.dump")
        done = harness.run(("--only-kinds", "TABLE"), path)
        self.assertEqual(done.status, 0)
        self.assertIn(b"uses SCHEMA shop, which is dropped", done.err)
        self.assertEqual(harness.run(("--strict", "--only-kinds", "TABLE"), path).status, 2)


if __name__ == "__main__":
    server.main()
