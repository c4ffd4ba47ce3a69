# SPDX-License-Identifier: PostgreSQL
"""Random SQL and rows that are made to mislead a reader: about half are what pg_dump could write, with payloads where they are
only text, and in the others something is wrong.
"""
from __future__ import annotations

import random

# Encodings and characters of them, as many as can be with second bytes that look like ASCII.
ENCODINGS: dict[str, tuple[bytes, ...]] = {
    "UTF8": ("ä".encode(), "表".encode(), "😀".encode()), "LATIN1": (b"\xe4", b"\x95", b"\xff"),
    "EUC_JP": (b"\xb0\xa1", b"\x8f\xb0\xa1", b"\x8e\xb1"),
    "SJIS": (b"\x95\x5c", b"\x83\x5c", b"\xb1", b"\x95\x40", b"\x83\x65", b"\x83\x7c", b"\x88\x60", b"\x83\x45"),
    "BIG5": (b"\xa5\x5c", b"\xb3\x5c", b"\xa4\x40", b"\xa4\x45", b"\xa4\x7c", b"\xa4\x55"),
    "GBK": (b"\x95\x5c", b"\xb0\x5c", b"\x81\x40", b"\x81\x7c", b"\xb0\x45", b"\x81\x80"),
    "UHC": (b"\x81\x41", b"\x84\x65", b"\xb0\xa1", b"\x81\x55"),
    "JOHAB": (b"\x88\x5c", b"\xd9\x3b", b"\xd9\x3a", b"\xd9\x31", b"\x88\x61", b"\xe0\x5c", b"\xe0\x45", b"\x8e\x41"),
    "GB18030": (b"\x95\x5c", b"\x81\x30\x81\x30", b"\x81\x39\xef\x34", b"\x81\x40", b"\xb0\x45", b"\x81\x7c")}
HALVES = (b"\x95", b"\x81", b"\xfe", b"\x80", b"\xa0", b"\xff", b"\x8e", b"\x8f", b"\x8f\x8f", b"\x81\x30", b"\x81\x30\x81", b"\xe0",
          b"\xc3", b"\xf0\x9f")


def payloads(file: bytes) -> tuple[bytes, ...]:
    """Commands of psql that make a file, whatever follows on the line."""
    touch = b"touch " + file
    return (b"\\! " + touch + b" #\n", b"\\echo `" + touch + b"`\n", b"\\o |" + touch + b"\n", b"SELECT 1 \\g |" + touch + b"\n",
            b"\\set x `" + touch + b"`\n", b"\\copy (SELECT 1) TO PROGRAM '" + touch + b"'\n", b"\\! " + touch + b" #",
            b"\\w |" + touch + b"\n", b"\\t `" + touch + b"`\n")


