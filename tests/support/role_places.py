# SPDX-License-Identifier: PostgreSQL
"""Where an archive names roles, and what renaming one must give: the expectation of the role tests.

Written from the shapes of the SQL that pg_dump writes, with a tokenizer of its own. It knows a few statements
per kind of entry and looks nowhere else, so names of tables, policies, schemas and functions that equal a
role's, comments, literals and bodies are not places by construction.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterator, Mapping, Optional

import pgdump_archive as pga

# Words that must be quoted as an identifier: keywords that are not "unreserved". Only those the tests use.
QUOTED_WORDS = frozenset(b"""all and any array as asc authorization between both case cast check collate column
 concurrently constraint create cross current_date current_role current_user default desc distinct do else end
 except exists extract false for foreign freeze from full grant group having ilike in inner int integer into is
 join lateral left like limit natural not notnull null numeric offset on only or order out overlaps placing
 position primary references right row select session_user setof similar some substring symmetric table then
 time to trailing true union unique user using values varchar verbose when where window with""".split())
TOKEN = re.compile(rb"""
    (?P<blank>\s+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<escape>[eE]'(?:[^'\\]|\\.|'')*')
  | (?P<literal>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>[A-Za-z_\x80-\xff][\w\x80-\xff]*|)\$.*?\$(?P=tag)\$)
  | (?P<word>[A-Za-z_\x80-\xff][\w$\x80-\xff]*)
  | (?P<number>\d[\w.]*)
  | (?P<other>.)
""", re.X | re.S)
NESTED = re.compile(rb"/\*|\*/")


@dataclass(frozen=True)
class Token:
    kind: str
    text: bytes
    start: int
    depth: int  # of parentheses around it

    def is_word(self, *words: bytes) -> bool:
        """A bare word is a keyword; the same letters in quotes are a name."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")

    @property
    def value(self) -> bytes:
        """The name or string that the token stands for."""
        if self.kind == "quoted":
            return self.text[1:-1].replace(b'""', b'"')
        if self.kind == "literal":
            return self.text[1:-1].replace(b"''", b"'")
        if self.kind == "escape":
            return re.sub(rb"\\(.)|''", lambda m: m[1] or b"'", self.text[2:-1], flags=re.S)
        return self.text.lower()


def tokens(sql: bytes) -> list[Token]:
    """The significant tokens."""
    found, at, depth = [], 0, 0
    while at < len(sql):
        match = TOKEN.match(sql, at)
        assert match and match.lastgroup, sql[at : at + 40]
        kind, end = kind_of(match), match.end()
        if kind == "comment":
            end = end_of_comment(sql, at)
        elif kind != "blank":
            depth -= match[0] == b")"
            found.append(Token(kind, match[0], at, depth))
            depth += match[0] == b"("
        at = end
    return found


def kind_of(match: re.Match) -> str:
    return next(kind for kind, text in match.groupdict().items() if text is not None and kind != "tag")


def end_of_comment(sql: bytes, at: int) -> int:
    level = 0
    for mark in NESTED.finditer(sql, at):
        level += 1 if mark[0] == b"/*" else -1
        if level == 0:
            return mark.end()
    return len(sql)


def statements(sql: bytes) -> Iterator[list[Token]]:
    current: list[Token] = []
    for token in tokens(sql):
        if token.text == b";" and token.depth == 0:
            yield current
            current = []
        else:
            current.append(token)
    if current:
        yield current


# ---------------------------------------------------------------------------------------------- places


@dataclass(frozen=True)
class Place:
    """A role's name in an entry: the field, and in SQL the token."""

    where: str  # "owner", "tag", "defn" or "drop"
    role: bytes
    start: int = 0
    length: int = 0
    kind: str = "raw"  # or "name", "literal"


def places(entry: pga.Entry) -> list[Place]:
    found = [Place("owner", entry.owner)] if entry.owner else []
    finder = FINDERS.get(entry.desc)
    for where, sql in (("defn", entry.defn), ("drop", entry.drop)):
        for statement in statements(sql or b"") if finder else ():
            for token in finder(statement):
                kind = "literal" if token.kind in ("literal", "escape") else "name"
                found.append(Place(where, token.value, token.start, len(token.text), kind))
    if entry.desc == b"USER MAPPING":
        found += tag_places(entry, found)
    return found


def tag_places(entry: pga.Entry, found: list[Place]) -> list[Place]:
    """The tag holds the bare role between fixed words; only the definition tells where it ends."""
    prefix = b"USER MAPPING "
    role = next((place.role for place in found if place.where == "defn"), None)
    if role is None or not (entry.tag or b"").startswith(prefix + role + b" SERVER "):
        return []
    return [Place("tag", role, len(prefix), len(role))]


def names_role(token: Token, *not_roles: bytes) -> bool:
    return token.is_name and not token.is_word(*not_roles)


