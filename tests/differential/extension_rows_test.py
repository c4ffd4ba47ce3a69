# SPDX-License-Identifier: PostgreSQL
"""Rows in tables of extensions, which have no definition in an archive: they go with their extension and no other, and targets
whose superuser owns the tables leave them out. Archives of real databases; what belongs to what is written down here.
"""
from __future__ import annotations

import json
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

SHARE = Path(__file__).resolve().parents[2] / "share" / "targets"
TARGETS = sorted(path.stem for path in SHARE.glob("*.rules"))

# Tables of each extension, and what else is its and has an entry of its own.
TABLES: dict[str, dict[str, set[str]]] = {
    "geo.15": {
        "postgis": {"public.spatial_ref_sys"},
        "postgis_topology": {"topology.topology", "topology.layer"},
        "postgis_tiger_geocoder": {f"tiger.{name}" for name in ("geocode_settings", "pagc_gaz", "pagc_lex", "pagc_rules")},
        "fuzzystrmatch": set(), "hypopg": set()},
    "cron.19": {"pg_cron": {"cron.job", "cron.job_run_details"}, "hypopg": set()},
    "partman.15": {
        "pg_partman": {"partman.custom_time_partitions", "partman.part_config", "partman.part_config_sub"},
        "periods": {f"periods.{name}" for name in ("periods", "for_portion_views", "unique_keys", "foreign_keys", "system_time_periods",
                                                   "system_versioning")},
        "btree_gist": set(), "hypopg": set()},
    "own.19": {"gazetteer": {"public.gaz_system"}, "tickets": {"public.job"}, "helpers": set(), "hypopg": set()},
}
PARTS: dict[str, set[str]] = {
    "pg_cron": {"SEQUENCE SET cron.jobid_seq", "SEQUENCE SET cron.runid_seq", "STATISTICS DATA cron.job_pkey",
                "STATISTICS DATA cron.job_run_details_pkey", "STATISTICS DATA cron.jobname_username_uniq", "ACL SCHEMA cron",
                "ACL cron.FUNCTION schedule(schedule text, command text)"},
    "gazetteer": {"STATISTICS DATA public.gaz_system_pkey"},
    "tickets": {"SEQUENCE SET public.job_id_seq", "STATISTICS DATA public.job_pkey", "ACL public.TABLE job"},
}
# Of gazetteer or of tickets: an archive has nothing that would tell.
UNKNOWN = {"own.19": "SEQUENCE SET public.gaz_number"}


def source(name: str) -> Path:
    return harness.archive(f"extensions/{name}.dump")


def key(entry: pga.Entry) -> str:
    return f"{entry.desc.decode()} {(entry.namespace + b'.').decode() if entry.namespace else ''}{entry.tag.decode()}"


def keys(data: bytes) -> set[str]:
    return {key(entry) for entry in pga.read(data).entries}


def rows(tables: set[str]) -> set[str]:
    return {f"TABLE DATA {table}" for table in tables}


def told(done: harness.Run) -> set[str]:
    """Tables that standard error says the rows of are lost."""
    names: set[str] = set()
    for line in (done.err + done.out).decode(errors="replace").splitlines():
        found = re.search(r"rows are lost of (?:\d+ tables, )?([^:;]*)", line)
        names |= set(found[1].split(", ")) if found else set()
    return names


