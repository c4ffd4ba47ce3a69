# SPDX-License-Identifier: PostgreSQL
"""--archive-version and --readable-by: the same archive in another version of the format.

The expectation is a reading of PostgreSQL's format of its own; then pg_restore of that version reads the result, and a server
gets the same from it as from the archive as it was."""
from __future__ import annotations

import dataclasses
import itertools
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import acl_server as server  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import role_places  # noqa: E402

MINORS = range(12, 17)
LETTERS = {b"TABLE": b"r", b"VIEW": b"v", b"MATERIALIZED VIEW": b"m", b"SEQUENCE": b"S", b"FOREIGN TABLE": b"f"}
READS = {"9.6": 12, "10": 12, "11": 13, "12": 14, "13": 14, "14": 14, "15": 14, "16": 15, "17": 16, "18": 16, "19": 16}


def in_version(minor: int, *words: str, source: Path) -> bytes:
    return harness.must_run(["-q", f"--archive-version=1.{minor}", *words], source)


def can_say(archive: pga.Archive, minor: int) -> bool:
    return minor >= 15 or archive.version[1] < 15 or archive.compression in (pga.NONE, pga.GZIP)


def listed(entries: list[pga.Entry]) -> list[pga.Entry]:
    """An entry for each large object in front of the data, and privileges of each, where there is one for a group."""
    groups = {b"%d" % e.dump_id: e.defn.split() for e in entries if e.desc == b"BLOB METADATA"}
    objects, others = [], []
    for entry in entries:
        if entry.desc == b"BLOB METADATA":
            objects += [dataclasses.replace(
                entry, desc=b"BLOB", tag=oid, oid=oid, section=pga.SECTION_PRE, deps=[], defn=b"SELECT pg_catalog.lo_create('%s');\n" % oid,
                drop=b"SELECT pg_catalog.lo_unlink('%s');\n" % oid) for oid in entry.defn.split()]
        elif entry.desc == b"ACL" and entry.tag.startswith(b"LARGE OBJECTS "):
            first = groups[entry.deps[0]][0]
            others += [dataclasses.replace(entry, tag=b"LARGE OBJECT " + oid, deps=[b"object " + oid],
                                           defn=entry.defn.replace(b"LARGE OBJECT " + first, b"LARGE OBJECT " + oid))
                       for oid in groups[entry.deps[0]]]
        elif (entry.tag or b"").startswith(b"LARGE OBJECT ") and entry.deps and entry.deps[0] in groups:
            others.append(dataclasses.replace(entry, deps=[b"object " + entry.tag.split()[2]]))
        else:
            others.append(entry)
    begins = (number for number, e in enumerate(others) if e.section > pga.SECTION_PRE or e.tag.startswith(b"LARGE OBJECT "))
    place = next(begins, len(others)) if objects else 0
    return [*others[:place], *objects, *others[place:]]


def expected(archive: pga.Archive, minor: int) -> list[pga.Entry]:
    before = archive.version[1]
    entries = listed(archive.entries) if minor < 16 <= before else archive.entries
    if minor < 13:
        entries = [entry for entry in entries if entry.desc != b"SEARCHPATH"]
    made = []
    for entry in entries:
        fields = {}
        if minor < 14 <= before:
            fields = {name: getattr(entry, name) or b"" for name in ("owner", "defn", "drop")}
        if minor < 14 or (minor < 16 and entry.relkind == ord("p")):
            fields["tableam"] = None
        if minor < 16:
            fields["relkind"] = 0
        elif before < 16 and entry.desc in LETTERS:
            fields["relkind"] = (b"p" if entry.desc == b"TABLE" and b"\nPARTITION BY " in entry.defn else LETTERS[entry.desc])[0]
        made.append(dataclasses.replace(entry, **fields))
    return made


def known(entries: list[pga.Entry]) -> list[pga.Entry]:
    """Without numbers that are drawn: large objects have that of their OID."""
    ids = {b"%d" % e.dump_id: b"object " + e.tag for e in entries if e.desc == b"BLOB"}
    group = {b"%d" % e.dump_id: b"metadata" for e in entries if e.desc == b"BLOB METADATA"}
    is_about = [e.desc == b"BLOB" or (e.tag or b"").startswith(b"LARGE OBJECT") for e in entries]
    return [dataclasses.replace(e, dump_id=0 if about else e.dump_id, flag=0, offset=0, raw=b"",
                                deps=[ids.get(d, group.get(d, d)) for d in e.deps] if e.desc != b"BLOBS" else [])
            for e, about in zip(entries, is_about)]


