# SPDX-License-Identifier: PostgreSQL
"""Calls that do less than was asked for, are interrupted, or would have to wait: the result is the same."""
from __future__ import annotations

import fcntl
import os
import random
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import faults  # noqa: E402
import harness  # noqa: E402
from faults import Judge, Scenario, number  # noqa: E402

SEED = harness.SEED
PATIENCE = 30.0
SCENARIOS = (
    Scenario("pipe to pipe", ("-x",), archive="15/roles.fc.dump", inlet="pipe"),
    Scenario("pipe to pipe, unchanged", (), archive="15/roles.fc_z0.dump", inlet="pipe"),
    Scenario("pipe to pipe, data dropped", ("--no-large-objects", "--exclude-table-data", "*"), archive="15/rich.fc.dump",
             inlet="pipe"),
    Scenario("pipe to file", ("-O", "-f", "out.dump"), archive="15/roles.fc_pipe.dump", inlet="pipe"),
    Scenario("file to file", ("-O", "-f", "out.dump", "in.dump"), archive="15/roles.fc_pipe.dump"),
    Scenario("file to pipe", ("-O", "in.dump"), archive="15/roles.fc_pipe.dump"),
    Scenario("in place", ("-x", "--in-place", "in.dump"), archive="18/rich.fc_stats.dump"),
    Scenario("list", ("-l", "in.dump"), archive="15/roles.fc.dump"),
)
INTERRUPTIBLE = ("read", "write", "writev", "pwrite", "tee", "splice", "open", "flock", "fsync", "poll", "stat", "fstat", "fchmod",
                 "fchown", "unlink")
WAITING = ("read", "write", "writev", "pwrite", "tee", "splice")
STORMS = {
    "interrupted": tuple(f"{name}:odd:{number('EINTR')}" for name in WAITING),
    "not ready": tuple(f"{name}:odd:{number('EAGAIN')}" for name in WAITING),
    "opened at the second attempt": tuple(f"{name}:odd:{number('EINTR')}" for name in INTERRUPTIBLE[6:]),
    "short": ("any:1+:short",),
    "short and interrupted": ("any:1+:short", *(f"{name}:odd:{number('EINTR')}" for name in WAITING)),
    "short, without tee": ("any:1+:short", f"tee:1+:{number('EINVAL')}"),
    "short, without splice": ("any:1+:short", f"splice:1+:{number('ENOSYS')}"),
    "short, with neither": ("any:1+:short", f"tee:1+:{number('EPERM')}", f"splice:1+:{number('EXDEV')}"),
    "without pipes of its own": (f"pipe2:1+:{number('EMFILE')}",),
}


@unittest.skipUnless(faults.available(), "the program has sanitizers")
class StormTest(unittest.TestCase):
    def test_storms(self) -> None:
        print(f"seed {SEED}", flush=True)
        harness.check_all(self.weather, [(scenario, Judge(scenario), name) for scenario in SCENARIOS for name in STORMS])

    def weather(self, case: tuple[Scenario, Judge, str]) -> None:
        scenario, judge, name = case
        seed = random.Random(f"{SEED}{scenario}{name}").randrange(1 << 30)
        outcome = faults.run(scenario, *STORMS[name], seed=seed)
        judge.judge(outcome, STORMS[name], must_succeed=True)
        harness.count("calls let fail", sum(call.failed for call in outcome.calls))
        if name.startswith("short") and scenario.outlet == "pipe" and judge.reference.out:
            least = len(judge.reference.out) // 5000
            faults.demand(len(outcome.calls) > least, f"{scenario}: nothing was short")


class NonBlockingTest(unittest.TestCase):
    """Pipes that somebody has made non-blocking, with somebody slow at the other end."""

    def pipe(self) -> tuple[int, int]:
        ends = os.pipe2(os.O_CLOEXEC)
        fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, 4096)
        return ends

    def test_slow_reader_and_writer(self) -> None:
        data = harness.archive("15/roles.fc.dump").read_bytes()
        for words in ((), ("-x",), ("-l",), ("--dry-run", "-O")):
            wanted = harness.must_run(words, data, "pipe")
            for inlet in ("pipe", "file"):
                source, into = self.pipe()
                out_of, sink = self.pipe()
                for descriptor in (source, sink):
                    os.set_blocking(descriptor, False)
                command = [harness.program(), *words] + (["-"] if inlet == "pipe" else
                                                         [str(harness.archive("15/roles.fc.dump"))])
                process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.PIPE)
                for descriptor in (source, sink):
                    os.close(descriptor)
                writer = threading.Thread(target=self.write_slowly, args=(into, data if inlet == "pipe" else b""))
                writer.start()
                got = self.read_slowly(out_of)
                writer.join()
                self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, b""), (words, inlet))
                process.stderr.close()
                self.assertEqual(got == wanted, True, (words, inlet))
                harness.count("non-blocking runs")

    @staticmethod
    def write_slowly(descriptor: int, data: bytes) -> None:
        try:
            for at in range(0, len(data), 30_000):
                os.write(descriptor, data[at : at + 30_000])
                time.sleep(0.002)
        except BrokenPipeError:
            pass  # a list needs no data
        os.close(descriptor)

    @staticmethod
    def read_slowly(descriptor: int) -> bytes:
        got = b""
        while piece := os.read(descriptor, 20_000):
            got += piece
            time.sleep(0.002)
        os.close(descriptor)
        return got

    def test_messages_arrive_whole(self) -> None:
        """Standard error is a full pipe that does not block; the messages wait for room."""
        out_of, into = self.pipe()
        os.set_blocking(into, False)
        filling = 0
        try:
            while True:
                filling += os.write(into, b"x" * 1000)
        except BlockingIOError:
            pass
        words = [word for number in range(3000) for word in ("--map-role", f"nobody{number}=somebody")]
        process = subprocess.Popen([harness.program(), *words, str(harness.archive("tiny/tiny.17.file.dump"))],
                                   stdout=subprocess.DEVNULL, stderr=into)
        os.close(into)
        got = self.read_slowly(out_of)
        self.assertEqual(process.wait(PATIENCE), 0)
        lines = got[filling:].splitlines()
        self.assertEqual(len(lines), 3000)
        for at, line in enumerate(lines):
            self.assertTrue(line.startswith(b"pgfilter: map-role 'nobody%d' = 'somebody' matched nothing" % at), line)


if __name__ == "__main__":
    harness.main()
