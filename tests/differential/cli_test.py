# SPDX-License-Identifier: PostgreSQL
"""The manners of the command line: options, exit statuses, terminals, pipes, signals, and what happens to files."""
from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
import tty
import unittest
import zlib
from pathlib import Path
from typing import Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import faults  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402

TINY = "tiny/tiny.17.file.dump"
PATIENCE = 20.0
AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "only root can give files to others and act as another user")


def wait_for(condition: Callable[[], object], what: str) -> object:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


class CliTest(unittest.TestCase):
    def setUp(self) -> None:
        self.source = harness.archive(TINY)
        self.data = self.source.read_bytes()
        self.folder = harness.scratch_file(suffix=".dir")
        self.folder.mkdir()
        self.addCleanup(shutil.rmtree, self.folder)

    def run_words(self, *words: harness.Arg, **how) -> subprocess.CompletedProcess:
        how.setdefault("stdin", subprocess.DEVNULL) if "input" not in how else None
        how.setdefault("stdout", subprocess.PIPE)
        harness.count("runs")
        how.setdefault("timeout", PATIENCE)
        return subprocess.run([harness.program(), *words], stderr=subprocess.PIPE, **how)

    def assert_done(self, done: subprocess.CompletedProcess, out: Optional[bytes] = None) -> None:
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        if out is not None:
            self.assertEqual(done.stdout, out)

    def assert_refused(self, done: subprocess.CompletedProcess, *words: bytes, status: int = 2) -> None:
        self.assertEqual(done.returncode, status, done)
        self.assertFalse(done.stdout, done)
        self.assertTrue(done.stderr.startswith(b"pgfilter: "), done)
        for word in words:
            self.assertIn(word, done.stderr)

    def in_folder(self) -> list[str]:
        return sorted(os.listdir(self.folder))


# ---------------------------------------------------------------------------------------------- options


