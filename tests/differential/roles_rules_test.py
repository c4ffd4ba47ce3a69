# SPDX-License-Identifier: PostgreSQL
"""Rules about roles: on a real server with the kept roles only, and in what pg_restore says.

The expectations share nothing with the program: privileges come from the server's catalogs, texts from lines.
SEED repeats a run.
"""
from __future__ import annotations

import random
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import acl_server as server  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import role_places as rp  # noqa: E402

SEED = harness.SEED


def roles_of(archive: pga.Archive) -> list[bytes]:
    return sorted({place.role for entry in archive.entries for place in rp.places(entry)})


def patterns(option: str, roles: list[bytes]) -> list[bytes]:
    return [word for role in roles for word in (b"--" + option.encode(), rp.quoted(role))]


def script_of(archive: bytes) -> bytes:
    """By the newest pg_restore, without data; those of large objects are some where they belong to the data."""
    large = any(entry.desc == b"BLOB METADATA" for entry in pga.read(archive).entries)
    sections = [] if large else ["--section=pre-data", "--section=post-data"]
    return harness.normal_script(harness.restore_script(harness.restores()[-1], archive, "-C", *sections))


BARE = ["--no-tablespaces", "--no-security-labels", "--no-subscriptions"]


# ---------------------------------------------------------------------------------------------- what pg_restore says

GRANTEE = rb'(?:PUBLIC|"(?:[^"]|"")*"|[\w\x80-\xff]+)'
ACL_LINE = re.compile(rb'(GRANT|REVOKE) .*? (?:TO|FROM) (%s)( WITH GRANT OPTION)?;\n' % GRANTEE, re.S)
SESSION = re.compile(rb'SET SESSION AUTHORIZATION (%s);\n' % GRANTEE)
DEFAULT = re.compile(rb'ALTER DEFAULT PRIVILEGES FOR ROLE (%s) (?:IN SCHEMA .*? )?(GRANT|REVOKE) .*?'
                     rb' (?:TO|FROM) (%s)(?: WITH GRANT OPTION)?;\n' % (GRANTEE, GRANTEE), re.S)
RESET = b"RESET SESSION AUTHORIZATION;\n"


def name(word: bytes) -> bytes:
    return word[1:-1].replace(b'""', b'"') if word.startswith(b'"') else b"" if word == b"PUBLIC" else word


def acl_without(defn: bytes, gone: Callable[[bytes, bytes], bool]) -> bytes:
    """An ACL's statements that are left if gone(action, role) says which go; "" is PUBLIC. In the archives nobody
    grants with grant options of grant options, so that the text alone decides."""
    left, at, session, inside = b"", 0, None, b""
    while at < len(defn):
        if match := SESSION.match(defn, at):
            session, inside = match, b""
        elif defn.startswith(RESET, at):
            if inside and not gone(b"SET", name(session[1])):
                left += session[0] + inside + RESET
            at, session = at + len(RESET), None
            continue
        elif match := DEFAULT.match(defn, at):
            if not gone(b"SET", name(match[1])) and not gone(match[2], name(match[3])):
                left += match[0]
        else:
            match = ACL_LINE.match(defn, at)
            assert match, defn[at : at + 200]
            kept = b"" if gone(match[1], name(match[2])) else match[0]
            left, inside = (left, inside + kept) if session else (left + kept, inside)
        at = match.end()
    return left


def acls_of(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(entry.tag, entry.defn) for entry in pga.read(data).entries
            if entry.desc in (b"ACL", b"DEFAULT ACL")]


