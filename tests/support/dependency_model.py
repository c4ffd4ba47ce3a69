# SPDX-License-Identifier: PostgreSQL
"""An independent model of an archive's dependencies: what is nothing without what, and what uses what.

Written from the format alone, for archives of 9.6 and later. It shares nothing with the program.
"""
from __future__ import annotations

import re
from typing import Iterable, Optional

import harness
import pgdump_archive as pga

RELATIONS = {b"TABLE", b"VIEW", b"MATERIALIZED VIEW", b"FOREIGN TABLE"}
IDENTIFIER = rb'(?:"(?:[^"]|"")*"|[\w$\x80-\xff]+)'
QUALIFIED = rb"((?:" + IDENTIFIER + rb"\.)?" + IDENTIFIER + rb")"

# What an entry depends on and is nothing without, by kind; None: everything.
OWNERS: dict[bytes, Optional[set[bytes]]] = {
    b"ACL": None, b"COMMENT": None, b"SECURITY LABEL": None,
    b"SEQUENCE": RELATIONS, b"SEQUENCE SET": {b"SEQUENCE"}, b"SEQUENCE OWNED BY": {b"SEQUENCE"},
    b"TABLE DATA": RELATIONS, b"MATERIALIZED VIEW DATA": {b"MATERIALIZED VIEW"},
    b"STATISTICS DATA": RELATIONS | {b"INDEX", b"CONSTRAINT"}, b"EXTENDED STATISTICS DATA": {b"STATISTICS"},
    b"FK CONSTRAINT": RELATIONS | {b"CONSTRAINT", b"INDEX"},
    b"ROW SECURITY": RELATIONS, b"TABLE ATTACH": RELATIONS,
    b"PUBLICATION TABLE": RELATIONS | {b"PUBLICATION"}, b"PUBLICATION TABLES IN SCHEMA": {b"PUBLICATION", b"SCHEMA"},
    b"SUBSCRIPTION TABLE": RELATIONS | {b"SUBSCRIPTION"},
    b"DEFAULT ACL": {b"SCHEMA"}, b"USER MAPPING": {b"SERVER"}, b"BLOBS": {b"BLOB METADATA"},
    b"OPERATOR CLASS": {b"OPERATOR FAMILY", b"ACCESS METHOD"}, b"OPERATOR FAMILY": {b"ACCESS METHOD"},
}
# Where the name of the one table that they are on stands.
ON = {
    b"INDEX": rb" ON (?:ONLY )?" + QUALIFIED + rb" USING ",
    b"CONSTRAINT": rb"\AALTER (?:TABLE|DOMAIN) (?:ONLY )?" + QUALIFIED,
    b"CHECK CONSTRAINT": rb"\AALTER (?:TABLE|DOMAIN) (?:ONLY )?" + QUALIFIED,
    b"TRIGGER": rb"\ACREATE (?:CONSTRAINT )?TRIGGER .*? ON " + QUALIFIED + rb" (?:FROM|FOR|NOT|DEFERRABLE|REFERENCING)",
    b"RULE": rb"\ACREATE (?:RULE " + IDENTIFIER + rb" AS\s+ON \w+ TO|OR REPLACE VIEW) " + QUALIFIED,
    b"POLICY": rb"\ACREATE POLICY " + IDENTIFIER + rb" ON " + QUALIFIED,
    b"STATISTICS": rb"FROM " + QUALIFIED + rb";\s*\Z",
    b"DEFAULT": rb"\AALTER (?:FOREIGN )?(?:TABLE|VIEW) (?:ONLY )?" + QUALIFIED,
}
NO_ERROR_WITHOUT = {b"TABLE DATA", b"SEQUENCE SET", b"MATERIALIZED VIEW DATA", b"STATISTICS DATA", b"ACL",
                    b"EXTENDED STATISTICS DATA", b"INDEX ATTACH"}


def parts(name: bytes) -> list[bytes]:
    return [p[1:-1].replace(b'""', b'"') if p[:1] == b'"' else p for p in re.findall(IDENTIFIER, name)]


