# SPDX-License-Identifier: PostgreSQL
"""One judgement: --reject-suspicious refuses what --check calls dangerous and nothing else, whatever texts archives have;
and what it lets pass brings no command into a script or list that pg_restore makes, as psql itself reads the script.

Texts are drawn at random (seed printed; PGFILTER_NASTY_TEXTS says how many of the nasty ones are to pass).
"""
from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import nasty_sql  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

SEED = server.SEED
DRAWS = 60 if harness.SANITIZED else 400
SCRIPTS = 60
# Texts that psql gets to read; at random from a seed, so that more are others.
NASTY_TEXTS = int(os.environ.get("PGFILTER_NASTY_TEXTS") or (300 if harness.SANITIZED else 1500))
NASTY_AT_ONCE = 60  # of a kind, --check names 100
NAMES = ("desc", "tag", "namespace", "tablespace", "tableam", "owner")
DATA_KINDS = ("rows-not-ended", "rows-behind-end", "data-command")  # which only --check sees
HEADER = ("dbname", "server_version", "dump_version")
EMPTY_PATH = b"SELECT pg_catalog.set_config('search_path', '', false);\n"


def entries(minor: int) -> list[pga.Entry]:
    """One of every kind whose texts are judged in a way of their own."""
    made = [
        pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n"),
        pga.Entry(2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = 'on';\n"),
        pga.Entry(3, b"SEARCHPATH", b"SEARCHPATH", EMPTY_PATH),
        pga.Entry(10, b"TABLE", b"t", b"CREATE TABLE public.t ();\n", b"DROP TABLE public.t;\n", namespace=b"public",
                  owner=b"postgres", tableam=b"heap"),
        pga.Entry(11, b"FUNCTION", b"f()", b"CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ SELECT '\\' $$;\n",
                  b"DROP FUNCTION public.f();\n", namespace=b"public", owner=b"postgres"),
        pga.Entry(20, b"TABLE DATA", b"t", copy=b"COPY public.t  FROM stdin;\n", namespace=b"public", owner=b"postgres",
                  section=pga.SECTION_DATA, had_dumper=1, flag=pga.NOT_SET, deps=[b"10"])]
    if minor >= 16:
        made.append(pga.Entry(21, b"BLOB METADATA", b"7..8", b"7\n8\n", b"-- dummy", owner=b"postgres", section=pga.SECTION_DATA,
                              table_oid=b"2613", oid=b"7"))
    else:
        made += [pga.Entry(number, b"BLOB", b"%d" % oid, b"SELECT pg_catalog.lo_create('%d');\n" % oid,
                           b"SELECT pg_catalog.lo_unlink('%d');\n" % oid, owner=b"postgres", table_oid=b"2613", oid=b"%d" % oid)
                 for number, oid in ((21, 7), (22, 8))]
    made.append(pga.Entry(23, b"BLOBS", b"7..8" if minor >= 16 else b"BLOBS", section=pga.SECTION_DATA, had_dumper=1,
                          flag=pga.NOT_SET, deps=[b"21"]))
    return made


def base(minor: int) -> pga.Archive:
    archive = pga.Archive((1, minor, 0), entries=entries(minor), compression=0)
    archive.blocks.append(pga.Block(pga.BLOCK_DATA, 20, [pga.Stream([b"\\.\n\n\n"])]))
    archive.blocks.append(pga.Block(pga.BLOCK_BLOBS, 23, [pga.Stream([b"x"], 7), pga.Stream([b"y"], 8)]))
    return archive


class Texts:
    """Mutations of texts; `payload` is a line that psql must not run."""

    def __init__(self, draw: random.Random, payload: bytes) -> None:
        self.draw, self.payload = draw, payload
        self.breaks = (b"\n" + payload + b"\n", b"\r", b"\n", b"\0", b"\\", b"'", b";")

    def pieces(self, *pieces: bytes) -> bytes:
        return b"".join(self.draw.choice(pieces) for _ in range(self.draw.randint(1, 7)))

    def spoiled(self, text: bytes) -> bytes:
        at = self.draw.randint(0, len(text))
        return text[:at] + self.draw.choice(self.breaks) + text[at:]

    def identifier(self) -> bytes:
        if self.draw.random() < 0.4:
            return self.draw.choice((b"a", b"t_1", b"from", b"stdin", b"A"))
        return b'"' + self.pieces(b"x", b'""', b" ", *self.breaks[:3], b";", b"'", b"\xc3\xa4") + b'"'

    def copy(self) -> bytes:
        name = self.draw.choice((b"", b"public.")) + self.identifier()
        columns = self.draw.choice((b"", b"(" + b", ".join(self.identifier() for _ in range(self.draw.randint(1, 3))) + b")"))
        text = b"COPY " + name + b" " + columns + self.draw.choice((b" ", b" WITH OIDS ")) + b"FROM stdin;\n"
        if self.draw.random() < 0.5:
            return text
        odd = (b" FROM stdin WHERE f() IS DISTINCT", b" FROM PROGRAM $$id$$ --", b" FROM stdin;", b"/* ", b"f()", b'"')
        at = self.draw.choice((0, text.rindex(b" FROM"), self.draw.randint(0, len(text))))
        return text[:at] + self.draw.choice(odd + self.breaks) + text[at:]

    def sql(self) -> bytes:
        return self.pieces(b"SELECT 1;\n", b"'", b'"', b"$$", b"$a$", b"-- ", b"/*", b"*/", b"\n", b"\\", b"E'", b"U&", b"x",
                           b"\n" + self.payload + b"\n", self.payload) + self.draw.choice((b";\n", b""))

    def definition_of_data(self) -> bytes:
        root = b"-- load via partition root " + self.identifier()
        return self.draw.choice((b"", root, root, self.spoiled(root), self.sql()))

    def oids(self) -> bytes:
        lines = [b"%d\n" % self.draw.randrange(1, 2**32) for _ in range(self.draw.randint(0, 4))]
        return self.draw.choice((b"".join(lines), self.spoiled(b"".join(lines)), b"1'); SELECT ('1\n", b"7"))

    def search_path(self) -> bytes:
        return self.draw.choice((EMPTY_PATH, EMPTY_PATH + self.payload + b"\n", EMPTY_PATH[:-1], self.spoiled(EMPTY_PATH),
                                 EMPTY_PATH.replace(b"''", b"'evil'"), b""))

    def mutate(self, archive: pga.Archive) -> str:
        def put(number: int, field: str, value: bytes) -> str:
            number = min(number, len(archive.entries) - 1)
            archive.entries[number] = pga.replace(archive.entries[number], **{field: value})
            return f"{archive.entries[number].desc!r} {field} = {value!r}"

        def index_of(desc: bytes) -> int:
            return next((i for i, entry in enumerate(archive.entries) if entry.desc == desc), 3)

        kind = self.draw.randrange(10)
        number = self.draw.randrange(len(archive.entries))
        if kind == 0:
            field = self.draw.choice(HEADER)
            setattr(archive, field, self.spoiled(getattr(archive, field)))
            return f"{field} = {getattr(archive, field)!r}"
        if kind in (1, 2):
            field = self.draw.choice(NAMES + ("table_oid", "oid", "with_oids"))
            return put(number, field, self.spoiled(getattr(archive.entries[number], field) or b"x"))
        if kind in (3, 4):
            return put(self.draw.choice((index_of(b"TABLE DATA"),) * 3 + (number,)), "copy", self.copy())
        if kind == 5:
            return put(index_of(self.draw.choice((b"TABLE DATA", b"BLOBS"))), "defn", self.definition_of_data())
        if kind == 6:
            if archive.version[1] >= 16:
                return put(index_of(b"BLOB METADATA"), "defn", self.oids())
            return put(index_of(b"BLOB"), "tag", self.draw.choice((b"12", b"1 OWNER TO x; SELECT 1; --", self.spoiled(b"9"))))
        if kind == 7:
            return put(index_of(b"SEARCHPATH"), "defn", self.search_path())
        return put(number if kind == 8 else index_of(b"TABLE"), self.draw.choice(("defn", "drop")), self.sql())


def drawn(draw: random.Random, payload: bytes) -> tuple[str, bytes]:
    archive = base(draw.choice((12, 13, 14, 16)))
    texts = Texts(draw, payload)
    what = [f"1.{archive.version[1]}"] + [texts.mutate(archive) for _ in range(draw.randint(0, 2))]
    return ", ".join(what), archive.encode("unset")


def dangers(content: "bytes | Path") -> list[str]:
    done = harness.run(("--check", "--json"), content)
    assert done.status in (0, 1), str(done)
    return [finding["message"] for finding in json.loads(done.out)["findings"]
            if finding["dangerous"] and finding["kind"] not in DATA_KINDS]


def is_refused(content: "bytes | Path") -> bool:
    done = harness.run(("-q", "--reject-suspicious"), content)
    # 1: a desc that has become another one does not suit its data, which comes later.
    assert done.status in (0, 1, 2), str(done)
    assert (b"refused by reject-suspicious: " in done.err) == (done.status == 2), str(done)
    return done.status == 2


class JudgementTest(unittest.TestCase):
    def setUp(self) -> None:
        self.draw = random.Random(f"{SEED} {self.id()}")

    def test_refused_is_what_is_called_dangerous(self) -> None:
        def one(work: tuple[str, bytes]) -> None:
            what, content = work
            found, refused = dangers(content), is_refused(content)
            assert bool(found) == refused, f"seed {SEED}: {what}: refused: {refused}, found: {found}"
            harness.count("refused" if refused else "let pass")

        harness.check_all(one, [drawn(self.draw, b"\\! id") for _ in range(DRAWS)])
        self.assertGreater(harness.counters["refused"], DRAWS // 5)
        self.assertGreater(harness.counters["let pass"], DRAWS // 5)

    def test_every_danger_by_itself(self) -> None:
        """So that none of them is lost for both at once."""
        for minor, number, field, value in (
                (14, 3, "desc", b"TABLE\nx"), (14, 3, "tag", b"a\nb"), (14, 3, "namespace", b"a\rb"), (14, 3, "tablespace", b"\n"),
                (14, 3, "tableam", b"\n"), (14, 3, "owner", b"\n"), (14, 3, "with_oids", b"false\0"), (14, 3, "oid", b"1\0"),
                (14, 3, "defn", b"a\\b"), (14, 3, "defn", b"'"), (14, 3, "drop", b"\\q"), (14, 3, "drop", b"/*"),
                (14, 3, "defn", b"SELECT 1;\0"), (14, 3, "copy", b"DROP TABLE t;"), (14, 2, "defn", EMPTY_PATH[:-1]),
                (14, 2, "defn", EMPTY_PATH.replace(b"''", b"'x'")), (14, 5, "defn", b"DROP TABLE t;"),
                (14, 5, "defn", b"-- load via partition root a\nb"), (14, 5, "copy", b"COPY t FROM PROGRAM $$id$$ -- FROM stdin;\n"),
                (14, 6, "tag", b"7 OWNER TO x"), (14, 8, "defn", b"DROP TABLE t;"), (16, 6, "defn", b"7'), (8\n"),
                (16, 7, "defn", b"DROP TABLE t;")):
            archive = base(minor)
            self.assertEqual(dangers(archive.encode("unset")), [])
            archive.entries[number] = pga.replace(archive.entries[number], **{field: value})
            content = archive.encode("unset")
            with self.subTest(f"{archive.entries[number].desc!r} {field} = {value!r}"):
                self.assertEqual(len(dangers(content)), 1)
                self.assertTrue(is_refused(content))
        archive = base(16)
        archive.entries.append(pga.Entry(30, b"ACL", b"LARGE OBJECTS 7..8", b"GRANT SELECT ON LARGE OBJECT 7 TO a;\n", deps=[b"21"]))
        self.assertFalse(is_refused(archive.encode("unset")))
        archive.entries[-1].deps = [b"11"]
        self.assertEqual((len(dangers(archive.encode("unset"))), is_refused(archive.encode("unset"))), (1, True))
        for field in HEADER:
            for value in (b"a\nb", b"a\rb", b"a\0b"):
                content = pga.replace(base(14), **{field: value}).encode("unset")
                self.assertEqual((len(dangers(content)), is_refused(content)), (1, True), f"{field} = {value!r}")

    def test_archives_of_pg_dump(self) -> None:
        for path in harness.archives():
            found = dangers(path)
            self.assertEqual(bool(found), is_refused(path), harness.label(path))
            # Names with line breaks are legal, and in archives of tests.
            self.assertEqual([message for message in found if not message.endswith(" has a line break")], [], harness.label(path))
            harness.count("archives of pg_dump")

    def script_runs(self, content: bytes, restore: harness.Restore, folder: Path, database: str) -> bool:
        """Whether psql runs the payload, of all that pg_restore writes."""
        (folder / "ran").unlink(missing_ok=True)
        for words in (("-f", "-"), ("-f", "-", "-c")):
            script = subprocess.run([restore.program, *words], input=content, capture_output=True).stdout
            # Since 2025 psql refuses commands behind this, whatever brings them in.
            script = b"\n".join(line for line in script.split(b"\n") if not line.startswith((b"\\restrict", b"\\unrestrict")))
            subprocess.run([server.BIN / "psql", "-X", "-q", "-d", database], input=script, capture_output=True, cwd=folder,
                           timeout=harness.TIME_LIMIT)
        harness.count("scripts in psql")
        return (folder / "ran").exists()

    @server.needed
    def test_psql_runs_nothing_of_what_passes(self) -> None:
        payload = b"\\! touch ran #"  # whatever follows on the line is a comment for the shell
        folder = harness.scratch() / "folder"
        folder.mkdir()
        database = server.new_database()
        ran = passed = 0
        for _ in range(50 * SCRIPTS):
            if passed == SCRIPTS:
                break
            what, content = drawn(self.draw, payload)
            if payload not in content:
                continue
            refused = is_refused(content)
            if refused and self.draw.random() < 0.7:
                continue
            restore = self.draw.choice(harness.restores_reading(content[6]))
            runs = self.script_runs(content, restore, folder, database)
            self.assertFalse(runs and not refused, f"seed {SEED}: pg_restore {restore.major}: {what}")
            listed = subprocess.run([restore.program, "-l"], input=content, capture_output=True).stdout
            if not refused:
                self.assertNotIn(b"\n" + payload, listed, f"seed {SEED}: pg_restore {restore.major}: {what}")
            ran += runs
            passed += not refused
        harness.count("payloads that psql ran, refused", ran)
        self.assertEqual(passed, SCRIPTS)
        self.assertGreater(ran, 0)


class Nasty:
    """An archive full of SQL and rows that are made to mislead psql."""

    def __init__(self, draw: random.Random) -> None:
        self.encoding = draw.choice(list(nasty_sql.ENCODINGS))
        self.escapes = draw.random() < 0.3
        self.blocks: dict[int, pga.Block] = {}
        make = nasty_sql.NastySql(draw, self.encoding, self.escapes, b"ran")
        spelled = draw.choice((self.encoding, self.encoding.lower(), self.encoding[:2] + "-" + self.encoding[2:]))
        self.front = [
            pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = '%s';\n" % spelled.encode()),
            pga.Entry(2, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = '%s';\n" %
                      (b"off" if self.escapes else b"on")),
            pga.Entry(3, b"SEARCHPATH", b"SEARCHPATH", EMPTY_PATH),
            pga.Entry(4, b"TABLE", b"t", b"CREATE TABLE public.t (a text);\n", b"DROP TABLE public.t;\n", namespace=b"public",
                      owner=b"postgres")]
        self.entries = [self.entry(draw, make, number) for number in range(10, 10 + NASTY_AT_ONCE)]

    def entry(self, draw: random.Random, make: nasty_sql.NastySql, number: int) -> pga.Entry:
        kind = draw.randrange(10)
        if kind == 0:
            names = [make.inner().replace(b"\n", b"").replace(b"\r", b"") for _ in range(4)]
            return pga.Entry(number, draw.choice((b"VIEW", b"FUNCTION", b"RULE")), names[0], b"SELECT 1;\n", b"DROP VIEW public.v;\n",
                             namespace=names[1], owner=names[2], tablespace=names[3])
        if kind > 3:
            desc = draw.choice((b"VIEW", b"FUNCTION", b"OPERATOR", b"RULE", b"E"))
            # With these two, pg_restore 17 gives up at one that is no DROP.
            fronts = (b"DROP ", b"DROP " + desc) + (() if desc in (b"FUNCTION", b"OPERATOR") else (b"", b""))
            drop = draw.choice(fronts) + make.statements() if draw.random() < 0.3 else \
                b"DROP " + desc + b" public.v;\n"
            # A pg_restore from 16 on gives up at the owner of what it does not know.
            return pga.Entry(number, desc, b"x", make.statements(), drop, namespace=b"public",
                             owner=None if desc == b"E" else b"postgres")
        # Of rows psql reads the COPY first, and only then the rows: where the table is missing, they are SQL for it.
        is_copy = kind == 1
        content = make.rows() if is_copy else b"".join(make.statements() for _ in range(3)) + b"\n\n"
        at = sorted(draw.randint(0, len(content)) for _ in range(2))
        chunks = [content[a:b] for a, b in zip([0, *at], [*at, len(content)]) if a < b]
        self.blocks[number] = pga.Block(pga.BLOCK_DATA, number, [pga.Stream(chunks)])
        return pga.Entry(number, b"TABLE DATA", b"t", copy=b"COPY public.t (a) FROM stdin;\n" if is_copy else None, namespace=b"public",
                         owner=b"postgres", section=pga.SECTION_DATA, had_dumper=1, flag=pga.NOT_SET, deps=[b"4"])

    def archive(self, entries: list[pga.Entry]) -> bytes:
        archive = pga.Archive((1, 14, 0), entries=self.front + entries, compression=0)
        archive.blocks += [self.blocks[entry.dump_id] for entry in entries if entry.dump_id in self.blocks]
        return archive.encode("unset")

    def let_pass(self) -> list[pga.Entry]:
        """Those entries that are sound."""
        done = harness.run(("--check", "--json"), self.archive(self.entries))
        bad = {finding["dump_id"] for finding in json.loads(done.out)["findings"] if finding["dangerous"]}
        harness.count("nasty texts refused", len(bad))
        return [entry for entry in self.entries if entry.dump_id not in bad]


class NastyTest(unittest.TestCase):
    def setUp(self) -> None:
        self.draw = random.Random(f"{SEED} {self.id()}")
        self.folder = harness.scratch() / "nasty"
        self.folder.mkdir(exist_ok=True)

    def runs(self, content: bytes, restore: harness.Restore, words: tuple[str, ...], psql: Path, database: str) -> bool:
        """Whether psql runs something of the script that a pg_restore from before \\restrict writes."""
        script = subprocess.run([restore.program, "-f", "-", *words], input=content, capture_output=True, check=True).stdout
        script = b"\n".join(line for line in script.split(b"\n") if not line.startswith((b"\\restrict", b"\\unrestrict")))
        (self.folder / "ran").unlink(missing_ok=True)
        subprocess.run([psql, "-X", "-q", "-d", database], input=script, capture_output=True, cwd=self.folder,
                       timeout=harness.TIME_LIMIT, env={**os.environ, "PSQL_EDITOR": "true"})  # \\e would wait for people
        return (self.folder / "ran").exists()

    @server.needed
    def test_psql_runs_nothing_of_what_is_sound(self) -> None:
        databases = [server.new_database()]
        for encoding in ("LATIN1", "SQL_ASCII"):  # LATIN1 cannot be had in SJIS
            databases.append(encoding.lower())
            server.psql("postgres", "-c", f"CREATE DATABASE {databases[-1]} ENCODING {encoding} LOCALE 'C' TEMPLATE template0")
        restores = harness.restores()
        clients = {psql for restore in restores if (psql := Path(restore.program).with_name("psql")).exists()}
        passed = batches = 0
        while passed < NASTY_TEXTS:
            nasty = Nasty(self.draw)
            entries = nasty.let_pass()
            content = nasty.archive(entries)
            self.assertEqual(dangers(content), [])
            self.assertFalse(is_refused(content))
            restore, words = restores[batches % len(restores)], self.draw.choice(((), ("-c",), ("-c", "--if-exists"), ("-O", "-x")))
            database = self.draw.choice(databases)
            for psql in clients:
                if self.runs(content, restore, words, psql, database):
                    one = next((entry for entry in entries if self.runs(nasty.archive([entry]), restore, words, psql, database)), None)
                    self.fail(f"seed {SEED}: {psql}, pg_restore {restore.major} {words}, {database}, {nasty.encoding}: {one or entries}, "
                              f"{nasty.blocks.get(one.dump_id) if one else ''}")
            passed += len(entries)
            batches += 1
        harness.count("nasty texts read by psql, nothing run", passed * len(clients))

    @server.needed
    def test_the_danger_is_real(self) -> None:
        """Of what is refused, psql runs enough for the other test to mean something."""
        database, psql = server.new_database(), Path(harness.restores()[0].program).with_name("psql")
        ran = 0
        for _ in range(30):
            if ran > 3:
                break
            nasty = Nasty(self.draw)
            sound = {entry.dump_id for entry in nasty.let_pass()}
            ran += sum(self.runs(nasty.archive([entry]), harness.restores()[0], (), psql, database)
                       for entry in nasty.entries if entry.dump_id not in sound)
        harness.count("nasty texts of which psql ran something, refused", ran)
        self.assertGreater(ran, 3)


if __name__ == "__main__":
    server.main()