class OptionTest(CliTest):
    def test_help_and_version(self) -> None:
        for word in ("--help", "-?"):
            done = self.run_words(word)
            self.assert_done(done)
            for option in (b"--no-owner", b"--map-role", b"--in-place", b"--dry-run", b"--no-privileges"):
                self.assertIn(option, done.stdout)
            self.assertNotIn(b"--exclude-collation", done.stdout, "which few people need")
        versions = {self.run_words(word).stdout for word in ("--version", "-V")}
        self.assertEqual(len(versions), 1)
        version = versions.pop()
        self.assertRegex(version, rb"^pgfilter \d+\.\d+\.\d+\n")
        for part in (rb"1\.10 to 1\.16", rb"none, gzip, lz4, zstd", rb"bzip2, xz", rb"plug-ins: interface 1\n", rb"zlib \d+\.", rb"lz4 \d+\.", rb"zstd \d+\.",
                     rb"Boost\S* \d+\."):
            self.assertRegex(version, part)

    def test_versions_are_those_of_the_running_libraries(self) -> None:
        libraries = self.run_words("--version").stdout.decode().partition("libraries: ")[2].split(", ")
        self.assertIn(f"zlib {zlib.ZLIB_RUNTIME_VERSION}", libraries)
        for name, file, function in (("lz4", "liblz4.so.1", "LZ4_versionString"), ("zstd", "libzstd.so.1", "ZSTD_versionString")):
            version = getattr(ctypes.CDLL(file), function)
            version.restype = ctypes.c_char_p
            self.assertIn(f"{name} {version().decode()}", libraries)

    def test_topics_of_the_help(self) -> None:
        common = self.run_words("--help").stdout.decode()
        everything = self.run_words("--help=all").stdout.decode()
        topics = re.findall(r"(?m)^  ([a-z]+) ", common.partition("\nTopics:")[2])
        self.assertGreaterEqual(len(topics), 8)
        self.assertLess(common.count("\n"), 100)
        shown = []
        for topic in topics:
            done = self.run_words(f"--help={topic}")
            self.assert_done(done)
            self.assertEqual(self.run_words(f"--hel={topic[:-1]}", self.source).stdout, done.stdout, "both may be shortened")
            shown += re.findall(r"(?m)^  (-.*?)(?:  |$)", done.stdout.decode())
        self.assertEqual(sorted(shown), sorted(set(shown)), "an option has one topic")
        self.assertEqual(shown, re.findall(r"(?m)^  (-.*?)(?:  |$)", everything))
        for text in (common, everything):
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
        for word in ("nosuch", "s", "roles,tell", "--map-role"):
            self.assert_refused(self.run_words(f"--help={word}"), f"--help={word}: the topics are".encode(),
                                *(topic.encode() for topic in topics))
        self.assert_done(self.run_words("--help="), common.encode())
        self.assert_refused(self.run_words("-h"), b"--help")
        self.assert_refused(self.run_words("--helps"), b"did you mean --help?")

    def test_every_spelling(self) -> None:
        """Names of one option give one result, before and after FILE."""
        groups = (("-O", "--no-owner"), ("-x", "--no-privileges", "--no-acl"), ("--no-large-objects", "--no-blobs"))
        for group in groups:
            results = set()
            for word in group:
                for words in ((word, self.source), (self.source, word), (word, "-F", "c", self.source)):
                    done = self.run_words(*words)
                    self.assert_done(done)
                    results.add(done.stdout)
            self.assertEqual(len(results), 1, group)
            self.assertNotIn(self.data, results)

    def test_standard_input_as_a_text(self) -> None:
        """What an option reads from a file it reads from standard input, too, where that has no archive."""
        listed = self.run_words("-l", self.source).stdout
        for option, text, *more in (("--rules", b"no-owner\nno-privileges\n"), ("--map-role-file", b"alice=a1\n"),
                                    ("--use-list", b"".join(listed.splitlines(True)[:-9])),
                                    ("--filter", b"exclude extension *\n"), ("-R", b"no-owner\n"), ("-L", listed)):
            file = self.folder / "text"
            file.write_bytes(text)
            wanted = self.run_words("-q", option, file, self.source)
            self.assert_done(wanted)
            with self.subTest(option):
                for words in ((option, "-", self.source), (self.source, option, "-")):
                    self.assert_done(self.run_words("-q", *words, input=text), wanted.stdout)
        self.assert_done(self.run_words("-R", "-", "--print-rules", input=b"no-owner\n"), b"no-owner\n")
        self.assert_refused(self.run_words("-R", "-", self.source, input=b"no-owner\nnonsense\n"),
                            b"standard input, line 2: there is no rule")
        self.assert_refused(self.run_words("--map-role-file", "-", self.source, input=b"a\n"), b"standard input: line 1")
        self.assert_refused(self.run_words("-R", "-", "-L", "-", self.source, input=b""),
                            b"--use-list=- and --rules=- cannot both be standard input")
        self.assert_refused(self.run_words("-R", "-", input=b"no-owner\n"), b"--rules=- and the archive")

    def test_which_of_several_files_is_meant(self) -> None:
        missing = self.folder / "missing"
        for option in ("--rules", "--use-list", "--filter", "--map-role-file", "--for", "--from", "--check-for"):
            self.assert_refused(self.run_words(option, missing, self.source),
                                bytes(missing) + b": cannot open the file that " + option.encode() + b" names")

    def test_lists_as_json(self) -> None:
        rules = self.run_words("--list-rules", "--json")
        self.assert_done(rules)
        names = [rule["name"] for rule in json.loads(rules.stdout)["rules"]]
        listed = self.run_words("--list-rules").stdout.decode().splitlines()
        self.assertEqual(names, [line.split()[0] for line in listed if not line.startswith(" ")])
        by_name = {rule["name"]: rule for rule in json.loads(rules.stdout)["rules"]}
        self.assertEqual(by_name["drop-role"]["arguments"][0], {"key": "pattern", "value": "PATTERN", "key_is_required": False})
        self.assertEqual(by_name["map-role"]["arguments"][0]["key"], None)
        targets = self.run_words("--list-targets", "--json")
        self.assert_done(targets)
        known = json.loads(targets.stdout)
        words = {line.split()[0] for line in self.run_words("--list-targets").stdout.decode().splitlines() if line[:1] == " "}
        self.assertEqual({target["name"] for target in known["targets"] + known["sources"]}, words)
        self.assertTrue(all(target["summary"] for target in known["targets"] + known["sources"]))

    def test_names_that_promise_something_else(self) -> None:
        for name in ("out.sql", "OUT.SQL", "out.tar", "out.tgz", "out.dump.gz", "out.zst", "out.zip", "out.txt"):
            with self.subTest(name):
                done = self.run_words("-O", "-f", self.folder / name, self.source)
                self.assertEqual(done.returncode, 0, done)
                self.assertEqual(done.stderr.count(b"\n"), 1)
                self.assertIn(b"whatever its name says, '%s' is an archive" % bytes(self.folder / name), done.stderr)
                self.assert_done(self.run_words("-q", "-O", "-f", self.folder / name, self.source))
        for name in ("out.dump", "out", "sql", "out.pgdump", "out.tar.dump"):
            self.assert_done(self.run_words("-O", "-f", self.folder / name, self.source))
        for name in ("list.sql", "list.txt"):
            self.assert_done(self.run_words("-l", "-f", self.folder / name, self.source))
        (self.folder / "there").mkdir()
        for name in ("there/", "new/"):
            self.assert_refused(self.run_words("-O", "-f", str(self.folder / name) + "/", self.source), b"names a directory")
        self.assertFalse((self.folder / "new").exists())

    def test_combinations(self) -> None:
        wanted = self.run_words("-O", "-x", self.source).stdout
        for words in (("-Ox", self.source), ("-xO", self.source), ("-O", self.source, "-x"),
                      ("-x", "-O", "--", self.source), ("-Ox", "-Fc", self.source),
                      ("-Ox", "--format=c", self.source), ("-O", "-O", "-x", self.source)):
            self.assert_done(self.run_words(*words), wanted)

    def test_map_role_does_not_swallow_the_file(self) -> None:
        words = ("--map-role", "alice=a1", "--map-role", 'Bob Q"x=b1', self.source)
        wanted = self.run_words(*words)
        self.assert_done(wanted)
        self.assertEqual(pga.read(wanted.stdout).find(b"SCHEMA").owner, b"a1")
        again = self.run_words("--map-role=alice=a1", self.source, '--map-role=Bob Q"x=b1')
        self.assert_done(again, wanted.stdout)

    def test_file_and_output_spellings(self) -> None:
        for number, words in enumerate((("-f",), ("--file",), ("-o",), ("--output",))):
            target = self.folder / f"{number}.dump"
            self.assert_done(self.run_words(*words, target, self.source), b"")
            self.assertEqual(target.read_bytes(), self.data)
        for number, word in enumerate(("--file=", "--output=", "-f", "-o")):
            target = self.folder / f"joined{number}.dump"
            self.assert_done(self.run_words(word + str(target), self.source), b"")
            self.assertEqual(target.read_bytes(), self.data)

    def test_dash_is_standard_output_and_input(self) -> None:
        self.assert_done(self.run_words("-f", "-", self.source), self.data)
        self.assert_done(self.run_words("-", input=self.data), self.data)
        self.assert_done(self.run_words("-f", "-", "-", input=self.data), self.data)
        self.assert_done(self.run_words("-O", "-", input=self.data), self.run_words("-O", self.source).stdout)
        self.assertFalse(Path("-").exists())

    def test_usage_errors(self) -> None:
        target = self.folder / "new"
        for words in (("--nonsense",), ("-y",), ("-f",), ("--file",), ("one", "two"), (self.source, self.source),
                      ("-F", "d"), ("-F", "t"), ("-F", "p"), ("-F", "x"), ("-F",), ("--format=",), ("--map-role",),
                      ("--in-place",), ("--in-place", "-"), ("--no-owner=yes",), ("-f", ""), ("",)):
            self.assert_refused(self.run_words(*words, input=self.data))
        for words in (("--in-place", "-f", target, self.source), ("--nonsense", "-f", target, self.source)):
            self.assert_refused(self.run_words(*words))
        self.assertEqual(self.in_folder(), [])
        self.assertEqual(self.source.read_bytes(), self.data)

    def test_capital_t_is_refused(self) -> None:
        for words in (("-T", "x"), ("-Tx",), ("-T", "x", self.source), ("-OT", "x", self.source)):
            self.assert_refused(self.run_words(*words), b"--trigger", b"--exclude-table")

    def test_connection_options_are_answered(self) -> None:
        words = [("-d", "db"), ("-h", "host"), ("-p", "5432"), ("-U", "me"), ("-w",), ("-W",), ("-j", "4"), ("-1",),
                 ("-c",), ("-C",), ("-e",), ("-ddb",), ("-hhost",), ("-p5432",), ("-Ume",), ("-j4",), ("-Cc",),
                 ("-Od", "db")]
        for case in words:
            for rest in ((), (self.source,)):
                done = self.run_words(*case, *rest, input=self.data)
                with self.subTest(words=case):
                    self.assert_refused(done)
                    self.assertRegex(done.stderr, rb"never connects|pg_restore")

    def test_dry_run(self) -> None:
        """Says what would be done; reads no data, writes nothing."""
        toc = self.data[: pga.read(self.data).toc_end]
        target = self.folder / "out.dump"
        seen = set()
        for words, how in ((("-Ox", self.source), {}), (("-Ox", "-f", target, self.source), {}),
                           (("-Ox",), {"input": self.data}), (("-Ox",), {"input": toc})):
            done = self.run_words("--dry-run", *words, **how)
            self.assert_done(done)
            self.assertTrue(done.stdout)
            self.assertNotIn(b"PGDMP", done.stdout)
            seen.add(done.stdout)
        self.assertEqual(len(seen), 1)
        self.assertEqual(self.in_folder(), [])
        self.assertNotEqual(seen, {self.run_words("--dry-run", self.source).stdout})
        copy = Path(shutil.copy(self.source, self.folder / "copy"))
        before = copy.stat()
        done = self.run_words("--dry-run", "-O", "--in-place", copy)
        self.assertIn(done.returncode, (0, 2), "done, or refused as a contradiction")
        after = copy.stat()
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_dry_run_refuses_what_a_run_refuses(self) -> None:
        for data in (b"", self.data[:100], b"x" + self.data):
            self.assert_refused(self.run_words("--dry-run", "-O", input=data))

    def test_unmatched_rules_are_reported(self) -> None:
        everything = ("-x", "--no-large-objects", "--no-create", "--no-tablespaces", "-O", "-q")
        bare = self.run_words(*everything, self.source).stdout
        map_file = harness.scratch_file(b"alice=x\nnobody9=y\n")
        for words, data, said in ((("--map-role", "nobody9=x"), self.data, b"nobody9"), (("-x",), bare, b"privileges"),
                                  (("--map-role-file", map_file), self.data, b"nobody9"), (("-O",), bare, b"owner"),
                                  (("--no-large-objects",), bare, b"large-objects"),
                                  (("--no-create",), bare, b"create"), (("--no-tablespaces",), bare, b"tablespaces")):
            done = self.run_words(*words, input=data)
            with self.subTest(words=words):
                self.assertEqual(done.returncode, 0, done)
                self.assertTrue(done.stderr.startswith(b"pgfilter: "), done)
                self.assertIn(said, done.stderr)
                quiet = self.run_words("-q", *words, input=data)
                self.assert_done(quiet, done.stdout)

    def test_verbose(self) -> None:
        plain = self.run_words("-O", self.source)
        loud = self.run_words("-v", "-O", self.source)
        self.assertEqual((loud.returncode, loud.stdout), (0, plain.stdout))
        self.assertTrue(loud.stderr)
        self.assertTrue(all(line.startswith(b"pgfilter: ") for line in loud.stderr.splitlines()), loud.stderr)
        self.assertEqual(self.run_words("--verbose", "--no-owner", self.source).stderr, loud.stderr)

    def test_no_environment_and_no_rc_file(self) -> None:
        environment = {"PATH": "/nonexistent", "HOME": str(self.folder), "PGUSER": "x", "PGFILTER_OPTIONS": "-O"}
        self.assert_done(self.run_words(self.source, env=environment), self.data)

    def test_closed_standard_streams(self) -> None:
        """A closed descriptor must not be given to the archive, nor an archive to a message."""
        target = self.folder / "out"
        for closed in ("0<&-", "1>&-", "0<&- 1>&- 2>&-", "2>&-"):
            done = subprocess.run(["sh", "-c", f'exec "$1" -O -f "$2" "$3" {closed}', "sh", harness.program(), target,
                                   self.source], capture_output=True, timeout=harness.TIME_LIMIT)
            self.assertEqual(done.returncode, 0, (closed, done))
            self.assertEqual(target.read_bytes(), self.run_words("-O", self.source).stdout, closed)
            target.unlink()
        done = subprocess.run(["sh", "-c", 'exec "$1" "$2" 1>&-', "sh", harness.program(), self.source],
                              capture_output=True, timeout=harness.TIME_LIMIT)
        self.assertIn(done.returncode, (1, 2), "standard output is closed and nobody noticed")