class EntriesTest(unittest.TestCase):
    def test_archives_in_every_version(self) -> None:
        def one(case: tuple[Path, int]) -> None:
            path, minor = case
            before = pga.read(path.read_bytes())
            if before.version[1] < 12 or not can_say(before, minor):
                return
            out = in_version(minor, source=path)
            after = pga.read(out)
            self.assertEqual(after.version, (1, minor, before.version[2]))
            same = dataclasses.replace(before, version=after.version, compression=after.compression)
            self.assertEqual(pga.encode_head(same, 0), pga.encode_head(after, 0))
            algorithm = [archive.compression if archive.version[1] >= 15 else int(archive.compression != 0) for archive in (before, after)]
            self.assertEqual(*algorithm)
            for got, wanted in itertools.zip_longest(known(after.entries), known(expected(before, minor))):
                self.assertEqual(got, wanted)
            self.assertEqual([(b.kind, b.dump_id, b.streams) for b in after.blocks], [(b.kind, b.dump_id, b.streams) for b in before.blocks])
            self.assertEqual(harness.offsets_problem(out), "")
            harness.count("archives in another version" if minor != before.version[1] else "archives in their version")
        cases = [(path, minor) for path in harness.archives() for minor in MINORS]
        harness.check_all(one, harness.thinned(cases, "versions"))

    def test_integers_of_other_widths(self) -> None:
        for int_size, off_size in ((8, 8), (4, 4), (1, 2), (3, 16)):
            for first, minor in itertools.product(MINORS, MINORS):
                entries = [pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n", owner=None if first > 13 else b""),
                           pga.Entry(2, b"TABLE", b"t", b"CREATE TABLE t ();\n", namespace=b"s", owner=b"o", drop=b"DROP TABLE t;\n")]
                archive = pga.Archive((1, first, 0), int_size, off_size, compression=0, entries=entries)
                path = harness.scratch_file(archive.encode(), ".dump")
                after = pga.read(in_version(minor, source=path))
                for got, wanted in itertools.zip_longest(known(after.entries), known(expected(archive, minor))):
                    self.assertEqual(got, wanted)
                self.assertEqual((after.version, after.compression, after.dump_version), ((1, minor, 0), 0, b"17.0"))
                path.unlink()

    def test_there_and_back(self) -> None:
        """What loses nothing on its way is the same afterwards, byte for byte."""
        for path in harness.archives():
            before = pga.read(path.read_bytes())
            first = before.version[1]
            if first < 12:
                continue
            for minor in MINORS:
                is_lossy = (minor < 13 <= first or minor < 14 <= first or not can_say(before, minor) or
                            (minor < 16 <= first and any(e.desc == b"BLOB METADATA" or (e.relkind == ord("p") and e.tableam)
                                                         for e in before.entries)) or
                            (first < 15 <= minor and before.compression not in (0, -1)))
                if is_lossy or minor == first:
                    continue
                there = harness.scratch_file(in_version(minor, source=path), ".dump")
                back = in_version(first, source=there)
                harness.same_bytes(back, path.read_bytes()[: len(back)], f"{path} by 1.{minor}")
                self.assertIn(path.read_bytes()[len(back):][:1], (b"", before.trailing[:1]))
                there.unlink()
                harness.count("archives there and back")

    def test_its_own_version_changes_nothing(self) -> None:
        for path in harness.archives():
            minor = harness.minor_of(path)
            if minor >= 12:
                harness.same_bytes(in_version(minor, source=path), path.read_bytes(), str(path))
                major = next(name for name, reads in READS.items() if reads >= minor)
                harness.same_bytes(harness.must_run(["-q", f"--readable-by={major}"], path), path.read_bytes(), str(path))

    def test_readers(self) -> None:
        path = harness.archive("17/roles.fc.dump")
        for major, minor in READS.items():
            self.assertEqual(harness.must_run(["-q", f"--readable-by={major}"], path), in_version(minor, source=path), major)
        old = harness.archive("9.6/roles.fc.dump")
        harness.same_bytes(harness.must_run(["-q", "--readable-by=17"], old), old.read_bytes(), "an archive that it reads anyway")


