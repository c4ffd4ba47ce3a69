# SPDX-License-Identifier: PostgreSQL
"""An independent reader and writer of pg_dump custom-format archives (versions 1.10 to 1.16).

The tests compare pgfilter with what this module understands, so it shares nothing with the program: it was
written from the format alone and is itself checked against pg_restore (pgdump_archive_test.py). It favours
plainness over speed and holds the whole archive in memory.

Text fields are ``bytes`` or ``None``: NULL and "" both occur and differ, and any encoding occurs.
"""
from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field, replace
from typing import Iterable, Optional

Text = Optional[bytes]
Version = tuple[int, int, int]

MAGIC = b"PGDMP"
CUSTOM = 1
BLOCK_DATA, BLOCK_BLOBS = 1, 3
NOT_SET, SET, NO_DATA = 1, 2, 3
SECTION_NONE, SECTION_PRE, SECTION_DATA, SECTION_POST = 1, 2, 3, 4
NONE, GZIP, LZ4, ZSTD = 0, 1, 2, 3


class ArchiveError(Exception):
    """The bytes are not one complete archive."""


# ---------------------------------------------------------------------------------------------- layout


@dataclass(frozen=True)
class Layout:
    """What decides how a value looks in bytes."""

    version: Version
    int_size: int
    off_size: int

    def has(self, minor: int) -> bool:
        return self.version >= (1, minor, 0)

    def int(self, value: int) -> bytes:
        return (b"\1" if value < 0 else b"\0") + abs(value).to_bytes(self.int_size, "little")

    def text(self, value: Text) -> bytes:
        return self.int(-1) if value is None else self.int(len(value)) + value

    def offset(self, flag: int, offset: int) -> bytes:
        return bytes([flag]) + offset.to_bytes(self.off_size, "little")


class Cursor:
    """Reads primitive values; every read past the end is an ArchiveError."""

    def __init__(self, data: bytes, layout: Layout, at: int = 0) -> None:
        self.data, self.layout, self.at = data, layout, at

    def bytes(self, count: int) -> bytes:
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise ArchiveError(f"archive ends at {len(self.data)}, {count} bytes wanted at {self.at}")
        piece, self.at = self.data[self.at : end], end
        return piece

    def byte(self) -> int:
        return self.bytes(1)[0]

    def int(self) -> int:
        raw = self.bytes(1 + self.layout.int_size)
        magnitude = int.from_bytes(raw[1:], "little")
        return -magnitude if raw[0] else magnitude

    def text(self) -> Text:
        length = self.int()
        return None if length < 0 else self.bytes(length)

    def offset(self) -> tuple[int, int]:
        flag = self.byte()
        return flag, int.from_bytes(self.bytes(self.layout.off_size), "little")


# ---------------------------------------------------------------------------------------------- values


@dataclass
class Entry:
    """One entry of the table of contents."""

    dump_id: int
    desc: bytes
    tag: Text = None
    defn: Text = None
    drop: Text = None
    copy: Text = None
    namespace: Text = None
    tablespace: Text = None
    tableam: Text = None
    owner: Text = None
    section: int = SECTION_PRE
    had_dumper: int = 0
    table_oid: Text = b"0"
    oid: Text = b"0"
    relkind: int = 0
    with_oids: Text = b"false"
    deps: list[bytes] = field(default_factory=list)
    flag: int = NO_DATA
    offset: int = 0
    raw: bytes = field(default=b"", repr=False, compare=False)  # as read, the offset included

    def encode(self, layout: Layout) -> bytes:
        return self.encode_body(layout) + layout.offset(self.flag, self.offset)

    def encode_body(self, layout: Layout) -> bytes:
        """Everything but the offset, the only field that may change in an entry nobody edited."""
        parts = [layout.int(self.dump_id), layout.int(self.had_dumper)]
        parts += map(layout.text, (self.table_oid, self.oid, self.tag, self.desc))
        parts += [layout.int(self.section)] if layout.has(11) else []
        parts += map(layout.text, (self.defn, self.drop, self.copy, self.namespace, self.tablespace))
        parts += [layout.text(self.tableam)] if layout.has(14) else []
        parts += [layout.int(self.relkind)] if layout.has(16) else []
        parts += map(layout.text, (self.owner, self.with_oids, *self.deps, None))
        return b"".join(parts)

    def raw_body(self, layout: Layout) -> bytes:
        return self.raw[: len(self.raw) - 1 - layout.off_size]


@dataclass
class Stream:
    """The chunks of one table, or of one large object (then with its OID)."""

    chunks: list[bytes]
    oid: Optional[int] = None


@dataclass
class Block:
    """One block of the data area and where it stood."""

    kind: int
    dump_id: int
    streams: list[Stream]
    start: int = 0
    end: int = 0
    digest: str = ""  # of the stored bytes

    def encode(self, layout: Layout) -> bytes:
        parts = [bytes([self.kind]), layout.int(self.dump_id)]
        for stream in self.streams:
            parts += [] if stream.oid is None else [layout.int(stream.oid)]
            for chunk in stream.chunks:
                parts += [layout.int(len(chunk)), chunk]
            parts.append(layout.int(0))
        parts += [layout.int(0)] if self.kind == BLOCK_BLOBS else []
        return b"".join(parts)