# ---------------------------------------------------------------------------------------------- terminals


class TerminalTest(CliTest):
    def with_terminal(self, words: tuple, streams: tuple[str, ...], **how) -> tuple[int, bytes, subprocess.Popen]:
        """Runs with a pseudo-terminal as the streams named; gives exit status and what the terminal showed."""
        master, slave = pty.openpty()
        tty.setraw(slave)  # no translation of line ends
        wiring = {name: slave for name in streams}
        for name in ("stdin", "stdout", "stderr"):
            wiring.setdefault(name, subprocess.DEVNULL if name == "stdin" else subprocess.PIPE)
        process = subprocess.Popen([harness.program(), *words], **wiring)
        os.close(slave)
        shown = self.drain(master, process)
        os.close(master)
        process.wait(PATIENCE)
        self.addCleanup(lambda: [s.close() for s in (process.stdout, process.stderr) if s])
        harness.count("terminals")
        return process.returncode, shown, process

    def drain(self, master: int, process: subprocess.Popen) -> bytes:
        shown, end = b"", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ready = select.select([master], [], [], 0.05)[0]
            try:
                piece = os.read(master, 65536) if ready else None
            except OSError:  # the other side is closed
                return shown
            if piece is None and process.poll() is not None:
                return shown
            shown += piece or b""
        process.kill()
        raise AssertionError(f"waits on a terminal; shown so far {shown[:200]!r}")

    def test_archive_does_not_go_to_a_terminal(self) -> None:
        for words in ((self.source,), ("-O", self.source)):
            status, shown, process = self.with_terminal(words, ("stdout",))
            self.assertEqual((status, shown), (2, b""))
            error = process.stderr.read()
            self.assertTrue(error.startswith(b"pgfilter: ") and b"terminal" in error, error)

    def test_missing_input_is_told_first(self) -> None:
        status, shown, process = self.with_terminal(("-O", self.folder / "missing"), ("stdout",))
        self.assertEqual((status, shown), (2, b""))
        error = process.stderr.read()
        self.assertIn(b"missing: cannot open the file: No such file", error)
        self.assertNotIn(b"terminal", error)

    def test_dash_insists(self) -> None:
        status, shown, process = self.with_terminal(("-f", "-", self.source), ("stdout",))
        self.assertEqual((status, process.stderr.read()), (0, b""))
        self.assertEqual(shown, self.data)

    def test_terminal_as_input_gives_the_short_usage(self) -> None:
        for words in ((), ("-O",)):
            status, _, process = self.with_terminal(words, ("stdin",))
            self.assertEqual((status, process.stdout.read()), (2, b""))
            error = process.stderr.read()
            self.assertRegex(error.lower(), rb"usage")
            self.assertIn(b"--help", error)
            self.assertLess(error.count(b"\n"), 12, "short, please")

    def test_terminal_everywhere(self) -> None:
        status, shown, _ = self.with_terminal((), ("stdin", "stdout", "stderr"))
        self.assertEqual(status, 2)
        self.assertRegex(shown.lower(), rb"usage")
        status, shown, _ = self.with_terminal(("-f", self.folder / "x", self.source), ("stdin", "stdout", "stderr"))
        self.assertEqual((status, shown), (0, b""))

    def test_texts_may_go_to_a_terminal(self) -> None:
        for words in (("--help",), ("--version",), ("--dry-run", "-O", self.source)):
            status, shown, _ = self.with_terminal(words, ("stdout",))
            self.assertEqual(status, 0)
            self.assertTrue(shown)

    # Control characters and changes of direction do not reach a terminal, wherever in an archive they are.
    STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
    WORDS = (("--dry-run", "-Ox"), ("--needs",), ("--check",), ("--check", "-v"), ("--check-for", "rds"), ("--dry-run", "--json"),
             ("--needs", "--json"), ("--check", "--json"), ("-l", "--json"), ("--check-for", "rds", "--json"),
             ("-v", "--for", "nonsuperuser", "-f", os.devnull), ("--dry-run", "--exclude-schema", "public", "--cascade"),
             ("-v", "--map-role", "a=b", "-f", os.devnull), ("--exclude-table", "*", "-f", os.devnull), ("--reject-suspicious", "-f", os.devnull),
             ("-x", "-f", os.devnull, "--report=/dev/stdout"))

    def hostile(self) -> Path:
        bad = "\x1b]0;x\x07\u009b31m\u202e\u2066\u200f\u061c\x7f\x80".encode() + b"\x9b\x9d"
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        quoted = b'"' + bad + b'"'
        entries = [
            pga.Entry(1, b"TABLE", bad, b"CREATE TABLE " + quoted + b" (a " + quoted + b");\n", owner=bad, namespace=bad),
            pga.Entry(2, b"FUNCTION", bad, b"CREATE FUNCTION f() AS $$ GRANT a TO x $$ LANGUAGE " + quoted + b";\n", owner=b"a"),
            pga.Entry(3, bad, bad, b"SELECT '" + bad + b"';\n", owner=bad, deps=[b"1", b"77"]),
            pga.Entry(4, b"EXTENSION", bad, b"CREATE EXTENSION " + quoted + b" WITH SCHEMA " + quoted + b";\n"),
            pga.Entry(5, b"ACL", b"TABLE " + bad, b"GRANT ALL ON TABLE " + quoted + b" TO " + quoted + b";\n", owner=bad),
        ]
        data = pga.encode_head(shell, len(entries)) + b"".join(entry.encode(shell.layout) for entry in entries)
        return harness.scratch_file(data, ".dump")

    def test_nothing_steers_the_terminal(self) -> None:
        path = self.hostile()
        for words in self.WORDS:
            done = self.run_words(*words, path)
            self.assertIn(done.returncode, (0, 1, 2))
            for text in (done.stdout, done.stderr):
                with self.subTest(words=words):
                    # Raw bytes from 0x80 to 0x9f become characters of the same number.
                    shown = text.decode(errors="surrogateescape")
                    shown = re.sub("[\udc80-\udc9f]", "\x9b", shown)
                    self.assertIsNone(self.STEERING.search(shown), text)
            self.assertTrue(done.stdout + done.stderr or words[0] == "--reject-suspicious", words)

    def test_nothing_in_a_list_steers_the_terminal(self) -> None:
        path = self.hostile()
        for words in (("-l",), ("-l", "-v"), ("-l", "-f", "-")):
            shown = self.with_terminal((*words, path), ("stdout",))[1].decode(errors="surrogateescape")
            self.assertIsNone(self.STEERING.search(re.sub("[\udc80-\udc9f]", "\x9b", shown)), shown)
            piped = self.run_words(*words, path).stdout
            self.assertIn(b"\x1b]0;x\x07\xc2\x9b31m", piped)
        self.assert_done(self.run_words("-l", "-f", self.folder / "list", path))
        self.assertIn(b"\x1b]0;x\x07\xc2\x9b31m", (self.folder / "list").read_bytes())


