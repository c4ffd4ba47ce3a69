# SPDX-License-Identifier: PostgreSQL
"""Writes archives for the benchmark: large ones without end-to-end buffering, so that size costs no memory.

    make_archive.py chunks|rows|gzip|toc SIZE FILE

chunks: SIZE MiB of data in chunks of 4096 bytes, as pg_dump's gzip writes them, in ten tables
rows:   the same in chunks of one row of about 100 bytes, as pg_dump -Z0 writes them
gzip:   SIZE MiB of rows, compressed by zlib, which decompress to what they should
toc:    SIZE tables with an owner, a grant and no data

Archive version 1.14 (PostgreSQL 12 to 15), so that any pg_restore of today can list them.
"""
import pathlib
import random
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/support"))
from pgdump_archive import Archive, Entry, encode_head  # noqa: E402

SECTION_NONE, SECTION_DATA = 1, 3
TABLES = 10
LAYOUT = Archive(version=(1, 14, 0)).layout


def first_entries() -> list[Entry]:
    texts = {b"ENCODING": b"SET client_encoding = 'UTF8';\n",
             b"STDSTRINGS": b"SET standard_conforming_strings = 'on';\n",
             b"SEARCHPATH": b"SELECT pg_catalog.set_config('search_path', '', false);\n"}
    return [Entry(i + 1, desc, desc, text) for i, (desc, text) in enumerate(texts.items())]


def table(dump_id: int) -> list[Entry]:
    name = b"table_%d" % dump_id
    return [
        Entry(dump_id, b"TABLE", name, b"CREATE TABLE public.%s (\n    id integer NOT NULL,\n    name text\n);\n" % name,
              b"DROP TABLE public.%s;\n" % name, namespace=b"public", tablespace=b"", tableam=b"heap",
              owner=b"app", table_oid=b"1259", oid=b"%d" % (16384 + dump_id)),
        Entry(dump_id + 1, b"ACL", b"TABLE " + name, b"GRANT SELECT ON TABLE public.%s TO reader;\n" % name,
              namespace=b"public", owner=b"app", section=SECTION_NONE, deps=[b"%d" % dump_id]),
    ]


def data_of(dump_id: int) -> Entry:
    name = b"table_%d" % dump_id
    return Entry(dump_id + 2, b"TABLE DATA", name, copy=b"COPY public.%s (id, name) FROM stdin;\n" % name,
                 namespace=b"public", owner=b"app", section=SECTION_DATA, had_dumper=1, flag=1,
                 deps=[b"%d" % dump_id], oid=b"%d" % (16384 + dump_id))


def write_prologue(file, entries: list[Entry], compression: int) -> None:
    archive = Archive(version=(1, 14, 0), compression=compression, entries=entries)
    file.write(encode_head(archive))
    for entry in entries:
        file.write(entry.encode(LAYOUT))


def frames(kind: str) -> bytes:
    """About a MiB of chunks."""
    random.seed(1)
    if kind == "chunks":
        return b"".join(LAYOUT.int(4096) + random.randbytes(4096) for _ in range(256))
    rows = []
    while sum(map(len, rows)) < 1 << 20:
        row = b"%d\t%s\n" % (random.randrange(10**9), b"x" * random.randrange(60, 120))
        rows.append(LAYOUT.int(len(row)) + row)
    return b"".join(rows)


def write_data(file, kind: str, mebibytes: int) -> None:
    run = frames(kind)
    for i in range(TABLES):
        file.write(b"\1" + LAYOUT.int(100 + 3 * i + 2))
        for _ in range(max(1, mebibytes // TABLES)):
            file.write(run)
        file.write(LAYOUT.int(5) + b"\\.\n\n\n" + LAYOUT.int(0))


def plain_rows() -> bytes:
    """About a MiB of rows as a table of orders might have them."""
    random.seed(1)
    words = [bytes(random.choices(b"abcdefghijklmnopqrstuvwxyz", k=random.randrange(3, 11))) for _ in range(2000)]
    rows = []
    for i in range(10_000):
        text = b" ".join(random.choices(words, k=random.randrange(4, 14)))
        rows.append(b"%d\t%d\t2026-%02d-%02d 10:%02d:%02d.%06d+00\t%s\t%d.%02d\t\\N\n" % (
            i, random.randrange(10**6), random.randrange(1, 13), random.randrange(1, 29), random.randrange(60),
            random.randrange(60), random.randrange(10**6), text, random.randrange(1000), random.randrange(100)))
    return b"".join(rows)


def write_gzip_data(file, mebibytes: int) -> None:
    """Each table one zlib stream, whose rows are compressed once and repeated."""
    plain = plain_rows()
    packer = zlib.compressobj(wbits=-15)
    run = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(wbits=-15)
    end = packer.compress(b"\\.\n\n\n") + packer.flush()
    repeat = max(1, (mebibytes << 20) // TABLES // len(plain))
    checksum = 1
    for _ in range(repeat):
        checksum = zlib.adler32(plain, checksum)
    stored = b"\x78\x9c" + run * repeat + end + zlib.adler32(b"\\.\n\n\n", checksum).to_bytes(4, "big")
    chunks = b"".join(LAYOUT.int(len(stored[at : at + 4096])) + stored[at : at + 4096]
                      for at in range(0, len(stored), 4096))
    for i in range(TABLES):
        file.write(b"\1" + LAYOUT.int(100 + 3 * i + 2) + chunks + LAYOUT.int(0))


def main(kind: str, size: int, name: str) -> None:
    with open(name, "wb") as file:
        if kind == "toc":
            entries = [entry for i in range(size // 2) for entry in table(100 + 2 * i)]
            write_prologue(file, first_entries() + entries, 0)
            return
        ids = [100 + 3 * i for i in range(TABLES)]
        entries = [e for i in ids for e in table(i)] + [data_of(i) for i in ids]
        write_prologue(file, first_entries() + entries, 0 if kind == "rows" else -1)
        write_gzip_data(file, size) if kind == "gzip" else write_data(file, kind, size)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