class ExtensionRowsTest(unittest.TestCase):
    def test_they_go_with_their_extension_alone(self) -> None:
        for name, extensions in TABLES.items():
            before = keys(source(name).read_bytes())
            for extension, tables in extensions.items():
                with self.subTest(archive=name, extension=extension):
                    done = harness.run(["--exclude-extension", extension], source(name))
                    gone = before - keys(done.out)
                    theirs = rows(tables) | PARTS.get(extension, set()) | {f"EXTENSION {extension}", f"COMMENT EXTENSION {extension}"}
                    self.assertEqual((done.status, gone), (0, theirs & before), str(done))
                    self.assertTrue(rows(tables) <= gone)
                    self.assertEqual(told(done), tables)
                    kept = [f"--extension={other}" for other in extensions if other != extension]
                    self.assertEqual(before - keys(harness.run([*kept, "-r", "extension plpgsql"], source(name)).out), gone)

    def test_nobody_else_is_blamed(self) -> None:
        for name, extensions in TABLES.items():
            for extension in sorted({"hypopg", "helpers"} & set(extensions)):
                with self.subTest(archive=name, extension=extension):
                    done = harness.run(["--strict", "--exclude-extension", extension], source(name))
                    unsure = extension == "helpers"  # of the function that somebody may call
                    self.assertEqual(done.status, 2 if unsure else 0, str(done))
                    self.assertNotIn(b"TABLE DATA", done.err)

    def test_what_cannot_be_known_is_said_or_goes_with_the_last(self) -> None:
        for name, entry in UNKNOWN.items():
            for extension in ("gazetteer", "tickets"):
                done = harness.run(["--exclude-extension", extension], source(name))
                self.assertIn(entry, keys(done.out))
                said = rf"2 entries \(.*{re.escape(entry)}\): each can be part of EXTENSION {extension}, which is dropped\n"
                self.assertRegex(done.err.decode(), said)
            done = harness.run(["--exclude-extension", "gazetteer", "--exclude-extension", "tickets", "--exclude-extension=helpers"], source(name))
            self.assertNotIn(entry, keys(done.out))
            self.assertNotIn(b"can be part of", done.err)

    def test_strict_refuses_what_the_user_did_not_name(self) -> None:
        for words, status in ((["--exclude-extension=pg_cron"], 2), (["--extension=hypopg"], 2),
                              (["--exclude-extension=pg_cron", "--exclude-table-data=cron.*"], 0),
                              (["--no-extension-data"], 0), (["--for=rds"], 2)):
            done = harness.run(["--strict", *words], source("cron.19"))
            self.assertEqual(done.status, status, str(done))

    def test_targets_leave_them_out_and_say_so(self) -> None:
        for target in TARGETS:
            for name, extensions in TABLES.items():
                with self.subTest(target=target, archive=name):
                    every = set().union(*extensions.values())
                    done = harness.run(["--for", target], source(name))
                    after = keys(done.out)
                    self.assertEqual(done.status, 0, str(done))
                    self.assertFalse(rows(every) & after)
                    self.assertTrue(every <= told(done), str(done))
                    for extension, parts in PARTS.items():
                        self.assertFalse({p for p in parts if not p.startswith("ACL")} & after if extension in extensions else set())
                    words = ["--for", target, "--keep-extension-data", *(f"--extension={extension}" for extension in extensions)]
                    kept = harness.run(words, source(name))
                    self.assertTrue(rows(every) <= keys(kept.out), str(kept))
                    self.assertFalse(every & told(kept), str(kept))

    def test_timescale_fills_its_own(self) -> None:
        """Where the platform lets the user fill the tables of one extension."""
        line = re.search(r"^no-extension-data .*$", (SHARE / "timescale.rules").read_text(), re.MULTILINE)
        self.assertIn("except=timescaledb", line[0] if line else "")
        done = harness.run(["-r", "no-extension-data except=pg_partman"], source("partman.15"))
        self.assertTrue(rows(TABLES["partman.15"]["pg_partman"]) <= keys(done.out))
        self.assertFalse(rows(TABLES["partman.15"]["periods"]) & keys(done.out))

    def test_check_for_lists_them(self) -> None:
        for target in ("nonsuperuser", "rds", "neon"):
            for name, extensions in TABLES.items():
                with self.subTest(target=target, archive=name):
                    done = harness.run(["--check-for", target], source(name))
                    self.assertEqual(done.status, 1, str(done))
                    self.assertEqual(set().union(*extensions.values()) - told(done), set())
                    self.assertNotIn(b"whatever rules do", done.out)
                    report = json.loads(harness.run(["--check-for", target, "--json"], source(name)).out)
                    self.assertEqual(report["unhandled"], 0)

    def test_check_says_once_whose_they_are(self) -> None:
        for name, extensions in TABLES.items():
            with self.subTest(archive=name):
                done = harness.run(["--check"], source(name))
                *notes, verdict = done.out.decode().splitlines()
                self.assertEqual((done.status, done.err), (0, b""))
                self.assertRegex(verdict, r"^sound: .* bytes$")
                found = {m[1]: set(m[2].split(", ")) for m in (re.search(r"EXTENSION (\S+) makes: (.*)", note) for note in notes) if m}
                self.assertEqual(found, {extension: tables for extension, tables in extensions.items() if tables})
                self.assertEqual(len(notes), len(found))
                self.assertEqual(harness.run(["--check", "-q"], source(name)).out, b"")


if __name__ == "__main__":
    harness.main()