class TextTest(unittest.TestCase):
    """Archives of every version, statement by statement."""

    def check_texts(self, data: bytes, words: list, gone: Callable[[bytes, bytes], bool], what: str) -> None:
        after = harness.must_run(words, data, quiet=False)
        wanted = [(tag, acl_without(defn, gone)) for tag, defn in acls_of(data)]
        self.assertEqual(acls_of(after), [(tag, defn) for tag, defn in wanted if defn], what)
        harness.count("texts", len(wanted))
        for restore in harness.restores_reading(pga.read(data).version[1]):
            script = harness.restore_script(restore, after)
            spoken = [defn for tag, defn in wanted if defn and not tag.startswith((b"LARGE OBJECTS", b"DATABASE"))]
            for defn in sorted(spoken):  # pg_restore has an order of its own
                self.assertIn(defn, script, what)
            harness.count("scripts")

    def test_random_roles(self) -> None:
        for path in harness.archives("*/roles.fc.dump"):
            data = path.read_bytes()
            roles = roles_of(pga.read(data))
            chance = random.Random(f"{SEED} {harness.label(path)}")
            kept = chance.sample(roles, chance.choice([1, 10, 30]))
            dropped = [role for role in roles if role not in kept]
            what = f"{harness.label(path)}, seed {SEED}"
            self.check_texts(data, patterns("drop-role", dropped), lambda _, role: role in dropped, what)
            self.check_texts(data, patterns("keep-roles", kept), lambda _, role: bool(role) and role not in kept, what)

    def test_no_grants(self) -> None:
        for path in harness.archives("*/roles.fc.dump"):
            self.check_texts(path.read_bytes(), ["--no-grants"], lambda action, _: action == b"GRANT", harness.label(path))

    def test_owners(self) -> None:
        """As no-owner clears it, of these roles only; of everything but default privileges with --set-owner."""
        for path in harness.archives("*/roles.fc.dump"):
            before = pga.read(path.read_bytes())
            cleared = None if before.version >= (1, 14, 0) else b""
            after = pga.read(harness.must_run(["--drop-role=app", "--drop-role=app_*"], path, quiet=False))
            gone = re.compile(rb"app(_.*)?")
            for entry in after.entries:
                old = before.entry(entry.dump_id).owner
                self.assertEqual(entry.owner, cleared if old and gone.fullmatch(old) else old)
            after = pga.read(harness.must_run(["--set-owner", "New Owner"], path, quiet=False))
            for entry, old in zip(after.entries, before.entries):
                keeps = not old.owner or old.desc == b"DEFAULT ACL"
                self.assertEqual(entry.owner, old.owner if keeps else b"New Owner")
                harness.count("owners")
            for restore in harness.restores_reading(before.version[1]):
                script = harness.restore_script(restore, after.encode())
                without = harness.restore_script(restore, after.encode(), "-O")
                lines = set(script.split(b"\n")) - set(without.split(b"\n"))
                self.assertEqual({line.partition(b" OWNER TO ")[2] for line in lines if b" OWNER TO " in line},
                                 {b'"New Owner";'})

    def test_tablespaces(self) -> None:
        for path in harness.archives("*/roles.fc.dump"):
            before = pga.read(path.read_bytes())
            words = ["--map-tablespace", "ts_fast=New one", "--map-tablespace", "ts_db=ts_fast",
                     "--map-tablespace", b'"Ts Slow ""q"""=pg_default']
            after = pga.read(harness.must_run(words, path, quiet=False))
            names = {b"ts_fast": b"New one", b"ts_db": b"ts_fast", b'Ts Slow "q"': b"pg_default"}
            for entry, old in zip(after.entries, before.entries):
                self.assertEqual(entry.tablespace, names.get(old.tablespace, old.tablespace))
            self.assertIn(b" TABLESPACE = ts_fast;", after.find(b"DATABASE").defn)
            after = pga.read(harness.must_run([*words[:2], "--map-tablespace=ts_db=pg_default", *words[4:]], path,
                                              quiet=False))
            self.assertEqual({entry.tablespace for entry, old in zip(after.entries, before.entries)
                              if old.tablespace != b"pg_default"} - {None, b""}, {b"New one"})
            harness.count("tablespaces")


    def test_repair(self) -> None:
        """One large object after the other, and no garbage; what pg_restore can read stays a group."""
        lines = (b"GRANT SELECT ON LARGE OBJECT OID TO carol WITH GRANT OPTION;\n"
                 b'GRANT UPDATE ON LARGE OBJECT OID TO "LARGE OBJECT 9;";\nSET SESSION AUTHORIZATION carol;\n'
                 b"GRANT SELECT ON LARGE OBJECT OID TO dave;\nRESET SESSION AUTHORIZATION;\n")
        wanted = b"".join(lines.replace(b"OID", oid) for oid in (b"7001", b"7003", b"7007"))
        group = b"".join(b"GRANT SELECT ON LARGE OBJECT %d TO dave;\n" % oid for oid in (7002, 7004))
        for path in sorted((harness.ARCHIVES.parent / "groups").glob("*.dump")):
            for restore in harness.restores_reading(16):
                for words, change in ((["--repair"], {}), (["-O"], {}), (["--map-role=dave=eve"], {b"dave": b"eve"}),
                                      (["--set-owner=eve"], {}), (["--drop-role=no_*", "--repair"], {})):
                    after = harness.must_run([*words], path, quiet=False)
                    script = harness.restore_script(restore, after)
                    said = b"".join(re.findall(rb"(?m)^(?:GRANT|SET SESSION|RESET SESSION) .*\n", script))
                    for old, new in change.items():
                        said = said.replace(new, old)
                    self.assertEqual(said, wanted + group, words)
                    groups = [tag for tag, _ in acls_of(after) if tag.startswith(b"LARGE OBJECTS")]
                    self.assertEqual(groups, [b"LARGE OBJECTS 7002..7004"])
                    harness.count("repairs")
        self.assertTrue(not harness.restores() or harness.counters["repairs"])


