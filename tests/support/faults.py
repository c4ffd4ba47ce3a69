# SPDX-License-Identifier: PostgreSQL
"""Runs of pgfilter in which calls to the C library fail (fault_shim.c), and what must be true of every such run.

Environment: FAULT_SHIM names the shared object (default: that of build/release-tests).
"""
from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Iterable, NamedTuple, Optional

import harness
import pgdump_archive as pga

SHIM = os.environ.get("FAULT_SHIM") or str(harness.BUILD / "release-tests/tests/fault-shim.so")
OLD = b"the old content, which is precious"
TEMPORARY = re.compile(r"\..+\.pgfilter-[0-9a-z]{6}")
# An access control list as the system stores it: tag, rights, ID.
FOR_ONE_USER = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in (
    (0x01, 6, 0xFFFFFFFF), (0x02, 6, 1234), (0x04, 0, 0xFFFFFFFF), (0x10, 6, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)))
HINT = re.compile(rb"likely cause: .*\n|; every line feed in it .*")
_numbers = itertools.count()

Content = Optional[bytes]  # None: not there


class Call(NamedTuple):
    function: str
    site: str  # module+offset
    failed: bool


@dataclass(frozen=True)
class Scenario:
    """A run. "in.dump" is there; words may name files, all in a folder of its own, which is the working directory."""

    name: str
    words: tuple[str, ...]
    archive: str = "tiny/tiny.17.file.dump"
    inlet: str = "none"  # standard input: "none", "pipe", "closed", or the name of a file
    outlet: str = "pipe"  # standard output: "pipe", "file"
    files: tuple[tuple[str, bytes], ...] = ()  # that are there besides
    links: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str, bytes], ...] = ()  # extended ones, of files that are there
    fifo: str = ""  # somebody reads from it
    damaged: bool = False  # a transfer as text has taken the archive's LF for line ends
    encoding: bytes = b"UTF8"  # of the archive; a name of four letters
    status: int = 0  # without a fault

    def __str__(self) -> str:
        return self.name


@dataclass
class Outcome:
    status: int
    out: bytes
    err: bytes
    files: dict[str, bytes]
    calls: list[Call] = field(default_factory=list)

    def failed(self, function: str) -> int:
        return sum(call.failed for call in self.calls if call.function == function)

    def called_anything(self) -> bool:
        """Whether the program has come to its first call of the system."""
        return any(call.function != "malloc" for call in self.calls)

    def __str__(self) -> str:
        return (f"exit {self.status}, {len(self.out)} bytes of output, files "
                f"{ {name: len(content) for name, content in self.files.items()} }, stderr {self.err[:300]!r}")


class Problem(AssertionError):
    pass


def demand(condition: object, what: str) -> None:
    if not condition:
        raise Problem(what)


def number(name: str) -> int:
    return getattr(errno, name)


def available() -> bool:
    """False, and said aloud, where the program cannot be run with the shim."""
    if harness.SANITIZED:
        harness.leave_out("ALL FAULTS, since the program has sanitizers, which have functions of their own for most calls")
        return False
    if not os.access(SHIM, os.R_OK):
        sys.exit(f"FAULT_SHIM={SHIM!r} is no file: nothing was tested")
    return True


def _read_calls(log: Path) -> list[Call]:
    if not log.exists():
        return []
    words = (line.split() for line in log.read_text().splitlines())
    return [Call(parts[0], parts[1], len(parts) > 2) for parts in words]


def archive_of(scenario: Scenario) -> bytes:
    data = harness.archive(scenario.archive).read_bytes().replace(b"'UTF8'", b"'%s'" % scenario.encoding)
    return data.replace(b"\n", b"\r\n") if scenario.damaged else data


def _prepare(scenario: Scenario, folder: Path) -> bytes:
    folder.mkdir()
    data = archive_of(scenario)
    (folder / "in.dump").write_bytes(data)
    for name, content in scenario.files:
        (folder / name).write_bytes(content)
    for name, attribute, value in scenario.attributes:
        os.setxattr(folder / name, attribute, value)
    for name, target in scenario.links:
        (folder / name).symlink_to(target)
    if scenario.fifo:
        os.mkfifo(folder / scenario.fifo)
    return data


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.is_symlink()}


def files_before(scenario: Scenario) -> dict[str, bytes]:
    return {"in.dump": archive_of(scenario), **dict(scenario.files)}


def command(scenario: Scenario) -> list[str]:
    return [harness.program(), *scenario.words]


def run(scenario: Scenario, *faults: str, seed: int = 1) -> Outcome:
    number = next(_numbers)
    folder = harness.scratch() / f"fault{number}"
    log = harness.scratch() / f"fault{number}.log"
    data = _prepare(scenario, folder)
    environment = {"PATH": "/usr/bin:/bin", "LD_PRELOAD": SHIM, "FAULT_LOG": str(log), "FAULT_SEED": str(seed)}
    if faults:
        environment["FAULT"] = ",".join(faults)
    how: dict = {"stdin": subprocess.DEVNULL}
    if scenario.inlet == "pipe":
        how = {"input": data}
    elif scenario.inlet == "closed":
        how = {"preexec_fn": lambda: os.close(0)}
    elif scenario.inlet != "none":
        how = {"stdin": open(folder / scenario.inlet, "rb")}
    how["stdout"] = open(folder / "standard-output", "wb") if scenario.outlet == "file" else subprocess.PIPE
    fifo = os.open(folder / scenario.fifo, os.O_RDWR | os.O_NONBLOCK) if scenario.fifo else -1
    try:
        done = subprocess.run(command(scenario), stderr=subprocess.PIPE, env=environment, cwd=folder,
                              timeout=harness.TIME_LIMIT, **how)
        out = done.stdout or b""
        if fifo >= 0:
            try:
                out = os.read(fifo, 1 << 20)
            except BlockingIOError:
                pass
        return Outcome(done.returncode, out, done.stderr, _contents(folder), _read_calls(log))
    except subprocess.TimeoutExpired:
        raise Problem(f"{scenario} with {faults} hangs") from None
    finally:
        for handle in (how.get("stdin"), how["stdout"]):
            if handle is not None and not isinstance(handle, int):
                handle.close()
        if fifo >= 0:
            os.close(fifo)
        harness.count("runs")
        shutil.rmtree(folder)
        log.unlink(missing_ok=True)


