# SPDX-License-Identifier: PostgreSQL
"""What docs/library.md shows is built as it says, against an installation, and does with real archives what it says."""
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
import pgdump_archive as pga  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/library.md").read_text()
SHOP = ROOT / "tests/data/rules/shop.15.dump"
# pieces PLUGIN WHAT RULES ARGUMENT...
MAIN = """
#include <pgfilter/rules.hpp>

int main(int argc, char** argv) try {
    const std::vector<std::string> words(argv + 2, argv + argc);
    const std::string& what = words.at(0);
    RuleRegistry registry;
    add_builtin_rules(registry);
    add_own_rules(registry, argv[1]);
    const Job job{parse_rules(words.at(1), "test", registry), {}};
    if (what == "list") list(words.at(2));
    if (what == "strictly") return filter_strictly(job, registry, words.at(2), words.at(3)) ? 0 : 3;
    if (what == "by-hand") change_by_hand(words.at(2), words.at(3));
    if (what == "pieces") filter_pieces(job, registry, std::cin, std::cout);
    if (what == "sound") return is_sound(words.at(2)) ? 0 : 3;
    if (what == "threads") filter_all(job, registry, {words.begin() + 2, words.end()});
} catch (const Error& error) {
    std::cerr << error.what() << std::endl;
    return 1;
}
"""


