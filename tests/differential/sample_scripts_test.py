# SPDX-License-Identifier: PostgreSQL
"""The samples that are no library use: scripts, a rule file, objects of Kubernetes and workflows of GitHub Actions.

What they run is run, on real archives, with a client of an object store that is made of folders; the YAML is validated by
packages of npm, which are installed in build/.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
SHOP = ROOT / "tests/data/rules/shop.15.dump"
RULES = SAMPLES / "staging.rules"
NPM = ROOT / "build/npm"
PACKAGES = ["@actions/workflow-parser@0.3.61", "kubernetes-models@5.1.0", "typescript@5.9.3", "yaml@2.9.1"]
# aws s3 cp and mv, with a folder for a store.
STORE = """#!/bin/bash
[ "$1" = s3 ] || exit 9
from=${3/#s3:\\/\\//$STORE/} to=${4/#s3:\\/\\//$STORE/}
case $2 in
  cp) if [ "$to" = - ]; then cat "$from"; else cat > "$to"; fi ;;
  mv) mv "$from" "$to" ;;
  *) exit 9 ;;
esac
"""


class Case(unittest.TestCase):
    """A folder with programs that come first on the PATH."""

    def setUp(self) -> None:
        self.folder = harness.scratch_file(suffix=".dir")
        self.tools = self.folder / "tools"
        self.tools.mkdir(parents=True)
        (self.tools / "pgfilter").symlink_to(harness.program())
        self.environment = {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}"}

    def tool(self, name: str, script: str) -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    def run_it(self, *command: object) -> subprocess.CompletedProcess:
        return subprocess.run(list(map(str, command)), capture_output=True, env=self.environment, timeout=harness.TIME_LIMIT)

    def assert_done(self, done: subprocess.CompletedProcess) -> bytes:
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        return done.stdout


class HealthTest(Case):
    def test_rows_are_counted(self) -> None:
        output = self.assert_done(self.run_it(SAMPLES / "archive_health.py", SHOP)).decode()
        archive = pga.read(SHOP.read_bytes())
        tables = [entry for entry in archive.entries if entry.desc == b"TABLE DATA"]
        found = re.search(r"sound, database shop, (\d+) tables with data, (\d+) rows, most in (\S+)", output)
        self.assertEqual(int(found[1]), len(tables), output)
        rows = sum(map(int, re.findall(r'"rows": (\d+)', harness.run(["--check", "--json"], SHOP).out.decode())))
        self.assertEqual(int(found[2]), rows)
        self.assertGreater(rows, 0)

    def test_what_is_not_sound(self) -> None:
        cut = harness.scratch_file(SHOP.read_bytes()[:-50])
        done = self.run_it(SAMPLES / "archive_health.py", SHOP, cut, "/nonexistent")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b": sound,", done.stdout)
        self.assertIn(b"%s: DAMAGED, good up to byte" % bytes(cut), done.stdout)
        self.assertIn(b"/nonexistent", done.stderr)


class RuleFileTest(Case):
    def test_it_is_what_its_options_are(self) -> None:
        options = ["-O", "-x", "--no-tablespaces", "--no-publications", "--no-subscriptions", "--redact-secrets"]
        for archive in [SHOP, harness.archive("15/roles.fc.dump"), harness.archive("18/roles.fc.dump")]:
            harness.same_bytes(harness.must_run(["-q", "-R", RULES], archive), harness.must_run(["-q", *options], archive), str(archive))
            harness.count("archives")


class NightlyTest(Case):
    def setUp(self) -> None:
        super().setUp()
        self.dumps = self.folder / "dumps"
        self.dumps.mkdir()
        self.rules = self.folder / "few.rules"  # of RULES, some are of no use for this database, which --strict minds
        self.rules.write_text("no-owner\nno-privileges\n")

    def names(self) -> list[str]:
        return sorted(path.name for path in self.dumps.iterdir())

    def test_seven_are_kept(self) -> None:
        self.tool("pg_dump", f"#!/bin/sh\nexec cat '{SHOP}'\n")
        for day in range(10, 20):
            (self.dumps / f"shop-2020-01-{day}.dump").write_bytes(b"old")
        (self.dumps / "shop-eu-2019-01-01.dump").write_bytes(b"of another database")
        self.assert_done(self.run_it(SAMPLES / "nightly.sh", self.rules, self.dumps, "shop"))
        newest = [name for name in self.names() if not name.startswith(("shop-2020", "shop-eu"))]
        self.assertEqual(len(newest), 1)
        self.assertEqual(self.names(), sorted([f"shop-2020-01-{day}.dump" for day in range(14, 20)] + newest + ["shop-eu-2019-01-01.dump"]))
        harness.same_bytes((self.dumps / newest[0]).read_bytes(), harness.must_run(["-q", "-O", "-x"], SHOP), "nightly.sh")

    def test_failures_leave_nothing(self) -> None:
        for pg_dump, rules, status in ((f"head -c -100 '{SHOP}'", "no-owner", 1), ("exit 1", "no-owner", 2), (f"cat '{SHOP}'; exit 7", "no-owner", 7),
                                       (f"cat '{SHOP}'", "drop-role nobody_has_this_name", 2)):
            with self.subTest(pg_dump=pg_dump, rules=rules):
                self.tool("pg_dump", f"#!/bin/sh\n{pg_dump}\n")
                self.rules.write_text(rules)
                done = self.run_it(SAMPLES / "nightly.sh", self.rules, self.dumps, "shop")
                self.assertEqual((done.returncode, self.names()), (status, []), done)

    @server.needed
    def test_a_real_server(self) -> None:
        self.environment["PATH"] = f"{self.tools}:{server.BIN}:{os.environ['PATH']}"
        self.assert_done(self.run_it(SAMPLES / "nightly.sh", self.rules, self.dumps, server.rich_database()))
        [dump] = self.dumps.iterdir()
        self.assertEqual({entry.owner for entry in pga.read(dump.read_bytes()).entries} - {None, b""}, set())
        restored = self.run_it("pg_restore", "--exit-on-error", "-d", server.new_database(), dump)
        self.assert_done(restored)


class BackupsTest(Case):
    def test_a_folder(self) -> None:
        if not shutil.which("parallel"):
            harness.leave_out("the sample with GNU parallel (it is not installed)")
            self.skipTest("no parallel")
        backups, out = self.folder / "back ups", self.folder / "o'ut"
        backups.mkdir()
        out.mkdir()
        names = ["a", "with blanks", "it's $(odd)", "two.dots"]
        for name in names:
            shutil.copy(SHOP, backups / f"{name}.bak")
        options = ["-O", "--exclude-table-data", "app.o* "]
        wanted = harness.run(["-q", *options], SHOP)
        self.assertEqual(wanted.status, 0, wanted)
        done = self.run_it(SAMPLES / "filter_backups.sh", backups, out, *options)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(sorted(path.name for path in out.iterdir()), sorted(f"{name}.dump" for name in names))
        for path in out.iterdir():
            harness.same_bytes(path.read_bytes(), wanted.out, path.name)
        for name in ("bad", "worse"):
            (backups / f"{name}.bak").write_bytes(SHOP.read_bytes()[:-100])
        (out / "a.dump").unlink()
        done = self.run_it(SAMPLES / "filter_backups.sh", backups, out, "-O")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(b"worse.bak", done.stderr)
        self.assertEqual(sorted(path.name for path in out.iterdir()), sorted(f"{name}.dump" for name in names))


class KubernetesTest(Case):
    """The commands of the containers, as they stand in the YAML."""

    def run_container(self, file: str, **settings: object) -> subprocess.CompletedProcess:
        spec = yaml.safe_load((SAMPLES / file).read_text())["spec"]
        [container] = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]["containers"]
        self.store = self.folder / "store"
        for bucket in ("BUCKET-OF-PRODUCTION", "BUCKET-OF-STAGING/nightly"):
            (self.store / bucket).mkdir(parents=True, exist_ok=True)
        self.tool("aws", STORE)
        self.environment |= {"STORE": str(self.store)} | {each["name"]: each["value"] for each in container["env"]} | settings
        return self.run_it(*container["command"], *container["args"])

    def test_job(self) -> None:
        source, target = (f"store/BUCKET-OF-{of}/nightly.dump" for of in ("PRODUCTION", "STAGING"))
        self.run_container("kubernetes-job.yaml")  # makes the buckets
        (self.folder / source).write_bytes(SHOP.read_bytes())
        done = self.run_container("kubernetes-job.yaml")
        self.assertEqual(done.returncode, 0, done)
        wanted = harness.run(["-q", "-O", "-x", "--no-tablespaces"], SHOP).out
        harness.same_bytes((self.folder / target).read_bytes(), wanted, "the object")
        (self.folder / source).write_bytes(SHOP.read_bytes()[:-100])
        self.assertNotEqual(self.run_container("kubernetes-job.yaml").returncode, 0)
        harness.same_bytes((self.folder / target).read_bytes(), wanted, "the object, after a failure")

    def test_cron_job(self) -> None:
        rules = self.folder / "a.rules"
        rules.write_text("no-owner")
        for pg_dump, good in ((f"cat '{SHOP}'; exit 3", False), (f"exec cat '{SHOP}'", True)):
            self.tool("pg_dump", f"#!/bin/sh\n{pg_dump}\n")
            done = self.run_container("kubernetes-cronjob.yaml", RULES=str(rules))
            objects = list(self.store.rglob("*.dump"))
            self.assertEqual((done.returncode == 0, len(objects)), (good, int(good)), done)
        harness.same_bytes(objects[0].read_bytes(), harness.must_run(["-q", "-O"], SHOP), "the object")


class SchemaTest(unittest.TestCase):
    """With the schemas that npm has.  Where it cannot be asked, this is left out."""

    @classmethod
    def setUpClass(cls) -> None:
        if not shutil.which("npm") or not cls.install():
            harness.leave_out("the schemas of Kubernetes and GitHub Actions (npm is missing, or cannot fetch them)")
            raise unittest.SkipTest("no schemas")
        for name in ("json_modules.mjs", "validate_yaml.mjs"):
            shutil.copy(ROOT / "tests/support" / name, NPM)

    @staticmethod
    def install() -> bool:
        NPM.mkdir(parents=True, exist_ok=True)
        (NPM / "package.json").write_text('{"private": true, "type": "module"}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefer-offline", *PACKAGES]
        installed = NPM / "installed"
        if installed.exists() and installed.read_text() == " ".join(PACKAGES):
            return True
        try:
            done = subprocess.run(command, cwd=NPM, capture_output=True, timeout=harness.TIME_LIMIT)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode == 0:
            installed.write_text(" ".join(PACKAGES))
        return done.returncode == 0

    def validate(self, what: str, files: list[Path]) -> subprocess.CompletedProcess:
        command = ["node", "--no-warnings", "--loader", "./json_modules.mjs", "validate_yaml.mjs", what, *map(str, files)]
        return subprocess.run(command, cwd=NPM, capture_output=True, text=True, timeout=harness.TIME_LIMIT)

    def assert_valid(self, what: str, files: list[Path], mistakes: list[tuple[str, str]]) -> None:
        done = self.validate(what, files)
        self.assertEqual((done.returncode, done.stdout), (0, f"{len(files)}\n"), done)
        harness.count("documents", len(files))
        text = files[0].read_text()
        for right, wrong in mistakes:  # what would pass anything is no check
            self.assertIn(right, text)
            done = self.validate(what, [harness.scratch_file(text.replace(right, wrong, 1).encode(), ".yml")])
            self.assertEqual((done.returncode, done.stderr), (1, ""), f"{wrong}: {done}")

    def test_kubernetes(self) -> None:
        self.assert_valid("kubernetes", sorted(SAMPLES.glob("*.yaml")),
                          [("schedule:", "shedule:"), ("failedJobsHistoryLimit: 7", "failedJobsHistoryLimit: seven"), ("mountPath:", "mountPaht:"),
                           ("kind: CronJob", "kind: Cronjob")])

    def test_github(self) -> None:
        self.assert_valid("workflow", [SAMPLES / "github-actions.yml", *sorted((ROOT / ".github/workflows").glob("*.yml"))],
                          [("runs-on:", "run-on:"), ("  steps:", "  stepss:"), ("run: ./YOUR", "rum: ./YOUR")])


if __name__ == "__main__":
    server.main()
