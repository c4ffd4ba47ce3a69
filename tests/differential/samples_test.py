# SPDX-License-Identifier: PostgreSQL
"""The samples of library use, against a real server: a rule of one's own, and a list of tables."""
from __future__ import annotations

import gzip
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

SAMPLES = Path(harness.program()).parent / "samples"  # PGFILTER_BUILD_SAMPLES
if not SAMPLES.is_dir():
    harness.leave_out("the samples of library use (they are not built)")
# One table that much hangs on, several, partitions, heirs, odd names, all of a schema, all but one, all.
EXPRESSIONS = [r"app\.users", r"public\.log(_[0-9]+)?", r"app\.(orders|products)", r"app\.events_.*", r"audit\.events_2025_[ab]",
               r"app\.(base|mixin)", r'app\.Odd "name"\.x', r"Odd Schema\..*", r"audit\..*", r"app\.measures.*",
               r"(?!public\.users$).*", r".*"]
NAME = r'"(?:[^"]|"")+"|[^".]+'


def sample(name: str, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run([SAMPLES / name, *map(str, arguments)], capture_output=True, timeout=harness.TIME_LIMIT)


def unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def listed(archive: Path) -> dict[tuple[str, str], list[str]]:
    """Owner, stored bytes and rows, by schema and name."""
    done = sample("list_tables", archive)
    if done.returncode or done.stderr:
        raise AssertionError(f"list_tables: {done}")
    tables = {}
    for line in done.stdout.decode().splitlines():
        name, *columns = line.split("\t")
        schema, table = re.fullmatch(f"({NAME})\\.({NAME})", name).groups()
        tables[unquoted(schema), unquoted(table)] = columns
    return tables


@unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
class UsageTest(unittest.TestCase):
    def test_what_makes_no_sense_is_refused(self) -> None:
        archive = harness.archive("15/roles.fc.dump")
        output = harness.scratch_file()
        for arguments in ([], ["(", archive, output], [".*", "/nonexistent", output], ["no such table", archive, output]):
            done = sample("own_rule", *arguments)
            self.assertEqual(done.returncode, 1, done)
            self.assertNotEqual(done.stderr, b"")
        for arguments in ([], ["/nonexistent"], [Path(__file__)]):
            done = sample("list_tables", *arguments)
            self.assertEqual((done.returncode, done.stdout), (1, b""), done)
            self.assertNotEqual(done.stderr, b"")


@unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
class ChainTest(unittest.TestCase):
    def test_gzip_to_gzip(self) -> None:
        archive = harness.archive("15/roles.fc.dump")
        output = harness.scratch_file()
        done = sample("iostreams_chain", harness.scratch_file(gzip.compress(archive.read_bytes())), output)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(gzip.decompress(output.read_bytes()), harness.must_run(["-q", "-O", "-x"], archive))

    def test_what_is_cut_off_is_refused(self) -> None:
        whole = harness.archive("15/roles.fc.dump").read_bytes()
        for cut in (gzip.compress(whole[:-9]), gzip.compress(whole)[:-5000], gzip.compress(b"")):
            done = sample("iostreams_chain", harness.scratch_file(cut), harness.scratch_file())
            self.assertEqual(done.returncode, 1, done)
            self.assertNotEqual(done.stderr, b"")


@unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
class InMemoryTest(unittest.TestCase):
    """Archives through standard input and output."""

    def test_identity_and_strings(self) -> None:
        for archive in harness.archives("15/*.dump", "18/*.dump"):
            for name, options in (("identity", None), ("archive_in_a_string", ["-q", "-O", "-x"])):
                whole = archive.read_bytes()
                done = subprocess.run([SAMPLES / name], input=whole, capture_output=True, timeout=harness.TIME_LIMIT)
                self.assertEqual((done.returncode, done.stderr), (0, b""), name)
                wanted = harness.must_run(options, archive, outlet="file") if options else whole
                harness.same_bytes(done.stdout, wanted, f"{name} {archive}")
                cut = subprocess.run([SAMPLES / name], input=whole[:-30], capture_output=True, timeout=harness.TIME_LIMIT)
                self.assertEqual(cut.returncode, 1, name)
                self.assertNotEqual(cut.stderr, b"")
                harness.count("archives")


@unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
@server.needed
class OwnRuleTest(unittest.TestCase):
    def test_what_is_left_restores_without_an_error(self) -> None:
        source = harness.scratch_file(server.rich())
        everything = pga.read(server.rich()).entries
        for expression in EXPRESSIONS:
            with self.subTest(expression=expression):
                output = harness.scratch_file()
                done = sample("own_rule", expression, source, output)
                self.assertEqual(done.returncode, 0, done)
                matching = {e.dump_id for e in everything if e.desc in (b"TABLE", b"FOREIGN TABLE")
                            and re.fullmatch(expression, f"{e.namespace.decode()}.{e.tag.decode()}")}
                self.assertGreater(len(matching), 0)
                self.assertTrue(done.stderr.startswith(b"%d tables dropped" % len(matching)), done.stderr)
                self.assertFalse(matching & {e.dump_id for e in pga.read(output.read_bytes()).entries})
                restored = subprocess.run([server.BIN / "pg_restore", "--exit-on-error", "-d", server.new_database(), output],
                                          capture_output=True, timeout=harness.TIME_LIMIT)
                self.assertEqual((restored.returncode, restored.stderr), (0, b""))
                harness.count("expressions")


@unittest.skipUnless(SAMPLES.is_dir(), "samples are not built")
@server.needed
class ListTablesTest(unittest.TestCase):
    def test_rows_and_owners_are_the_servers(self) -> None:
        database = server.rich_database()
        query = """SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relkind, (xpath('/row/c/text()',
                query_to_xml(format('SELECT count(*) AS c FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema)'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
        expected = {}
        for line in server.psql("-F", "\t", "-c", query, database).splitlines():
            schema, name, owner, kind, rows = line.split("\t")
            expected[schema, name] = (owner, "-" if kind == "p" else rows)
        self.assertGreater(len(expected), 25)
        for options in ([], ["-Z0"], ["--inserts"]):
            with self.subTest(options=options):
                archive = server.pg_dump(*options, database)
                found = listed(harness.scratch_file(archive))
                wanted = {name: (owner, "?" if options == ["--inserts"] and rows != "-" else rows)
                          for name, (owner, rows) in expected.items()}
                self.assertEqual({name: (columns[0], columns[2]) for name, columns in found.items()}, wanted)
                sizes = {name: str(size) for name, size in stored_sizes(pga.read(archive)).items()}
                self.assertEqual({name: columns[1] for name, columns in found.items() if columns[1] != "-"}, sizes)
                harness.count("tables", len(found))

    def test_wrapped(self) -> None:
        plain, wrapped = server.rich(), gzip.compress(server.rich())
        self.assertEqual(listed(harness.scratch_file(plain)), listed(harness.scratch_file(wrapped)))


def stored_sizes(archive: pga.Archive) -> dict[tuple[str, str], int]:
    sizes = {block.dump_id: block.end - block.start for block in archive.blocks}
    return {(e.namespace.decode(), e.tag.decode()): sizes[e.dump_id] for e in archive.entries if e.desc == b"TABLE DATA"}


if __name__ == "__main__":
    server.main()