class Model:
    """Who belongs to whom, and who uses whom."""

    def __init__(self, archive: pga.Archive) -> None:
        self.archive = archive
        self.by_id = {entry.dump_id: entry for entry in archive.entries}
        self.belongs: set[tuple[int, int]] = set()  # the part, the whole
        self.uses: set[tuple[int, int]] = set()
        self.cuts: set[tuple[int, int]] = set()  # of uses: those that only a default, a check and their like make
        self.children: set[tuple[int, int]] = set()  # child, parent
        for entry in archive.entries:
            if entry.desc == b"TABLE ATTACH":
                self.attach(entry)
        for entry in archive.entries:
            self.relate(entry)

    def targets(self, entry: pga.Entry) -> list[pga.Entry]:
        return [self.by_id[int(d)] for d in entry.deps if int(d) in self.by_id]

    def attach(self, entry: pga.Entry) -> None:
        child, = {t.dump_id for t in self.targets(entry) if (t.namespace, t.tag) == (entry.namespace, entry.tag)}
        self.children |= {(child, t.dump_id) for t in self.targets(entry) if t.dump_id != child}

    def is_named(self, entry: pga.Entry, name: bytes, target: pga.Entry) -> bool:
        wanted = parts(name)
        return wanted[-1] == target.tag and (wanted[0] if len(wanted) > 1 else entry.namespace) == target.namespace

    def relate(self, entry: pga.Entry) -> None:
        me = entry.dump_id
        for target in self.targets(entry):
            if self.is_part(entry, target):
                self.belongs.add((me, target.dump_id))
                if entry.desc == b"RULE" and entry.tag.split(b" ")[-1] == b"_RETURN":
                    self.belongs.add((target.dump_id, me))
            elif self.needs(entry, target):
                self.uses.add((me, target.dump_id))
                if entry.desc in (b"TABLE", b"FOREIGN TABLE", b"DOMAIN") and self.is_cut(entry, target):
                    self.cuts.add((me, target.dump_id))
        if entry.desc == b"USER MAPPING":
            server = parts(re.search(rb" SERVER (" + IDENTIFIER + rb")(?: OPTIONS|;)", entry.defn)[1])[0]
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if (e.desc, e.tag) == (b"SERVER", server)}
        if entry.desc == b"SHELL TYPE":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries
                             if (e.desc, e.tag, e.namespace) == (b"TYPE", entry.tag, entry.namespace)}
        if entry.desc == b"ACL" and not self.targets(entry) and entry.tag.startswith((b"FOREIGN DATA WRAPPER ", b"LANGUAGE ")):
            maker = entry.tag.split(b" ")[-1]
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if (e.desc, e.tag) == (b"EXTENSION", maker)}
        if entry.desc == b"ACL" and not self.targets(entry):
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if e.desc == b"EXTENSION" and self.is_member(entry, e)}
        if entry.desc == b"DATABASE PROPERTIES":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if e.desc == b"DATABASE"}
        scalar_gist = rb" EXCLUDE USING gist .* WITH (=|<>)[,)]| WITHOUT OVERLAPS\)"
        if entry.desc == b"CONSTRAINT" and re.search(scalar_gist, entry.defn):
            self.uses |= {(me, e.dump_id) for e in self.archive.entries if (e.desc, e.tag) == (b"EXTENSION", b"btree_gist")}
        if entry.desc == b"BLOBS":
            self.belongs |= {(me, e.dump_id) for e in self.archive.entries if e.desc == b"BLOB"}

    def is_member(self, acl: pga.Entry, extension: pga.Entry) -> bool:
        """Whether a function that has no entry takes the type that its extension is named after: hstore."""
        _, is_function, signature = acl.tag.partition(b"FUNCTION ")
        return bool(is_function) and [acl.namespace, extension.tag] in [
            parts(name) for name in re.findall(QUALIFIED, signature.partition(b"(")[2])]

    def is_part(self, entry: pga.Entry, target: pga.Entry) -> bool:
        if entry.desc in ON and target.desc in RELATIONS | {b"DOMAIN"}:
            return self.is_named(entry, re.search(ON[entry.desc], entry.defn, re.DOTALL)[1], target)
        if entry.desc == b"INDEX ATTACH":
            both = re.match(rb"ALTER INDEX " + QUALIFIED + rb" ATTACH PARTITION " + QUALIFIED, entry.defn).groups()
            return target.tag.split(b" ")[-1] in [parts(name)[-1].split(b" ")[-1] for name in both] and \
                target.desc in (b"INDEX", b"CONSTRAINT")
        owners = OWNERS.get(entry.desc, set())
        return target.desc != b"ACL" if owners is None else target.desc in owners

    def needs(self, entry: pga.Entry, target: pga.Entry) -> bool:
        if (entry.dump_id, target.dump_id) in self.children or entry.desc in NO_ERROR_WITHOUT:
            return False
        if entry.desc in (b"INDEX", b"CONSTRAINT") and target.desc in (b"INDEX", b"CONSTRAINT"):
            return False  # of the partitioned table
        if target.desc in (b"EXTENSION", b"PROCEDURAL LANGUAGE") and target.tag == b"plpgsql":
            return False  # every server has it
        if target.desc == b"TRANSFORM" and entry.desc in (b"FUNCTION", b"PROCEDURE"):
            return b"TRANSFORM FOR TYPE" in entry.defn
        return not (entry.desc == b"FK CONSTRAINT" and target.desc == b"INDEX ATTACH")

    def is_cut(self, entry: pga.Entry, target: pga.Entry) -> bool:
        """pg_dump writes a column or constraint on a line."""
        rest = re.sub(rb"(?m)^\s+CONSTRAINT .* CHECK .*$", b"", entry.defn)
        rest = re.sub(rb" (?:DEFAULT|GENERATED|COLLATE) .*", b"", rest)
        return self.names(entry.defn, target) and not self.names(rest, target)

    def names(self, sql: bytes, target: pga.Entry) -> bool:
        names = [parts(name) for name in re.findall(QUALIFIED, sql)]
        if target.desc == b"EXTENSION":
            schema = parts(re.search(rb" WITH SCHEMA (" + IDENTIFIER + rb")", target.defn)[1])[0]
            own = {(e.namespace, e.tag.split(b"(")[0]) for e in self.archive.entries}
            return any(name[0] == schema and len(name) > 1 and tuple(name) not in own for name in names)
        if target.desc == b"OPERATOR":
            return b"OPERATOR(%s.%s)" % (target.namespace or b"", target.tag) in sql
        return [target.namespace, target.tag.split(b"(")[0]] in names

    def cascade(self, start: Iterable[int]) -> set[int]:
        """As spread(), where those are kept that what they use can be cut out of."""
        uses, self.uses = self.uses, self.uses - self.cuts
        found = self.spread(start, True)
        self.uses = uses
        return found

    def spread(self, start: Iterable[int], cascade: bool) -> set[int]:
        found = set(start)
        bonds = self.belongs | self.uses if cascade else self.belongs
        while True:
            more = {part for part, whole in bonds if whole in found} - found
            if not more:
                return found
            found |= more

    def references(self, key: pga.Entry) -> tuple[set[int], set[int]]:
        """The referencing and the referenced table of a foreign key."""
        name = re.match(rb"ALTER TABLE (?:ONLY )?" + QUALIFIED, key.defn)[1]
        sides = {t.dump_id for t in self.targets(key) if t.desc in RELATIONS}
        referencing = {i for i in sides if self.is_named(key, name, self.by_id[i])}
        return referencing, (sides - referencing) or referencing

    def partitions(self) -> set[tuple[int, int]]:
        found = set(self.children)
        for entry in self.archive.entries:
            if entry.desc == b"TABLE":
                for name in re.findall(rb"ALTER TABLE ONLY " + QUALIFIED + rb" ATTACH PARTITION", entry.defn):
                    found |= {(entry.dump_id, t.dump_id) for t in self.targets(entry) if self.is_named(entry, name, t)}
        return found

    def heirs(self) -> set[tuple[int, int]]:
        """Partitions and inheriting tables, each with its parent."""
        found = self.partitions()
        for entry in self.archive.entries:
            inherited = re.search(rb"\nINHERITS \(([^)]*)\)", entry.defn or b"") if entry.desc in RELATIONS else None
            for name in re.findall(QUALIFIED, inherited[1]) if inherited else ():
                found |= {(entry.dump_id, t.dump_id) for t in self.targets(entry) if self.is_named(entry, name, t)}
        return found

    def unfounded(self, gone: set[int], emptied: set[int] = frozenset()) -> set[int]:
        """Foreign keys between rows that are kept and rows that are gone."""
        def with_ancestors(tables: set[int]) -> set[int]:
            found = set(tables)
            for _ in range(5):
                found |= {parent for child, parent in self.partitions() if child in found}
            return found

        lacking = with_ancestors(gone | emptied)
        rows = with_ancestors({whole for part, whole in self.belongs
                               if self.by_id[part].desc == b"TABLE DATA" and part not in gone})
        return {key.dump_id for key in self.archive.entries if key.desc == b"FK CONSTRAINT" and key.dump_id not in gone
                and self.references(key)[0] & rows and self.references(key)[1] & lacking}

    def derived_statistics(self, sources: set[int]) -> set[int]:
        """Statistics of rows that are gone, of ancestors of their tables and of what was made from them."""
        passing = {b"VIEW", b"MATERIALIZED VIEW", b"RULE", b"FUNCTION", b"PROCEDURE", b"AGGREGATE", b"TYPE", b"DOMAIN"}
        made_from = {(whole, part) for part, whole in self.uses | self.belongs if self.by_id[part].desc in passing}
        reached = {i for i in sources if self.by_id[i].desc in RELATIONS}
        made_from |= self.heirs()
        while more := {to for source, to in made_from if source in reached} - reached:
            reached |= more
        of_relations = {part for part, whole in self.belongs if whole in reached}
        with_values = of_relations | {part for part, whole in self.belongs if whole in of_relations}
        return {i for i in with_values if self.by_id[i].desc in (b"STATISTICS DATA", b"EXTENDED STATISTICS DATA")}

    def tables(self) -> list[pga.Entry]:
        owned = {part for part, whole in self.belongs if self.by_id[whole].desc in RELATIONS}
        return [e for e in self.archive.entries if e.desc in RELATIONS | {b"SEQUENCE"}
                and not (e.desc == b"SEQUENCE" and e.dump_id in owned)]


def exact(entry: pga.Entry) -> str:
    """The pattern for one table."""
    return ".".join('"' + name.decode().replace('"', '""') + '"' for name in (entry.namespace, entry.tag))


def apply(options: Sequence[str], source: bytes) -> tuple[bytes, set[int], set[int]]:
    """The result, the entries that were kept, and those that were reported."""
    result = harness.must_run(options, source, quiet=False)
    plan = harness.must_run([*options, "--dry-run"], source, quiet=False).decode(errors="surrogateescape")
    reported, current = set(), 0
    for line in plan.split("\n"):
        head = re.match(r"(?:keep|change|drop) (\d+);", line)
        current = int(head[1]) if head else current
        if line.startswith("    left as it is: "):
            reported.add(current)
    return result, {entry.dump_id for entry in pga.read(result).entries}, reported


def describe(model: Model, ids: Iterable[int]) -> str:
    return ", ".join(f"{i} {model.by_id[i].desc.decode()} {model.by_id[i].tag!r}" for i in sorted(ids)[:8])


def same_sets(model: Model, got: set[int], wanted: set[int], what: str) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: too many: {describe(model, got - wanted)}; "
                             f"missing: {describe(model, wanted - got)}")