def without_owners(script: bytes) -> bytes:
    """A comment says "-" of NULL, which some versions do not have, and nothing of ""."""
    return re.sub(rb"(?m)^(-- .*Name: .*; Owner: )-$", rb"\1", harness.normal_script(script))


class ReaderTest(unittest.TestCase):
    """pg_restore itself."""

    def test_scripts(self) -> None:
        """What it makes of an archive without large objects does not depend on the version, as far as that can say it all."""
        for path in harness.archives("1[5-9]/*.dump", "tiny/*.dump"):
            before = pga.read(path.read_bytes())
            source = harness.scratch_file(harness.must_run(["-q", "--no-large-objects", "--no-table-access-method"], path), ".dump")
            for minor in range(13, 17):
                if not can_say(before, minor):
                    continue
                other = harness.scratch_file(in_version(minor, source=source), ".dump")
                for restore in harness.restores_reading(max(minor, before.version[1])):
                    scripts = [without_owners(harness.restore_script(restore, each, "-C", "-c", "--if-exists")) for each in (source, other)]
                    harness.same_bytes(scripts[1], scripts[0], f"{path} in 1.{minor}, pg_restore {restore.major}")
                    harness.count("scripts")
                other.unlink()
            source.unlink()

    def test_older_pg_restore_reads_it(self) -> None:
        for path in harness.archives("1[6-9]/*.dump", "tiny/*.dump"):
            if harness.minor_of(path) < 15 or not can_say(pga.read(path.read_bytes()), 14):
                continue
            for minor in range(12, 15):
                other = harness.scratch_file(in_version(minor, source=path), ".dump")
                for restore in harness.restores_reading(minor):
                    harness.restore_script(restore, other, "-C")
                    done = subprocess.run([restore.program, "-l", other], capture_output=True, check=True)
                    self.assertIn(b"Dump Version: 1.%d-0" % minor, done.stdout)
                    self.assertEqual(done.stderr, b"")
                    harness.count("archives read by older programs")
                other.unlink()


def without_comments(script: bytes) -> list[bytes]:
    """The lines of a dump that say something about the database."""
    return [line for line in harness.normal_script(script).split(b"\n") if not line.startswith(b"--")]


class ServerTest(server.CleanServerTest):
    """A server of 15 gets the same from pg_restore 15 and the lowered archive as from pg_restore 17 or later and the archive itself."""

    def restored(self, restore: harness.Restore, source: Path, roles: set[bytes], *options: str) -> tuple[list[bytes], bytes]:
        server.create_roles(roles - {b"postgres"})
        server.psql(b"CREATE DATABASE %s;\n" % server.DATABASE.encode())
        done = subprocess.run([restore.program, *options, "-d", server.DATABASE, source], capture_output=True, timeout=harness.TIME_LIMIT)
        dump = subprocess.run([str(server.BINARIES / "pg_dump"), server.DATABASE], capture_output=True, timeout=harness.TIME_LIMIT, check=True)
        server.clear()
        return without_comments(dump.stdout), done.stderr

    def check(self, path: Path) -> None:
        old = next((restore for restore in harness.restores() if restore.major == 15), None)
        new: Optional[harness.Restore] = next((restore for restore in harness.restores() if restore.major >= 17), None)
        if old is None or new is None:
            return harness.leave_out("restores of lowered archives (no pg_restore 15, or none that reads 1.16)")
        roles = {place.role for entry in pga.read(path.read_bytes()).entries for place in role_places.places(entry)}
        path = harness.scratch_file(harness.must_run(["-q", "--no-subscriptions"], path), ".dump")  # which hold on to their database
        lowered = harness.scratch_file(harness.must_run(["-q", "--readable-by=15"], path), ".dump")
        wanted, _ = self.restored(new, path, roles)
        for options in ((), ("-j", "2")):
            got, said = self.restored(old, lowered, roles, *options)
            self.assertEqual(got, wanted, (path, options))
            self.assertNotIn(b"unsupported version", said)
            self.assertNotIn(b"section order", said)
        self.assertGreater(len(wanted), 500)
        harness.count("databases restored twice")

    def test_restores(self) -> None:
        if not server.is_there():
            return
        for name in ("17/roles.fc.dump", "18/roles.fc.dump"):
            self.check(harness.archive(name))


