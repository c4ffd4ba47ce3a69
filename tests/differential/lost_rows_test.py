"""Rows never go silently: whatever rule takes them, the user named their table or standard error does.

Every rule, alone, with --cascade and beside a target's rules, on archives of several kinds. What the user named is decided
from the words of the command line alone.
"""
from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

Table = tuple[bytes, bytes]
Named = Callable[[Table], bool]

ARCHIVES = ["15/rich.fc.dump", "18/roles.fc_stats.dump", "13/roles.fc.dump", "extensions/geo.15.dump", "extensions/own.19.dump"]
PLACES = [(), ("--cascade",), ("--for=nonsuperuser",), ("--for=supabase", "--from=rds", "--cascade")]


def nothing(_: Table) -> bool:
    return False


def everything(_: Table) -> bool:
    return True


def tables_with_rows(archive: pga.Archive) -> set[Table]:
    return {(e.namespace or b"", e.tag) for e in archive.entries if e.desc == b"TABLE DATA"}


def rules(archive: pga.Archive) -> list[tuple[list[harness.Arg], Named]]:
    """Words of the command line, and which tables they name."""
    tables = sorted(tables_with_rows(archive))
    schemas = sorted({schema for schema, _ in tables})
    listed = harness.must_run(["--list-rules"], None).decode()
    plain = [name for name, keys in re.findall(r"^([a-z-]+)((?: \S+)*)$", listed, re.MULTILINE) if not keys]
    found: list[tuple[list[harness.Arg], Named]] = []
    all_data = {"data-only": nothing, "schema-only": everything, "no-data": everything, "statistics-only": everything,
                "no-extension-data": everything}
    for name in plain:
        if name not in ("cascade", "strict-names", "reject-suspicious"):
            found.append((["-r", name], all_data.get(name, nothing)))

    def quoted(text: bytes) -> bytes:
        return b'"' + text.replace(b'"', b'""') + b'"'

    for table in tables[::5]:
        pattern = quoted(table[0]) + b"." + quoted(table[1])
        for name in (b"--exclude-table=", b"--exclude-table-data="):
            found.append(([name + pattern], table.__eq__))
        found.append(([b"--table=" + table[1]], lambda other, kept=table: other[1] != kept[1]))
        found.append(([b"--include-table=" + pattern], lambda other, kept=table: other != kept))
    for schema in schemas:
        found.append(([b"--include-schema=" + quoted(schema)], lambda other, kept=schema: other[0] != kept))
        found.append(([b"--schema=" + schema], lambda other, kept=schema: other[0] != kept))
        found.append(([b"--exclude-schema=" + schema], lambda other, gone=schema: other[0] == gone))
    for kind in sorted({e.desc for e in archive.entries} - {b"ENCODING", b"STDSTRINGS", b"SEARCHPATH"}):
        named = everything if kind in (b"TABLE", b"TABLE DATA") else nothing
        found.append(([b"--no-kind=" + kind], named))
    for kind in ("TYPE", "FUNCTION", "SCHEMA", "EXTENSION", "COLLATION", "CONSTRAINT", "SEQUENCE", "DOMAIN", "SERVER"):
        found.append(([f"--exclude={kind} *"], nothing))
        found.append((["-r", f"exclude-entry {kind} *"], nothing))
    for name in ("type", "function", "aggregate", "procedure", "collation", "constraint", "index", "trigger", "policy",
                 "server", "publication", "event-trigger"):
        found.append(([f"--exclude-{name}=*"], nothing))
    found.append((["--exclude=TABLE *"], everything))
    found.append((["--exclude-entry=TABLE DATA *"], everything))
    found.append((["--only-kinds=TABLE DATA", "--only-kinds=TABLE"], nothing))
    for name in ("extension", "exclude-extension", "language", "exclude-language", "exclude-access-method",
                 "exclude-setting", "drop-role", "keep-roles"):
        found.append(([f"--{name}=*"], nothing))
        found.append(([f"--{name}=p*"], nothing))
    return found


class LostRowsTest(unittest.TestCase):
    def check(self, source: Path, before: set[Table], words: list[harness.Arg], named: Named) -> None:
        done = harness.run(words, source)
        self.assertEqual(done.status, 0, str(done))
        lost = before - tables_with_rows(pga.read(done.out))
        lines = [line for line in done.err.splitlines() if b"rows are lost of " in line]

        def is_told(table: Table) -> bool:
            name = re.sub(rb"[\x00-\x1f\x7f]", b"?", table[0] + b"." * bool(table[0]) + table[1])
            return any(re.search(rb"(of |, )" + re.escape(name) + rb"(, |: |; |$)", line) for line in lines)

        silent = {table for table in lost if not is_told(table) and not named(table)}
        self.assertEqual(silent, set(), f"{words}: {done.err.decode(errors='replace')}")
        alarmed = {table for table in before - lost if is_told(table)}
        self.assertEqual(alarmed, set(), f"{words}: {done.err.decode(errors='replace')}")
        harness.count("runs")
        harness.count("runs that lose rows nobody named", 1 if lines else 0)
        if lines:
            self.assertNotEqual(harness.run(["--strict", *words], source).status, 0, f"{words} with --strict")

    def test_every_rule(self) -> None:
        cases = []
        for name in ARCHIVES:
            path = harness.archive(name)
            archive = pga.read(path.read_bytes())
            before = tables_with_rows(archive)
            for number, (words, named) in enumerate(rules(archive)):
                # The others have their turn on the next archive.
                places = {PLACES[(number + len(cases)) % len(PLACES)], PLACES[1]}
                cases += [(path, before, [*place, *words], named) for place in sorted(places)]
        self.assertGreater(len(cases), 400)
        harness.check_all(lambda case: self.check(*case), harness.thinned(cases, "cases"))


if __name__ == "__main__":
    harness.main()