class PropertyTest(unittest.TestCase):
    RULES = [["--drop-role=app_*"], ["--keep-roles=a*", "--keep-roles", '"*e*"'], ["--set-owner=x"], ["--no-grants"],
             ["--map-tablespace=ts_fast=ts_db"], ["--repair"], ["--drop-role=app", "--drop-role", '"we""ird"']]

    def test_together_is_in_two_runs(self) -> None:
        chance = random.Random(f"{SEED} together")
        for path in harness.archives("*/roles.fc.dump"):
            first, second = chance.sample([rule for rule in self.RULES if "keep" not in rule[0]], 2)
            if "drop" in first[0] and "drop" in second[0]:
                continue
            # A new owner comes first, and what becomes of grants last, wherever they stand.
            before, behind = sorted((first, second), key=lambda rule: {"--set-owner=x": 1, "--no-grants": 3}.get(rule[0], 2))
            there = harness.must_run(behind, harness.must_run(before, path, quiet=False), quiet=False)
            harness.same_bytes(harness.must_run([*first, *second], path, quiet=False), there,
                               f"{harness.label(path)} {first} {second}, seed {SEED}")
            harness.count("pairs")

    def test_twice_is_once(self) -> None:
        for path in harness.archives("*/roles.fc.dump"):
            for rule in self.RULES[:4] + self.RULES[5:]:
                once = harness.must_run(rule, path, quiet=False)
                harness.same_bytes(harness.must_run(rule, once, quiet=False), once, f"{harness.label(path)} {rule}")
                harness.count("repetitions")

    def test_nothing_matched_is_the_identity(self) -> None:
        for path in harness.archives("*/*.dump"):
            for rule in (["--drop-role=no_such_role"], ["--keep-roles=*"], ["--map-tablespace=x=y"], ["--repair"]):
                done = harness.run(rule, path)
                harness.same_bytes(done.out, path.read_bytes(), f"{harness.label(path)} {rule}")
                self.assertEqual(b"matched nothing" in done.err, b"--keep" not in rule[0].encode()
                                 and rule != ["--repair"], str(done))
                harness.count("identities")

    def test_a_dry_run_predicts(self) -> None:
        for path in harness.archives("17/roles.fc.dump", "9.6/roles.fc.dump"):
            before = pga.read(path.read_bytes())
            for rule in self.RULES:
                said = harness.run([*rule, "--dry-run", "-v"], path).out
                after = pga.read(harness.must_run(rule, path, quiet=False))
                left = {entry.dump_id: entry for entry in after.entries}
                dropped = {entry.dump_id for entry in before.entries} - set(left)
                changed = {entry.dump_id for entry in before.entries if entry.dump_id in left
                           and (entry.defn, entry.owner, entry.tag, entry.tablespace, entry.deps) !=
                           (left[entry.dump_id].defn, left[entry.dump_id].owner, left[entry.dump_id].tag,
                            left[entry.dump_id].tablespace, left[entry.dump_id].deps)}
                for word, ids in ((b"drop", dropped), (b"change", changed)):
                    self.assertEqual(set(map(int, re.findall(rb"(?m)^%s (\d+); " % word, said))), ids, rule)
                harness.count("dry runs")