class RefusalTest(unittest.TestCase):
    def refusal(self, status: int, *words: str, source: Path) -> str:
        done = harness.run(["-f", harness.scratch_file(suffix=".out"), *words], source)
        self.assertEqual(done.status, status, str(done))
        return done.err.decode()

    def test_what_no_archive_can_be(self) -> None:
        path = harness.archive("17/roles.fc.dump")
        for word in ("1.11", "1.17", "16", "2.0", "1.160"):
            self.assertIn("is no version that an archive can be written in", self.refusal(2, f"--archive-version={word}", source=path))
        for word in ("9.5", "20", "9", "1.14"):
            self.assertIn("is no major version of PostgreSQL to write for", self.refusal(2, f"--readable-by={word}", source=path))

    def test_two_versions(self) -> None:
        path = harness.archive("17/roles.fc.dump")
        self.assertIn("in one version, and two are given", self.refusal(2, "--readable-by=15", "--archive-version=1.15", source=path))

    def test_compression_that_the_reader_does_not_know(self) -> None:
        for name in ("18/roles.fc_lz4.dump", "18/roles.fc_zstd.dump"):
            method = name.split("_")[1].split(".")[0]
            for words in (["--archive-version=1.14"], ["--readable-by=15"]):
                self.assertIn(f"its data is compressed with {method}", self.refusal(2, *words, source=harness.archive(name)))
            bare = pga.read(harness.must_run(["-q", "-s", "--archive-version=1.14"], harness.archive(name)))
            self.assertEqual(bare.compression, 0)
            self.assertEqual(harness.must_run(["-q", "--archive-version=1.15"], harness.archive(name))[11], {"lz4": 2, "zstd": 3}[method])

    def test_oldest_archives_stay(self) -> None:
        archive = pga.Archive((1, 10, 0), compression=-1, entries=[pga.Entry(1, b"ENCODING", b"ENCODING", b"SET client_encoding = 'UTF8';\n")])
        path = harness.scratch_file(archive.encode(), ".dump")
        self.assertIn("every pg_restore reads it", self.refusal(2, "--archive-version=1.14", source=path))
        self.assertEqual(harness.must_run(["-q", "--readable-by=9.6"], path), path.read_bytes())

    def test_large_objects_that_are_not_listed(self) -> None:
        for defn in (None, b"", b"x\n", b"1\n2"):
            entries = [pga.Entry(1, b"BLOB METADATA", b"1..2", defn, section=pga.SECTION_DATA)]
            path = harness.scratch_file(pga.Archive((1, 16, 0), compression=0, entries=entries).encode(), ".dump")
            self.assertIn("does not list its large objects", self.refusal(2, "--archive-version=1.15", source=path))


