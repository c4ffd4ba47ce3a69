# SPDX-License-Identifier: PostgreSQL
"""What other systems have in place of Linux's calls on pipes: the program, linked with it, gives the same bytes."""
from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

PORTABLE = Path(harness.program()).parent / "tests/pgfilter-portable"


class PortableTest(unittest.TestCase):
    def test_calls_nothing_of_linux(self) -> None:
        names = subprocess.run(["nm", "-D", "--undefined-only", PORTABLE], capture_output=True, check=True).stdout
        used = {name.split()[-1].split(b"@")[0] for name in names.splitlines()}
        self.assertIn(b"read", used)
        self.assertFalse(used & {b"tee", b"splice", b"vmsplice", b"pipe2", b"copy_file_range", b"sendfile"})

    def test_same_bytes(self) -> None:
        for path in harness.thinned(harness.archives(), "archives"):
            data = path.read_bytes()
            for options in ((), ("-q", "-O", "-x")):
                through_pipes = subprocess.run([PORTABLE, *options], input=data, capture_output=True)
                self.assertEqual(through_pipes.returncode, 0, through_pipes.stderr)
                wanted = harness.must_run(options, data, "pipe", "pipe")
                harness.same_bytes(through_pipes.stdout, wanted, f"{harness.label(path)} {options}")
                harness.count("outputs")

    def test_large_data_through_pipes(self) -> None:
        archive = pga.read(harness.archive("tiny/tiny.15.none.pipe.dump").read_bytes())
        block = next(block for block in archive.blocks if block.streams[0].oid is None)
        block.streams[0].chunks[:0] = [os.urandom(4096).hex().encode() + b"\n" for _ in range(2000)]
        data = archive.encode()
        done = subprocess.run(f"cat | '{PORTABLE}' | cat", shell=True, input=data, capture_output=True)
        self.assertEqual(done.stderr, b"")
        harness.same_bytes(done.stdout, data, "through pipes")


if __name__ == "__main__":
    harness.main()