# ---------------------------------------------------------------------------------------------- what must be true


class Judge:
    """Knows what a scenario gives without faults, and judges runs with them."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.reference = run(scenario)
        self.before = files_before(scenario)
        if scenario.outlet == "file":
            self.before["standard-output"] = b""
        demand(self.reference.status == scenario.status, f"{scenario}: without a fault: {self.reference}")
        demand(bool(HINT.search(self.reference.out + self.reference.err)) == scenario.damaged, f"{scenario}: {self.reference}")

    def judge(self, outcome: Outcome, faults: tuple[str, ...], words: Iterable[bytes] = (),
              must_succeed: bool = False) -> None:
        """`words`: the message of a failure has one of them."""
        try:
            if any(fault.startswith("unlink:") for fault in faults):  # nothing can be done
                outcome = replace(outcome, files={name: content for name, content in outcome.files.items()
                                                  if not TEMPORARY.fullmatch(name)})
            if self._refuses_as_ever(outcome):
                demand(not must_succeed or self.is_reference(outcome), "says less where there is another way")
            elif outcome.status == 0:
                self._judge_success(outcome)
            else:
                demand(not must_succeed, "fails where there is another way")
                self._judge_failure(outcome, list(words))
        except Problem as problem:
            raise Problem(f"{self.scenario} with {faults}: {problem}; {outcome}") from None

    def is_reference(self, outcome: Outcome) -> bool:
        it = self.reference
        return (outcome.status, outcome.out, outcome.err, outcome.files) == (it.status, it.out, it.err, it.files)

    def _refuses_as_ever(self, outcome: Outcome) -> bool:
        """A damaged archive; what the cause may be, it need not tell."""
        def of(one: Outcome) -> tuple[object, ...]:
            return one.status, HINT.sub(b"", one.out), HINT.sub(b"", one.err), one.files

        return self.scenario.status != 0 and of(outcome) == of(self.reference)

    def _judge_success(self, outcome: Outcome) -> None:
        demand(outcome.out == self.reference.out, "output differs, and the exit status is 0")
        demand(outcome.files == self.reference.files, "files differ, and the exit status is 0")
        demand(outcome.err == self.reference.err or outcome.failed("writev"), "messages differ, and the exit status is 0")

    def _judge_failure(self, outcome: Outcome, words: list[bytes]) -> None:
        if outcome.status == -signal.SIGPIPE:
            demand(self.reference.err.startswith(outcome.err) and b"the reader of the output has gone" in words, "ended by SIGPIPE")
        else:
            demand(outcome.status in (1, 2), "unexpected exit status")
            lines = outcome.err.splitlines()
            demand(all(line.startswith(b"pgfilter: ") for line in lines), "messages without a name")
            writes = [call.failed for call in outcome.calls if call.function == "writev"]
            unheard = writes and writes[-1]  # the latest is that of the message
            demand(any(word in outcome.err for word in words) or unheard, f"no message, or none with {words}")
        self._judge_files(outcome)
        if outcome.status == 2:
            demand(outcome.out == b"" and outcome.files == self.before, "exit 2, but something was written")
        if self.reference.out and b" is complete" not in outcome.err:
            # To a pipe, output that was given up must not pass for good.
            demand(self.reference.out.startswith(outcome.out), "output is not a beginning of the right one")
            self._judge_beginning(outcome, outcome.out, self.reference.out)

    @staticmethod
    def _judge_beginning(outcome: Outcome, written: bytes, whole: bytes) -> None:
        """Where the status is the only sign, for all had been written when close() failed."""
        if written != whole:
            demand_refused(written)
        elif whole.startswith(b"PGDMP"):
            demand(outcome.failed("close"), "all output was written")

    def _judge_files(self, outcome: Outcome) -> None:
        known = self.before.keys() | self.reference.files.keys()
        demand(outcome.files.keys() <= known, "files are left behind")
        for name in known:
            now = outcome.files.get(name)
            if name == "standard-output":
                self._judge_beginning(outcome, now or b"", self.reference.files[name])
                continue
            said = any(word in outcome.err for word in (b" is complete", b"out of memory"))
            complete = now == self.reference.files.get(name) and said
            demand(complete or now == self.before.get(name), f"{name} is neither as it was nor complete")


_refused: set[bytes] = set()
_refused_lock = threading.Lock()


def demand_refused(output: bytes) -> None:
    """That nobody takes it for a complete archive."""
    if not output.startswith(b"PGDMP"):
        return
    with _refused_lock:
        if output in _refused:
            return
        _refused.add(output)
    done = subprocess.run([harness.program()], input=output, capture_output=True, timeout=harness.TIME_LIMIT)
    demand(done.returncode != 0, "what was written passes for a complete archive")
    try:
        pga.read(output)
    except Exception:  # whatever the other reader objects to
        return
    raise Problem("the tests' own reader takes what was written for a complete archive")