# ---------------------------------------------------------------------------------------------- pipes and signals


class SignalTest(CliTest):
    def test_broken_pipe_is_quiet(self) -> None:
        source = harness.archive("15/roles.fc_z0.dump")
        for words in ((source,), ("-O", source)):
            for restore_signals in (True, False):  # False leaves SIGPIPE ignored, as some parents do
                process = subprocess.Popen([harness.program(), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           restore_signals=restore_signals)
                process.stdout.read(10)
                process.stdout.close()
                self.assertEqual(process.stderr.read(), b"")
                process.stderr.close()
                self.assertEqual(process.wait(PATIENCE), -signal.SIGPIPE, f"SIGPIPE default: {restore_signals}")
                harness.count("signals")

    def slow(self, words: list, cut: int) -> tuple[subprocess.Popen, int]:
        """A run whose input stops after `cut` bytes without an end."""
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        process = subprocess.Popen([harness.program(), *words, fifo], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        writer = os.open(fifo, os.O_WRONLY)
        os.write(writer, self.data[:cut])
        self.addCleanup(process.stderr.close)
        return process, writer

    def test_signals_remove_the_temporary_file(self) -> None:
        cut = pga.read(self.data).blocks[1].start + 3
        for number in (signal.SIGINT, signal.SIGTERM):
            for old in (None, b"old content"):
                target = self.folder / "out.dump"
                if old is not None:
                    target.write_bytes(old)
                known = {"fifo", "out.dump"} if old is not None else {"fifo"}
                process, writer = self.slow(["-O", "-f", target, f"--report={self.folder}/report"], cut)
                with self.subTest(signal=number.name, old=old):
                    wait_for(lambda: len(set(self.in_folder()) - known) == 2, "the temporary files")
                    process.send_signal(number)
                    status = process.wait(PATIENCE)
                    self.assertIn(status, (-number, 128 + number), "tells the shell what ended it")
                    self.assertEqual(set(self.in_folder()), known)
                    self.assertEqual(target.read_bytes() if old is not None else None, old)
                    harness.count("signals")
                process.kill()
                os.close(writer)
                for name in self.in_folder():
                    os.unlink(self.folder / name)

    def test_ignored_interrupt_stays_ignored(self) -> None:
        """A script's `&` starts programs with SIGINT ignored; they are not meant when somebody presses ^C."""
        target = self.folder / "out.dump"

        def ignore() -> None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

        os.mkfifo(self.folder / "fifo")
        process = subprocess.Popen([harness.program(), "-O", "-f", target, self.folder / "fifo"], preexec_fn=ignore,
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        writer = os.open(self.folder / "fifo", os.O_WRONLY)
        os.write(writer, self.data[:-20])
        wait_for(lambda: len(self.in_folder()) > 1, "the temporary file")
        process.send_signal(signal.SIGINT)
        os.write(writer, self.data[-20:])
        os.close(writer)
        self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, b""))
        process.stderr.close()
        self.assertTrue(target.exists())
        harness.count("signals")

    def test_slow_pipe_in_small_pieces(self) -> None:
        process = subprocess.Popen([harness.program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        for at in range(0, len(self.data), 97):
            process.stdin.write(self.data[at : at + 97])
            process.stdin.flush()
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, out, err), (0, self.data, b""))

    def test_input_is_read_to_its_end(self) -> None:
        """What follows the last block is not kept, but who writes it must not die of a broken pipe."""
        garbage = harness.scratch_file(self.data + b"garbage" * 1_000_000)
        for words in ((), ("-O",), ("--no-large-objects",)):
            writer = subprocess.Popen(["cat", garbage], stdout=subprocess.PIPE)
            done = self.run_words(*words, stdin=writer.stdout)
            writer.stdout.close()
            self.assertEqual((done.returncode, writer.wait(PATIENCE)), (0, 0), words)

    def test_data_is_passed_on_as_it_comes(self) -> None:
        """A stream: large output does not wait for the end of the input."""
        data = harness.archive("15/roles.fc_z0.dump").read_bytes()
        process = subprocess.Popen([harness.program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(process.stdout.fileno(), False)
        sent, got = 0, b""
        end = time.monotonic() + PATIENCE
        while len(got) < 500_000 and time.monotonic() < end:
            if sent < 2_000_000 and select.select([], [process.stdin], [], 0.01)[1]:
                sent += os.write(process.stdin.fileno(), data[sent : min(sent + 4096, 2_000_000)])
            got += process.stdout.read() or b""
        process.kill()
        process.communicate()
        self.assertGreaterEqual(len(got), 500_000, "of 2,000,000 bytes given")


# ---------------------------------------------------------------------------------------------- files


class FileTest(CliTest):
    def setUp(self) -> None:
        super().setUp()
        self.target = self.folder / "out.dump"
        self.wanted = self.run_words("-O", self.source).stdout
        self.assertEqual(pga.read(self.wanted).find(b"SCHEMA").owner, None)

    def test_new_file_follows_the_umask(self) -> None:
        for mask, mode in ((0o022, 0o644), (0o077, 0o600), (0o027, 0o640)):
            self.assert_done(self.run_words("-O", "-f", self.target, self.source, umask=mask), b"")
            self.assertEqual(stat.S_IMODE(self.target.stat().st_mode), mode, f"umask {mask:o}")
            self.target.unlink()

    def test_existing_file_is_replaced(self) -> None:
        self.target.write_bytes(b"x" * 1_000_000)
        self.assert_done(self.run_words("-O", "-f", self.target, self.source), b"")
        self.assertEqual(self.target.read_bytes(), self.wanted)
        self.assertEqual(self.in_folder(), ["out.dump"])

    def test_no_sync(self) -> None:
        self.assert_done(self.run_words("--no-sync", "-O", "-f", self.target, self.source), b"")
        self.assertEqual(self.target.read_bytes(), self.wanted)
        self.assert_done(self.run_words("--no-sync", "-O", self.source), self.wanted)

    def test_file_in_the_working_directory(self) -> None:
        self.assert_done(self.run_words("-O", "-f", "plain", self.source, cwd=self.folder), b"")
        self.assertEqual((self.folder / "plain").read_bytes(), self.wanted)

    def test_odd_names(self) -> None:
        for name in (b"new\nline", b"\xff\xfe", b"-dash", b" ", "雪".encode(), b"x" * 255):
            target = os.path.join(os.fsencode(self.folder), name)
            with self.subTest(name=name):
                self.assert_done(self.run_words("-O", "-f", target, self.source), b"")
                with open(target, "rb") as file:
                    self.assertEqual(file.read(), self.wanted)
                self.assert_done(self.run_words("--", target), self.wanted)
                os.unlink(target)

    def test_existing_target_survives_a_failure(self) -> None:
        bad = {"truncated": self.data[:-3], "toc": self.data[:500], "empty": b"", "text": b"hello"}
        for old in (None, b"precious"):
            for name, data in bad.items():
                if old is not None:
                    self.target.write_bytes(old)
                source = harness.scratch_file(data)
                for words, how in (((source,), {}), ((), {"input": data})):
                    done = self.run_words("-O", "-f", self.target, *words, **how)
                    with self.subTest(old=old, input=name):
                        self.assertIn(done.returncode, (1, 2))
                        self.assertEqual(self.target.read_bytes() if self.target.exists() else None, old)
                        self.assertEqual(self.in_folder(), [] if old is None else ["out.dump"])

    def test_missing_directory(self) -> None:
        done = self.run_words("-O", "-f", self.folder / "missing" / "out", self.source)
        self.assert_refused(done, b"missing")

    def test_target_is_a_directory(self) -> None:
        self.target.mkdir()
        self.assert_refused(self.run_words("-O", "-f", self.target, self.source), bytes(self.target))
        self.assertEqual(self.in_folder(), ["out.dump"])
        self.assertEqual(os.listdir(self.target), [])

    def test_special_targets_are_written_directly(self) -> None:
        before = os.stat("/dev/null")
        self.assert_done(self.run_words("-O", "-f", "/dev/null", self.source), b"")
        after = os.stat("/dev/null")
        self.assertTrue(stat.S_ISCHR(after.st_mode))
        self.assertEqual((before.st_ino, before.st_mode), (after.st_ino, after.st_mode))
        self.assert_done(self.run_words("-O", "-f", "/dev/stdout", self.source), self.wanted)
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        reader = subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE)
        self.assert_done(self.run_words("-O", "-f", fifo, self.source), b"")
        self.assertEqual(reader.communicate(timeout=PATIENCE)[0], self.wanted)
        self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode))
        self.assertEqual(self.in_folder(), ["fifo"])

    def test_full_device(self) -> None:
        for words, how in (((), {}), (("-f", "/dev/full"), {})):
            with open("/dev/full", "wb") as full:
                done = self.run_words("-O", *words, self.source, stdout=full if not words else subprocess.PIPE)
            self.assertEqual(done.returncode, 1, done)
            self.assertTrue(done.stderr.startswith(b"pgfilter: "), done)
            self.assertIn(b"No space left", done.stderr)

    def test_output_that_cannot_be_written(self) -> None:
        """A limit on file size stands for a full disk: the write fails in the middle."""
        self.target.write_bytes(b"precious")

        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        source = harness.archive("15/roles.fc_z0.dump")
        for words in (("-O",), ()):
            done = self.run_words(*words, "-f", self.target, source, preexec_fn=limit)
            self.assertEqual(done.returncode, 1, done)
            self.assertTrue(done.stderr.startswith(b"pgfilter: "), done)
            self.assertEqual((self.in_folder(), self.target.read_bytes()), (["out.dump"], b"precious"))

    def test_symbolic_links(self) -> None:
        """A link stays one; what it points to gets the new content."""
        real = self.folder / "real"
        real.mkdir()
        for old in (b"old", None):
            file, link = real / "file", self.folder / "link"
            if old is not None:
                file.write_bytes(old)
            link.symlink_to("real/file")
            self.assert_done(self.run_words("-O", "-f", link, self.source), b"")
            with self.subTest(old=old):
                self.assertTrue(link.is_symlink(), "the link was replaced by a file")
                self.assertEqual(file.read_bytes(), self.wanted)
                self.assertEqual((self.in_folder(), os.listdir(real)), (["link", "real"], ["file"]))
            link.unlink()
            file.unlink(missing_ok=True)

    def test_output_onto_the_input(self) -> None:
        """It would be replaced by what rules leave of it; who means that says --in-place."""
        copy = Path(shutil.copy(self.source, self.target))
        (self.folder / "link").symlink_to("out.dump")
        (self.folder / "sub").mkdir()
        os.link(copy, self.folder / "other-name")
        for name in ("out.dump", "./out.dump", "sub/../out.dump", copy, "link", "other-name"):
            with self.subTest(name=name):
                self.assert_refused(self.run_words("-O", "-f", name, "out.dump", cwd=self.folder), b"use --in-place")
                with copy.open("rb") as source:
                    self.assert_refused(self.run_words("-O", "-f", name, cwd=self.folder, stdin=source), b"use --in-place")
        self.assertEqual(copy.read_bytes(), self.data)

    def names_of(self, descriptor: int) -> list[str]:
        """Ways to spell it."""
        names = [f"/dev/fd/{descriptor}", f"/proc/self/fd/{descriptor}", f"/proc/thread-self/fd/{descriptor}",
                 f"//dev/./fd/{descriptor}", f"/proc/self/task/../fd/{descriptor}", f"{self.folder}/to-{descriptor}",
                 f"{self.folder}/folder/{descriptor}"]
        if not (self.folder / "folder").exists():
            (self.folder / "folder").symlink_to("/dev/fd")
        if not (self.folder / f"to-{descriptor}").is_symlink():
            (self.folder / f"between-{descriptor}").symlink_to(f"/proc/self/fd/{descriptor}")
            (self.folder / f"to-{descriptor}").symlink_to(f"between-{descriptor}")
        if descriptor == 1:
            names += ["/dev/stdout", "/dev/../dev/stdout", "-"]
        return names

    def test_descriptor_of_the_input(self) -> None:
        """Appended to while it is read, the file would grow for ever; opened with ">" it is empty by now."""
        copy = Path(shutil.copy(self.source, self.target))
        for mode, word in (("ab", b"use --in-place"), ("r+b", b"use --in-place"), ("wb", b"the shell has emptied")):
            with copy.open(mode) as output:
                size = copy.stat().st_size
                for words in ((), *(("-f", name) for name in self.names_of(1))):
                    with self.subTest(mode=mode, words=words):
                        done = self.run_words("-O", *words, copy, stdout=output)
                        self.assertEqual((done.returncode, copy.stat().st_size), (2, size), done)
                        self.assertIn(word, done.stderr)
                for name in self.names_of(output.fileno()):
                    with self.subTest(mode=mode, name=name):
                        self.assert_refused(self.run_words("-O", "-f", name, copy, pass_fds=[output.fileno()]), word)
                        self.assertEqual(copy.stat().st_size, size)

    def test_texts_onto_the_input(self) -> None:
        copy = Path(shutil.copy(self.source, self.target))
        with copy.open("ab") as output:
            for words in (("-l",), ("-l", "-f", "/dev/fd/1"), ("--dry-run", "-O"), ("--needs",), ("--check",),
                          ("--check-for", "rds"), ("--dry-run", "--in-place")):
                with self.subTest(words=words):
                    done = self.run_words(*words, copy, stdout=output)
                    self.assertEqual(done.returncode, 2, done)
                    self.assertIn(b"input and output are the same file", done.stderr)
            for name in (*self.names_of(output.fileno()), *self.names_of(1)[:-1]):
                done = self.run_words("-x", "-f", os.devnull, f"--report={name}", copy, pass_fds=[output.fileno()],
                                      stdout=output)
                self.assertEqual(done.returncode, 2, done)
                self.assertIn(b"--report needs a file of its own", done.stderr)
            done = subprocess.run([harness.program(), "-x", "-f", os.devnull, "--report=/dev/stderr", copy], stderr=output)
            self.assertEqual(done.returncode, 2)
        self.assertTrue(copy.read_bytes().startswith(self.data + b"pgfilter: --report needs"))

    def test_report_and_archive_to_one_descriptor(self) -> None:
        out_of, into = os.pipe()
        done = self.run_words("-x", "-f", f"/dev/fd/{into}", f"--report=/proc/self/fd/{into}", self.source, pass_fds=[into])
        self.assert_refused(done, b"--report needs a file of its own")
        self.assert_refused(self.run_words("-x", "-f", "/dev/fd/99", self.source), b"cannot tell what the output is")
        os.close(out_of)
        os.close(into)

    def test_names_of_open_files_are_written_not_replaced(self) -> None:
        for name in self.names_of(1):
            self.target.write_bytes(b"precious")
            with self.subTest(name), self.target.open("ab") as output:
                self.assert_done(self.run_words("-O", "-f", name, self.source, stdout=output))
                self.assertTrue(self.target.read_bytes().startswith(b"preciousPGDMP"))

    def test_nothing_to_read(self) -> None:
        self.assert_refused(self.run_words("-O"), b"no FILE is given, and standard input is empty")
        self.assert_refused(self.run_words("-O", "-f", self.target), b"-f names the output, '" + bytes(self.target))
        self.assert_refused(self.run_words("-O", "-"), b"input is empty")
        self.assertFalse(self.target.exists())

    def test_says_when_nothing_is_left(self) -> None:
        for words in (("--no-kind", "TABLE", "-t", "item"), ("--section", "data", "-s")):
            done = self.run_words(*words, self.source)
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"pgfilter: nothing is left of what the archive holds\n", done.stderr)
            self.assert_refused(self.run_words("--strict", *words, self.source), b"nothing is left")
        self.assertNotIn(b"nothing is left", self.run_words("-x", self.source).stderr)

    def test_names_the_line_of_a_rule_that_matched_nothing(self) -> None:
        rules = self.folder / "my.rules"
        rules.write_text("no-owner\n\nexclude-table nothing\n")
        done = self.run_words("-R", rules, self.source)
        self.assertEqual(done.stderr, b"pgfilter: %s, line 3: exclude-table 'nothing' matched nothing\n" % bytes(rules))

    def test_dry_run_and_verbose_tell_of_names_in_bodies(self) -> None:
        function = pga.Entry(1, b"FUNCTION", b"f()", b"CREATE FUNCTION f() AS $$ SET ROLE app; GRANT app TO x $$;\n",
                             owner=b"app")
        shell = pga.Archive((1, 16, 0), compression=pga.NONE)
        data = pga.encode_head(shell, 1) + function.encode(shell.layout)
        dry = self.run_words("--dry-run", "--map-role", "app=web", input=data)
        self.assert_done(dry)
        self.assertIn(b"    left as it is: 'app' occurs 2 times in text that cannot be rewritten  [map-role]\n", dry.stdout)
        self.assertIn(b"map-role 'app' = 'web': 1 place changed; 2 places left as they are", dry.stdout)
        loud = self.run_words("-v", "--map-role", "app=web", input=data)
        self.assertIn(b"map-role 'app' = 'web': 1 place changed; 2 places left as they are", loud.stderr)
        self.assertIn(b"(1 FUNCTION)", loud.stderr)
        self.assert_done(self.run_words("--map-role", "app=web", input=data))

    def test_dry_run_and_verbose_say_what_a_real_run_does(self) -> None:
        dry = self.run_words("--dry-run", "-x", self.source)
        self.assert_done(dry)
        dropped = {line.split(b";")[0][5:] for line in dry.stdout.splitlines() if line.startswith(b"drop ")}
        wanted = pga.read(self.data)
        kept = pga.read(self.run_words("-x", self.source).stdout)
        self.assertEqual(dropped, {b"%d" % e.dump_id for e in wanted.entries} - {b"%d" % e.dump_id for e in kept.entries})
        self.assertTrue(dropped)
        self.assertIn(b"entries: %d read, %d would be written" % (len(wanted.entries), len(kept.entries)), dry.stdout)
        real = self.run_words("-v", "-x", "-f", self.target, self.source)
        self.assertEqual((real.returncode, real.stdout), (0, b""))
        self.assertIn(b"pgfilter: no-privileges: %d entr" % len(dropped), real.stderr)
        self.assertIn(b"entries: %d read, %d written" % (len(wanted.entries), len(kept.entries)), real.stderr)

    @AS_ROOT
    def test_read_only_input(self) -> None:
        copy = Path(shutil.copy(self.source, self.folder / "in.dump"))
        copy.chmod(0o400)
        self.assert_done(self.run_words("-O", copy), self.wanted)
        os.chown(copy, 65534, 65534)
        os.chmod(self.folder, 0o777)
        os.chmod(harness.scratch(), 0o755)
        self.assert_done(self.run_words("-O", copy, user=65534), self.wanted)
        os.chown(copy, 0, 0)
        self.assert_refused(self.run_words("-O", copy, user=65534), b"in.dump", b"ermission")

    def test_missing_input(self) -> None:
        self.assert_refused(self.run_words("-O", self.folder / "missing.dump"), b"missing.dump", b"No such file")
        self.assert_refused(self.run_words("-O", "-f", self.target, self.folder / "missing.dump"))
        self.assertEqual(self.in_folder(), [])

    def test_input_from_a_fifo(self) -> None:
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(["sh", "-c", 'cat "$1" > "$2"', "sh", self.source, fifo]):
            self.assert_done(self.run_words("-O", fifo), self.wanted)
        self.assert_done(self.run_words("-O", "/dev/stdin", input=self.data), self.wanted)


