# SPDX-License-Identifier: PostgreSQL
"""Throw-away PostgreSQL servers of several versions, run from folders that scripts/postgres-clients.sh --server unpacked.

PG_SERVERS names those folders, separated by colons. A copy of each is made for the test, since a managed server is one that
lacks extensions, and what a server has are files. Servers never run as root; they listen on a socket in the test's folder.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Iterable, Optional

import harness

NOBODY = 65534
SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "wal_level=logical", "max_wal_senders=0", "shared_buffers=32MB",
            "shared_preload_libraries=pg_stat_statements", "max_logical_replication_workers=0", "autovacuum=off")
# What a platform's hook does after CREATE EXTENSION, as pgextwlist's after-create scripts: a wrapper belongs to the
# superuser who made it, and so does schema cron, and nobody could use them otherwise.
AFTER_CREATE = {"postgres_fdw": "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO PUBLIC;",
                "pg_cron": "GRANT USAGE ON SCHEMA cron TO PUBLIC;"}


def _other_user() -> dict:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


@dataclass
class Cluster:
    """A running server. `admin` may be given what a platform gives: no superuser, but CREATEDB and CREATEROLE."""
    major: int
    folder: Path
    settings: tuple[str, ...] = ()  # besides SETTINGS, which they overrule
    databases: int = 0
    everything: dict[str, str] = field(default_factory=dict)  # control files, by name

    @property
    def environment(self) -> dict[str, str]:
        gone = ("PGOPTIONS", "PGPASSWORD", "PGDATABASE", "PGPORT")
        return {**{name: value for name, value in os.environ.items() if name not in gone}, "PGHOST": str(self.folder),
                "PGUSER": "postgres", "LC_ALL": "C.UTF-8"}

    def program(self, name: str) -> str:
        return str(self.folder / "server" / "bin" / name)

    def run(self, name: str, *arguments: object, user: str = "postgres", **options) -> subprocess.CompletedProcess:
        return subprocess.run([self.program(name), *map(str, arguments)], capture_output=True, timeout=harness.TIME_LIMIT,
                              env={**self.environment, "PGUSER": user}, **options)

    def psql(self, database: str, *commands: str, file: Optional[Path] = None, user: str = "postgres", **variables: str) -> str:
        words = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        words += [word for command in commands for word in ("-c", command)]
        done = self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, *words, *(["-f", file] if file else []), user=user)
        if done.returncode:
            raise AssertionError(f"psql {commands} {file}: {done.stderr.decode()}")
        return done.stdout.decode()

    def select(self, database: str, query: str) -> list[list[str]]:
        """Its rows, names written with their schema."""
        done = self.run("psql", "-XAtq0", "-F", "\x01", "-d", database, "-c", "SET search_path = ''", "-c", query)
        if done.returncode:
            raise AssertionError(f"{query}: {done.stderr.decode()}")
        return [row.split("\x01") for row in done.stdout.decode().split("\0")[:-1]]

    def new_database(self, owner: str) -> str:
        self.databases += 1
        name = f"d{self.databases}"
        self.psql("postgres", f'CREATE DATABASE {name} OWNER "{owner}" TEMPLATE template0')
        return name

    def dump(self, database: str) -> bytes:
        done = self.run("pg_dump", "-Fc", database)
        if done.returncode:
            raise AssertionError(f"pg_dump {self.major}: {done.stderr.decode()}")
        return done.stdout

    @property
    def extension_folder(self) -> Path:
        return self.folder / "server/root/usr/share/postgresql" / str(self.major) / "extension"

    def make_empty_extensions(self, names: Iterable[str]) -> None:
        for name in names:
            (self.extension_folder / f"{name}.control").write_text("default_version = '1'\ntrusted = true\n")
            (self.extension_folder / f"{name}--1.sql").write_text("")

    def allow_extensions(self, names: Iterable[str]) -> None:
        """Whoever may create objects in a database may create these extensions, and there are no others."""
        share = self.extension_folder
        if not self.everything:
            self.everything = {path.stem: path.read_text() for path in share.glob("*.control")}
            for name, command in AFTER_CREATE.items():
                for path in share.glob(f"{name}--?.?.sql"):
                    with path.open("a") as script:
                        script.write(f"\n{command}\n")
        for path in share.glob("*.control"):
            path.unlink()
        for name in {"plpgsql", *names} & set(self.everything):
            text = re.sub(r"(?m)^(trusted|superuser) *=.*\n", "", self.everything[name])
            (share / f"{name}.control").write_text(f"{text}\ntrusted = true\n")

    def start(self) -> None:
        data = self.folder / "data"
        done = subprocess.run([self.program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                               "--locale=C.UTF-8"], capture_output=True, timeout=harness.TIME_LIMIT, cwd=self.folder,
                              env=self.environment, **_other_user())
        if done.returncode:
            raise AssertionError(f"initdb {self.major}: {done.stderr.decode()}")
        settings = " ".join(f"-c {setting}" for setting in (*SETTINGS, *self.settings, f"unix_socket_directories={self.folder}"))
        self._pg_ctl("start", "-w", "-l", self.folder / "log", "-o", settings)

    def stop(self) -> None:
        self._pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder / "data")

    def _pg_ctl(self, *words: object) -> None:
        done = subprocess.run([self.program("pg_ctl"), *map(str, words), "-s", "-D", self.folder / "data"], timeout=harness.TIME_LIMIT,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, env=self.environment, **_other_user())
        if done.returncode:
            log = self.folder / "log"
            raise AssertionError(f"pg_ctl {words} {self.major}: {done.stderr.decode()} {log.read_text()[-2000:] if log.exists() else ''}")


@cache
def folders() -> dict[int, Path]:
    """The unpacked servers by major version."""
    found: dict[int, Path] = {}
    for name in filter(None, os.environ["PG_SERVERS"].split(":")):
        program = Path(name) / "bin/postgres"
        if not program.exists():
            harness.leave_out(f"what a server from {name} would have shown (it is not there)")
            continue
        found[major_of(Path(name))] = Path(name)
    return found


def major_of(server: Path) -> int:
    text = subprocess.run([server / "bin/postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)[.\w]", text)[1])


def make_folder(path: Path) -> None:
    """For a server's own use."""
    path.mkdir(exist_ok=True)
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def new_cluster(major: int, server: Optional[Path] = None, settings: tuple[str, ...] = ()) -> Cluster:
    """Not started yet. Of the server of that version, or of the one that is named."""
    folder = harness.scratch() / f"pg{major}"
    make_folder(folder)
    # The repository may be where only root may look, and the servers run as another user.
    shutil.copytree(server or folders()[major], folder / "server", symlinks=True)
    harness.scratch().chmod(0o755)
    return Cluster(major, folder, settings)