class NastySql:
    """`escapes`: standard_conforming_strings is off."""

    def __init__(self, draw: random.Random, encoding: str, escapes: bool, file: bytes) -> None:
        self.draw, self.escapes, self.characters = draw, escapes, ENCODINGS[encoding]
        self.payloads = payloads(file)
        # An error message is text of the archive's making, and psql keeps it in a variable.
        self.failing = b'SELECT "' + self.payloads[0].strip() + b'";\n'

    def character(self) -> bytes:
        return self.draw.choice(HALVES if self.draw.random() < 0.01 else self.characters)

    def inner(self) -> bytes:
        """What may stand inside of quotes, but for the quote itself."""
        draw = self.draw
        return b"".join(draw.choice((self.character(), self.character(), b"\n", b" ", b"x", b"$", b"$$", b"$a$", b"--", b"/*", b"*/",
                                     b":LAST_ERROR_MESSAGE", b":'x", b";", b"(", b"]", b"e", b"1", b"\r", b"SET client_encoding = ",
                                     draw.choice(self.payloads), b"\n" + draw.choice(self.payloads),
                                     b"\n\\.\n", b"\n\\.\n" + draw.choice(self.payloads)))
                        for _ in range(draw.randint(0, 4)))

    def string(self) -> bytes:
        draw = self.draw
        kind = draw.choice((b"'", b"'", b"'", b"E'", b"e'", b"U&'", b"N'", b"b'", b"x'", b"u&'"))
        text = self.inner()
        if draw.random() < 0.4:
            text += draw.choice((b"\\", b"\\\\", b"''", b"\\'", b"'''", b"\\n", b"\"", b"\\" + self.character(), b"\\\n")) + self.inner()
        if kind[:1] in b"bx":
            text = draw.choice((b"01", b"", b"1" + draw.choice((b"\\", b"''", b"\n"))))
        if draw.random() < 0.7:  # what pg_dump does
            backslashes = kind in (b"E'", b"e'") or (self.escapes and kind in (b"'", b"N'"))
            text = text.replace(b"'", b"").replace(b"\\", b"\\\\" if backslashes else b"\\")
            text = text.replace(b"\\\\\\\\", b"\\\\") if draw.random() < 0.1 else text
        return kind + text + b"'"

    def dollars(self) -> bytes:
        tag = b"$" + self.draw.choice((b"", b"_", b"a", b"a1", b"function", b"_X", b"1", b"a$b", self.character())) + b"$"
        body = (self.inner() + self.draw.choice((b"'", b'"', b"", b"\\", b"$")) + self.inner()).replace(tag, b"")
        return tag + body + (tag if self.draw.random() < 0.95 else b"")

    def name(self) -> bytes:
        draw = self.draw
        if draw.random() < 0.5:
            return draw.choice((b"a", b"e", b"t_1", b"x", b"a$b$", b"_", b"u", b"CASE", b"begin", b"end", b"case", b"u&", b"n",
                                self.character() + draw.choice((b"", b"e", b"$a$", self.character()))))
        return draw.choice((b'"', b'"', b'"', b'U&"')) + self.inner().replace(b'"', b"") + \
            draw.choice((b"", b'""', b"'", b"\\")) + b'"'

    def number(self) -> bytes:
        draw = self.draw
        if draw.random() < 0.8:
            return draw.choice((b"1", b"1.5", b"$1", b"1e10", b".5", b"1e-5", b"1..2", b"-1"))
        return draw.choice((b"1", b"1.", b"$1", b"1e", b"1x", b"1_", b"0x1F", b"1_000")) + draw.choice((b"e", b"$a$", b"a", b"--", b"e'", b"x'", b"-", b""))

    def colon(self) -> bytes:
        draw = self.draw
        good = (b"::text", b"[1:2]", b"[1:n]", b"[:n]", b" := ", b"[a:COALESCE(b, 1)]", b'[1:"N"]', b" : ", b"[1:]", b"::x[1:2]")
        bad = (b":LAST_ERROR_MESSAGE", b":'VERSION'", b':"USER"', b":{?HOST}", b":::LAST_ERROR_MESSAGE", b"[1:LAST_ERROR_MESSAGE]",
               b":x", b":'x", b":{", b":", b"[:LAST_ERROR_MESSAGE$a$]")
        return draw.choice(good if draw.random() < 0.85 else bad)

    def comment(self) -> bytes:
        text = self.inner()
        if self.draw.random() < 0.5:
            return b"--" + text.replace(b"\n", b" ").replace(b"\r", b" ") + self.draw.choice((b"\n", b"\n", b"\r"))
        text = text.replace(b"/*", b"").replace(b"*/", b"")
        return b"/*" + text + self.draw.choice((b"*/", b"*/", b"**/", b"/**/*/", b"/*/*/*/", b"//**/ */", b"*/*"))

    def other(self) -> bytes:
        return self.draw.choice((b" ", b"\n", b",", b"(1)", b"()", b"=", b"+", b"-", b"/", b"*", b"@", b"@-", b".", b"\t", b"\v", b"\r",
                                 b"%", b"|| ", b"`", b"[1]", b" \n ", b"<>", b"&", b"?"))

    def breaker(self) -> bytes:
        """What leads to something else."""
        draw = self.draw
        return draw.choice((b"'", b'"', b"$$", b"$a$", b"\\", b"\\;", b"/*", b"(", b")", b"*/", draw.choice(self.payloads),
                            b"\n" + draw.choice(self.payloads), b"E'", b"\\:"))

    def piece(self) -> bytes:
        makers = (self.string, self.string, self.string, self.dollars, self.dollars, self.name, self.name, self.number, self.colon,
                  self.comment, self.other, self.other)
        return self.draw.choice(makers)() if self.draw.random() < 0.98 else self.breaker()

    def setting(self) -> bytes:
        name = self.draw.choice((b"client_encoding", b"standard_conforming_strings", b"CLIENT_ENCODING", b'"client_encoding"',
                                 b'U&"client\\005fencoding"', b"work_mem"))
        value = self.draw.choice((b"'SJIS'", b"'GBK'", b"off", b"'UTF8'", b"DEFAULT"))
        return self.draw.choice((
            b"SET " + name + b" = " + value, b"SET SESSION " + name + b" TO " + value, b"SET NAMES " + value, b"RESET " + name,
            b"RESET ALL", b"DISCARD ALL", b"SELECT set_config('" + name + b"', 'SJIS', false)", b"SET/**/LOCAL " + name + b"=" + value,
            b"SELECT pg_catalog.set_config('" + name + b"'::text, 'off'::text, false)", b"DO $$ BEGIN SET " + name + b" = 1; END $$",
            b"SELECT set_config('client_' || 'encoding', 'SJIS', false)", b"UPDATE pg_settings SET setting = 'SJIS' WHERE name = '"
            + name + b"'", b"BEGIN", b"ROLLBACK", b"SELECT \"set_config\"(E'" + name + b"', 'SJIS', false)",
            b"ALTER ROLE postgres SET work_mem = '4MB'", b"CREATE OR REPLACE FUNCTION public.s() RETURNS int LANGUAGE sql SET " + name +
            b" = " + value + b" AS 'SELECT 1'")) + b";\n"

    def body(self) -> bytes:
        """Words by which psql finds out where the body of a routine ends."""
        draw = self.draw
        words = (b"CREATE", b"CREATE FUNCTION", b"CREATE OR REPLACE FUNCTION", b"CREATE PROCEDURE", b"OR", b"REPLACE", b"FUNCTION", b"x", b";",
                 b";", b"(", b")", b"CASE", b"BEGIN", b"BEGIN ATOMIC", b"END", b"END", b'"begin"', b'"end"', b"create")
        return b"CREATE FUNCTION f() BEGIN " + b" ".join(draw.choice(words) for _ in range(draw.randint(0, 8))) + b" END" * draw.randint(1, 2) + b";\n"

    def statement(self) -> bytes:
        draw = self.draw
        if draw.random() < 0.06:
            return self.body()
        if draw.random() < 0.06:
            return self.setting()
        if draw.random() < 0.04:
            return self.failing
        if draw.random() < 0.04:  # what follows is read as rows, or skipped, up to the next "\\." on a line, in quotes or not
            return draw.choice((b"COPY public.t FROM stdin;\n", b"COPY public.u FROM stdin;\n", b"-1;\n", b";\n", b"(SELECT a);\n",
                                b"COPY public.t FROM stdin;\nx\n\\.\n", b"/**/copy(select 1)to stdout;\n"))
        front = draw.choice((b"SELECT ", b"CREATE VIEW public.v AS SELECT ", b"COMMENT ON TABLE public.t IS ", b"INSERT INTO public.t VALUES ",
                             b"CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS ", b"", b"ALTER TABLE public.t ADD CHECK ",
                             b"CREATE FUNCTION public.f() RETURNS int BEGIN ATOMIC SELECT 1; END"))
        between = draw.choice((b"", b" ", b" ", b" ", b"\n"))
        pieces = between.join(self.piece() for _ in range(draw.randint(1, 5)))
        return front + pieces + draw.choice((b";\n",) * 12 + (b" ;\n", b";", b"\n", b""))

    def statements(self) -> bytes:
        return b"".join(self.statement() for _ in range(1 + (self.draw.random() < 0.2)))

    def rows(self) -> bytes:
        draw = self.draw
        made = []
        for _ in range(draw.randint(0, 4)):
            text = self.inner().replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
            made.append(text + draw.choice((b"", b"\\N", b"'", b'"', b"\\t", b"\\.") + ((draw.choice(self.payloads).strip(),)
                                           if draw.random() < 0.1 else ())))
        end = b"\\.\n\n\n" if draw.random() < 0.97 else draw.choice((b"", b"\\.\n" + draw.choice(self.payloads), b"\\. \n"))
        return b"".join(row + b"\n" for row in made) + end
