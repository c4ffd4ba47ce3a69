# SPDX-License-Identifier: PostgreSQL
"""What the differential tests share: where things are, how pgfilter is run, and the summary line.

Environment, all of it optional: a test can be run by hand as it is
  PGFILTER            the program under test (default: that of build/release-tests)
  PG_RESTORES         pg_restore programs, separated by colons; what is missing is left out, loudly
  PG_SERVERS          folders of unpacked servers, likewise
  PG_EXTENSIONS       a folder of an unpacked server that has extensions (defaults of the three: what tests/run.sh fetches)
  TEST_ARCHIVES       the folder of archives (default: tests/data/archives beside this file)
  SEED                what tests that draw at random draw with; tests/run.sh takes it from the commit, so that a commit
                      is judged alike everywhere, and by hand each run has another
  PGFILTER_SANITIZED  set to 1 when the program is built with sanitizers or counts its lines: no limits on its memory then, and fewer runs
"""
from __future__ import annotations

import atexit
import collections
import functools
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Iterator, Optional, Sequence, Union

import pgdump_archive as pga

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build"
os.environ.setdefault("PGFILTER", str(BUILD / "release-tests/pgfilter"))
os.environ.setdefault("PG_RESTORES", ":".join(map(str, (
    "/usr/lib/postgresql/15/bin/pg_restore", BUILD / "postgres-17/bin/pg_restore",
    BUILD / "postgres-newest/bin/pg_restore"))))
os.environ.setdefault("PG_SERVERS", f"{BUILD}/server-15:{BUILD}/server-17")
os.environ.setdefault("PG_EXTENSIONS", f"{BUILD}/extensions-17")
ARCHIVES = Path(os.environ.get("TEST_ARCHIVES") or HERE.parent / "data" / "archives").resolve()
SANITIZED = os.environ.get("PGFILTER_SANITIZED") == "1"
SEED = int(os.environ.get("SEED") or random.randrange(10**6))
TIME_LIMIT = 50  # seconds for one run of any program: a hang is a failure, not a stuck test
JOBS = 2

# (minor, intSize, offSize): every version and every width, without all 112 combinations
LAYOUTS = [(10, 4, 8), (10, 3, 4), (11, 8, 5), (12, 16, 16), (12, 4, 4), (13, 3, 8), (14, 8, 16), (14, 4, 5),
           (15, 16, 4), (15, 3, 16), (16, 8, 8), (16, 4, 16)]

Arg = Union[str, bytes, Path]
counters: collections.Counter[str] = collections.Counter()
left_out: list[str] = []
thinned_out: list[str] = []
PARTLY_LEFT_OUT = 77  # what ctest shows as skipped


def count(what: str, number: int = 1) -> None:
    counters[what] += number


def thin_out(what: str) -> None:
    """Not compared on purpose, to save time."""
    if what not in thinned_out:
        thinned_out.append(what)


def leave_out(what: str) -> None:
    """Not compared for want of a program."""
    if what not in left_out:
        left_out.append(what)


# ---------------------------------------------------------------------------------------------- places


def archive(name: str) -> Path:
    path = ARCHIVES / name
    if not path.is_file():
        raise FileNotFoundError(f"test archive {path} is missing")
    return path


def archives(*patterns: str) -> list[Path]:
    found = sorted({path for pattern in patterns or ("*/*.dump",) for path in ARCHIVES.glob(pattern)})
    if not found:
        raise FileNotFoundError(f"no archive matches {patterns} in {ARCHIVES}")
    return found


def role_archives() -> list[Path]:
    return archives("*/roles.*.dump")


def label(path: Path) -> str:
    return str(path.relative_to(ARCHIVES))


@functools.cache
def scratch() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="pgfilter-test-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


_names = iter(range(10**9))


def scratch_file(content: Optional[bytes] = None, suffix: str = "") -> Path:
    """A fresh name, and with content a fresh file."""
    path = scratch() / f"{next(_names)}{suffix}"
    if content is not None:
        path.write_bytes(content)
    return path


# ---------------------------------------------------------------------------------------------- pg_restore


@dataclass(frozen=True)
class Restore:
    program: str
    major: int

    @property
    def newest_minor(self) -> int:
        """The newest archive version it reads."""
        return 16 if self.major >= 17 else 15 if self.major == 16 else 14


