# SPDX-License-Identifier: PostgreSQL
"""Layouts that today's pg_dump no longer writes, built from scratch: large objects of 1.10 to 1.16, the bare tags
that database comments and grants had up to 10, CREATE SCHEMA … AUTHORIZATION, owners that are "" and not NULL."""
from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from pgdump_archive import BLOCK_BLOBS, BLOCK_DATA, SECTION_DATA, SECTION_NONE, SECTION_PRE  # noqa: E402

DATABASE, SCHEMA, TABLE, TABLE_DATA = 1, 5, 6, 7
WAYS = [("file", "pipe"), ("pipe", "file"), ("redirect", "redirect")]


class Builder:
    """Entries and their blocks, in the conventions of one archive version."""

    def __init__(self, minor: int, int_size: int = 4, off_size: int = 8) -> None:
        self.minor = minor
        self.archive = pga.Archive((1, minor, 0), int_size, off_size, compression=pga.NONE,
                                   server_version=b"9.0", dump_version=b"9.0", dbname=b"shop")
        self.absent = None if minor >= 14 else b""

    def add(self, dump_id: int, desc: bytes, tag: bytes, defn: pga.Text = None, deps: tuple = (), **fields) -> None:
        defaults = {"owner": self.absent, "drop": self.absent, "defn": defn if defn is not None else self.absent}
        self.archive.entries.append(pga.Entry(dump_id, desc, tag, deps=pga.decimal(deps), **{**defaults, **fields}))

    def attach(self, dump_id: int, desc: bytes, tag: bytes, parent: int, defn: bytes, **fields) -> None:
        self.add(dump_id, desc, tag, defn, (parent,), section=SECTION_NONE, owner=b"alice", **fields)

    def data(self, dump_id: int, desc: bytes, tag: bytes, streams: list, kind: int = BLOCK_DATA, **fields) -> None:
        self.add(dump_id, desc, tag, section=SECTION_DATA, had_dumper=1, **fields)
        self.archive.blocks.append(pga.Block(kind, dump_id, streams))

    def bytes(self, offsets: str = "true") -> bytes:
        return self.archive.encode(offsets)