class InPlaceTest(CliTest):
    def setUp(self) -> None:
        super().setUp()
        self.file = Path(shutil.copy(self.source, self.folder / "in.dump"))
        filled = self.folder / "filled"
        self.assert_done(self.run_words("-O", "-f", filled, self.source))
        self.wanted = filled.read_bytes()
        filled.unlink()

    @AS_ROOT
    def test_replaces_content_and_keeps_mode_and_owner(self) -> None:
        for mode, owner, group in ((0o640, 1234, 4321), (0o400, 0, 0), (0o606, 65534, 65534)):
            self.file.write_bytes(self.data)
            os.chown(self.file, owner, group)
            os.chmod(self.file, mode)
            self.assert_done(self.run_words("--in-place", "-O", self.file), b"")
            now = self.file.stat()
            self.assertEqual((stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid), (mode, owner, group))
            self.assertEqual(self.file.read_bytes(), self.wanted)
            self.assertEqual(self.in_folder(), ["in.dump"])

    def test_without_a_rule_nothing_changes(self) -> None:
        self.assert_done(self.run_words("--in-place", self.file), b"")
        self.assertEqual(self.file.read_bytes(), self.data)

    def test_failure_leaves_the_file(self) -> None:
        for data in (self.data[:-1], self.data[:600], b"no archive", b""):
            self.file.write_bytes(data)
            inode = self.file.stat().st_ino
            done = self.run_words("--in-place", "-O", self.file)
            self.assertIn(done.returncode, (1, 2), done)
            self.assertEqual((self.file.read_bytes(), self.file.stat().st_ino), (data, inode))
            self.assertEqual(self.in_folder(), ["in.dump"])

    def test_link(self) -> None:
        link = self.folder / "link"
        link.symlink_to("in.dump")
        self.assert_done(self.run_words("--in-place", "-O", link), b"")
        self.assertTrue(link.is_symlink())
        self.assertEqual(self.file.read_bytes(), self.wanted)

    def test_only_regular_files(self) -> None:
        self.assert_refused(self.run_words("--in-place", "-O", "/dev/null"))
        self.assert_refused(self.run_words("--in-place", "-O", self.folder / "missing"), b"missing")
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(["sh", "-c", 'cat "$1" > "$2"', "sh", self.source, fifo]) as writer:
            try:
                self.assert_refused(self.run_words("--in-place", "-O", fifo, timeout=5))
            finally:
                writer.kill()  # pgfilter need not have opened it
        self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode), "the FIFO was replaced by a file")

    @AS_ROOT
    def test_file_of_another_user(self) -> None:
        """Who may not give the new file to its owner must not replace it by one with other rights."""
        os.chmod(self.folder, 0o777)
        os.chmod(harness.scratch(), 0o755)
        os.chown(self.file, 0, 0)
        os.chmod(self.file, 0o644)
        done = self.run_words("--in-place", "-O", self.file, user=65534, group=65534, extra_groups=[])
        now = self.file.stat()
        self.assertEqual((now.st_uid, stat.S_IMODE(now.st_mode)), (0, 0o644), f"mode and owner are promised: {done}")
        self.assertEqual(done.returncode != 0, self.file.read_bytes() == self.data, done)
        self.assertEqual(self.in_folder(), ["in.dump"])


