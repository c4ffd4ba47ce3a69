"""What an installation has: the program, the rule files of platforms, the manual, completions of shells, and a library that other projects can use."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

PROJECT = Path(__file__).resolve().parent.parent.parent
USER = """cmake_minimum_required(VERSION 3.21)
project(user LANGUAGES CXX)
find_package(pgfilter 0.1 REQUIRED)
foreach(sample iostreams_chain library_use list_tables own_rule)
  add_executable(${sample} ${sample}.cpp)
  target_link_libraries(${sample} PRIVATE pgfilter::pgfilter)
endforeach()
"""


class InstallTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = harness.scratch_file(suffix=".dir")
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)
        self.prefix = self.folder / "installed"
        self.done(["cmake", "--install", Path(harness.program()).parent, "--prefix", self.prefix])

    def done(self, command: list, **options: object) -> bytes:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.assertEqual(result.returncode, 0, f"{command}: {result.stdout[-2000:]!r} {result.stderr[-2000:]!r}")
        return result.stdout

    def assert_same_files(self, installed: Path, sources: Path, pattern: str) -> None:
        wanted = sorted(path.relative_to(sources) for path in sources.rglob(pattern))
        self.assertGreater(len(wanted), 10)
        for name in wanted:
            self.assertEqual((installed / name).read_bytes(), (sources / name).read_bytes(), name)
            harness.count("files")

    def test_rule_files_and_headers(self) -> None:
        self.assert_same_files(self.prefix / "share/pgfilter/targets", PROJECT / "share/targets", "*.rules")
        self.assert_same_files(self.prefix / "include/pgfilter", PROJECT / "include/pgfilter", "*.hpp")

    def test_manual(self) -> None:
        found = sorted(str(path.relative_to(self.prefix / "share/man")) for path in (self.prefix / "share/man").rglob("*.*"))
        self.assertEqual(found, ["man1/pgfilter.1", "man3/pgfilter-plugin.3", "man5/pgfilter-rules.5"])
        environment = {**os.environ, "MANPATH": str(self.prefix / "share/man"), "PATH": f"{self.prefix}/bin:{os.environ['PATH']}"}
        for name, words in (("pgfilter", b"--no-owner"), ("pgfilter-rules", b"drop-role"), ("pgfilter-plugin", b"quote_literal")):
            page = self.done(["man", name], env=environment)
            self.assertIn(words, page)
            for file in re.findall(rb"(?:docs|samples)/[\w.]+\w", page):
                self.assertTrue((self.prefix / "share/doc/pgfilter" / file.decode()).is_file(), file)
                harness.count("references")

    def test_completions(self) -> None:
        for name in ("bash-completion/completions/pgfilter", "zsh/site-functions/_pgfilter", "fish/vendor_completions.d/pgfilter.fish"):
            self.assertEqual((self.prefix / "share" / name).read_bytes(), (Path(harness.program()).parent / "share" / name).read_bytes())
            harness.count("files")

    def test_program(self) -> None:
        archive = harness.archive("15/roles.fc.dump")
        program = self.prefix / "bin/pgfilter"
        rules = self.prefix / "share/pgfilter/targets/neon.rules"
        self.assertEqual(self.done([program, "-q", "-R", rules, archive]),
                         self.done([program, "-q", "--for", "neon", archive]))

    def test_installed_plugin(self) -> None:
        program = self.prefix / "bin/pgfilter"
        refused = subprocess.run([program, "--plugin=misbehaving.so", "--list-rules"], capture_output=True)
        self.assertEqual(refused.returncode, 2)
        place = Path(re.search(rb"plug-in (/.*/misbehaving.so): ", refused.stderr)[1].decode())
        self.assertTrue(place.is_relative_to(self.prefix), place)
        place.parent.mkdir(parents=True)
        shutil.copy(Path(harness.program()).parent / "tests/plugins/misbehaving.so", place)
        self.assertIn(b"\nmisbehave ", b"\n" + self.done([program, "--plugin=misbehaving.so", "--list-rules"]))

    @unittest.skipIf(harness.SANITIZED, "whoever uses the library would have to be built like it")
    def test_library(self) -> None:
        user = self.folder / "user"
        user.mkdir()
        (user / "CMakeLists.txt").write_text(USER)
        for sample in ("iostreams_chain", "library_use", "list_tables", "own_rule"):
            shutil.copy(PROJECT / "samples" / f"{sample}.cpp", user)
        self.done(["cmake", "-S", user, "-B", user / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"])
        self.done(["cmake", "--build", user / "build"])
        archive = harness.archive("15/roles.fc.dump")
        with archive.open("rb") as stream:
            output = self.done([user / "build/library_use"], stdin=stream)
        self.assertEqual(output, harness.must_run(["-q", "-O", "-x", "--map-role", "prod_app=staging_app"], archive))
        self.assertIn(b"\t", self.done([user / "build/list_tables", archive]))
        self.done([user / "build/own_rule", r".*\..*", archive, user / "without_tables.dump"])
        self.assertLess((user / "without_tables.dump").stat().st_size, archive.stat().st_size)


if __name__ == "__main__":
    harness.main()