class NewerThanTheServerTest(unittest.TestCase):
    """What the server does not know is said before a byte is written, and refused with --strict."""

    KNOWN_BY = [
        (b"STATISTICS DATA", b"SELECT * FROM pg_catalog.pg_restore_relation_stats();\n", "18", "is of a kind"),
        (b"TABLE", b"CREATE TABLE public.t (\n    a integer,\n    b integer GENERATED ALWAYS AS ((a * 2))\n);\n", "18", "virtual"),
        (b"TABLE", b"CREATE TABLE public.t (\n    a integer CONSTRAINT \"N\" NOT NULL NO INHERIT\n);\n", "18", "has a NOT NULL constraint with a name or options"),
        (b"CONSTRAINT", b"ALTER TABLE ONLY public.t\n    ADD CONSTRAINT n NOT NULL a NOT VALID;\n", "18", "has a NOT NULL constraint with a name or options"),
        (b"CHECK CONSTRAINT", b"ALTER TABLE public.t\n    ADD CONSTRAINT c CHECK (true) NOT ENFORCED;\n", "18", "has a constraint that is not enforced"),
        (b"PUBLICATION", b"CREATE PUBLICATION p WITH (publish = 'insert', publish_generated_columns = stored);\n", "18", "generated columns"),
        (b"ACL", b"GRANT SELECT,MAINTAIN,UPDATE ON TABLE public.t TO r;\n", "17", "grants MAINTAIN"),
        (b"ACL", b"GRANT MAINTAIN ON TABLE public.t TO r;\n", "17", "grants MAINTAIN"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, failover = true);\n", "17", "failover"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, origin = none);\n", "16", "origin"),
        (b"INDEX", b"CREATE UNIQUE INDEX i ON public.t USING btree (a) NULLS NOT DISTINCT;\n", "15", "has NULLS NOT DISTINCT"),
        (b"SEQUENCE", b"CREATE UNLOGGED SEQUENCE public.s\n    START WITH 1;\n", "15", "unlogged"),
        (b"FUNCTION", b"CREATE FUNCTION public.f() RETURNS integer\n    LANGUAGE sql\n    BEGIN ATOMIC\n RETURN 1;\nEND;\n", "14", "has an SQL body (BEGIN ATOMIC)"),
        (b"TABLE", b"CREATE TABLE public.t (\n    a text\n);\nALTER TABLE ONLY public.t ALTER COLUMN a SET COMPRESSION lz4;\n", "14", "a compression"),
        (b"PUBLICATION", b"CREATE PUBLICATION p WITH (publish = 'insert', publish_via_partition_root = true);\n", "13", "partition root"),
        (b"TRIGGER", b"CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();\n", "11", "says EXECUTE FUNCTION"),
        (b"POLICY", b"CREATE POLICY p ON public.t AS RESTRICTIVE;\n", "10", "restrictive"),
        (b"SEQUENCE", b"ALTER TABLE public.t ALTER COLUMN a ADD GENERATED BY DEFAULT AS IDENTITY (\n    SEQUENCE NAME s\n);\n", "10", "identity"),
        (b"SEQUENCE", b"CREATE SEQUENCE public.s\n    AS integer\n    START WITH 1;\n", "10", "has a type (AS)"),
        (b"SEQUENCE", b"CREATE SEQUENCE public.s\n    AS smallint\n    START WITH 1;\n", "10", "has a type (AS)"),
        (b"TABLE", b"CREATE TABLE public.t (\n    a integer\n)\nPARTITION BY RANGE (a);\n", "10", "partitioned"),
        (b"OPERATOR", b"CREATE OPERATOR public.+ (\n    FUNCTION = f,\n    LEFTARG = integer\n);\n", "11", "says FUNCTION ="),
        (b"INDEX", b"CREATE INDEX i ON public.t USING btree (a) INCLUDE (b);\n", "11", "includes"),
        (b"TABLE ATTACH", b"ALTER TABLE ONLY public.t ATTACH PARTITION public.p FOR VALUES WITH (modulus 2, remainder 0);\n", "11", "hash"),
        (b"COLLATION", b"CREATE COLLATION public.c (provider = icu, deterministic = false, locale = 'x');\n", "12", "deterministic"),
        (b"STATISTICS", b"CREATE STATISTICS public.s ON a, b FROM public.t;\nALTER STATISTICS public.s SET STATISTICS 9;\n", "13", "target"),
        (b"TYPE", b"CREATE TYPE public.r AS RANGE (\n    subtype = integer,\n    multirange_type_name = public.m\n);\n", "14", "multirange"),
        (b"TYPE", b"CREATE TYPE public.r (\n    INTERNALLENGTH = 4,\n    SUBSCRIPT = f\n);\n", "14", "subscripts"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, binary = true);\n", "14", "binary"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, streaming = on);\n", "14", "streaming"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false, two_phase = true);\n", "15", "two_phase"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (disable_on_error = true);\n", "15", "disable_on_error"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (streaming = parallel);\n", "16", "in parallel"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (run_as_owner = true);\n", "16", "run_as_owner"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (password_required = false);\n", "16", "password_required"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s SERVER srv PUBLICATION p WITH (connect = false);\n", "19", "names a server"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (retain_dead_tuples = true);\n", "19", "retain_dead"),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (wal_receiver_timeout = '9');\n", "19", "wal_receiver"),
        (b"VIEW", b"CREATE VIEW public.v WITH (security_invoker='true') AS\n SELECT 1;\n", "15", "security_invoker"),
        (b"PUBLICATION TABLE", b"ALTER PUBLICATION p ADD TABLE ONLY public.t WHERE (a > 1);\n", "15", "filters rows"),
        (b"FK CONSTRAINT", b"ALTER TABLE ONLY public.t\n    ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u(b) ON DELETE SET NULL (a);\n", "15", "some columns NULL"),
        (b"FK CONSTRAINT", b"ALTER TABLE ONLY public.t\n    ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u(b) ON DELETE SET DEFAULT (a);\n", "15", "to their default"),
        (b"COLLATION", b"CREATE COLLATION public.c (provider = icu, locale = 'x', rules = '&a < b');\n", "16", "has rules"),
        (b"EVENT TRIGGER", b"CREATE EVENT TRIGGER e ON login\n   EXECUTE FUNCTION public.f();\n", "17", "login"),
        (b"DEFAULT ACL", b"ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT ON LARGE OBJECTS TO s;\n", "18", "about large objects"),
        (b"CONSTRAINT", b"ALTER TABLE ONLY public.t\n    ADD CONSTRAINT k PRIMARY KEY (a, b WITHOUT OVERLAPS);\n", "18", "has WITHOUT OVERLAPS"),
        (b"PUBLICATION", b"CREATE PUBLICATION p FOR ALL SEQUENCES;\n", "19", "sequences"),
        # Words that look like it.
        (b"ACL", b"GRANT SELECT ON TABLE public.\"MAINTAIN\" TO maintain;\n", None, ""),
        (b"TABLE", b"CREATE TABLE public.t (\n    a integer CONSTRAINT n NOT NULL,\n    b text DEFAULT 'CONSTRAINT n NOT NULL x'\n);\n", None, ""),
        (b"SUBSCRIPTION", b"CREATE SUBSCRIPTION origin CONNECTION 'failover = 1' PUBLICATION failover WITH (connect = false);\n", "10", ""),
        (b"FUNCTION", b"CREATE FUNCTION public.f() RETURNS text\n    LANGUAGE sql\n    AS 'SELECT ''BEGIN ATOMIC''';\n", None, ""),
    ]

    def test_each(self) -> None:
        majors = list(READS)
        for desc, defn, first, words in self.KNOWN_BY:
            entry = pga.Entry(7, desc, b"t x", defn, namespace=b"public", section=pga.SECTION_PRE, owner=b"o")
            path = harness.scratch_file(pga.Archive((1, 16, 0), compression=0, entries=[entry]).encode(), ".dump")
            for major in majors:
                done = harness.run([f"--readable-by={major}", "--strict"], path)
                is_known = first is None or majors.index(major) >= majors.index(first)
                said = done.err.decode()
                with self.subTest(defn=defn, major=major):
                    self.assertEqual("does not know" in said, not is_known, said)
                    self.assertEqual(done.status, 0 if is_known else 2, said)
                    if not is_known:
                        self.assertIn(words, said)
                        self.assertEqual(done.out, b"")
                        loose = harness.run([f"--readable-by={major}"], path)
                        self.assertEqual(loose.status, 0)
                        self.assertIn(words, loose.err.decode())
                        self.assertEqual(pga.read(loose.out).entries[0].defn, defn)  # nothing is dropped
                harness.count("majors told apart")
            path.unlink()

    def test_what_older_formats_do_not_say(self) -> None:
        table = pga.Entry(7, b"TABLE", b"t", b"CREATE TABLE public.t ();\n", namespace=b"public", tableam=b"columnar", relkind=ord("r"))
        properties = pga.Entry(8, b"DATABASE PROPERTIES", b"db", b"ALTER DATABASE db SET x.y TO 'z';\n")
        old = harness.scratch_file(pga.Archive((1, 12, 0), compression=0, entries=[properties]).encode(), ".dump")
        self.assertEqual(harness.run(["--readable-by=17", "--strict"], old).err, b"")
        acl = pga.Entry(9, b"ACL", b"DATABASE db", b"GRANT ALL ON DATABASE db TO r;\n", section=pga.SECTION_NONE)
        path = harness.scratch_file(pga.Archive((1, 16, 0), compression=0, entries=[table, properties, acl]).encode(), ".dump")
        for major, said in (("12", []), ("11", ["columnar"]), ("10", ["columnar", "without the database"])):
            done = harness.run([f"--readable-by={major}"], path)
            self.assertEqual(done.status, 0)
            for words in ("columnar", "without the database"):
                self.assertEqual(words in done.err.decode(), words in said, done.err)
        self.assertIn(b"2 entries (DATABASE PROPERTIES db, ACL DATABASE db): each is restored", done.err)


if __name__ == "__main__":
    server.run_inside_server()
    harness.main()