@functools.cache
def restores() -> tuple[Restore, ...]:
    found = []
    for program in filter(None, os.environ["PG_RESTORES"].split(":")):
        if not os.access(program, os.X_OK):
            leave_out(f"everything that {program} would have checked (no such program)")
            continue
        text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        found.append(Restore(program, int(re.search(r"(\d+)[.\w]", text)[1])))
    if not found:
        leave_out("EVERY COMPARISON WITH pg_restore (PG_RESTORES names no program)")
    return tuple(found)


def restores_reading(minor: int) -> list[Restore]:
    able = [restore for restore in restores() if minor <= restore.newest_minor]
    if not able:
        leave_out(f"pg_restore on archives of version 1.{minor} (none of PG_RESTORES reads them)")
    return able


def minor_of(path: Path) -> int:
    with path.open("rb") as file:
        return file.read(7)[6]


def readable_pairs(paths: Iterable[Path]) -> Iterator[tuple[Path, Restore]]:
    for path in paths:
        for restore in restores_reading(minor_of(path)):
            yield path, restore


# said of every archive with intSize above 4, and no more than that
LARGE_INTEGERS = (b"pg_restore: warning: archive was made on a machine with larger integers,"
                  b" some operations might fail\n")


def restore_script(restore: Restore, source: Union[Path, bytes], *options: str) -> bytes:
    """What pg_restore would tell the server; a warning or an error fails the test."""
    command = [restore.program, *options, "-f", "-"]
    if isinstance(source, Path):
        done = subprocess.run(command + [str(source)], capture_output=True, timeout=TIME_LIMIT)
    else:
        done = subprocess.run(command, input=source, capture_output=True, timeout=TIME_LIMIT)
    if done.returncode != 0 or done.stderr not in (b"", LARGE_INTEGERS):
        raise AssertionError(f"pg_restore {restore.major} {options}: exit {done.returncode}: {done.stderr[:2000]!r}")
    return done.stdout


def normal_script(script: bytes) -> bytes:
    r"""Without \restrict and \unrestrict: their key is random and guards the script, it is not part of it."""
    return re.sub(rb"\n\\(?:un)?restrict [^\n]*", b"", script)


# ---------------------------------------------------------------------------------------------- pgfilter


@dataclass(frozen=True)
class Run:
    command: tuple
    status: int
    out: bytes  # standard output, or what the -f file or the redirected file holds; b"" if there is no file
    err: bytes
    file_appeared: bool = True

    def __str__(self) -> str:
        words = " ".join(os.fsdecode(word) if not isinstance(word, str) else word for word in self.command)
        return f"{words}\n  exit {self.status}, {len(self.out)} bytes, stderr {self.err[:600]!r}"


def program() -> str:
    name = os.environ["PGFILTER"]
    if not os.access(name, os.X_OK):
        sys.exit(f"PGFILTER={name!r} is no program: nothing was tested")
    return os.path.abspath(name)


def build_setting(name: str) -> str:
    """A variable of the CMake cache of the build that the program is from."""
    cache = (Path(program()).parent / "CMakeCache.txt").read_text()
    return re.search(rf"^{name}:\w+=(.*)$", cache, re.MULTILINE)[1]


def run(options: Sequence[Arg], source: Union[Path, bytes, None] = None, inlet: str = "file",
        outlet: str = "pipe", limits: Optional[Callable[[], None]] = None) -> Run:
    """One run of pgfilter.

    inlet: "file" (named on the command line), "pipe", or "redirect" (standard input is the file)
    outlet: "pipe", "file" (-f), or "redirect" (standard output is a regular file)
    """
    if isinstance(source, bytes) and inlet != "pipe":
        source = scratch_file(source, ".dump")
    command: list[Arg] = [program(), *options]
    target = scratch_file(suffix=".out")
    if outlet == "file":
        command += ["--no-sync", "-f", target]  # syncing costs much time and changes nothing we look at
    if source is not None and inlet == "file":
        command.append(source)
    data = (source.read_bytes() if isinstance(source, Path) else source) if inlet == "pipe" else None
    stdin = subprocess.DEVNULL
    if source is not None and inlet == "redirect":
        stdin = open(source, "rb")
    stdout = open(target, "wb") if outlet == "redirect" else subprocess.PIPE
    try:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, timeout=TIME_LIMIT, preexec_fn=limits,
                              **({"input": data} if data is not None else {"stdin": stdin}))
    except subprocess.TimeoutExpired as expired:
        raise AssertionError(f"hangs: {expired.cmd}") from None
    finally:
        for handle in (stdin, stdout):
            if not isinstance(handle, int):
                handle.close()
    appeared = outlet == "pipe" or target.exists()
    out = done.stdout if outlet == "pipe" else target.read_bytes() if appeared else b""
    target.unlink(missing_ok=True)
    return Run(tuple(command), done.returncode, out or b"", done.stderr, appeared)


