# SPDX-License-Identifier: PostgreSQL
"""A PostgreSQL server of the test's own, with a database in which much depends on much.

    if __name__ == "__main__":
        server.main()

runs the file once more under pg_virtualenv. Without that program the tests that need a server are left out.
"""
from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
from functools import cache
from pathlib import Path

import harness
import pgdump_archive as pga
from dependency_model import Model

SEED = harness.SEED
VERSION = 15
BIN = Path(f"/usr/lib/postgresql/{VERSION}/bin")
INSIDE = "PGFILTER_TEST_SERVER"  # set where a server of this test's own is running
is_running = os.environ.get(INSIDE) == str(VERSION)
needed = unittest.skipUnless(is_running, "no server")
DATA = Path(__file__).resolve().parent.parent / "data"

_databases = itertools.count(1)


def psql(*arguments: str) -> str:
    done = subprocess.run([BIN / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], capture_output=True, text=True,
                          timeout=harness.TIME_LIMIT)
    if done.returncode:
        raise AssertionError(f"psql {arguments}: {done.stderr}")
    return done.stdout


def new_database() -> str:
    name = f"d{next(_databases)}"
    psql("postgres", "-c", f"CREATE DATABASE {name} TEMPLATE template0")
    return name


def restore(source: bytes) -> dict[int, str]:
    """The entries that could not be restored into a database of their own, and why.

    Without tablespaces: where one is missing, pg_restore goes on with that of the entry before, which need not suit.
    """
    done = subprocess.run([BIN / "pg_restore", "--no-tablespaces", "-v", "-d", new_database()], input=source, capture_output=True,
                          timeout=harness.TIME_LIMIT)
    failed: dict[int, str] = {}
    current = 0
    for line in done.stderr.decode(errors="replace").split("\n"):
        head = re.match(r"pg_restore: from TOC entry (\d+);", line)
        current = int(head[1]) if head else current
        if line.startswith("pg_restore: error:"):
            failed.setdefault(current, line)
    harness.count("restores")
    return failed


def pg_dump(*options: str, program: Path = BIN / "pg_dump", settings: str = "") -> bytes:
    done = subprocess.run([program, "-Fc", *options], capture_output=True, timeout=harness.TIME_LIMIT,
                          env={**os.environ, "PGOPTIONS": settings})
    if done.returncode:
        raise AssertionError(f"pg_dump {options}: {done.stderr!r}")
    return done.stdout


@cache
def rich_database() -> str:
    name = new_database()
    psql("-f", str(DATA / "rich.sql"), name)
    return name


@cache
def rich(program: Path = BIN / "pg_dump") -> bytes:
    return pg_dump(rich_database(), program=program)


@cache
def rich_model() -> Model:
    return Model(pga.read(rich()))


@cache
def selectable() -> set[tuple]:
    """Without the sequences of serial columns, which pg_dump keeps when their table goes."""
    return {(e.desc, e.namespace, e.tag) for e in rich_model().tables()}


def identities(data: bytes) -> set[tuple]:
    return {(e.desc, e.namespace, e.tag) for e in pga.read(data).entries}


def newer_pg_dump() -> Path:
    """Of PostgreSQL 17 or later."""
    for one in harness.restores():
        program = Path(one.program).with_name("pg_dump")
        if one.major >= 17 and program.exists():
            return program
    harness.leave_out("what pg_dump 17 would have been compared for (there is none beside PG_RESTORES)")
    raise unittest.SkipTest("no pg_dump 17")


def main() -> None:
    """Runs the tests of the calling file, inside a server's environment if there can be one."""
    if INSIDE not in os.environ and shutil.which("pg_virtualenv") and (BIN / "postgres").exists():
        port = random.Random().randrange(20000, 32000)
        environment = {**os.environ, INSIDE: str(VERSION), "PGPORT": str(port), "USER": "postgres", "LC_ALL": "C.UTF-8"}
        environment.pop("PGPASSWORD", None)
        if os.getuid() == 0:
            environment["TMPDIR"] = "/tmp"  # servers run as another user, who may not look into root's
        os.execvpe("pg_virtualenv", ["pg_virtualenv", "-t", "-v", str(VERSION), "-o", "fsync=off",
                                     "-o", "wal_level=logical", "-c", "--locale C.UTF-8", sys.executable, *sys.argv],
                   environment)
    if not is_running:
        harness.leave_out(f"what needs a server (no pg_virtualenv with PostgreSQL {VERSION})")
    print(f"SEED={SEED}")
    harness.main()
