# SPDX-License-Identifier: PostgreSQL
"""--check against archives of every version, archives made wrong on purpose, and pg_restore on mutants.

CHECK_MUTANTS=N tries N mutants instead of a few; SEED=N tries those of an earlier run.
"""
from __future__ import annotations

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import unittest
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

MUTANTS = int(os.environ.get("CHECK_MUTANTS") or (40 if harness.SANITIZED else 100))
SEED = harness.SEED


def little_time() -> None:
    """pg_restore never comes to an end on some damage; what it needs for these archives is milliseconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2))


def check(source: "Path | bytes", inlet: str = "file") -> tuple[harness.Run, dict]:
    done = harness.run(["--check", "--json"], source, inlet)
    if done.status not in (0, 1) or done.err:
        return done, {}
    return done, json.loads(done.out)


def errors_of(report: dict) -> set[str]:
    return {finding["kind"] for finding in report["findings"] if finding["severity"] == "error"}


def kinds_and_ownership() -> list[tuple[bytes, int, str]]:
    """Of the table of kinds, with the oldest major that takes such an entry."""
    table = Path(__file__).resolve().parents[2] / "include/pgfilter/entry_kinds.def"
    rows = re.findall(r'^PGFILTER_KIND\(\d+, \w+, "([^"]+)", (\d+), \w+, (\w+), .*\)$', table.read_text(), re.M)
    return [(desc.encode(), int(server) // 10, ownership) for desc, server, ownership in rows]


# ---------------------------------------------------------------------------------------------- good archives


class ArchivesTest(unittest.TestCase):
    def test_every_archive_is_sound(self) -> None:
        def one(work: tuple[Path, str]) -> None:
            path, inlet = work
            done, report = check(path, inlet)
            assert done.status == 0 and report["sound"] and report["good_bytes"] == path.stat().st_size, str(done)
            assert not errors_of(report) and report["counts"]["error"] == 0, report["findings"]
            assert all(block["state"] == "complete" for block in report["data"]), report["data"]
            archive = pga.read(path.read_bytes())
            assert [(b["dump_id"], b["offset"]) for b in report["data"]] == \
                [(b.dump_id, b.start) for b in archive.blocks], "blocks"
            if archive.compression in (pga.NONE, pga.GZIP) or archive.version < (1, 15, 0):
                assert [rows_or_objects(archive, b) for b in archive.blocks] == \
                    [(b["bytes"], b.get("rows", b.get("large_objects"))) for b in report["data"]], "contents"
                harness.count("blocks compared", len(archive.blocks))
            harness.count("sound archives")

        harness.check_all(one, [(path, inlet) for path in harness.archives() for inlet in ("file", "pipe")])

    def test_text(self) -> None:
        path = harness.archive("tiny/tiny.17.redirect.dump")
        done = harness.run(["--check"], path)
        self.assertEqual((done.status, done.err), (0, b""))
        self.assertRegex(done.out, rb"\Asound: \d+ entries, \d+ data blocks, %d bytes\n\Z" % path.stat().st_size)
        self.assertRegex(harness.run(["--check", "-v"], path).out, rb"second table of contents")
        self.assertEqual(harness.run(["--check", "-q"], path).out, b"")

    def test_standard_input_that_stands_somewhere(self) -> None:
        """A file as standard input is read from where it stands, by all threads."""
        data = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        path = harness.scratch_file(b"0123456789" + data)
        with path.open("rb", buffering=0) as file:
            file.seek(10)
            done = subprocess.run([harness.program(), "--check", "--json"], stdin=file, capture_output=True)
        self.assertEqual((done.returncode, json.loads(done.stdout)["bytes_read"]), (0, len(data)), done.stderr)

    def test_refusals(self) -> None:
        path = harness.archive("tiny/tiny.17.file.dump")
        for options in (["-O"], ["-f", "out"], ["--list"], ["--dry-run"], ["--strict"], ["--map-role", "a=b"]):
            done = harness.run(["--check", *options], path)
            self.assertEqual((done.status, done.out), (2, b""), str(done))
        for data in (b"", b"PGDM", b"select 1;\n" * 100, path.read_bytes()[:6] + b"\x63" + path.read_bytes()[7:]):
            done = harness.run(["--check"], data, "pipe")
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertTrue(done.err.startswith(b"pgfilter: "))


def rows_or_objects(archive: pga.Archive, block: pga.Block) -> tuple[int, Optional[int]]:
    plain = [pga.content(archive, stream) for stream in block.streams]
    size = sum(map(len, plain))
    if block.kind == pga.BLOCK_BLOBS:
        return size, len(plain) if plain else None
    return size, plain[0].count(b"\n") - 3 if archive.entry(block.dump_id).copy else None


# ---------------------------------------------------------------------------------------------- bad archives


class BadArchivesTest(unittest.TestCase):
    """What is wrong, where, and what is still good."""

    def setUp(self) -> None:
        self.gzip = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
        self.plain = pga.read(harness.archive("tiny/tiny.17.none.file.dump").read_bytes())

    def assert_found(self, archive: "pga.Archive | bytes", kinds: set[str], offsets: str = "true",
                     bad: Optional[set[int]] = None) -> dict:
        data = archive if isinstance(archive, bytes) else archive.encode(offsets)
        report: dict = {}
        for inlet in ("pipe", "file"):
            done, report = check(data, inlet)
            self.assertEqual(done.status, 1, str(done))
            self.assertEqual(errors_of(report), kinds, str(done))
            if bad is not None:
                self.assertEqual({b["dump_id"] for b in report["data"] if b["state"] != "complete"}, bad, inlet)
            text = harness.run(["--check"], data, inlet)
            self.assertEqual(text.status, 1)
            self.assertIn(b"not sound: ", text.out)
            harness.count("unsound archives")
        return report

    def test_kinds(self) -> None:
        """What the table of kinds says of owners is what pg_restore does; an unknown kind is no fault."""
        archive, table = self.gzip, self.number_of(self.gzip, b"TABLE")
        kinds = [(b"KIND TO COME", 0, "unknown"), *kinds_and_ownership()]
        self.assertGreater(len(kinds), 70)
        newest = max(harness.restores_reading(16), key=lambda restore: restore.major, default=None)
        for desc, major, ownership in kinds:
            if desc in (b"ENCODING", b"STDSTRINGS", b"SEARCHPATH", b"TABLE DATA", b"BLOB METADATA"):
                continue  # other things are wrong with these
            with self.subTest(desc):
                data = self.with_entry(archive, table, desc=desc, tag=b"1" if desc == b"BLOB" else b"t",
                                       drop=b"DROP TABLE public.t;\n", owner=b"app").encode("unset")
                done, report = check(data, "file")
                by_known_kind = ownership == "unknown" and desc != b"KIND TO COME"
                self.assertEqual("unknown-owner" in errors_of(report), by_known_kind, str(done))
                if desc == b"KIND TO COME":
                    self.assertTrue(report["sound"])
                    self.assertEqual([f["severity"] for f in report["findings"] if f["kind"] == "unknown-kind"], ["note"])
                if newest is None or newest.major < major:
                    continue
                path = harness.scratch_file(data, ".dump")
                restored = subprocess.run([newest.program, "--create", "-f", "-", path], capture_output=True, check=False,
                                          timeout=harness.TIME_LIMIT)
                path.unlink()
                self.assertEqual(AT_OWNER in restored.stderr, ownership == "unknown", restored.stderr)
                self.assertEqual(b" OWNER TO app" in restored.stdout, ownership in ("alter", "by_drop_statement"))

    def with_entry(self, archive: pga.Archive, number: int, **fields: object) -> pga.Archive:
        entries = list(archive.entries)
        entries[number] = pga.replace(entries[number], **fields)
        return pga.replace(archive, entries=entries)

    def with_stream(self, archive: pga.Archive, chunks: list[bytes], number: int = 0) -> pga.Archive:
        blocks = list(archive.blocks)
        blocks[number] = pga.replace(blocks[number], streams=[pga.Stream(chunks)])
        return pga.replace(archive, blocks=blocks)

    def number_of(self, archive: pga.Archive, desc: bytes) -> int:
        return archive.entries.index(archive.find(desc))

    def test_streams(self) -> None:
        stored = b"".join(self.gzip.blocks[0].streams[0].chunks)
        plain = zlib.decompress(stored)
        first = {self.gzip.blocks[0].dump_id}
        for chunks, kind in (([], "stream-damaged"), ([stored[:-1]], "stream-damaged"),
                             ([stored[:-4], b"abcd"], "stream-damaged"), ([stored, b"x"], "stream-continues"),
                             ([stored + stored], "stream-continues"), ([stored, stored], "stream-continues"),
                             ([zlib.compress(plain[:-2])], None), ([zlib.compress(plain[:-5])], "rows-not-ended"),
                             ([zlib.compress(b"")], "rows-not-ended"), ([zlib.compress(plain + b"x")], "rows-behind-end"),
                             ([zlib.compress(b"\\.\n\\! id\n\\.\n\n\n")], "rows-behind-end"),
                             ([bytes([c]) for c in stored], None)):
            archive = self.with_stream(self.gzip, chunks)
            if kind is None:
                self.assertTrue(check(archive.encode())[1].get("sound"), chunks)
            else:
                self.assert_found(archive, {kind}, bad=first)

    def test_damage_in_the_middle_of_a_file(self) -> None:
        """Offsets lead to the tables behind it; in a pipe they are lost."""
        data = bytearray(self.plain.encode())
        blocks = pga.read(bytes(data)).blocks
        data[blocks[0].start + 6 + 3] = 0x7F  # of the first chunk's length
        for inlet, bad in (("file", {blocks[0].dump_id}), ("pipe", {b.dump_id for b in blocks})):
            _, report = check(bytes(data), inlet)
            self.assertEqual({b["dump_id"] for b in report["data"] if b["state"] != "complete"}, bad, inlet)
            self.assertLessEqual(report["good_bytes"], blocks[1].start if inlet == "file" else len(data))
            self.assertGreater(report["good_bytes"], blocks[0].start)

    def test_cuts(self) -> None:
        data = self.gzip.encode()
        blocks = pga.read(data).blocks
        for block in blocks:
            for length in (block.start + 1, block.start + 7, block.end - 1):
                report = self.assert_found(data[:length], {"truncated"})
                self.assertEqual(report["good_bytes"], length)
                states = [b["state"] for b in report["data"]]
                before = [b for b in blocks if b.end <= length]
                self.assertEqual(states[: len(before)], ["complete"] * len(before))
                self.assertNotIn("complete", states[len(before) :])
        self.assert_found(data[: blocks[-1].start], {"block-missing"}, bad={blocks[-1].dump_id})
        self.assert_found(data[:200], {"table-of-contents"})

    def test_blocks(self) -> None:
        archive, blocks = self.gzip, self.gzip.blocks
        self.assert_found(pga.replace(archive, blocks=blocks[1:]), {"block-missing"}, "unset", {blocks[0].dump_id})
        self.assert_found(pga.replace(archive, blocks=[blocks[1], blocks[0], *blocks[2:]]), {"block-order"}, "unset", set())
        self.assert_found(pga.replace(archive, blocks=[blocks[0], *blocks]), {"block-twice"}, bad=set())
        self.assert_found(pga.replace(archive, blocks=[*blocks, blocks[0]]), {"block-twice"}, bad=set())
        self.assert_found(pga.replace(archive, blocks=[pga.replace(blocks[0], dump_id=99999), *blocks]),
                          {"block-unannounced"}, bad=set())
        data_entry = self.number_of(archive, b"TABLE DATA")
        wrong = self.with_entry(archive, data_entry, offset=archive.entries[data_entry].offset + 1)
        self.assert_found(wrong, {"offset"}, "kept", set())
        silent = self.with_entry(archive, data_entry, flag=pga.NO_DATA, offset=0)
        self.assert_found(silent, {"data-flag"}, "kept", set())

    def test_large_objects(self) -> None:
        archive = self.plain
        number = next(i for i, b in enumerate(archive.blocks) if b.kind == pga.BLOCK_BLOBS)
        block = archive.blocks[number]

        def having(streams: list[pga.Stream]) -> pga.Archive:
            blocks = [*archive.blocks[:number], pga.replace(block, streams=streams), *archive.blocks[number + 1 :]]
            return pga.replace(archive, blocks=blocks)

        other = pga.Stream([b"x"], 12345)
        for streams in ([], [*block.streams, other], [*block.streams, block.streams[0]]):
            self.assert_found(having(streams), {"large-objects"}, bad={block.dump_id})

    def test_entries(self) -> None:
        archive = self.gzip
        table, data = self.number_of(archive, b"TABLE"), self.number_of(archive, b"TABLE DATA")
        cases: list[tuple[int, dict, str]] = [
            (0, {"defn": b"SET client_encoding = 'KLINGON';\n"}, "encoding"),
            (0, {"defn": None}, "encoding"),
            (1, {"defn": b"SET standard_conforming_strings = 'oh';\n"}, "standard-strings"),
            (2, {"defn": b"SELECT pg_catalog.set_config('search_path', 'x', false); DROP TABLE t;\n"}, "search-path"),
            (table, {"desc": b"TABLE\nDROP TABLE t;"}, "name-injection"),
            (table, {"desc": b"ACL"}, "unknown-owner"),
            (table, {"dump_id": archive.entries[0].dump_id}, "duplicate-id"),
            (table, {"deps": pga.decimal([archive.entries[table].dump_id])}, "dependency-cycle"),
            (table, {"deps": [b"x"]}, "field-value"),
            (table, {"section": 7}, "field-value"),
            (table, {"oid": b"0x17"}, "field-value"),
            (table, {"with_oids": b"maybe"}, "field-value"),
            (table, {"defn": b"CREATE TABLE \0 t ();\n"}, "zero-byte statement-injection"),
            (data, {"defn": b"-- load via partition root a\n\\! id"}, "statement-injection"),
            (data, {"defn": b"DROP TABLE t;"}, "statement-injection"),
            (data, {"copy": b"COPY t FROM PROGRAM 'id'; COPY t FROM stdin;\n"}, "statement-injection"),
        ]
        for number, fields, kinds in cases:
            with self.subTest(fields):
                self.assert_found(self.with_entry(archive, number, **fields), set(kinds.split()), "unset", set())
        bad_version = pga.replace(archive, server_version=b"17\nDROP TABLE t;")
        self.assert_found(bad_version, {"name-injection"}, bad=set())


# ---------------------------------------------------------------------------------------------- mutants


@dataclass
class Mutant:
    what: str
    data: bytes

    def __repr__(self) -> str:
        return f"seed {SEED}: {self.what}"


def flip(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    # half of them in the data, which is the smaller part of these archives
    start = rng.choice((0, archive.toc_end))
    at, bit = rng.randrange(start, len(data)), rng.randrange(8)
    return f"bit {bit} of byte {at}", data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def overwrite(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    at = rng.randrange(rng.choice((0, archive.toc_end)), len(data))
    size = rng.choice((1, 1, 4, 30))
    new = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size), b"\n" * size))
    return f"{size} bytes at {at}", data[:at] + new + data[at + size :]


def cut(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    at = rng.choice((rng.randrange(len(data)), rng.randrange(archive.toc_end, len(data))))
    if rng.random() < 0.5:
        return f"cut at {at}", data[:at]
    size = rng.choice((1, 2, 5, 100, 512))
    return f"{size} bytes missing at {at}", data[:at] + data[at + size :]


TEXTS = (None, b"", b"x", b"a\nb", b"0", b"TABLE", b"TABLE DATA", b"BLOBS", b"ACL", b"COPY x FROM stdin;\n", b"ENCODING",
         b"LARGE OBJECTS 1..2", b"on", b"'on'", b"SET client_encoding = 'LATIN1';\n", b"a\0b", b"DROP", b"-- dummy")


def edit(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    """A field of an entry, with all lengths and offsets right."""
    entries = list(archive.entries)
    number = rng.randrange(len(entries))
    field = rng.choice(("dump_id", "had_dumper", "table_oid", "oid", "tag", "desc", "section", "defn", "drop", "copy",
                        "namespace", "tablespace", "tableam", "relkind", "owner", "with_oids", "deps"))
    other = rng.choice(entries)
    if field in ("dump_id", "had_dumper", "section", "relkind"):
        value: object = rng.choice((0, 1, 2, 3, 4, 5, -1, other.dump_id, 114, 2000))
    elif field == "deps":
        value = rng.choice(([], pga.decimal([other.dump_id]), [b"-5"], [b"x"], [b"2000000000"], list(other.deps)))
    else:
        value = rng.choice((*TEXTS, getattr(other, field)))
    entries[number] = pga.replace(entries[number], **{field: value})
    offsets = rng.choice(("true", "unset", "kept"))
    try:
        return f"entry {number}: {field} = {value!r}, {offsets}", pga.replace(archive, entries=entries).encode(offsets)
    except (KeyError, OverflowError):
        return flip(data, rng, archive)


def rearrange(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    """Blocks or entries in another order, lost, or twice."""
    what = rng.choice(("blocks", "entries"))
    things = list(getattr(archive, what))
    action = rng.choice(("lose", "repeat", "swap"))
    at, other = rng.randrange(len(things)), rng.randrange(len(things))
    if action == "lose":
        del things[at]
    elif action == "repeat":
        things.insert(other, things[at])
    else:
        things[at], things[other] = things[other], things[at]
    offsets = rng.choice(("true", "unset"))
    changed = pga.replace(archive, **{what: things}, trailing=rng.choice((b"", archive.trailing, b"\1\2\3")))
    return f"{action} {what} {at} {other}, {offsets}", changed.encode(offsets)


def restream(data: bytes, rng: random.Random, archive: pga.Archive) -> tuple[str, bytes]:
    """The streams of a block: cut short, doubled, of other chunks."""
    blocks = list(archive.blocks)
    number = rng.randrange(len(blocks))
    streams = list(blocks[number].streams)
    which = rng.randrange(len(streams))
    stored = b"".join(streams[which].chunks)
    at = rng.randrange(len(stored) + 1)
    name, chunks = rng.choice((("short", [stored[:at]]), ("none", []), ("twice", [stored, stored]),
                               ("twice in one", [stored + stored]), ("more", [stored, b"\0"]),
                               ("two chunks", [stored[:at], stored[at:]]), ("bytes", [bytes([c]) for c in stored])))
    streams[which] = pga.Stream([chunk for chunk in chunks if chunk], streams[which].oid)
    blocks[number] = pga.replace(blocks[number], streams=streams)
    return f"stream {which} of block {number}: {name} {at}", pga.replace(archive, blocks=blocks).encode("true")


MUTATIONS: list[Callable] = [flip, flip, overwrite, cut, edit, edit, rearrange, restream]


def mutants(number: int) -> list[Mutant]:
    rng = random.Random(SEED)
    sources = [(path, path.read_bytes()) for path in harness.archives("tiny/*.dump")]
    made = []
    for i in range(number):
        path, data = rng.choice(sources)
        mutation = MUTATIONS[i % len(MUTATIONS)]
        what, changed = mutation(data, rng, pga.read(data))
        made.append(Mutant(f"{path.name}, {mutation.__name__}: {what}", changed))
    return made


# What pg_restore from 16 on says of an owner of a kind that it does not know. --check takes such a kind for one of a
# later PostgreSQL.
AT_OWNER = b"don't know how to set owner for object type"


def accepts(restore: harness.Restore, path: Path, inlet: str, unknown_kind: bool) -> bool:
    """Whether pg_restore comes to its end and finds nothing wrong, but for a kind that it does not know."""
    command = [restore.program, "-f", "-", *([str(path)] if inlet == "file" else [])]
    stdin = subprocess.DEVNULL
    if inlet == "pipe":
        feeder = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
        stdin = feeder.stdout
    try:
        done = subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              preexec_fn=little_time, timeout=harness.TIME_LIMIT)
        harness.count("endless restores", done.returncode == -signal.SIGXCPU)
        if unknown_kind and AT_OWNER in done.stderr:
            harness.count("owners of an unknown kind")
            return True
        return done.returncode == 0
    finally:
        if inlet == "pipe":
            feeder.stdout.close()
            feeder.wait()


class MutantTest(unittest.TestCase):
    def test_pg_restore_and_check_agree(self) -> None:
        print(f"SEED={SEED} CHECK_MUTANTS={MUTANTS}", file=sys.stderr)
        self.assertTrue(harness.restores() or harness.left_out)
        harness.check_all(self.one, mutants(MUTANTS))

    def one(self, mutant: Mutant) -> None:
        path = harness.scratch_file(mutant.data, ".dump")
        try:
            self.compare(mutant, path)
        finally:
            path.unlink()

    def compare(self, mutant: Mutant, path: Path) -> None:
        verdicts = {}
        for inlet in ("file", "pipe"):
            done, report = check(path, inlet)
            self.assertIn(done.status, (0, 1, 2), str(done))
            self.assertEqual(bool(report) and report["sound"], done.status == 0, str(done))
            self.assertEqual(done.status == 2, done.err.startswith(b"pgfilter: "), str(done))
            verdicts[inlet] = (done.status, report)
        status, report = verdicts["file"]
        self.assertEqual(status, verdicts["pipe"][0], f"file and pipe differ: {verdicts}")
        explained = {finding["kind"] for finding in (report["findings"] if report else ())
                     if finding["severity"] == "error" and finding["in_pg_restore"] != "gives up"}
        kinds = {finding["kind"] for finding in (report["findings"] if report else ())}
        harness.count({0: "sound mutants", 1: "unsound mutants", 2: "mutants refused"}[status])
        minor = mutant.data[6] if len(mutant.data) > 6 else 0
        for restore in harness.restores():
            if not 10 <= minor <= restore.newest_minor:
                continue
            for inlet in ("file", "pipe"):
                accepted = accepts(restore, path, inlet, "unknown-kind" in kinds)
                harness.count("restores compared")
                if status == 0:
                    self.assertTrue(accepted, f"sound, but pg_restore {restore.major} refuses it from a {inlet}")
                elif accepted:
                    self.assertTrue(explained, f"pg_restore {restore.major} accepts it from a {inlet}: {verdicts}")


if __name__ == "__main__":
    harness.main()
