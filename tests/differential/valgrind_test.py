# SPDX-License-Identifier: PostgreSQL
"""The program under valgrind: nothing uninitialised decides anything or is written, and nothing is lost.  AddressSanitizer,
with which all other tests run, does not see the former."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

ALL_RULES = ("-O", "-x", "--no-tablespaces", "--no-create", "--map-role", "alice=a1", "--drop-role", "bob*",
             "--exclude-table-data", "*", "--no-policies", "--repair")
PIPED = ("tiny/tiny.15.redirect.dump", "tiny/tiny.17.none.pipe.dump", "tiny/tiny.18.lz4.pipe.dump")
CASES: list[tuple[tuple[str, ...], str, str]] = [
    *[((), name, "pipe") for name in PIPED],
    *[(ALL_RULES, name, "pipe") for name in PIPED],
    ((), "tiny/tiny.17.file.dump", "file"),
    (ALL_RULES, "15/rich.fc.dump", "file"),
    (("--set-owner", "app", "--exclude-table", "*", "--cascade"), "18/rich.fc_stats.dump", "pipe"),
    (("--exclude-extension", "*", "--no-large-objects", "-n", "public"), "15/rich.fc.dump", "pipe"),
    (("-l", "-v"), "15/rich.fc.dump", "file"),
    (("--dry-run", *ALL_RULES), "tiny/tiny.18.file.dump", "file"),
    (("--dry-run", "--json", *ALL_RULES), "tiny/tiny.18.file.dump", "file"),
    (("--needs",), "18/rich.fc_stats.dump", "file"),
    (("--list-rules",), "tiny/tiny.18.file.dump", "file"),
    (("--nonsense",), "tiny/tiny.18.file.dump", "file"),
]
FOUND = 99  # its exit status when it has something to say


@unittest.skipIf(harness.SANITIZED, "the program has sanitizers")
class ValgrindTest(unittest.TestCase):
    def test_says_nothing(self) -> None:
        harness.check_all(self.run_one, CASES)

    def test_of_damaged_archives(self) -> None:
        data = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        cuts = [data[:size] for size in range(0, len(data), len(data) // 4)]
        flips = [data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :] for at in range(7, len(data), len(data) // 4)]
        harness.check_all(lambda bad: self.judge((), self.valgrind((), bad), bad), cuts + flips)

    def run_one(self, case: tuple[tuple[str, ...], str, str]) -> None:
        words, name, inlet = case
        archive = harness.archive(name)
        if inlet == "pipe":
            done = self.valgrind(words, archive.read_bytes())
        else:
            done = self.valgrind((*words, str(archive)), b"")
        self.judge(case, done, b"")

    @staticmethod
    def valgrind(words: tuple[str, ...], data: bytes) -> subprocess.CompletedProcess:
        command = ["valgrind", "--quiet", f"--error-exitcode={FOUND}", "--leak-check=full", "--errors-for-leak-kinds=definite",
                   f"--suppressions={harness.HERE.parent / 'valgrind.supp'}", harness.program(), *words]
        harness.count("runs")
        return subprocess.run(command, input=data, capture_output=True, timeout=4 * harness.TIME_LIMIT)

    @staticmethod
    def judge(case: object, done: subprocess.CompletedProcess, data: bytes) -> None:
        if done.returncode not in (0, 1, 2) or b"==" in done.stderr:
            raise AssertionError(f"{case} ({len(data)} bytes): exit {done.returncode}: {done.stderr[:2000].decode()}")


if __name__ == "__main__":
    if not shutil.which("valgrind"):
        harness.leave_out("EVERYTHING, for there is no valgrind")
        os._exit(harness.PARTLY_LEFT_OUT if os.environ.get("REPORT_LEFT_OUT") else 0)
    harness.main()