@dataclass
class Archive:
    version: Version
    int_size: int = 4
    off_size: int = 8
    compression: int = NONE  # an algorithm from 1.15 on, before that a level: -1 is zlib's default, 0 none
    created: tuple[int, ...] = (0, 0, 12, 1, 0, 125, 0)
    dbname: Text = b"db"
    server_version: Text = b"17.0"
    dump_version: Text = b"17.0"
    entries: list[Entry] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    trailing: bytes = b""
    head: bytes = b""  # everything before the number of entries, as read
    toc_start: int = 0  # where the first entry starts
    toc_end: int = 0

    @property
    def layout(self) -> Layout:
        return Layout(self.version, self.int_size, self.off_size)

    def entry(self, dump_id: int) -> Entry:
        return next(entry for entry in self.entries if entry.dump_id == dump_id)

    def find(self, desc: bytes, tag: Text = None) -> Entry:
        return next(e for e in self.entries if e.desc == desc and (tag is None or e.tag == tag))

    def block(self, dump_id: int) -> Block:
        return next(block for block in self.blocks if block.dump_id == dump_id)

    def wants_blocks(self) -> list[int]:
        return [entry.dump_id for entry in self.entries if entry.had_dumper]

    def encode(self, offsets: str = "true") -> bytes:
        """The archive as bytes; offsets "true", "unset", or "kept" as the entries say."""
        head = encode_head(self)
        entries = [encode_with_offset(self, entry, offsets) for entry in self.entries]
        blocks = [block.encode(self.layout) for block in self.blocks]
        if offsets == "true":
            position = len(head) + sum(map(len, entries))
            starts: dict[int, int] = {}
            for block, stored in zip(self.blocks, blocks):
                starts.setdefault(block.dump_id, position)
                position += len(stored)
            placed = [replace(e, offset=starts[e.dump_id]) if e.dump_id in starts and e.had_dumper else e
                      for e in self.entries]
            entries = [encode_with_offset(self, entry, offsets) for entry in placed]
        return head + b"".join(entries) + b"".join(blocks) + self.trailing


def encode_with_offset(archive: Archive, entry: Entry, offsets: str) -> bytes:
    if offsets == "kept":
        return entry.encode(archive.layout)
    flag, offset = NO_DATA, 0
    if entry.had_dumper:
        flag, offset = (SET, entry.offset) if offsets == "true" else (NOT_SET, 0)
    return entry.encode_body(archive.layout) + archive.layout.offset(flag, offset)


def encode_head(archive: Archive, count: Optional[int] = None) -> bytes:
    """Header and number of entries."""
    layout = archive.layout
    parts = [MAGIC, bytes(archive.version), bytes([archive.int_size, archive.off_size, CUSTOM])]
    parts.append(bytes([archive.compression]) if layout.has(15) else layout.int(archive.compression))
    parts += map(layout.int, archive.created)
    parts += map(layout.text, (archive.dbname, archive.server_version, archive.dump_version))
    parts.append(layout.int(len(archive.entries) if count is None else count))
    return b"".join(parts)


# ---------------------------------------------------------------------------------------------- reading


def read(data: bytes) -> Archive:
    """Strict: exactly one block per data entry, in the order of the entries; what follows is `trailing`."""
    archive, cursor = read_toc(data)
    for dump_id in archive.wants_blocks():
        block = read_block(cursor)
        if block.dump_id != dump_id:
            raise ArchiveError(f"block {block.dump_id} where {dump_id} was due")
        archive.blocks.append(block)
    archive.trailing = data[cursor.at :]
    return archive


def read_toc(data: bytes) -> tuple[Archive, Cursor]:
    """Header and entries; the cursor is left at the first block."""
    archive, cursor = read_head(data)
    archive.head = data[: cursor.at]
    count = cursor.int()
    archive.toc_start = cursor.at
    archive.entries = [read_entry(cursor) for _ in range(count)]
    archive.toc_end = cursor.at
    if len({entry.dump_id for entry in archive.entries}) != len(archive.entries):
        raise ArchiveError("an ID is used twice")
    return archive, cursor


def read_head(data: bytes) -> tuple[Archive, Cursor]:
    cursor = Cursor(data, Layout((1, 10, 0), 4, 8))
    if cursor.bytes(5) != MAGIC:
        raise ArchiveError("no archive")
    version = (cursor.byte(), cursor.byte(), cursor.byte())
    if not (1, 10, 0) <= version <= (1, 16, 255):
        raise ArchiveError(f"version {version}")
    archive = Archive(version, cursor.byte(), cursor.byte())
    if cursor.byte() != CUSTOM:
        raise ArchiveError("not the custom format")
    cursor.layout = archive.layout
    archive.compression = cursor.byte() if archive.layout.has(15) else cursor.int()
    archive.created = tuple(cursor.int() for _ in range(7))
    archive.dbname, archive.server_version, archive.dump_version = cursor.text(), cursor.text(), cursor.text()
    return archive, cursor