@unittest.skipIf(harness.SANITIZED, "whoever uses the library would have to be built like it")
class LibraryPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = harness.scratch_file(suffix=".dir")
        cls.folder.mkdir()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        prefix = cls.folder / "installed"
        subprocess.run(["cmake", "--install", Path(harness.program()).parent, "--prefix", prefix], check=True, capture_output=True)
        libraries = prefix / harness.build_setting("CMAKE_INSTALL_LIBDIR")
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": f"{libraries}/pkgconfig", "LD_LIBRARY_PATH": str(libraries)}
        first, *pieces = re.findall(r"(?ms)^```cpp\n(.*?)^```$", PAGE)
        (cls.folder / "CMakeLists.txt").write_text(re.search(r"(?ms)^```cmake\n(.*?)^```$", PAGE)[1])
        (cls.folder / "main.cpp").write_text(first)
        other = cls.folder / "other"
        other.mkdir()
        (other / "main.cpp").write_text("".join(pieces) + MAIN)
        cls.build(other, re.search(r"`(c\+\+ .*)`\.", PAGE)[1].replace("-std", "-Wall -Wextra -Werror -std"))
        build = [f"cmake -S . -B build -DCMAKE_PREFIX_PATH={prefix}", "cmake --build build"]
        cls.build(cls.folder, " && ".join(build))
        cls.program = cls.folder / "build/my_program"
        plugin = cls.folder / "drop_tables.so"
        cls.build(cls.folder, f"cc -std=c99 -shared -fPIC -I{prefix}/include -o {plugin} {ROOT}/samples/plugin_in_c.c")
        cls.pieces = (other / "my_program", plugin)

    @classmethod
    def build(cls, folder: Path, command: str) -> None:
        done = subprocess.run(command, shell=True, cwd=folder, env=cls.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")

    def run_it(self, *command: object, **options: object) -> subprocess.CompletedProcess:
        return subprocess.run(list(map(str, command)), capture_output=True, env=self.environment, timeout=harness.TIME_LIMIT, **options)

    def done(self, *command: object, **options: object) -> bytes:
        done = self.run_it(*command, **options)
        self.assertEqual((done.returncode, done.stderr), (0, b""), command)
        return done.stdout

    def out(self) -> Path:
        return harness.scratch_file(suffix=".dump")

    def filtered(self, *options: str, archive: Path = SHOP) -> bytes:
        """What the program makes of it."""
        out = self.out()
        harness.must_run(["-q", *options, "-f", out], archive)
        harness.count("archives")
        return out.read_bytes()

    def test_first_program(self) -> None:
        for archive in (SHOP, harness.archive("15/roles.fc.dump")):
            out = self.out()
            told = self.done(self.program, archive, out)
            wanted = self.filtered("-O", "-x", "--map-role", "app_prod=app", archive=archive)
            harness.same_bytes(out.read_bytes(), wanted, "my_program")
            numbers = [len(pga.read(data).entries) for data in (wanted, archive.read_bytes())]
            self.assertEqual(told.decode(), "{} of {} entries written\n".format(*numbers))

    def test_errors(self) -> None:
        cut = harness.scratch_file(SHOP.read_bytes()[:-100], ".dump")
        for archive, message in ((cut, rb"entry \d+ \(.*\), offset \d+: "), (ROOT / "README.md", b"input is text, not a pg_dump archive"), ("/nonexistent", b"No such file")):
            out = self.out()
            done = self.run_it(self.program, archive, out)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertRegex(done.stderr, message)
            self.assertEqual(list(out.parent.glob(f"*{out.name}*")), [], "what is left of the output")
        done = self.run_it(*self.pieces, "pieces", "no-owner", input=cut.read_bytes())
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rb"offset \d+: ")
        self.assertEqual(harness.run(["--check"], harness.scratch_file(done.stdout, ".dump")).status, 1)
        self.assertRegex(self.run_it(*self.pieces, "list", "drop-log", SHOP).stderr, b"drop-logs")

    def test_list(self) -> None:
        for archive in (SHOP, harness.archive("18/roles.fc.dump"), harness.archive("9.6/roles.fc.dump")):
            told = self.done(*self.pieces, "list", "", archive)
            wanted = [b"\t".join([b"%d" % entry.dump_id, entry.desc, b"-" if entry.namespace is None else entry.namespace,
                                  entry.tag, b"-" if entry.owner is None else entry.owner, *[b"data"] * bool(entry.had_dumper)])
                      for entry in pga.read(archive.read_bytes()).entries]
            self.assertEqual(told.partition(b"\n")[2], b"\n".join([*wanted, b""]))  # names may have line breaks
            self.assertRegex(told, rb"^database \w+\n")
            self.assertIn(b"\tdata\n", told)

    def test_strictly(self) -> None:
        out = self.out()
        self.done(*self.pieces, "strictly", "no-owner\nno-privileges", SHOP, out)
        harness.same_bytes(out.read_bytes(), self.filtered("-O", "-x"), "strictly")
        for rules, options, message in (
                ("drop-role nobody_has_this_name", ["--drop-role", "nobody_has_this_name"], "drop-role: found nothing"),
                ("exclude-table app.orders", ["--exclude-table", "app.orders"], r"exclude-table: entry \d+ \(VIEW app buyers\) uses "),
                ("exclude-extension hstore\ncascade", ["--exclude-extension", "hstore", "--cascade"],
                 r"exclude-extension: entry \d+ \(TABLE DATA app customers\) is left out")):
            with self.subTest(rules):
                out = self.out()
                done = self.run_it(*self.pieces, "strictly", rules, SHOP, out)
                self.assertEqual((done.returncode, out.exists()), (3, False))
                self.assertRegex(done.stderr.decode(), message)
                self.assertEqual(harness.run(["--strict", *options], SHOP).status, 2)

    def test_by_hand(self) -> None:
        out = self.out()
        self.done(*self.pieces, "by-hand", "", SHOP, out)
        before, after = (pga.read(path.read_bytes()).entries for path in (SHOP, out))
        kept = [entry for entry in before if entry.desc != b"COMMENT"]
        self.assertLess(len(kept), len(before))
        self.assertEqual([(entry.dump_id, entry.owner) for entry in after],
                         [(entry.dump_id, b"app" if entry.owner == b"postgres" else entry.owner) for entry in kept])
        self.assertIn(b"app", {entry.owner for entry in after})
        self.assertEqual(harness.run(["--check"], out).status, 0)

    def test_own_rule_and_plugin(self) -> None:
        wanted = self.filtered("--exclude", "TABLE log*", "--cascade")
        self.assertNotEqual(wanted, SHOP.read_bytes())
        for rule in ("drop-logs", "drop-tables prefix=log"):
            out = self.out()
            self.done(*self.pieces, "strictly", rule, SHOP, out)
            harness.same_bytes(out.read_bytes(), wanted, rule)

    def test_pieces(self) -> None:
        for archive in (SHOP, harness.archive("15/roles.fc_pipe.dump")):
            output = self.done(*self.pieces, "pieces", "no-owner", input=archive.read_bytes())
            harness.same_bytes(output, harness.must_run(["-q", "-O"], archive), "pieces")

    def test_check(self) -> None:
        self.done(*self.pieces, "sound", "", harness.archive("15/roles.fc.dump"))
        data = SHOP.read_bytes()
        done = self.run_it(*self.pieces, "sound", "", harness.scratch_file(data[:-100], ".dump"))
        self.assertEqual(done.returncode, 3)
        good = int(re.search(rb"good up to byte (\d+)", done.stderr)[1])
        self.assertTrue(len(data) / 2 < good <= len(data) - 100, good)

    def test_threads(self) -> None:
        rules, options = "no-owner\nmap-role prod_app=app\nexclude-table m*", ["-O", "--map-role", "prod_app=app", "--exclude-table", "m*"]
        archives = []
        for path in harness.archives("*/roles.fc.dump"):
            archives.append(harness.scratch_file(path.read_bytes(), ".dump"))
        self.done(*self.pieces, "threads", rules, *archives)
        for archive in archives:
            harness.same_bytes(Path(f"{archive}.filtered").read_bytes(), self.filtered(*options, archive=archive), archive.name)


if __name__ == "__main__":
    harness.main()