def basics(minor: int, database_tag: bytes = b"DATABASE shop") -> Builder:
    """A database with its attachments, and a schema and a table that bear the same name."""
    made = Builder(minor)
    made.add(2, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n")
    made.add(3, b"STDSTRINGS", b"STDSTRINGS", b"SET standard_conforming_strings = 'on';\n")
    if minor >= 13:
        made.add(4, b"SEARCHPATH", b"SEARCHPATH", b"SELECT pg_catalog.set_config('search_path', '', false);\n")
    made.add(DATABASE, b"DATABASE", b"shop", b"CREATE DATABASE shop WITH TEMPLATE = template0 TABLESPACE = fast;\n",
             owner=b"alice", drop=b"DROP DATABASE shop;\n", table_oid=b"1262", oid=b"16400")
    made.attach(20, b"COMMENT", database_tag, DATABASE, b"COMMENT ON DATABASE shop IS 'TABLESPACE = fast';\n")
    made.attach(21, b"SECURITY LABEL", database_tag, DATABASE, b"SECURITY LABEL FOR d ON DATABASE shop IS 'x';\n")
    made.attach(22, b"ACL", database_tag, DATABASE, b"GRANT ALL ON DATABASE shop TO bob;\n")
    made.add(SCHEMA, b"SCHEMA", b"shop", b"CREATE SCHEMA shop;\n", owner=b"alice", drop=b"DROP SCHEMA shop;\n",
             table_oid=b"2615", oid=b"16401")
    made.attach(23, b"COMMENT", b"shop" if minor < 12 else b"SCHEMA shop", SCHEMA, b"COMMENT ON SCHEMA shop IS '';\n")
    made.attach(24, b"ACL", b"shop" if minor < 12 else b"SCHEMA shop", SCHEMA, b"GRANT ALL ON SCHEMA shop TO bob;\n")
    made.add(TABLE, b"TABLE", b"shop", b"CREATE TABLE shop.shop (a integer);\n", namespace=b"shop", owner=b"alice",
             drop=b"DROP TABLE shop.shop;\n", tablespace=b"fast", table_oid=b"1259", oid=b"16402")
    made.attach(25, b"ACL", b"shop" if minor < 12 else b"TABLE shop", TABLE,
                b"GRANT ALL ON TABLE shop.shop TO bob;\n", namespace=b"shop")
    made.attach(26, b"COMMENT", b"LARGE OBJECT" if minor < 12 else b"TABLE shop", TABLE,
                b"COMMENT ON TABLE shop.shop IS 'LARGE OBJECT 7';\n", namespace=b"shop")
    made.data(TABLE_DATA, b"TABLE DATA", b"shop", [pga.Stream([b"1\n", b"\\.\n\n\n"])], deps=(TABLE,),
              copy=b"COPY shop.shop (a) FROM stdin;\n", namespace=b"shop", owner=b"alice", oid=b"16402")
    return made


def with_one_blobs_entry(minor: int) -> Builder:
    """Up to 8.4 the objects are made while their one block is read; their comments are a block of SQL."""
    made = basics(minor, b"shop")
    made.data(30, b"BLOBS", b"BLOBS", [pga.Stream([b"hello", b" world"], 7), pga.Stream([], 8),
                                       pga.Stream([b"\0" * 70_000], -294967296)], BLOCK_BLOBS)
    made.data(31, b"BLOB COMMENTS", b"BLOB COMMENTS", [pga.Stream([b"COMMENT ON LARGE OBJECT 7 IS 'seven';\n"])])
    return made


def with_blob_entries(minor: int) -> Builder:
    """9.0 to 16: an entry for every object, one block for their data."""
    made = basics(minor, b"shop" if minor < 13 else b"DATABASE shop")
    for dump_id, oid in ((40, b"7"), (41, b"8")):
        made.add(dump_id, b"BLOB", oid, b"SELECT pg_catalog.lo_create('%s');\n" % oid, owner=b"alice",
                 drop=b"SELECT pg_catalog.lo_unlink('%s');\n" % oid, table_oid=b"2613", oid=oid)
    made.attach(42, b"COMMENT", b"LARGE OBJECT 7", 40, b"COMMENT ON LARGE OBJECT 7 IS 'seven';\n")
    made.attach(43, b"SECURITY LABEL", b"LARGE OBJECT 7", 40, b"SECURITY LABEL FOR d ON LARGE OBJECT 7 IS 'x';\n")
    made.attach(44, b"ACL", b"LARGE OBJECT 8", 41, b"GRANT SELECT ON LARGE OBJECT 8 TO bob;\n")
    made.data(45, b"BLOBS", b"BLOBS", [pga.Stream([b"hello"], 7), pga.Stream([], 8)], BLOCK_BLOBS)
    return made


def with_metadata(minor: int = 16) -> Builder:
    """From 17 on: groups of objects, each group with its own block."""
    made = basics(minor)
    groups = ((50, b"7..9", b"7\n9\n", [7, 9]), (51, b"4000000000", b"4000000000\n", [-294967296]))
    for dump_id, tag, defn, _ in groups:
        made.add(dump_id, b"BLOB METADATA", tag, defn, owner=b"alice", drop=b"-- dummy", section=SECTION_DATA,
                 table_oid=b"2613", oid=tag.split(b".")[0])
    made.attach(52, b"ACL", b"LARGE OBJECTS 7..9", 50, b"GRANT SELECT ON LARGE OBJECT 7 TO bob;\n")
    made.attach(53, b"ACL", b"LARGE OBJECT 4000000000", 51, b"GRANT SELECT ON LARGE OBJECT 4000000000 TO bob;\n")
    made.attach(54, b"COMMENT", b"LARGE OBJECT 9", 50, b"COMMENT ON LARGE OBJECT 9 IS 'nine';\n")
    for dump_id, (parent, tag, _, oids) in zip((55, 56), groups):
        made.data(dump_id, b"BLOBS", tag, [pga.Stream([b"data"], oid) for oid in oids], BLOCK_BLOBS,
                  deps=(parent, 999), owner=b"alice")
    return made


BUILDERS = [(with_one_blobs_entry, 10), (with_one_blobs_entry, 11), (with_blob_entries, 12), (with_blob_entries, 13),
            (with_blob_entries, 14), (with_blob_entries, 15), (with_metadata, 16)]


class OldLayoutTest(unittest.TestCase):
    def filtered(self, data: bytes, *flags: str, way: tuple = ("file", "pipe")) -> pga.Archive:
        result = harness.must_run(flags, data, *way)
        self.assertEqual(harness.offsets_problem(result), "")
        harness.count("results")
        return pga.read(result)

    def ids(self, archive: pga.Archive) -> set[int]:
        return {entry.dump_id for entry in archive.entries}

    def assert_dropped(self, before: pga.Archive, after: pga.Archive, dropped: set[int]) -> None:
        """Exactly these are gone; the others keep their order, their bytes and their blocks."""
        self.assertEqual(self.ids(before) - self.ids(after), dropped)
        kept = [entry for entry in before.entries if entry.dump_id not in dropped]
        self.assertEqual([e.raw_body(after.layout) for e in after.entries],
                         [e.encode_body(before.layout) for e in kept])
        blocks = [block.encode(before.layout) for block in before.blocks if block.dump_id not in dropped]
        self.assertEqual([block.encode(after.layout) for block in after.blocks], blocks)

    def assert_restores(self, after: pga.Archive, before: pga.Archive, dropped: set[int], *options: str) -> None:
        # options: of the pg_restore behind pgfilter; -L cannot hide a database from -C, so the other has none
        """pg_restore says of the result what it says of a list without the dropped entries."""
        listed = harness.scratch_file(b"".join(b"%d;\n" % e.dump_id for e in before.entries
                                               if e.dump_id not in dropped and e.dump_id > 4))
        for restore in harness.restores_reading(before.version[1]):
            got = harness.restore_script(restore, after.encode(), *options)
            wanted = harness.restore_script(restore, before.encode(), "-L", str(listed))
            harness.same_bytes(harness.normal_script(got), harness.normal_script(wanted), f"script of {restore.major}")
            harness.count("scripts")

    def test_identity(self) -> None:
        for build, minor in BUILDERS:
            for offsets in ("true", "unset"):
                data = build(minor).bytes(offsets)
                for way in WAYS:
                    harness.same_bytes(harness.must_run((), data, *way), data, f"1.{minor} {offsets} {way}")
                    harness.count("identities")

    def test_no_large_objects(self) -> None:
        for build, minor in BUILDERS:
            for offsets, way in zip(("true", "unset", "true"), WAYS):
                before = build(minor).archive
                with self.subTest(minor=minor, offsets=offsets, way=way):
                    dropped = {dump_id for dump_id in self.ids(before) if dump_id >= 30}
                    after = self.filtered(before.encode(offsets), "--no-large-objects", way=way)
                    self.assert_dropped(before, after, dropped)
                    if way == WAYS[0]:
                        self.assert_restores(after, before, dropped)

    def test_no_create(self) -> None:
        """A schema and a table of the database's name keep their grants and comments."""
        for build, minor in BUILDERS:
            before = build(minor).archive
            with self.subTest(minor=minor):
                dropped = {DATABASE, 20, 21, 22}
                after = self.filtered(before.encode(), "--no-create")
                self.assert_dropped(before, after, dropped)
                self.assert_restores(after, before, dropped, "-C")

    def test_no_privileges(self) -> None:
        for build, minor in BUILDERS:
            before = build(minor).archive
            with self.subTest(minor=minor):
                dropped = {e.dump_id for e in before.entries if e.desc == b"ACL"}
                after = self.filtered(before.encode(), "-x")
                self.assert_dropped(before, after, dropped)
                for restore in harness.restores_reading(minor):
                    got = harness.restore_script(restore, after.encode(), "-C")
                    wanted = harness.restore_script(restore, before.encode(), "-x", "-C")
                    self.assertEqual(harness.normal_script(got), harness.normal_script(wanted))
                    harness.count("scripts")

    def test_acl_language(self) -> None:
        made = basics(10, b"shop")
        made.add(60, b"ACL LANGUAGE", b"plperl", b"GRANT ALL ON LANGUAGE plperl TO bob;\n", section=SECTION_NONE)
        made.add(61, b"DEFAULT ACL", b"DEFAULT PRIVILEGES FOR TABLES", b"-- a default\n", section=SECTION_NONE)
        after = self.filtered(made.bytes(), "-x")
        self.assert_dropped(made.archive, after, {22, 24, 25, 60, 61})

    def test_no_owner(self) -> None:
        """The owner becomes what absent means in that version, in every entry, and nothing else changes."""
        for build, minor in BUILDERS:
            before = build(minor).archive
            after = self.filtered(before.encode(), "-O")
            with self.subTest(minor=minor):
                absent = None if minor >= 14 else b""
                wanted = [pga.replace(e, owner=absent).encode_body(before.layout) for e in before.entries]
                self.assertEqual([e.raw_body(after.layout) for e in after.entries], wanted)
                for restore in harness.restores_reading(minor):
                    script = harness.restore_script(restore, after.encode(), "-C")
                    self.assertNotIn(b"OWNER TO", script)
                    self.assertIn(b"GRANT ALL ON TABLE shop.shop TO bob;", script)
                    harness.count("scripts")

    def test_no_tablespaces(self) -> None:
        for build, minor in BUILDERS:
            before = build(minor).archive
            after = self.filtered(before.encode(), "--no-tablespaces")
            with self.subTest(minor=minor):
                changes = {DATABASE: {"defn": b"CREATE DATABASE shop WITH TEMPLATE = template0;\n"},
                           TABLE: {"tablespace": None}}
                wanted = [pga.replace(e, **changes.get(e.dump_id, {})).encode_body(before.layout)
                          for e in before.entries]
                self.assertEqual([e.raw_body(after.layout) for e in after.entries], wanted)


class TablespaceClauseTest(unittest.TestCase):
    """The clause of CREATE DATABASE; what merely looks like it stays."""

    CASES = [
        (b"CREATE DATABASE d TABLESPACE = fast;\n", b"CREATE DATABASE d;\n"),
        (b'CREATE DATABASE d WITH OWNER x TABLESPACE = "Ts Slow ""q"";";\n', b"CREATE DATABASE d WITH OWNER x;\n"),
        (b"CREATE DATABASE d WITH LC_COLLATE = 'C' TABLESPACE = fast;\n",
         b"CREATE DATABASE d WITH LC_COLLATE = 'C';\n"),
        (b"CREATE DATABASE d ICU_RULES = ' TABLESPACE = fast';\n", None),
        (b'CREATE DATABASE " TABLESPACE = fast";\n', None),
        (b'CREATE DATABASE " TABLESPACE = a" TABLESPACE = b;\n', b'CREATE DATABASE " TABLESPACE = a";\n'),
        (b"CREATE DATABASE d ICU_RULES = 'it''s; TABLESPACE = a' TABLESPACE = b;\n",
         b"CREATE DATABASE d ICU_RULES = 'it''s; TABLESPACE = a';\n"),
    ]

    def test_clauses(self) -> None:
        for minor in (12, 14, 16):
            for before, after in self.CASES:
                made = basics(minor)
                made.archive.entries = [pga.replace(e, defn=before) if e.desc == b"DATABASE" else e
                                        for e in made.archive.entries]
                got = pga.read(harness.must_run(["--no-tablespaces"], made.bytes())).find(b"DATABASE")
                with self.subTest(minor=minor, defn=before):
                    self.assertEqual(got.defn, before if after is None else after)
                    harness.count("clauses")


class SchemaAuthorizationTest(unittest.TestCase):
    CASES = [
        (b"CREATE SCHEMA shop AUTHORIZATION alice;\n", b"CREATE SCHEMA shop;\n", b"shop"),
        (b'CREATE SCHEMA shop AUTHORIZATION "we""ird; --";\n', b"CREATE SCHEMA shop;\n", b"shop"),
        (b'CREATE SCHEMA "a AUTHORIZATION b" AUTHORIZATION c;\n', b'CREATE SCHEMA "a AUTHORIZATION b";\n',
         b"a AUTHORIZATION b"),
        (b'CREATE SCHEMA "AUTHORIZATION";\n', b'CREATE SCHEMA "AUTHORIZATION";\n', b"AUTHORIZATION"),
        (b"CREATE SCHEMA plain;\n", b"CREATE SCHEMA plain;\n", b"plain"),
    ]

    def built(self, minor: int, defn: bytes, tag: bytes) -> Builder:
        made = basics(minor)
        made.archive.entries = [pga.replace(e, defn=defn, tag=tag) if e.desc == b"SCHEMA" else e
                                for e in made.archive.entries]
        return made

    def test_no_owner_drops_the_clause(self) -> None:
        for minor in (10, 12, 16):
            for defn, wanted, tag in self.CASES:
                data = self.built(minor, defn, tag).bytes()
                result = harness.must_run(["-O"], data)
                with self.subTest(minor=minor, defn=defn):
                    self.assertEqual(pga.read(result).find(b"SCHEMA").defn, wanted)
                    for restore in harness.restores_reading(minor):
                        theirs = harness.restore_script(restore, data, "-O")
                        self.assertIn(wanted.rstrip(), theirs)
                        harness.count("scripts")

    def test_renamed_role(self) -> None:
        for defn, wanted in ((b"CREATE SCHEMA alice AUTHORIZATION alice;\n",
                              b'CREATE SCHEMA alice AUTHORIZATION "New";\n'),
                             (b'CREATE SCHEMA "x AUTHORIZATION alice" AUTHORIZATION "alice";\n',
                              b'CREATE SCHEMA "x AUTHORIZATION alice" AUTHORIZATION "New";\n')):
            data = self.built(10, defn, b"alice").bytes()
            after = pga.read(harness.must_run(["--map-role", "alice=New"], data))
            self.assertEqual(after.find(b"SCHEMA").defn, wanted)
            harness.count("results")


class OldGrantTest(unittest.TestCase):
    """Grants as archives of servers up to 8.0 have them: GROUP before the name, unqualified objects."""

    def test_group(self) -> None:
        defn = (b"REVOKE ALL ON TABLE shop FROM PUBLIC;\nGRANT ALL ON TABLE shop TO GROUP bob;\n"
                b"GRANT RULE ON TABLE bob TO GROUP \"group\" WITH GRANT OPTION;\n"
                b"REVOKE GRANT OPTION FOR ALL ON TABLE shop FROM bob;\n")
        made = basics(10, b"shop")
        made.attach(70, b"ACL", b"shop", TABLE, defn, namespace=b"shop")
        after = pga.read(harness.must_run(["--map-role", "bob=group", "--map-role", "group=Bob B"], made.bytes()))
        self.assertEqual(after.entry(70).defn, (
            b"REVOKE ALL ON TABLE shop FROM PUBLIC;\nGRANT ALL ON TABLE shop TO GROUP \"group\";\n"
            b"GRANT RULE ON TABLE bob TO GROUP \"Bob B\" WITH GRANT OPTION;\n"
            b"REVOKE GRANT OPTION FOR ALL ON TABLE shop FROM \"group\";\n"))
        self.assertEqual(after.entry(70).owner, b"alice")
        harness.count("results")


if __name__ == "__main__":
    harness.main()
