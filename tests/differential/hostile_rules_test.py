# SPDX-License-Identifier: PostgreSQL
"""Rules take time in the order of the table of contents, and little memory, whatever an archive makes them compare.

Each archive here took a time that grew with the square of its size, or memory that did.
"""
from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from memory_test import MIB, most_for_any, peak_of  # noqa: E402

SECONDS = 5.0
NUMBER = 20_000


def entry(dump_id: int, desc: bytes, tag: bytes, defn: bytes = b"", deps: object = (), owner: bytes = b"o") -> pga.Entry:
    return pga.Entry(dump_id, desc, tag, defn, b"", namespace=b"a", owner=owner, deps=pga.decimal(deps))


def tables() -> list[pga.Entry]:
    return [entry(10 + i, b"TABLE", b"t%d" % i) for i in range(NUMBER)]


def heir_of_all() -> list[pga.Entry]:
    names = b",".join(b"a.t%d" % i for i in reversed(range(NUMBER)))
    return [*tables(), entry(5, b"TABLE", b"heir", b"CREATE TABLE a.heir () INHERITS (%s);" % names, range(10, 10 + NUMBER))]


def key_of_all() -> list[pga.Entry]:
    defn = b"ALTER TABLE a.t1 ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES a.t2(a);"
    return [*tables(), entry(5, b"FK CONSTRAINT", b"t1 fk", defn, range(10, 10 + NUMBER))]


def attached_again() -> list[pga.Entry]:
    return [entry(5, b"TABLE", b"t"), entry(6, b"TABLE", b"u"),
            *(entry(10 + i, b"TABLE ATTACH", b"t", deps=(5, 6)) for i in range(5 * NUMBER))]


def partitions() -> list[pga.Entry]:
    return [entry(5, b"TABLE", b"root"), *tables(),
            *(entry(10 + NUMBER + i, b"TABLE ATTACH", b"t%d" % i, deps=(5, 10 + i)) for i in range(NUMBER))]


def odd_roles() -> list[pga.Entry]:
    return [entry(10 + i, b"FUNCTION", b"f", b"CREATE FUNCTION f() AS 'x %d';" % i, owner=b"a-%d" % i) for i in range(NUMBER)]


def body_of_roles() -> list[pga.Entry]:
    body = b" ".join(b"a%d" % i for i in range(NUMBER))
    return [entry(10 + i, b"TABLE", b"t", owner=b"a%d" % i) for i in range(NUMBER)] + [
        entry(5, b"FUNCTION", b"f", b"CREATE FUNCTION f() AS '%s';" % body)]


def long_role() -> list[pga.Entry]:
    return [entry(10, b"TABLE", b"t", owner=b"-" * 500_000 + b"x"),
            entry(5, b"FUNCTION", b"f", b"CREATE FUNCTION f() AS '%s';" % (b"-" * 1_000_000))]


def group(number: int, defn: bytes = b"", deps: object = ()) -> list[pga.Entry]:
    """Privileges that pg_restore cannot read, of large objects."""
    grant = b"SET SESSION AUTHORIZATION l;\nGRANT SELECT ON LARGE OBJECT 10000 TO r;\n"
    oids = b"".join(b"%d\n" % (10_000 + i) for i in range(number))
    return [entry(3, b"BLOB METADATA", b"x", oids), entry(4, b"ACL", b"LARGE OBJECTS 1..2", grant + defn, (3, *deps))]


def options(value: bytes, number: int) -> bytes:
    return b"CREATE USER MAPPING FOR o SERVER s OPTIONS (%s);" % b", ".join([b"a " + value] * number)


