# SPDX-License-Identifier: PostgreSQL
"""Archives inside gzip, bzip2, xz, zstd and lz4, wrapped by the real programs: as if unpacked first, or an error.

What was cut off or changed at random (seed printed) is never passed on as good, and no wrapping costs much memory.
"""
from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from memory_test import MIB, peak_of  # noqa: E402

SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
MANNERS = {
    "gzip": (("-1",), ("-9",), ("-n",)),
    "bzip2": (("-1",), ("-9",)),
    "xz": (("-0",), ("-9e",), ("--check=none",), ("--block-size=4096", "-T2")),
    "zstd": (("-1",), ("-19",), ("--ultra", "-22"), ("--no-check",), ("--long=27",)),
    "lz4": (("-1",), ("-9", "-B4", "-BD"), ("--no-frame-crc",), ("-BX",)),
}
ENDINGS = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst", "lz4": ".lz4"}


def programs() -> list[str]:
    present = [name for name in MANNERS if shutil.which(name)]
    for name in set(MANNERS) - set(present):
        harness.leave_out(f"archives in {name} (no such program)")
    return present


def wrap(name: str, data: bytes, *options: str) -> bytes:
    """From a pipe, so that no size stands in the header."""
    return subprocess.run([name, "-c", *options], input=data, capture_output=True, check=True).stdout


class WrappedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        print(f"SEED={SEED}")

    def setUp(self) -> None:
        self.random = random.Random(f"{SEED} {self.id()}")
        self.tiny = harness.archive("tiny/tiny.17.none.file.dump").read_bytes()
        self.folder = harness.scratch_file()
        self.folder.mkdir()

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_every_manner_of_wrapping(self) -> None:
        paths = [harness.archive("15/rich.fc.dump"), harness.archive("tiny/tiny.17.none.pipe.dump"),
                 harness.archive("tiny/tiny.15.redirect.dump")]
        for name in programs():
            for options in MANNERS[name]:
                for path in paths:
                    data = path.read_bytes()
                    wrapped = wrap(name, data, *options)
                    for inlet in ("file", "pipe", "redirect"):
                        with self.subTest(name, options=options, path=path.name, inlet=inlet):
                            harness.same_bytes(harness.must_run((), wrapped, inlet), data, "unpacked")
                            harness.count("wrapped archives")

    def test_rules_and_restores_see_no_difference(self) -> None:
        words = ("-O", "-x", "--exclude-table-data", "*")
        for path, restore in harness.readable_pairs([harness.archive("15/rich.fc.dump"),
                                                     harness.archive("18/rich.fc_stats.dump")]):
            plain = harness.must_run(words, path, quiet=False)
            for name in programs():
                with self.subTest(name, path=path, restore=restore.major):
                    wrapped = wrap(name, path.read_bytes())
                    got = harness.must_run(words, wrapped, "pipe", "file", quiet=False)
                    same = [harness.normal_script(harness.restore_script(restore, data)) for data in (plain, got)]
                    harness.same_bytes(same[1], same[0], "script")
                    self.assertEqual(harness.offsets_problem(got), "")
                    harness.count("restores")

    def test_listings_and_dry_runs_take_them_too(self) -> None:
        path = harness.archive("15/rich.fc.dump")
        for name in programs():
            wrapped = self.file(f"a{ENDINGS[name]}", wrap(name, path.read_bytes()))
            for words in (("-l",), ("--dry-run", "-O"), ("--needs",)):
                self.assertEqual(harness.must_run(words, wrapped), harness.must_run(words, path))

    def test_pieces_wrapped_one_by_one(self) -> None:
        for name in programs():
            cuts = sorted(self.random.sample(range(len(self.tiny)), 5))
            pieces = [self.tiny[a:b] for a, b in zip([0, *cuts], [*cuts, len(self.tiny)])]
            wrapped = b"".join(wrap(name, piece) for piece in pieces)
            harness.same_bytes(harness.must_run((), wrapped), self.tiny, name)

    def test_cut_off_anywhere(self) -> None:
        restore = harness.restores()[-1] if harness.restores() else None
        for name in programs():
            wrapped = wrap(name, self.tiny)
            first = 6  # what it takes to be recognised
            cuts = {first, len(wrapped) - 1, *self.random.sample(range(first, len(wrapped)), 25)}

            def check(cut: int) -> None:
                done = harness.run((), wrapped[:cut], "pipe", "pipe")
                assert done.status in (1, 2), str(done)
                assert b"(unpacked)" in done.err and b"cut off, at byte %d" % cut in done.err, str(done)
                if restore and done.out:
                    taken = subprocess.run([restore.program, "-f", os.devnull], input=done.out, capture_output=True)
                    assert taken.returncode != 0, f"pg_restore takes what was left of {cut} bytes of {name}"
                harness.count("cuts")

            harness.check_all(check, harness.thinned(sorted(cuts), "cuts"))

    def test_changed_bits(self) -> None:
        for name in programs():
            wrapped = wrap(name, self.tiny)

            def check(bit: int) -> None:
                changed = bytearray(wrapped)
                changed[bit // 8] ^= 1 << bit % 8
                done = harness.run((), bytes(changed), "pipe")
                assert done.status in (0, 1, 2), str(done)
                if done.status == 0:  # a bit that says nothing of the content
                    harness.same_bytes(done.out, self.tiny, f"{name}, bit {bit}")
                harness.count("flips")

            bits = self.random.sample(range(48, 8 * len(wrapped)), 40)
            harness.check_all(check, harness.thinned(bits, "flips"))

    def test_what_follows_is_an_error(self) -> None:
        for name in programs():
            done = harness.run((), wrap(name, self.tiny) + b"something else, and enough of it", "pipe")
            self.assertIn(done.status, (1, 2), str(done))
            self.assertIn(name.encode() + b" wrapping is", done.err)

    def test_the_wrapped_file_is_never_replaced(self) -> None:
        for name in programs():
            path = self.file(f"a.dump{ENDINGS[name]}", wrap(name, self.tiny))
            link = self.folder / f"link{ENDINGS[name]}"
            link.symlink_to(path)
            before = path.read_bytes()
            for words in (("--in-place", "-O", path), ("-O", "-f", path, path), ("-O", "-f", link, path),
                          ("--in-place", link)):
                done = harness.run(words)
                self.assertEqual((done.status, done.out), (2, b""), str(done))
                self.assertIn(b"is wrapped in " + name.encode(), done.err)
                self.assertIn(name.encode() + b" -d FILE", done.err)
                self.assertEqual(path.read_bytes(), before)
            # But told what would be done it can be.
            self.assertEqual(harness.run(("--dry-run", "-O", "-q", path)).status, 0)
        self.assertEqual(harness.leftovers(self.folder, [f.name for f in self.folder.iterdir() if f.name[0] != "."]), [])

    def test_a_name_that_says_it_is_wrapped_is_reported(self) -> None:
        for name in programs():
            path = self.file(f"a{ENDINGS[name]}", wrap(name, self.tiny))
            target = self.folder / f"out{ENDINGS[name]}"
            done = harness.run(("-f", target, path))
            self.assertEqual(done.status, 0, str(done))
            self.assertIn(b"is not wrapped in " + name.encode(), done.err)
            self.assertEqual(target.read_bytes(), self.tiny)
            self.assertEqual(harness.run(("-f", self.folder / "out.dump", path)).err, b"")

    def test_offsets_are_of_what_is_inside(self) -> None:
        path = harness.archive("15/rich.fc.dump")
        cut = path.read_bytes()[:-100]
        for name in programs():
            plain = harness.run((), cut, "pipe").err.replace(b"standard input", b"standard input (unpacked)")
            self.assertEqual(harness.run((), wrap(name, cut), "pipe").err, plain)

    def test_twice_wrapped_is_named(self) -> None:
        for inner in programs():
            done = harness.run((), wrap("gzip", wrap(inner, self.tiny)), "pipe")
            self.assertEqual((done.status, done.out), (2, b""), str(done))
            self.assertIn(b"(unpacked): offset 0: input is wrapped in " + inner.encode(), done.err)


def bomb(name: str, head: bytes, gibibytes: int) -> bytes:
    """An archive whose first data block has chunks of 1 GiB of zeros; put together of pieces, as each format allows."""
    zeros = wrap(name, bytes(64 * MIB))
    chunk = wrap(name, b"\0" + (1 << 30).to_bytes(4, "little")) + zeros * 16
    return wrap(name, head) + chunk * gibibytes


@unittest.skipIf(harness.SANITIZED, "a sanitizer takes memory of its own")
class BombTest(unittest.TestCase):
    def run_with(self, words: tuple, data: bytes) -> tuple[int, bytes, int, float]:
        path = harness.scratch_file(data, ".dump")
        start = time.monotonic()
        process = subprocess.Popen([harness.program(), *words, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        peak = peak_of(process)
        took = time.monotonic() - start
        err = process.stderr.read()
        process.stderr.close()
        path.unlink()
        harness.count("bombs")
        return process.returncode, err, peak, took

    def head(self) -> bytes:
        entry = pga.Entry(1, b"TABLE DATA", b"t", copy=b"COPY t FROM stdin;\n", section=pga.SECTION_DATA, had_dumper=1,
                          flag=pga.NOT_SET)
        archive = pga.Archive((1, 16, 0), entries=[entry])
        return archive.encode("unset") + b"\1" + archive.layout.int(1)

    def test_of_data(self) -> None:
        bounds = {"gzip": 12, "bzip2": 16, "xz": 24, "zstd": 20, "lz4": 20}
        for name in programs():
            data = bomb(name, self.head(), 4)
            status, err, peak, took = self.run_with((), data)
            print(f"  {name}: {len(data)} bytes, peak {peak / MIB:.1f} MiB, {took:.1f} s: {err[:160].decode()}")
            self.assertEqual(status, 1)
            if name == "lz4":  # not beyond the ratio, so it is read to its end, which is missing
                self.assertIn(b"archive ends", err)
            else:
                self.assertIn(b"more than 1000 times as large", err)
            self.assertLessEqual(peak, bounds[name] * MIB)

    def test_of_data_where_it_is_allowed(self) -> None:
        if "zstd" not in programs():
            self.skipTest("no zstd")
        status, err, peak, _ = self.run_with(("--limit", "ratio=1000000"), bomb("zstd", self.head(), 1))
        self.assertEqual(status, 1)
        self.assertIn(b"archive ends", err)
        self.assertLessEqual(peak, 20 * MIB)

    def test_of_the_table_of_contents(self) -> None:
        """A definition that goes on and on."""
        archive = pga.Archive((1, 16, 0), entries=[pga.Entry(1, b"TABLE", b"t", b"@@@@@@@@")])
        text = archive.encode("unset")
        length = archive.layout.int(2**31 - 1)
        head = text[:text.index(b"@@@@")].removesuffix(archive.layout.int(8)) + length
        for name in programs():
            data = wrap(name, head) + wrap(name, bytes(64 * MIB)) * 31
            for words, limit in (((), 300), (("--limit", "text-bytes=1MB"), 24), (("--limit", "toc-bytes=2MB"), 24)):
                if name == "lz4" and not words:
                    continue  # 255 times as large, and read in full: the limit of toc-bytes bounds it
                status, err, peak, _ = self.run_with(words, data)
                self.assertEqual(status, 2, err)
                self.assertIn(b"limit" if words else b"more than 1000 times as large", err)
                self.assertLessEqual(peak, limit * MIB, f"{name} {words}: {err!r}")

    def test_of_windows(self) -> None:
        """What asks for gigabytes of memory to be unpacked gets none."""
        zstd = b"\x28\xb5\x2f\xfd" + b"\0" + b"\xa8" + b"\x01\0\0"  # a window of 2 GiB
        status, err, peak, _ = self.run_with((), zstd)
        self.assertEqual(status, 2, err)
        self.assertIn(b"too much memory", err)
        self.assertLessEqual(peak, 16 * MIB)
        if "xz" in programs():
            data = wrap("xz", harness.archive("tiny/tiny.17.file.dump").read_bytes(), "--lzma2=dict=200MiB")
            status, err, peak, _ = self.run_with((), data)
            self.assertEqual(status, 2, err)
            self.assertIn(b"more than 100 MiB of memory would be needed", err)
            self.assertLessEqual(peak, 16 * MIB)

    def test_the_largest_usual_windows(self) -> None:
        data = harness.archive("tiny/tiny.17.file.dump").read_bytes()
        for name, options, limit in (("xz", ("-9",), 80), ("zstd", ("--ultra", "-22"), 145), ("zstd", ("-19",), 24),
                                     ("xz", ("-6",), 24), ("bzip2", ("-9",), 16), ("lz4", ("-9", "-B7"), 24)):
            if name in programs():
                status, err, peak, _ = self.run_with((), wrap(name, data, *options))
                self.assertEqual((status, err), (0, b""))
                self.assertLessEqual(peak, limit * MIB, f"{name} {options}")


if __name__ == "__main__":
    harness.main()