def must_run(options: Sequence[Arg], source: Union[Path, bytes], inlet: str = "file", outlet: str = "pipe",
             quiet: bool = True) -> bytes:
    """The output of a run that has to succeed, in silence unless told otherwise."""
    done = run(options, source, inlet, outlet)
    if done.status != 0:
        raise AssertionError(f"failed: {done}")
    if quiet and done.err:
        raise AssertionError(f"is not silent: {done}")
    return done.out


def leftovers(folder: Path, known: Iterable[str]) -> list[str]:
    """Files that a run left in a folder: temporary files that nobody removed."""
    return sorted(set(os.listdir(folder)) - set(known))


def in_parallel(work: Callable, items: Sequence) -> list:
    """As map, on both cores: nearly all of the time is spent in other programs."""
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(work, items))


def thinned(items: Sequence, what: str) -> Sequence:
    """All of them, or every third under sanitizers, which are slow to start."""
    if not SANITIZED:
        return items
    thin_out(f"two of three {what}, since the program has sanitizers")
    return items[::3]


def check_all(work: Callable, items: Sequence) -> None:
    """Runs work(item) for all of them, and fails with the first messages of those that failed."""

    def attempt(item: object) -> str:
        try:
            work(item)
        except AssertionError as error:
            return f"{item!r:.200}: {error}"
        return ""

    problems = list(filter(None, in_parallel(attempt, items)))
    if problems:
        raise AssertionError("\n".join([f"{len(problems)} of {len(items)} failed, the first:", *problems[:5]]))


# ---------------------------------------------------------------------------------------------- comparing


def same_bytes(got: bytes, wanted: bytes, what: str) -> None:
    """Equal, or an AssertionError that shows the first difference and not megabytes."""
    if got == wanted:
        return
    at = first_difference(got, wanted)
    near = slice(max(0, at - 60), at + 100)
    raise AssertionError(f"{what}: differs at byte {at} of {len(wanted)} (got {len(got)}):\n"
                         f"  got    {got[near]!r}\n  wanted {wanted[near]!r}")


def first_difference(got: bytes, wanted: bytes) -> int:
    """By halves: a loop over megabytes would take longer than the test."""
    low, high = 0, min(len(got), len(wanted))
    while low < high:
        middle = (low + high + 1) // 2
        if got[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def offsets_problem(data: bytes) -> str:
    """What is wrong with the offsets of an archive; "" if each is true or not set."""
    archive = pga.read(data)
    starts = {block.dump_id: block.start for block in archive.blocks}
    for entry in archive.entries:
        if entry.flag == pga.SET and entry.offset != starts.get(entry.dump_id):
            return f"entry {entry.dump_id}: offset {entry.offset}, block at {starts.get(entry.dump_id)}"
        if entry.flag not in ((pga.SET, pga.NOT_SET) if entry.had_dumper else (pga.NO_DATA,)):
            return f"entry {entry.dump_id}: flag {entry.flag}, data {entry.had_dumper}"
        if entry.flag != pga.SET and entry.offset:
            return f"entry {entry.dump_id}: flag {entry.flag} with offset {entry.offset}"
    return ""


def offsets_are(data: bytes, state: str) -> bool:
    """Whether every entry of data has its offset "set" or "unset"."""
    flag = {"set": pga.SET, "unset": pga.NOT_SET}[state]
    return all(entry.flag == flag for entry in pga.read(data).entries if entry.had_dumper)


# ---------------------------------------------------------------------------------------------- main


def main() -> None:
    """Runs the tests of the calling file and ends with one line that says what was compared."""
    outcome = unittest.main(module="__main__", exit=False, verbosity=1).result
    for what in left_out:
        print(f"LEFT OUT: {what}", file=sys.stderr)
    for what in thinned_out:
        print(f"not compared, to save time: {what}", file=sys.stderr)
    compared = ", ".join(f"{number} {what}" for what, number in sorted(counters.items())) or "nothing counted"
    failed = len(outcome.failures) + len(outcome.errors) + len(outcome.unexpectedSuccesses)
    name = Path(sys.argv[0]).stem
    print(f"{name}: {outcome.testsRun} tests, {failed} failed, {len(outcome.skipped)} skipped, "
          f"{len(left_out)} left out: {compared}")
    if failed or outcome.testsRun == 0:
        sys.exit(1)
    sys.exit(PARTLY_LEFT_OUT if left_out and os.environ.get("REPORT_LEFT_OUT") else 0)