def secrets() -> list[list[pga.Entry]]:
    """Options that are read in full, or in vain."""
    values = (b"'%s'" % (b"password={ " * 5_900), b"'%s'" % (b"://a:b@" * 9_000), b"'%s'" % (b"=" * 60_000),
              b"'%s'" % (b"password=a " * 5_900), b"'%s'" % (b"pw " * 20_000), b"$a$x$a$", b"''" * 100, b"(")
    return [texts(b"USER MAPPING", b"m", options(value, 6_000_000 // len(value))) for value in values]


def texts(kind: bytes, name: bytes, defn: bytes = b"", owner: bytes = b"o") -> list[pga.Entry]:
    return [entry(10, kind, name, defn, owner=owner)]


LONG = b"\1" * 5_000_000


@unittest.skipIf(harness.SANITIZED, "a sanitizer takes time and memory of its own")
class HostileRulesTest(unittest.TestCase):
    def run_on(self, entries: list[pga.Entry], words: tuple) -> tuple[int, float, int, int]:
        """Exit status, seconds, peak memory and size of the archive."""
        data = pga.Archive((1, 16, 0), entries=entries).encode("unset")
        path = harness.scratch_file(data, ".dump")
        self.addCleanup(os.unlink, path)
        start = time.monotonic()
        process = subprocess.Popen([harness.program(), *words, path], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        watch = threading.Timer(4 * SECONDS, process.kill)
        watch.start()
        peak = peak_of(process)
        watch.cancel()
        return process.returncode, time.monotonic() - start, peak, len(data)

    def test_time(self) -> None:
        number = 2**31 - 1
        for entries, words in ((heir_of_all(), ("--exclude-table=none",)),
                               (key_of_all(), ("--exclude-table-data=*",)),
                               (attached_again(), ("--exclude-table=t",)),
                               (partitions(), ("--exclude-table=t*",)),
                               (partitions(), ("--table-and-children=root",)),
                               (odd_roles(), ("--drop-role=*", "-v")),
                               (body_of_roles(), ("--drop-role=*", "-v")),
                               (long_role(), ("--drop-role=*", "-v")),
                               (texts(b"SCHEMA", b"s", b"a" * 2_000_000, b"a" * 1_000_000 + b"b"), ("--set-owner=boss",)),
                               ([*group(150_000), entry(number, b"TABLE", b"t")], ("--repair",))):
            with self.subTest(words=words, entries=len(entries)):
                status, seconds, _, _ = self.run_on(entries, words)
                self.assertEqual(status, 0)
                self.assertLess(seconds, SECONDS)
                harness.count("archives")

    def test_guards(self) -> None:
        for words in (("--redact-secrets",), ("--redact-secrets", "--dry-run"), ("--reject-suspicious",),
                      ("--redact-secrets", "--dry-run", "--json")):
            for entries in (*secrets(), odd_roles(), tables()):
                status, seconds, peak, size = self.run_on(entries, words)
                told = f"{words}: {entries[-1].defn[:80]!r}"
                # Of these, some have statements that do not end.
                self.assertIn(status, (0, 2) if words == ("--reject-suspicious",) else (0,), told)
                self.assertLess(seconds, SECONDS, told)
                self.assertLessEqual(peak, most_for_any(size), told)
                harness.count("guarded archives")

    def test_copies_do_not_multiply(self) -> None:
        for entries in (group(3000, b"-- " + b"x" * 100_000), group(3000, deps=[1] * 20_000)):
            status, _, peak, _ = self.run_on(entries, ("--repair",))
            self.assertEqual(status, 2)
            self.assertLess(peak, 128 * MIB)
            harness.count("archives")

    def test_memory_of_what_is_told(self) -> None:
        many = [entry(10, b"TABLE", b"t"), entry(11, b"VIEW", b"v", deps=(10, *range(1000, 500_000)))]
        for entries, options in ((texts(b"TABLE", LONG), (("-l", "--json"), ("--no-owner", "--dry-run", "--json"))),
                                 (texts(LONG, b"t"), (("-l", "--json"), ("--no-owner", "--dry-run", "--json"))),
                                 (texts(b"EXTENSION", LONG), (("--needs",), ("--needs", "--json"))),
                                 (texts(b"ACL", b"t", b'GRANT ALL ON TABLE t TO "%s";' % LONG),
                                  (("--needs",), ("--drop-role=x", "-v"), ("--map-role=a=b",))),
                                 (texts(b"TABLE", b"t", owner=LONG), (("--drop-role=x", "-v"), ("--needs", "--json"))),
                                 (many, (("-l", "--json"), ("-l", "-v"), ("--exclude-table=t",)))):
            for words in options:
                with self.subTest(words=words):
                    status, _, peak, size = self.run_on(entries, words)
                    # What is more than there is memory for is refused.
                    self.assertEqual(status, 2 if words == ("--exclude-table=t",) else 0)
                    self.assertGreater(peak, 0, "not measured")
                    self.assertLessEqual(peak, most_for_any(size))
                    harness.count("measurements")


if __name__ == "__main__":
    harness.main()
