"""Rules about roles: on a real server with the kept roles only, and in what pg_restore says.

The expectations share nothing with the program: privileges come from the server's catalogs, texts from lines.
PGFILTER_SEED repeats a run.
"""
from __future__ import annotations

import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import acl_server as server  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
import role_places as rp  # noqa: E402

SEED = int(os.environ.get("PGFILTER_SEED", random.randrange(10**6)))


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


class ServerTest(unittest.TestCase):
    """Restored where only the kept roles are, privileges are what they were but for the others."""

    def setUp(self) -> None:
        if not server.is_there() or not harness.restores():
            self.skipTest("no server")
        server.clear()

    tearDown = setUp

    def check(self, name: str, runs: int) -> None:
        data = harness.archive(name).read_bytes()
        roles = roles_of(pga.read(data))
        server.create_roles(role for role in roles if role != b"postgres")
        server.restore(script_of(harness.must_run(BARE, data, quiet=False)))
        self.check_random_roles(name, data, roles, runs)

    def check_random_roles(self, name: str, data: bytes, roles: list[bytes], runs: int) -> None:
        """The server holds the original."""
        before, others = server.privileges(), server.query(server.OTHERS)
        chance = random.Random(f"{SEED} {name}")
        for run in range(runs):
            sizes = [0, 1, len(roles) // 3, len(roles) // 2, len(roles) - 2, len(roles) - 1]
            kept = sorted(chance.sample(roles, chance.choice(sizes)))
            dropped = [role for role in roles if role not in kept]
            words = patterns("drop-role", dropped) if run % 2 else \
                patterns("keep-roles", kept) or [b"--keep-roles", b"postgres"]
            with self.subTest(archive=name, seed=SEED, run=run, kept=kept):
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
        self.check("15/roles.fc.dump", 6)

    def test_older_and_newer(self) -> None:
        for name in ("9.6/roles.fc.dump", "12/roles.fc.dump", "16/roles.fc.dump"):
            self.check(name, 2)
            server.clear()

    def test_chains_of_grants(self) -> None:
        """Who grants with the grant options of a role that goes, goes too, in every depth."""
        for number in range(2):
            chance = random.Random(f"{SEED} chains {number}")
            roles = [b"r%d" % i for i in range(6)] + [b'LARGE OBJECT 1; "r']
            server.create_roles(roles)
            server.psql(b"CREATE DATABASE roles;\n")
            server.psql(chains(chance, roles), server.DATABASE)
            dumps = {}
            for restore in harness.restores():
                program = Path(restore.program).with_name("pg_dump")
                dumps[restore.major] = subprocess.run([str(program), "-Fc", server.DATABASE], capture_output=True,
                                                      check=True).stdout
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
                self.check_random_roles(f"chains {number} of {major}", data, roles, 4)
                server.clear()
                server.create_roles(roles)
                server.restore(script_of(harness.must_run(["--repair"], data, quiet=False)))
            server.clear()


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


def grants(chance: random.Random, roles: list[bytes], owner: bytes, what: bytes, privileges: list[bytes]) -> list[bytes]:
    script, holders = [], {privilege: [owner] for privilege in privileges}
    for _ in range(10):
        privilege = chance.choice(privileges)
        grantor, grantee = chance.choice(holders[privilege]), chance.choice(roles)
        if grantee in holders[privilege]:
            continue
        option = chance.random() < 0.6
        if option:
            holders[privilege].append(grantee)
        script.append(b"SET SESSION AUTHORIZATION %s; GRANT %s ON %s TO %s%s; RESET SESSION AUTHORIZATION;" % (
            rp.quoted(grantor), privilege, what, rp.quoted(grantee), b" WITH GRANT OPTION" if option else b""))
    return script


if __name__ == "__main__":
    server.run_inside_server()
    print(f"seed {SEED}", file=sys.stderr)
    harness.main()
