"""Writes archives for the benchmark: large ones without end-to-end buffering, so that size costs no memory.

    make_archive.py chunks|rows|toc SIZE FILE

chunks: SIZE MiB of data in chunks of 4096 bytes, as pg_dump's gzip writes them, in ten tables
rows:   the same in chunks of one row of about 100 bytes, as pg_dump -Z0 writes them
toc:    SIZE tables with an owner, a grant and no data

Archive version 1.14 (PostgreSQL 12 to 15), so that any pg_restore of today can list them.
"""
import pathlib
import random
import sys

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


def main(kind: str, size: int, name: str) -> None:
    with open(name, "wb") as file:
        if kind == "toc":
            entries = [entry for i in range(size // 2) for entry in table(100 + 2 * i)]
            write_prologue(file, first_entries() + entries, 0)
            return
        ids = [100 + 3 * i for i in range(TABLES)]
        entries = [e for i in ids for e in table(i)] + [data_of(i) for i in ids]
        write_prologue(file, first_entries() + entries, 0 if kind == "rows" else -1)
        write_data(file, kind, size)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
