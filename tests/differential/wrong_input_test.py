# SPDX-License-Identifier: PostgreSQL
"""What is no archive is named, with what to do, whatever way it comes in; made by the real programs where they are."""
from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import server  # noqa: E402

DUMP = "15/rich.fc.dump"


def output(*command: object, data: bytes = b"", **settings: str) -> bytes:
    return subprocess.run([str(word) for word in command], input=data, capture_output=True, check=True,
                          env={**os.environ, **settings}).stdout


class WrongInputTest(unittest.TestCase):
    def setUp(self) -> None:
        self.dump = harness.archive(DUMP).read_bytes()

    def named(self, data: bytes, *words: str, statuses: tuple = (2,)) -> None:
        """Refused in one line that has these words, with nothing written and nothing that could steer a terminal."""
        for inlet in ("file", "pipe", "redirect"):
            for options, outlet in (((), "pipe"), (("-O",), "file")):
                with self.subTest(words=words, inlet=inlet, outlet=outlet):
                    done = harness.run(options, data, inlet, outlet)
                    self.assertIn(done.status, statuses, str(done))
                    self.assertEqual(done.out, b"", str(done))
                    text = done.err.decode()
                    for word in words:
                        self.assertIn(word, text)
                    self.assertRegex(text, r"\Apgfilter: [^\n]+\n\Z")
                    self.assertNotRegex(text[:-1], r"[\x00-\x1f\x7f]")
                    self.assertLess(len(text), 500)
                    harness.count("refusals")

    def test_scripts(self) -> None:
        for restore in harness.restores():
            script = harness.restore_script(restore, harness.archive(DUMP))
            self.named(script, "is a plain SQL dump", "'pg_dump -Fc'")
            self.named(script.replace(b"\n", b"\r\n"), "is a plain SQL dump")

    @server.needed
    def test_what_pg_dump_and_pg_dumpall_write(self) -> None:
        name = server.rich_database()
        pg_dump, pg_dumpall = server.BIN / "pg_dump", server.BIN / "pg_dumpall"
        self.named(output(pg_dump, name), "is a plain SQL dump")
        self.named(output(pg_dump, "-s", "--inserts", name), "is a plain SQL dump")
        self.named(output(pg_dumpall, "-g"), "plain SQL of pg_dumpall", "pg_dump -Fc")
        self.named(output(pg_dump, "-Ft", name), "is a tar-format dump", "'pg_dump -Fc'")
        folder = harness.scratch_file()
        output(pg_dump, "-Fd", "-f", folder, name)
        done = harness.run((folder,))
        self.assertEqual((done.status, done.out), (2, b""), str(done))
        self.assertIn(b"is a directory", done.err)
        self.assertIn(b"'pg_dump -Fc'", done.err)
        self.named((folder / "toc.dat").read_bytes(), "toc.dat of a directory-format")
        failed = subprocess.run([pg_dump, "-Fc", "no such database"], capture_output=True)
        self.named(failed.stdout + failed.stderr, "pg_dump complains of, 'pg_dump: error:")
        self.named(failed.stdout, "is empty")
        copy = server.psql("-c", "COPY (SELECT 1) TO STDOUT (FORMAT text)", name)
        self.named(copy.encode(), "is text, not a pg_dump archive, '1'")

    def test_a_restore_of_nothing_but_data(self) -> None:
        for restore in harness.restores():
            script = harness.restore_script(restore, harness.archive(DUMP), "-a", "-t", "no_such_table")
            self.named(script, "is a plain SQL dump")

    def test_other_archives(self) -> None:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as packed:
            packed.writestr("a.dump", self.dump)
        self.named(memory.getvalue(), "wrapped in zip", "unzip -p")
        for first, word in (("a.dump", "is a tar file"), ("backup_label", "base backup"), ("toc.dat", "tar-format dump")):
            memory = io.BytesIO()
            with tarfile.open(fileobj=memory, mode="w") as packed:
                information = tarfile.TarInfo(first)
                information.size = len(self.dump)
                packed.addfile(information, io.BytesIO(self.dump))
            self.named(memory.getvalue(), word)

    def test_encrypted_ones(self) -> None:
        self.named(b"age-encryption.org/v1\n-> scrypt x 18\n" + os.urandom(300), "encrypted with age", "age -d")
        self.named(b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "encrypted with age", "age -d")
        if shutil.which("openssl"):
            self.named(output("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-k", "x", data=self.dump), "with openssl")
        if not shutil.which("gpg"):
            harness.leave_out("what gpg encrypts (no such program)")
            return
        with tempfile.TemporaryDirectory() as home:
            gpg = ("gpg", "--homedir", home, "--batch", "--yes", "--passphrase", "x", "--pinentry-mode", "loopback")
            output(*gpg, "--quick-generate-key", "dba <dba@example.org>", "default", "default")
            symmetric = (*gpg, "--symmetric")
            for_key = (*gpg, "--trust-model", "always", "-r", "dba", "--encrypt")
            for command in (symmetric, for_key, (*symmetric, "--force-aead"), (*symmetric, "--s2k-digest-algo", "SHA512")):
                for armor in ((), ("--armor",)):
                    try:
                        data = output(*command[:1], *armor, *command[1:], data=self.dump)
                    except subprocess.CalledProcessError:
                        continue  # an option that this gpg does not have
                    self.named(data, "encrypted with gpg", "gpg -d")
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)

    def test_failed_downloads(self) -> None:
        page = b"<!DOCTYPE html>\n<html><head><title>\x1b[31m502 Bad Gateway</title></head><body>...</body></html>\n"
        self.named(page, "is a web page, '?[31m502 Bad Gateway'", "failed")
        self.named(b"<html>\r\n<head><title>404 Not Found</title></head>", "is a web page, '404 Not Found'")
        self.named(b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>', "is XML", "failed")
        self.named(json.dumps({"message": "rate limit"}).encode(), "is JSON", "rate limit")
        self.named(b"bash: pg_dump: command not found\n", "is text", "'bash: pg_dump: command not found'")
        self.named(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\n", "git lfs pull")

    def test_nothing(self) -> None:
        self.named(b"", "is empty")

    def test_a_banner_in_front(self) -> None:
        self.named(b"Last login: today\r\n" + self.dump, "printed in front of the archive: 'Last login: today'")

    def test_conversions(self) -> None:
        """What the shells of Windows make of an archive."""
        text = self.dump.decode("cp850")
        self.named(text.encode("utf-16"), "converted to UTF-16", "pg_dump -f FILE")
        self.named(b"\xfe\xff" + text.encode("utf-16-be"), "converted to UTF-16", "pg_dump -f FILE")
        self.named(text.encode("utf-8-sig"), "converted to UTF-8", "pg_dump -f FILE")
        replaced = self.dump.decode("utf-8", "replace").replace("\n", "\r\n").encode()
        self.named(replaced, "took the archive for text", "pg_dump -f FILE")
        script = b"--\n-- PostgreSQL database dump\n--\n".decode().encode("utf-16")
        self.named(script, "text in UTF-16")

    def test_transfers_as_text(self) -> None:
        for path in harness.thinned(harness.archives(), "archives"):
            data = path.read_bytes()
            with self.subTest(path=harness.label(path)):
                sent = data.replace(b"\n", b"\r\n")
                done = harness.run((), sent, "pipe")
                self.assertEqual((done.status, done.out), (2, b""), str(done))
                self.assertIn(b"has become CR LF", done.err)
                self.assertIn(b"binary", done.err)
                # The other way round: damage, or nothing lost.
                received = data.replace(b"\r\n", b"\n")
                done = harness.run((), received, "pipe")
                self.assertIn(done.status, (0,) if received == data else (1, 2), str(done))
                harness.count("transfers")

    def test_line_ends_and_encodings_of_files(self) -> None:
        """What a file shows that a pipe does not: blocks before their places, without a CR LF in it."""
        named = 0
        for path in harness.thinned(harness.archives(), "archives"):
            data = path.read_bytes()
            archive = pga.read(data)
            received = data.replace(b"\r\n", b"\n")
            offsets = [entry.offset for entry in archive.entries if entry.flag == pga.SET]
            lost = data[:max(offsets, default=0)].count(b"\r\n")
            in_toc = data[:archive.toc_end].count(b"\r\n")
            if lost and not in_toc:
                for words in ((), ("-O", "-f", "/dev/null"), ("--check",)):
                    file = harness.scratch_file(received)
                    for done in (harness.run(words, file), harness.run(words, file, "redirect")):
                        self.assertIn(b"no CR LF is left in it", done.err + done.out, str(done))
                        named += 1
            converted = harness.scratch_file(data.decode("latin-1").encode())
            for words in ((), ("--check",)):
                done = harness.run((*words, converted))
                if done.status == 0:
                    continue
                self.assertIn(b"converted from Latin-1 to UTF-8", done.err + done.out, str(done))
        self.assertGreater(named, 0)
        cut = harness.scratch_file(self.dump[:-9])
        self.assertNotIn(b"CR LF", harness.run((cut,)).err)

    def test_texts_that_hold_an_archive(self) -> None:
        self.named(base64.encodebytes(self.dump), "archive in base64", "base64 -d")
        self.named(base64.b64encode(gzip.compress(self.dump)), "base64 of something wrapped in gzip")
        self.named(self.dump.hex().encode(), "in hexadecimal digits")
        self.named(b"\\x" + self.dump.hex().encode() + b"\n", "a value of bytea")

    def test_inside_a_wrapping(self) -> None:
        script = b"--\n-- PostgreSQL database dump\n--\n"
        for name in filter(shutil.which, ("gzip", "bzip2", "xz", "zstd", "lz4")):
            self.named(output(name, "-c", data=script), "(unpacked)", "is a plain SQL dump")
            self.named(output(name, "-c", data=b""), "(unpacked)", "is empty")

    def test_special_files(self) -> None:
        missing = harness.scratch() / "missing.dump"
        done = harness.run((missing,))
        self.assertEqual((done.status, done.out), (2, b""))
        self.assertRegex(done.err, rb"missing\.dump.*No such file")
        done = harness.run((harness.scratch(),))
        self.assertEqual(done.status, 2)
        self.assertTrue(re.search(rb"is a directory", done.err), done.err)


if __name__ == "__main__":
    server.main()