def in_acl(statement: list[Token]) -> Iterator[Token]:
    words = [token.text.upper() for token in statement]
    if words[:3] == [b"SET", b"SESSION", b"AUTHORIZATION"]:
        yield from (token for token in statement[3:4] if names_role(token, b"DEFAULT"))
    elif words[:1] in ([b"GRANT"], [b"REVOKE"]):
        yield from grantees(statement, words[0])
    elif words[:3] == [b"ALTER", b"DEFAULT", b"PRIVILEGES"]:
        if words[3:5] in ([b"FOR", b"ROLE"], [b"FOR", b"USER"]):
            yield statement[5]
        action = next(at for at, token in enumerate(statement) if token.is_word(b"GRANT", b"REVOKE"))
        yield from grantees(statement[action:], statement[action].text.upper())


def grantees(statement: list[Token], action: bytes) -> Iterator[Token]:
    border = b"TO" if action == b"GRANT" else b"FROM"
    at = next(at for at, token in enumerate(statement) if token.is_word(border) and token.depth == 0)
    for token in name_list(statement[at + 1 :]):
        if names_role(token, b"PUBLIC"):
            yield token


def name_list(following: list[Token]) -> Iterator[Token]:
    """Names joined by commas; `GROUP name` is what old servers' grants look like."""
    at = 0
    while at < len(following):
        at += following[at].is_word(b"GROUP")
        yield following[at]
        if at + 1 == len(following) or following[at + 1].text != b",":
            return
        at += 2


def in_policy(statement: list[Token]) -> Iterator[Token]:
    if len(statement) > 1 and statement[0].is_word(b"CREATE") and statement[1].is_word(b"POLICY"):
        at = next((i for i, t in enumerate(statement) if t.is_word(b"TO") and t.depth == 0), None)
        if at is not None:
            special = (b"PUBLIC", b"CURRENT_USER", b"CURRENT_ROLE", b"SESSION_USER")
            yield from (token for token in name_list(statement[at + 1 :]) if names_role(token, *special))


def in_user_mapping(statement: list[Token]) -> Iterator[Token]:
    if len(statement) > 4 and statement[3].is_word(b"FOR"):
        special = (b"PUBLIC", b"CURRENT_USER", b"CURRENT_ROLE", b"SESSION_USER", b"USER")
        yield from (token for token in statement[4:5] if names_role(token, *special))


def in_schema(statement: list[Token]) -> Iterator[Token]:
    if [token.text.upper() for token in statement[:2]] == [b"CREATE", b"SCHEMA"]:
        at = next((i for i, t in enumerate(statement) if t.is_word(b"AUTHORIZATION") and i > 1), None)
        yield from statement[at + 1 : at + 2] if at is not None else ()


def in_settings(statement: list[Token]) -> Iterator[Token]:
    """SET role TO '…' and its twin, of a function or a database; 'none' is no role."""
    top = [token for token in statement if token.depth == 0]
    for first, second, third, value in zip(top, top[1:], top[2:], top[3:]):
        if (first.is_word(b"SET") and second.is_name and second.value in (b"role", b"session_authorization")
                and third.is_word(b"TO") and value.kind in ("literal", "escape")
                and (second.value, value.value) != (b"role", b"none")):
            yield value


def in_properties(statement: list[Token]) -> Iterator[Token]:
    words = [token.text.upper() for token in statement[:4]]
    if words[:2] == [b"ALTER", b"ROLE"] and words[3:] == [b"IN"]:
        yield statement[2]
    yield from in_settings(statement)


def in_routine(statement: list[Token]) -> Iterator[Token]:
    if len(statement) > 1 and statement[0].is_word(b"CREATE"):
        yield from in_settings(statement)


FINDERS = {
    b"ACL": in_acl, b"ACL LANGUAGE": in_acl, b"DEFAULT ACL": in_acl, b"POLICY": in_policy,
    b"USER MAPPING": in_user_mapping, b"SCHEMA": in_schema, b"DATABASE PROPERTIES": in_properties,
    b"FUNCTION": in_routine, b"PROCEDURE": in_routine,
}


# ---------------------------------------------------------------------------------------------- renaming


def quoted(name: bytes) -> bytes:
    return b'"' + name.replace(b'"', b'""') + b'"'


def identifier(name: bytes) -> bytes:
    """As pg_dump writes it: bare only if it must not be quoted."""
    if re.fullmatch(rb"[a-z_][a-z0-9_]*", name) and name not in QUOTED_WORDS:
        return name
    return quoted(name)


def literal(name: bytes) -> bytes:
    return b"'" + name.replace(b"'", b"''") + b"'"


def renamed(entry: pga.Entry, found: list[Place], roles: Mapping[bytes, bytes]) -> Optional[pga.Entry]:
    """The entry with all roles renamed at once, or None if that changes nothing."""
    fields = {"owner": entry.owner, "tag": entry.tag, "defn": entry.defn, "drop": entry.drop}
    for place in sorted(found, key=lambda place: -place.start):
        new = roles.get(place.role)
        if new is None:
            continue
        if place.where == "owner":
            fields["owner"] = new
        else:
            spelled = {"name": identifier, "literal": literal, "raw": bytes}[place.kind](new)
            text = fields[place.where] or b""
            fields[place.where] = text[: place.start] + spelled + text[place.start + place.length :]
    edited = replace(entry, **fields)
    return None if edited == entry else edited