# ---------------------------------------------------------------------------------------------- a server


class ServerTest(server.CleanServerTest):
    """Restored where only the kept roles are, privileges are what they were but for the others."""

    def check(self, name: str, runs: int) -> None:
        data = harness.archive(name).read_bytes()
        roles = roles_of(pga.read(data))
        server.create_roles(role for role in roles if role != b"postgres")
        server.restore(script_of(harness.must_run(BARE, data, quiet=False)))
        self.check_random_roles(name, data, roles, runs)

    def check_random_roles(self, name: str, data: bytes, roles: list[bytes], runs: int) -> None:
        """The server holds the original."""
        originals = server.privileges(), server.query(server.OTHERS)
        chance = random.Random(f"{SEED} {name}")
        for run in range(runs):
            sizes = [0, 1, len(roles) // 3, len(roles) // 2, len(roles) - 2, len(roles) - 1]
            kept = sorted(chance.sample(roles, chance.choice(sizes)))
            dropped = [role for role in roles if role not in kept]
            words = patterns("drop-role", dropped) if run % 2 else \
                patterns("keep-roles", kept) or [b"--keep-roles", b"postgres"]
            with self.subTest(archive=name, seed=SEED, run=run, kept=kept):
                self.check_kept(data, words, kept, *originals)

    def check_kept(self, data: bytes, words: list[bytes], kept: list[bytes], before: dict, others: dict) -> None:
        server.clear()
        server.create_roles(role for role in kept if role != b"postgres")
        server.restore(script_of(harness.must_run([*BARE, *words, "--repair"], data, quiet=False)))
        self.compare(before, others, {role.decode() for role in kept})
        harness.count("restores")

    def compare(self, before: dict, others: dict, kept: set[str]) -> None:
        after = server.privileges()
        full = {kind: frozenset().union(*(
                    {privilege for _, grantee, privilege in thing.items if grantee == thing.owner}
                    for (k, _), thing in before.items() if k == kind)) for kind, _ in before}
        for (kind, identity), thing in before.items():
            if kind.startswith("default"):
                if thing.owner not in kept:
                    self.assertNotIn((kind, identity), after)
                    continue
            table = before.get(("relation", identity.rpartition(".")[0])) if kind == "column" else None
            granted = server.without_roles(table, kept, "postgres", full["relation"]).items if table else {}
            heir_has = frozenset() if kind == "column" else full[kind]
            heir = "pg_database_owner" if (kind, identity) == ("schema", "public") else "postgres"
            wanted = server.without_roles(thing, kept, heir, heir_has, granted)
            got = after.get((kind, identity), server.Object(wanted.owner))
            if kind.startswith("default") and (kind, identity) not in after:
                # nothing is left but the privileges that the owner has anyway
                wanted.items = {item: grantable for item, grantable in wanted.items.items()
                                if item[1] not in (wanted.owner, "")}
            self.assertEqual((got.owner, got.items), (wanted.owner, wanted.items), (kind, identity))
            harness.count("privileges", len(got.items))
        now = server.query(server.OTHERS)
        left = sorted([table, name, [r for r in roles if r == "" or r in kept]]
                      for table, name, roles in others["policies"])
        self.assertEqual(sorted(now["policies"]), [policy for policy in left if policy[2]])
        names = [policy[:2] for policy in left if policy[2]]
        self.assertEqual(sorted(now["comments"]), sorted(c for c in others["comments"] if c[:2] in names))
        for what in ("mappings", "settings"):
            self.assertEqual(sorted(now[what]), sorted(row for row in others[what]
                                                       if row[0] in ("", "public") or row[0] in kept), what)

    def test_newest(self) -> None:
        self.check("15/roles.fc.dump", 4)

    def test_older_and_newer(self) -> None:
        for name in ("9.6/roles.fc.dump", "12/roles.fc.dump", "16/roles.fc.dump"):
            self.check(name, 2)
            server.clear()

    def test_single_privileges(self) -> None:
        """Who has grant options of one role that goes and of another that stays keeps those that the latter gave."""
        roles = [b"r%d" % i for i in range(6)]
        server.create_roles(roles)
        server.psql(b"CREATE DATABASE roles;\n")
        server.psql(b"\n".join(single_privileges()), server.DATABASE)
        originals = server.privileges(), server.query(server.OTHERS)
        for major, data in dumps_of_server().items():
            for gone in ([b"r2"], [b"r1"], [b"r1", b"r2"], [b"r3"], [b"r0"], [b"r0", b"r2"], [b"r4", b"r1"]):
                with self.subTest(major=major, gone=gone):
                    self.check_kept(data, patterns("drop-role", gone), [role for role in roles if role not in gone],
                                    *originals)

    def test_chains_of_grants(self) -> None:
        """Who grants with the grant options of a role that goes, goes too, in every depth."""
        for number in range(2):
            chance = random.Random(f"{SEED} chains {number}")
            roles = [b"r%d" % i for i in range(6)] + [b'LARGE OBJECT 1; "r']
            server.create_roles(roles)
            server.psql(b"CREATE DATABASE roles;\n")
            server.psql(chains(chance, roles), server.DATABASE)
            dumps = dumps_of_server()
            whole = server.privileges()
            for major, data in dumps.items():
                broken = [entry for entry in pga.read(data).entries if entry.desc == b"ACL"
                          and entry.tag.startswith(b"LARGE OBJECTS ") and b"SET SESSION" in entry.defn]
                self.assertEqual(bool(broken), major >= 17)
                harness.count("broken groups", len(broken))
                server.clear()
                server.create_roles(roles)
                server.restore(script_of(harness.must_run(["--repair"], data, quiet=False)))
                same_privileges(server.privileges(), whole)
                self.check_random_roles(f"chains {number} of {major}", data, roles, 2)
                server.clear()
                server.create_roles(roles)
                server.restore(script_of(harness.must_run(["--repair"], data, quiet=False)))
            server.clear()


def dumps_of_server() -> dict[int, bytes]:
    """By the pg_dump of every major version at hand."""
    return {restore.major: subprocess.run([str(Path(restore.program).with_name("pg_dump")), "-Fc", server.DATABASE],
                                          capture_output=True, check=True).stdout for restore in harness.restores()}


def same_privileges(got: dict, wanted: dict) -> None:
    wrong = [(what, got.get(what), wanted.get(what)) for what in {*got, *wanted} if got.get(what) != wanted.get(what)]
    if wrong:
        raise AssertionError(f"{len(wrong)} objects: {wrong[:3]}")


def chains(chance: random.Random, roles: list[bytes]) -> bytes:
    """Objects of random owners, granted on at random."""
    script, oid = [b"GRANT ALL ON SCHEMA public TO PUBLIC;"], 70000
    for large in (60001, 60002):  # a group that others than the owner granted for sure
        script.append(b"SELECT lo_create(%d); ALTER LARGE OBJECT %d OWNER TO r0; SET SESSION AUTHORIZATION r0;"
                      b"GRANT SELECT ON LARGE OBJECT %d TO r1 WITH GRANT OPTION; SET SESSION AUTHORIZATION r1;"
                      b"GRANT SELECT ON LARGE OBJECT %d TO r2; RESET SESSION AUTHORIZATION;" % ((large,) * 4))
    script.append(b"CREATE TABLE chain (); ALTER TABLE chain OWNER TO r0;")  # from each to the next
    script += [b"SET SESSION AUTHORIZATION r%d; GRANT SELECT ON chain TO r%d WITH GRANT OPTION;"
               b" RESET SESSION AUTHORIZATION;" % (number, number + 1) for number in range(5)]
    for number in range(6):
        owner = chance.choice(roles)
        script += [b"CREATE TABLE t%d (a int, b int); ALTER TABLE t%d OWNER TO %s;" % (number, number, rp.quoted(owner)),
                   b"CREATE FUNCTION f%d() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f%d() OWNER TO %s;"
                   % (number, number, rp.quoted(owner)),
                   b"CREATE POLICY p ON t%d TO %s;" % (number, rp.quoted(chance.choice(roles))),
                   b"COMMENT ON POLICY p ON t%d IS 'x';" % number]
        script += grants(chance, roles, owner, b"TABLE t%d" % number, [b"SELECT", b"INSERT", b"UPDATE (a)"])
        script += grants(chance, roles, owner, b"FUNCTION f%d()" % number, [b"EXECUTE"])
        pattern = grants(chance, roles, owner, b"LARGE OBJECT %d", [b"SELECT", b"UPDATE"])
        for oid in range(oid + 1, oid + 1 + chance.choice([1, 3])):
            script.append(b"SELECT lo_create(%d); ALTER LARGE OBJECT %d OWNER TO %s;" % (oid, oid, rp.quoted(owner)))
            script += [line.replace(b"%d", b"%d" % oid) for line in pattern]
    return b"\n".join(script)


def single_privileges() -> list[bytes]:
    """From r0 who owns to r1 and r2, from these to r3, and from r3 to r4 and r5: different ones and the same."""
    script = [b"CREATE TABLE %s (a int, b int); ALTER TABLE %s OWNER TO r0;" % (table, table) for table in (b"t", b"u", b"v")]
    script += [b"SELECT lo_create(60001); ALTER LARGE OBJECT 60001 OWNER TO r0; CREATE SEQUENCE s; ALTER SEQUENCE s OWNER TO r0;"]
    for what, first, second in ((b"LARGE OBJECT 60001", b"SELECT", b"UPDATE"), (b"SEQUENCE s", b"USAGE", b"SELECT"),
                                (b"TABLE t", b"SELECT", b"UPDATE"), (b"TABLE u", b"SELECT, DELETE", b"ALL"),
                                (b"TABLE v", b"SELECT (a)", b"UPDATE (a), INSERT (b)")):
        script += [granted(b"r0", b"r1", first, what), granted(b"r0", b"r2", second, what),
                   granted(b"r1", b"r3", first, what), granted(b"r2", b"r3", second, what),
                   granted(b"r3", b"r4", first, what), granted(b"r3", b"r4", second, what),  # as one statement in the archive
                   granted(b"r3", b"r5", second, what, False),
                   granted(b"r4", b"r5", first, what, False), granted(b"r4", b"r5", second, what, False)]
    # From both, and for a column what the table has, too.
    return [*script, granted(b"r2", b"r3", b"DELETE", b"TABLE u"), granted(b"r0", b"r1", b"UPDATE", b"TABLE v"),
            granted(b"r1", b"r3", b"UPDATE", b"TABLE v"), granted(b"r3", b"r5", b"UPDATE (b)", b"TABLE v", False)]


def granted(grantor: bytes, grantee: bytes, privileges: bytes, what: bytes, option: bool = True) -> bytes:
    return b"SET SESSION AUTHORIZATION %s; GRANT %s ON %s TO %s%s; RESET SESSION AUTHORIZATION;" % (
        rp.quoted(grantor), privileges, what, rp.quoted(grantee), b" WITH GRANT OPTION" if option else b"")


def grants(chance: random.Random, roles: list[bytes], owner: bytes, what: bytes, privileges: list[bytes]) -> list[bytes]:
    # Who grants to the same role twice changes what was first, and pg_dump keeps that order, in which the grantor
    # may not have the later grant option yet.
    script, pairs, holders = [], set(), {privilege: [owner] for privilege in privileges}
    for _ in range(10):
        privilege = chance.choice(privileges)
        grantor, grantee = chance.choice(holders[privilege]), chance.choice(roles)
        if grantee in holders[privilege] or (grantor, grantee) in pairs:
            continue
        pairs.add((grantor, grantee))
        option = chance.random() < 0.6
        if option:
            holders[privilege].append(grantee)
        script.append(granted(grantor, grantee, privilege, what, option))
    return script


if __name__ == "__main__":
    server.run_inside_server()
    print(f"seed {SEED}", file=sys.stderr)
    harness.main()