class MeanwhileTest(CliTest):
    """Somebody else changes or replaces the file while a run is under way."""

    def setUp(self) -> None:
        super().setUp()
        unplaced = harness.archive("tiny/tiny.17.pipe.dump").read_bytes()  # without offsets
        archive = pga.read(unplaced)
        block = max(archive.blocks, key=lambda candidate: candidate.end - candidate.start)
        for stream in block.streams:  # long enough to be stopped in the middle
            stream.chunks *= 60_000_000 // (block.end - block.start)
        self.large = unplaced[: block.start] + block.encode(archive.layout) + unplaced[block.end :]
        self.file = self.folder / "in.dump"
        self.source = harness.archive(TINY)
        self.newer = b"PGDMP, newer"

    def temporary(self) -> list[Path]:
        return list(self.folder.glob(".*.pgfilter-*"))

    def stopped(self, *words: harness.Arg) -> subprocess.Popen:
        """A run that has begun to write its temporary file and goes no further."""
        process = subprocess.Popen([harness.program(), *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        end = time.monotonic() + PATIENCE
        while not self.temporary() and time.monotonic() < end and process.poll() is None:
            pass
        process.send_signal(signal.SIGSTOP)
        self.assertEqual(len(self.temporary()), 1, "it was faster")
        return process

    def go_on(self, process: subprocess.Popen) -> tuple[int, bytes]:
        process.send_signal(signal.SIGCONT)
        error = process.stderr.read()
        return process.wait(PATIENCE), error

    def replace(self) -> None:
        (self.folder / "new").write_bytes(self.newer)
        (self.folder / "new").rename(self.file)

    def assert_kept(self, status: int, error: bytes, wanted: bytes, now: Optional[bytes]) -> None:
        self.assertEqual(status, 1, error)
        self.assertEqual(self.file.read_bytes() if self.file.exists() else None, now)
        left = self.temporary()
        self.assertEqual(len(left), 1, error)
        self.assertIn(b"the new file is complete and stays, too, as '%s'" % bytes(left[0]), error)
        self.assertEqual(left[0].read_bytes() == wanted, True)
        left[0].unlink()

    def test_in_place(self) -> None:
        self.file.write_bytes(self.large)
        wanted = harness.run(("-O",), self.file, outlet="file").out
        status, error = self.go_on(self.stopped("--in-place", "-O", self.file))
        self.assertEqual((status, error, self.file.read_bytes() == wanted), (0, b"", True))
        for change, now in ((self.replace, self.newer), (self.file.unlink, None),
                            (lambda: os.utime(self.file), self.large)):
            self.file.write_bytes(self.large)
            process = self.stopped("--in-place", "-O", self.file)
            change()
            self.assert_kept(*self.go_on(process), wanted, now)

    def test_two_at_once(self) -> None:
        self.file.write_bytes(self.large)
        wanted = harness.run(("-O",), self.file, outlet="file").out
        os.link(self.file, self.folder / "other-name")
        process = self.stopped("--in-place", "-O", self.file)
        for words in (("--in-place", "-x", self.file), ("-f", self.file, self.source),
                      ("--in-place", "-x", self.folder / "other-name")):
            self.assert_refused(self.run_words(*words), b"locked by another program")
        self.assert_done(self.run_words("-l", self.file))
        self.assertEqual(self.go_on(process), (0, b""))
        self.assertEqual(self.file.read_bytes() == wanted, True)
        self.assert_done(self.run_words("--in-place", "-x", self.file))

    def test_lock_of_somebody_else(self) -> None:
        self.file.write_bytes(self.data)
        for kind in (fcntl.LOCK_EX, fcntl.LOCK_SH):
            with self.file.open("rb") as held:
                fcntl.flock(held, kind)
                for words in (("--in-place", "-O", self.file), ("-O", "-f", self.file, self.source),
                              ("-l", "-f", self.file, self.source)):
                    self.assert_refused(self.run_words(*words), b"locked by another program")
        self.assertEqual((self.in_folder(), self.file.read_bytes()), (["in.dump"], self.data))

    def test_over_another_file(self) -> None:
        """The file is remembered from before the first byte is read: a dump can take hours to come."""
        wanted = self.run_words("-O", self.source).stdout
        for old, change, now in ((b"old", self.replace, self.newer), (b"old", self.file.unlink, None),
                                 (b"old", lambda: self.file.write_bytes(b"new"), b"new"), (None, self.replace, self.newer)):
            for cut in (0, len(self.data) - 10):
                self.file.unlink(missing_ok=True)
                if old is not None:
                    self.file.write_bytes(old)
                process = subprocess.Popen([harness.program(), "-O", "-f", self.file], stdin=subprocess.PIPE,
                                           stderr=subprocess.PIPE)
                process.stdin.write(self.data[:cut])
                process.stdin.flush()
                if cut:
                    wait_for(self.temporary, "the temporary file")
                else:
                    wait_for(lambda: any(os.readlink(fd) == str(self.file) for fd in self.open_files(process.pid))
                             or (old is None and self.has_begun(process.pid)), "the file to be opened")
                change()
                error = process.communicate(self.data[cut:], timeout=PATIENCE)[1]
                with self.subTest(old=old, now=now, cut=cut):
                    self.assert_kept(process.returncode, error, wanted, now)

    @staticmethod
    def open_files(pid: int) -> list[str]:
        try:
            return [f"/proc/{pid}/fd/{name}" for name in os.listdir(f"/proc/{pid}/fd")]
        except FileNotFoundError:
            return []

    @staticmethod
    def has_begun(pid: int) -> bool:
        """Whether it waits for its input."""
        return b"pipe" in Path(f"/proc/{pid}/wchan").read_bytes() or Path(f"/proc/{pid}/syscall").read_text().startswith("0 ")


class RightsTest(CliTest):
    """Who may read the file that is replaced, and nobody else, may read the new one."""

    def setUp(self) -> None:
        super().setUp()
        self.file = Path(shutil.copy(self.source, self.folder / "in.dump"))
        self.file.chmod(0o640)
        try:
            os.setxattr(self.file, "user.origin", b"")
            os.setxattr(self.file, "system.posix_acl_access", faults.FOR_ONE_USER)
        except OSError as error:
            self.skipTest(f"no attributes in {self.folder}: {error}")

    @staticmethod
    def rights(file: Path) -> tuple[int, dict[str, bytes]]:
        return stat.S_IMODE(file.stat().st_mode), {name: os.getxattr(file, name) for name in os.listxattr(file)}

    def test_access_list_and_attributes(self) -> None:
        os.setxattr(self.file, "user.long", b"x" * 3000)
        before = self.rights(self.file)
        self.assertEqual(before[0], 0o660, "the group's bits are the mask")
        for words in (("--in-place", "-O", self.file), ("-O", "-f", self.file, self.source)):
            self.assert_done(self.run_words(*words))
            self.assertEqual(self.rights(self.file), before, words)

    def test_access_list_of_the_folder(self) -> None:
        """A file without one does not get one, which the mode would open to those it names."""
        os.removexattr(self.file, "system.posix_acl_access")
        self.file.chmod(0o640)
        before = self.rights(self.file)
        os.setxattr(self.folder, "system.posix_acl_default", faults.FOR_ONE_USER)
        for words in (("--in-place", "-O", self.file), ("-O", "-f", self.file, self.source)):
            self.assert_done(self.run_words(*words))
            self.assertEqual(self.rights(self.file), before, words)
        fresh = self.folder / "fresh"
        self.assert_done(self.run_words("-O", "-f", fresh, self.source))
        self.assertIn("system.posix_acl_access", os.listxattr(fresh), "a new file is the folder's")

    @AS_ROOT
    def test_refused_where_it_cannot_be_kept(self) -> None:
        try:
            os.setxattr(self.file, "security.test", b"x")
        except OSError as error:
            self.skipTest(f"no such attribute: {error}")
        os.chmod(self.folder, 0o777)
        os.chmod(harness.scratch(), 0o755)
        os.chown(self.file, 65534, 65534)
        done = self.run_words("--in-place", "-O", self.file, user=65534, group=65534, extra_groups=[])
        self.assert_refused(done, b"security.test", b"in.dump")
        self.assertEqual((self.file.read_bytes(), self.in_folder()), (self.data, ["in.dump"]))


# ---------------------------------------------------------------------------------------------- reports and lists


class ReportPlaceTest(CliTest):
    def setUp(self) -> None:
        super().setUp()
        self.file = self.folder / "in.dump"
        self.file.write_bytes(self.data)
        self.out = self.folder / "out.dump"

    def assert_nothing_lost(self, *words: harness.Arg, said: bytes) -> None:
        before = self.in_folder()
        self.assert_refused(self.run_words(*words, cwd=self.folder), said)
        self.assertEqual(self.file.read_bytes(), self.data)
        self.assertEqual(self.in_folder(), before)

    def test_the_input_is_not_replaced(self) -> None:
        (self.folder / "link").symlink_to("in.dump")
        os.link(self.file, self.folder / "other-name")
        for name in ("in.dump", "./in.dump", str(self.file), "link", "other-name"):
            self.assert_nothing_lost("-x", "-f", "out.dump", f"--report={name}", "in.dump", said=b"is the input")
            self.assert_nothing_lost("--dry-run", f"--report={name}", "in.dump", said=b"is the input")
            self.assert_nothing_lost("--in-place", f"--report={name}", "in.dump", said=b"is the input")
            self.assert_nothing_lost("-l", "-f", name, "in.dump", said=b"the list would replace the archive")

    def test_the_output_is_not_replaced(self) -> None:
        for existing in (False, True):
            if existing:
                self.out.write_bytes(b"old")
            for name in ("out.dump", "./out.dump", str(self.out)):
                self.assert_nothing_lost("-x", "-f", "out.dump", f"--report={name}", "in.dump", said=b"is the output")

    def test_standard_output_has_one_use(self) -> None:
        for name in ("-", "/dev/stdout", "/dev/fd/1"):
            self.assert_nothing_lost("-x", f"--report={name}", "in.dump", said=b"standard output is in use")
            self.assert_nothing_lost("--dry-run", f"--report={name}", "in.dump", said=b"standard output is in use")
            done = self.run_words("-x", "-f", self.out, f"--report={name}", self.file)
            self.assert_done(done)
            self.assertEqual(json.loads(done.stdout)["schema_version"], 1)
        with (self.folder / "redirected").open("wb") as redirected:
            done = self.run_words("-x", f"--report={redirected.name}", self.file, stdout=redirected)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(b"standard output is in use", done.stderr)

    def test_a_place_that_cannot_be_written_costs_nothing(self) -> None:
        for name in ("missing/report", "."):
            self.assert_nothing_lost("-x", "-f", "out.dump", f"--report={name}", "in.dump", said=name.encode())

    @AS_ROOT
    def test_devices_stay_devices(self) -> None:
        for name, minor, status in (("null", 3, 0), ("full", 7, 1)):
            device = self.folder / name
            try:
                os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, minor))
                device.open("rb").close()
            except OSError:
                self.skipTest("no devices can be made here")
            done = self.run_words("-x", "-f", self.out, f"--report={device}", self.file)
            self.assertEqual(done.returncode, status, done)
            self.assertTrue(stat.S_ISCHR(device.stat().st_mode))


if __name__ == "__main__":
    harness.main()
