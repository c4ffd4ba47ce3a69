# SPDX-License-Identifier: PostgreSQL
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
# Of an installation, but for headers, rules of platforms, docs and samples, which are those of the source.
INSTALLED = """bin/pgfilter
include/pgfilter/version.hpp
lib/libpgfilter.a
lib/cmake/pgfilter/Libraries.cmake
lib/cmake/pgfilter/pgfilterConfig.cmake
lib/cmake/pgfilter/pgfilterConfigVersion.cmake
lib/cmake/pgfilter/pgfilterStaticTargets.cmake
lib/cmake/pgfilter/pgfilterStaticTargets-CONFIG.cmake
lib/pkgconfig/pgfilter.pc
share/bash-completion/completions/pgfilter
share/doc/pgfilter/CHANGELOG.md
share/doc/pgfilter/README.md
share/doc/pgfilter/SECURITY.md
share/doc/pgfilter/docs/json.schema.json
share/fish/vendor_completions.d/pgfilter.fish
share/man/man1/pgfilter.1
share/man/man3/pgfilter-plugin.3
share/man/man5/pgfilter-rules.5
share/zsh/site-functions/_pgfilter
"""
SHARED = """lib/libpgfilter.so
lib/libpgfilter.so.0
lib/libpgfilter.so.VERSION
lib/cmake/pgfilter/pgfilterTargets.cmake
lib/cmake/pgfilter/pgfilterTargets-CONFIG.cmake
"""
VERSION = re.search(r"project\(pgfilter VERSION (\S+)", (PROJECT / "CMakeLists.txt").read_text())[1]
SAMPLES = ["archive_in_a_string", "identity", "iostreams_chain", "library_use", "list_tables", "own_rule"]
USER = """cmake_minimum_required(VERSION 3.21)
project(user LANGUAGES CXX)
find_package(pgfilter %s REQUIRED COMPONENTS static)
find_package(Boost REQUIRED COMPONENTS iostreams)
foreach(sample %s)
  add_executable(${sample} ${sample}.cpp)
  target_link_libraries(${sample} PRIVATE pgfilter::pgfilter)
endforeach()
target_link_libraries(iostreams_chain PRIVATE Boost::iostreams)
add_executable(static_use library_use.cpp)
target_link_libraries(static_use PRIVATE pgfilter::static)
""" % (VERSION, " ".join(SAMPLES))
# A project that brings pgfilter along.
AROUND = """cmake_minimum_required(VERSION 3.21)
project(around LANGUAGES CXX)
get_property(before DIRECTORY PROPERTY VARIABLES)
add_subdirectory(%s pgfilter)
if(CMAKE_BUILD_TYPE OR CMAKE_POSITION_INDEPENDENT_CODE OR DEFINED CMAKE_CXX_STANDARD OR CMAKE_CXX_VISIBILITY_PRESET)
  message(FATAL_ERROR "pgfilter has changed settings of the project around it")
endif()
add_executable(user library_use.cpp)
target_link_libraries(user PRIVATE pgfilter::pgfilter)
install(TARGETS user)
""" % PROJECT


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
        environment = {**os.environ, "MANPATH": str(self.prefix / "share/man"), "PATH": f"{self.prefix}/bin:{os.environ['PATH']}"}
        for name, words in (("pgfilter", b"--no-owner"), ("pgfilter-rules", b"drop-role"), ("pgfilter-plugin", b"quote_literal")):
            page = self.done(["man", name], env=environment)
            self.assertIn(words, page)
            for file in re.findall(rb"(?:docs|samples)/[\w.]+\w", page):
                self.assertTrue((self.prefix / "share/doc/pgfilter" / file.decode()).is_file(), file)
                harness.count("references")

    def test_manifest(self) -> None:
        wanted = INSTALLED + SHARED if self.is_shared() else INSTALLED
        config = harness.build_setting("CMAKE_BUILD_TYPE").lower()
        files = set(re.sub(r"^lib/", f"{self.libraries()}/", wanted, flags=re.MULTILINE).replace("CONFIG", config).replace("VERSION", VERSION).split())
        files |= {f"include/pgfilter/{path.name}" for path in (PROJECT / "include/pgfilter").iterdir()}
        for place, sources, patterns in (("share/pgfilter/targets", "share/targets", ["*.rules"]),
                                         ("share/doc/pgfilter/docs", "docs", ["*.md"]),
                                         ("share/doc/pgfilter/samples", "samples",
                                          ["*.c", "*.cpp", "*.py", "*.rules", "*.yaml", "*.yml", "filter_backups.sh", "nightly.sh"])):
            for path in (path for pattern in patterns for path in (PROJECT / sources).rglob(pattern)):
                files.add(f"{place}/{path.relative_to(PROJECT / sources)}")
        found = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if not path.is_dir()}
        self.assertEqual(found, files)

    @staticmethod
    def libraries() -> str:
        return harness.build_setting("CMAKE_INSTALL_LIBDIR")

    @staticmethod
    def is_shared() -> bool:
        return harness.build_setting("BUILD_SHARED_LIBS") == "ON"

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

    def user(self) -> Path:
        user = self.folder / "user"
        user.mkdir()
        for sample in SAMPLES:
            shutil.copy(PROJECT / "samples" / f"{sample}.cpp", user)
        return user

    def assert_filters(self, program: Path, environment: dict | None = None) -> None:
        archive = harness.archive("15/roles.fc.dump")
        with archive.open("rb") as stream:
            output = self.done([program], stdin=stream, env=environment)
        self.assertEqual(output, harness.must_run(["-q", "-O", "-x", "--map-role", "prod_app=staging_app"], archive))

    @unittest.skipIf(harness.SANITIZED, "whoever uses the library would have to be built like it")
    def test_library(self) -> None:
        user = self.user()
        (user / "CMakeLists.txt").write_text(USER)
        self.done(["cmake", "-S", user, "-B", user / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"])
        self.done(["cmake", "--build", user / "build"])
        for program in ("library_use", "static_use"):
            self.assert_filters(user / "build" / program)
        archive = harness.archive("15/roles.fc.dump")
        for program, options in (("identity", []), ("archive_in_a_string", ["-O", "-x"])):
            output = self.done([user / "build" / program], input=archive.read_bytes())
            harness.same_bytes(output, harness.must_run(["-q", *options], archive), program)
        self.assertIn(b"\t", self.done([user / "build/list_tables", archive]))
        self.done([user / "build/own_rule", r".*\..*", archive, user / "without_tables.dump"])
        self.assertLess((user / "without_tables.dump").stat().st_size, archive.stat().st_size)

    @unittest.skipIf(harness.SANITIZED, "whoever uses the library would have to be built like it")
    def test_pkg_config(self) -> None:
        user = self.user()
        moved = self.folder / "moved"  # the file says where things are by where it is itself
        self.prefix.rename(moved)
        environment = {**os.environ, "PKG_CONFIG_PATH": str(moved / self.libraries() / "pkgconfig"),
                       "LD_LIBRARY_PATH": str(moved / self.libraries())}

        def flags(*options: str) -> list[str]:
            return self.done(["pkg-config", *options, "pgfilter"], env=environment).decode().split()

        self.assertEqual(flags("--modversion"), [VERSION])
        compile_it = ["c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", user / "library_use.cpp", "-o"]
        self.done([*compile_it, user / "plain", *flags("--cflags", "--libs")])
        self.assert_filters(user / "plain", environment)
        libraries = self.done(["readelf", "-d", user / "plain"])
        self.assertEqual(b"[libpgfilter.so.0]" in libraries, self.is_shared())
        static = ["-l:libpgfilter.a" if flag == "-lpgfilter" else flag for flag in flags("--static", "--cflags", "--libs")]
        self.done([*compile_it, user / "static", *static])
        self.assert_filters(user / "static")

    def test_exported_names(self) -> None:
        library = self.prefix / self.libraries() / "libpgfilter.so"
        if not self.is_shared():
            self.assertFalse(library.exists())
            return
        names = self.done(["nm", "-DC", "--defined-only", library]).decode()
        headers = "".join(path.read_text() for path in (self.prefix / "include/pgfilter").iterdir())
        declared = set(re.findall(r"\w+", headers))
        found = set()
        for name in re.findall(r"^\S* *\w (.*)", names, re.MULTILINE):
            of = re.fullmatch(r"(?:typeinfo for |typeinfo name for |vtable for )?pgfilter::([\w:~\[\]]+)(?:\(.*)?", name)
            self.assertIsNotNone(of, name)
            self.assertNotIn("State", of[1])
            found.update(part.split("[")[0].lstrip("~") for part in of[1].split("::"))
        found.discard("operator")
        self.assertEqual(found - declared, set())
        # What is declared with PGFILTER_API is there.
        marked = set(re.findall(r"(?:class|struct) PGFILTER_API (\w+)", headers))
        marked |= set(re.findall(r"^PGFILTER_API [^;{(]*?(\w+)\(", headers, re.MULTILINE))
        self.assertGreater(len(marked), 60)
        self.assertEqual(marked - found, set())
        self.assertIn(f"libpgfilter.so.{VERSION.split('.')[0]}", self.done(["readelf", "-d", library]).decode())

    def test_project_around(self) -> None:
        user = self.user()
        (user / "CMakeLists.txt").write_text(AROUND)
        # No CLI11 and no JSON are needed for the library alone.
        self.done(["cmake", "-S", user, "-B", user / "build", "-DPGFILTER_BUILD_PROGRAM=OFF",
                   "-DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON"])
        cache = (user / "build/CMakeCache.txt").read_text()
        self.assertNotIn("CLI11_DIR", cache)
        self.assertIn("PGFILTER_INSTALL:BOOL=OFF", cache)

    def test_libraries_elsewhere(self) -> None:
        place = self.folder / "elsewhere"
        place.mkdir()
        library = Path(self.done(["c++", "-print-file-name=liblz4.so"]).decode().strip()).resolve()
        (place / "liblz4.so").symlink_to(library)
        self.done(["cmake", "-S", PROJECT, "-B", self.folder / "build", "-G", "Ninja", f"-DLZ4_LIBRARY={place}/liblz4.so"])
        self.assertIn(f"{place}/liblz4.so", (self.folder / "build/build.ninja").read_text())


if __name__ == "__main__":
    harness.main()
