# SPDX-License-Identifier: PostgreSQL
"""Killed at any instant (SIGKILL, as by the kernel when memory is short), a run leaves the original file or the complete
new one, and at most one temporary file beside it for each file it was writing."""
from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import faults  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from faults import OLD, Outcome, Scenario  # noqa: E402

SEED = harness.SEED
KILLS = 200  # that take effect
MOST_ROUNDS = 1000
SIZE = 12_000_000
SCENARIOS = (
    Scenario("new file", ("-O", "-f", "out.dump", "in.dump"), archive="15/roles.fc_pipe.dump"),
    Scenario("existing file", ("-O", "-f", "out.dump", "in.dump"), archive="15/roles.fc_pipe.dump",
             files=(("out.dump", OLD),)),
    Scenario("existing file, not synced", ("-O", "--no-sync", "-f", "out.dump", "in.dump"), files=(("out.dump", OLD),)),
    Scenario("in place", ("-x", "--in-place", "in.dump"), archive="15/roles.fc_pipe.dump"),
    Scenario("in place, with report", ("-x", "--in-place", "--report=report.json", "in.dump")),
)


def judge(scenario: Scenario, before: dict[str, bytes], wanted: dict[str, bytes], after: dict[str, bytes]) -> None:
    left = [name for name in after if faults.TEMPORARY.fullmatch(name)]
    faults.demand(len(left) <= len([name for name in wanted if wanted[name] != before.get(name)]),
                  f"{scenario}: left behind: {left}")
    for name in (after.keys() | before.keys()) - set(left):
        faults.demand(after.get(name) in (before.get(name), wanted.get(name)),
                      f"{scenario}: {name} is neither what it was nor complete")


@unittest.skipUnless(faults.available(), "the program has sanitizers")
class EveryCallTest(unittest.TestCase):
    def test_killed_before_each_call(self) -> None:
        harness.check_all(self.kill_everywhere, SCENARIOS)

    def kill_everywhere(self, scenario: Scenario) -> None:
        reference = faults.run(scenario)
        before = faults.files_before(scenario)
        k, states = 1, set()
        while True:
            outcome = faults.run(scenario, f"any:{k}:kill")
            if outcome.status != -signal.SIGKILL:
                break
            judge(scenario, before, reference.files, outcome.files)
            states.add(tuple(outcome.files.get(name) == content for name, content in reference.files.items()))
            harness.count("calls killed at")
            k += 1
        self.assertEqual((outcome.status, outcome.files), (0, reference.files), scenario)
        self.assertEqual(k, len(outcome.calls) + 1, scenario)
        self.assertGreaterEqual(len(states), 2, "before and after")

    def test_order_of_what_reaches_the_disk(self) -> None:
        """A loss of power is not to be had in a test; that content comes before name, and name before success, is."""
        for scenario in SCENARIOS:
            calls = [call.function for call in faults.run(scenario).calls]
            wanted = ["writev", "fsync", "close", "rename", "open", "fsync", "close"]
            if "--no-sync" in scenario.words:
                wanted = ["writev", "close", "rename"]
            at = -1
            for function in wanted:
                faults.demand(function in calls[at + 1 :], f"{scenario}: {wanted}: {calls}")
                at = calls.index(function, at + 1)
            harness.count("orders")


class AnyInstantTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = harness.scratch_file(suffix=".dir")
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)
        data = harness.archive("15/roles.fc_pipe.dump").read_bytes()
        archive = pga.read(data)
        block = max(archive.blocks, key=lambda candidate: candidate.end - candidate.start)
        # One block many times as large, so that most of the time is spent in writing.  What is in it nobody looks at.
        for stream in block.streams:
            stream.chunks *= SIZE // (block.end - block.start)
        self.data = data[: block.start] + block.encode(archive.layout) + data[block.end :]
        self.assertGreater(len(self.data), SIZE // 2)
        self.source = self.folder / "source"
        self.source.write_bytes(self.data)

    def test_any_instant(self) -> None:
        """In turn into a new file, over an existing one and in place, spread over the time that a whole run takes."""
        print(f"seed {SEED}", flush=True)
        chosen = random.Random(SEED)
        wanted = harness.run(("-x",), self.source, outlet="file").out
        self.assertNotIn(wanted, (b"", self.data))
        whole = sorted(self.run_for(self.folder / "timed", None) for _ in range(3))[1]
        killed = turn = 0
        while killed < KILLS:
            turn += 1
            self.assertLess(turn, MOST_ROUNDS, f"only {killed} of them were killed")
            file = self.folder / f"file{turn % 3}"
            old = (None, OLD, self.data)[turn % 3]
            if old is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(old)
            # A little beyond the end, so that the end itself is not left out.
            spent = self.run_for(file, chosen.uniform(0, 1.1 * whole), in_place=turn % 3 == 2)
            killed += spent < 0
            now = file.read_bytes() if file.exists() else None
            if spent >= 0:
                self.assertEqual(now == wanted, True, f"turn {turn}: done, but not complete")
            else:
                self.assertEqual(now in (old, wanted), True, f"turn {turn}: neither the original nor complete")
            self.assertEqual(self.source.stat().st_size, len(self.data))
            left = [path for path in self.folder.iterdir() if faults.TEMPORARY.fullmatch(path.name)]
            self.assertLessEqual(len(left), 1 if spent < 0 else 0, f"turn {turn}: {left}")
            for path in left:
                harness.count("temporary files left by kills")
                path.unlink()
        harness.count("runs killed", killed)
        harness.count("runs done", turn - killed)
        self.assertGreater(turn, killed, "no run came to its end")

    def run_for(self, file: Path, seconds, in_place: bool = False) -> float:
        """How long the run took, negative if it was killed."""
        words = ["-x", "--in-place", file] if in_place else ["-x", "-f", file, self.source]
        begin = time.monotonic()
        process = subprocess.Popen([harness.program(), *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        error = process.stderr.read()
        process.stderr.close()
        status = process.wait(harness.TIME_LIMIT)
        if harness.SANITIZED and status == -signal.SIGKILL:
            error = b""  # a thread of the sanitizer outlives the others, and says so
        self.assertIn((status, error), ((0, b""), (-signal.SIGKILL, b"")))
        return time.monotonic() - begin if status == 0 else -1.0


if __name__ == "__main__":
    harness.main()