def read_entry(cursor: Cursor) -> Entry:
    start, layout = cursor.at, cursor.layout
    dump_id, had_dumper = cursor.int(), cursor.int()
    table_oid, oid, tag, desc = (cursor.text() for _ in range(4))
    entry = Entry(dump_id, desc or b"", tag, had_dumper=had_dumper, table_oid=table_oid, oid=oid)
    entry.section = cursor.int() if layout.has(11) else section_of(entry.desc)
    entry.defn, entry.drop, entry.copy = cursor.text(), cursor.text(), cursor.text()
    entry.namespace, entry.tablespace = cursor.text(), cursor.text()
    entry.tableam = cursor.text() if layout.has(14) else None
    entry.relkind = cursor.int() if layout.has(16) else 0
    entry.owner, entry.with_oids = cursor.text(), cursor.text()
    while (dependency := cursor.text()) is not None:
        entry.deps.append(dependency)
    entry.flag, entry.offset = cursor.offset()
    entry.raw = cursor.data[start : cursor.at]
    return entry


def section_of(desc: bytes) -> int:
    """What a reader takes for the section field that 1.10 does not have."""
    if desc in (b"COMMENT", b"ACL", b"ACL LANGUAGE"):
        return SECTION_NONE
    if desc in (b"TABLE DATA", b"BLOBS", b"BLOB COMMENTS"):
        return SECTION_DATA
    post = (b"CONSTRAINT", b"CHECK CONSTRAINT", b"FK CONSTRAINT", b"INDEX", b"RULE", b"TRIGGER")
    return SECTION_POST if desc in post else SECTION_PRE


def read_block(cursor: Cursor) -> Block:
    start = cursor.at
    block = Block(cursor.byte(), cursor.int(), [], start)
    if block.kind == BLOCK_DATA:
        block.streams.append(Stream(read_chunks(cursor)))
    elif block.kind == BLOCK_BLOBS:
        while (oid := cursor.int()) != 0:
            block.streams.append(Stream(read_chunks(cursor), oid))
    else:
        raise ArchiveError(f"block type {block.kind} at {start}")
    block.end = cursor.at
    block.digest = hashlib.sha256(cursor.data[start : block.end]).hexdigest()
    return block


def read_chunks(cursor: Cursor) -> list[bytes]:
    chunks = []
    while (length := cursor.int()) != 0:
        chunks.append(cursor.bytes(length))
    return chunks


# ---------------------------------------------------------------------------------------------- converting


def is_zlib(archive: Archive) -> bool:
    return archive.compression == GZIP if archive.layout.has(15) else archive.compression != 0


def content(archive: Archive, stream: Stream) -> bytes:
    """The decompressed stream; lz4 and zstd are not in the standard library."""
    stored = b"".join(stream.chunks)
    if is_zlib(archive):
        return zlib.decompress(stored)
    if archive.compression != NONE:
        raise ArchiveError("no decompressor for this archive")
    return stored


def convert(archive: Archive, minor: int, int_size: int = 4, off_size: int = 8, compressed: bool = True) -> Archive:
    """The same archive in another layout. Fields that version does not have are lost, as a value the layout
    has no room for is: it is for tests of the layout, not for a restore."""
    compression = (GZIP if minor >= 15 else -1) if compressed else NONE
    result = replace(archive, version=(1, minor, 0), int_size=int_size, off_size=off_size,
                     compression=compression, trailing=b"")
    result.entries = [convert_entry(entry, minor) for entry in archive.entries]
    result.blocks = [replace(block, streams=[convert_stream(archive, stream, compressed, int_size)
                                             for stream in block.streams]) for block in archive.blocks]
    return result


def convert_entry(entry: Entry, minor: int) -> Entry:
    """Before 1.14 the absent texts were "" and not NULL; older readers crash on NULL."""
    if minor >= 14:
        return replace(entry, deps=list(entry.deps))
    return replace(entry, owner=entry.owner or b"", defn=entry.defn or b"", drop=entry.drop or b"",
                   deps=list(entry.deps))


def convert_stream(archive: Archive, stream: Stream, compressed: bool, int_size: int) -> Stream:
    plain = content(archive, stream)
    stored = zlib.compress(plain) if compressed else plain
    chunks = [stored[at : at + 4096] for at in range(0, len(stored), 4096)]
    oid = stream.oid
    if oid is not None and abs(oid) >= 1 << (8 * int_size):
        oid = 1 + abs(oid) % 1000
    return Stream(chunks, oid)


def decimal(ids: Iterable[int]) -> list[bytes]:
    """Dependencies as an entry holds them."""
    return [str(i).encode() for i in ids]
