# SPDX-License-Identifier: PostgreSQL
"""Roles that a map makes one, on a real server; and rules about roles in any order.

What the merged role may do is what the single ones could do together. A server is asked, and has the last word on whether the
statements that are left can be run. SEED repeats a run.
"""
from __future__ import annotations

import itertools
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
from roles_rules_test import BARE, chains, grants, roles_of, script_of  # noqa: E402

SEED = harness.SEED
ROUNDS = int(os.environ.get("PGFILTER_ROUNDS", 6))
ROLES = [b"r%d" % i for i in range(6)] + [b'LARGE OBJECT 1; "r', b"app"]
NEW = [b"app", b"new one", b"r5"]  # some that are there, and one that is not


def more(chance: random.Random) -> bytes:
    """What chains() has not: default privileges, policies for several, user mappings, columns and schemas."""
    script = [b"CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s1 FOREIGN DATA WRAPPER w; CREATE SERVER s2 FOREIGN DATA WRAPPER w;"]
    for number, role in enumerate(ROLES):
        name = rp.quoted(role)
        for to in chance.sample(ROLES, 2):
            what = chance.choice([b"SELECT ON TABLES", b"INSERT, UPDATE ON TABLES", b"EXECUTE ON FUNCTIONS", b"ALL ON SEQUENCES"])
            where = chance.choice([b"", b"IN SCHEMA public "])
            option = chance.choice([b"", b" WITH GRANT OPTION"])
            script.append(b"ALTER DEFAULT PRIVILEGES FOR ROLE %s %sGRANT %s TO %s%s;" % (name, where, what, rp.quoted(to), option))
        if chance.random() < 0.3:
            script.append(b"ALTER DEFAULT PRIVILEGES FOR ROLE %s REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;" % name)
        if chance.random() < 0.5:
            script.append(b"CREATE USER MAPPING FOR %s SERVER s%d;" % (name, chance.choice([1, 2])))
        script.append(b"CREATE SCHEMA n%d; ALTER SCHEMA n%d OWNER TO %s;" % (number, number, name))
        script += grants(chance, ROLES, role, b"SCHEMA n%d" % number, [b"USAGE", b"CREATE"])
        script.append(b"CREATE TABLE c%d (a int, b int); ALTER TABLE c%d OWNER TO %s;" % (number, number, name))
        script += grants(chance, ROLES, role, b"TABLE c%d" % number, [b"SELECT (a)", b"UPDATE (a)", b"ALL"])
        script.append(b"CREATE POLICY many ON c%d TO %s;" % (number, b", ".join(map(rp.quoted, chance.sample(ROLES, 4)))))
        if chance.random() < 0.3:
            script.append(b"REVOKE INSERT, DELETE ON c%d FROM %s;" % (number, name))
    return b"\n".join(script)


def merged(before: server.Object, new: dict[str, str]) -> server.Object:
    """What the single roles have, under the new names."""
    wanted = server.Object(new.get(before.owner, before.owner))
    for (grantor, grantee, privilege), grantable in before.items.items():
        item = (new.get(grantor, grantor), new.get(grantee, grantee), privilege)
        if item[0] != item[1] or item[0] == wanted.owner:
            wanted.items[item] = wanted.items.get(item, False) or grantable
    return wanted


def may(thing: server.Object) -> set[tuple[str, str, bool]]:
    """Who may do what, and may grant it, whoever granted that. An owner always can."""
    return {(grantee, privilege, False) for _, grantee, privilege in thing.items} | {
        (grantee, privilege, True) for (_, grantee, privilege), grantable in thing.items.items() if grantable and grantee != thing.owner}


class ServerTest(server.CleanServerTest):
    def test_privileges_of_merged_roles(self) -> None:
        for number in range(2):
            chance = random.Random(f"{SEED} merged {number}")
            server.create_roles(ROLES)
            server.psql(b"CREATE DATABASE roles;\n")
            server.psql(chains(chance, ROLES) + more(chance), server.DATABASE)
            program = Path(chance.choice(harness.restores()).program).with_name("pg_dump")
            data = subprocess.run([str(program), "-Fc", server.DATABASE], capture_output=True, check=True).stdout
            before, others = server.privileges(), server.query(server.OTHERS)
            for run in range(ROUNDS):
                new = {role: chance.choice(NEW) for role in chance.sample(ROLES, chance.randrange(2, len(ROLES)))}
                with self.subTest(seed=SEED, number=number, run=run, program=str(program), new=new):
                    self.check(data, before, others, new)
            server.clear()

    def test_archives(self) -> None:
        for name in ("15/roles.fc.dump", "9.6/roles.fc.dump", "16/roles.fc.dump"):
            chance = random.Random(f"{SEED} {name}")
            data = harness.archive(name).read_bytes()
            roles = roles_of(pga.read(data))
            server.create_roles(role for role in roles if role != b"postgres")
            server.restore(script_of(harness.must_run(["-q", *BARE, "--repair"], data)))
            before, others = server.privileges(), server.query(server.OTHERS)
            for run in range(2):
                new = {role: chance.choice([b"app", b"new one", b"app_rw", b"user"])
                       for role in chance.sample(roles, chance.randrange(2, len(roles))) if role != b"postgres"}
                with self.subTest(seed=SEED, name=name, run=run, new=new):
                    self.check(data, before, others, new, roles)
            server.clear()

    def check(self, data: bytes, before: dict, others: dict, new: dict[bytes, bytes], roles: list[bytes] = ROLES) -> None:
        words = [word for old, name in new.items() for word in (b"--map-role", rp.quoted(old) + b"=" + rp.quoted(name))]
        script = script_of(harness.must_run(["-q", *BARE, *words, "--repair"], data))
        server.clear()
        server.create_roles({*roles, *new.values()} - {b"postgres"})
        server.restore(script)
        after = server.privileges()
        names = {old.decode(): name.decode() for old, name in new.items()}
        defaults: dict[tuple[str, str], set] = {}
        for what, thing in before.items():
            wanted = merged(thing, names)
            if what[0].startswith("default"):
                role = names.get(what[1], what[1])
                defaults.setdefault((what[0], role), set()).update(x for x in may(wanted) if x[0] not in (wanted.owner, ""))
                continue
            got = after.get(what, server.Object(wanted.owner))
            self.assertEqual(got.owner, wanted.owner, what)
            self.assertEqual(may(got), may(wanted), what)
            self.assertEqual({item for item in wanted.items if item[1] != wanted.owner} - set(got.items), set(), what)
            lost = [item for item, grantable in got.items.items() if wanted.items.get(item) and not grantable]
            # A grant option that is not given back was there before; an owner needs none.
            for _, grantee, privilege in lost:
                if grantee == got.owner:
                    continue
                self.assertTrue(any(grantable for (_, to, p), grantable in got.items.items() if (to, p) == (grantee, privilege)))
            harness.count("options that lead back", len(lost))
            harness.count("privileges", len(got.items))
        for what, wanted_defaults in defaults.items():
            got = after.get(what, server.Object(what[1]))
            self.assertEqual({x for x in may(got) if x[0] not in (what[1], "")}, wanted_defaults, what)
        self.compare_others(others, names)
        harness.count("restores")

    def compare_others(self, others: dict, names: dict[str, str]) -> None:
        now = server.query(server.OTHERS)
        wanted = sorted([table, policy, sorted({names.get(role, role) for role in roles})] for table, policy, roles in others["policies"])
        self.assertEqual(sorted([table, policy, sorted(roles)] for table, policy, roles in now["policies"]), wanted)
        self.assertEqual(sorted(map(tuple, now["mappings"])), sorted({(names.get(role, role), s) for role, s in others["mappings"]}))


class OrderTest(unittest.TestCase):
    """The bytes and the messages are the same in whatever order rules about roles are given."""

    WORDS = ["--drop-role=app_r*", "--drop-role=postgres", "--keep-roles=app*", "--keep-roles=no_such", "--map-role=app=web",
             "--map-role=app_ro=web", "--map-role=base=app", "--map-role=no_such=app", "-O", "-x", "--set-owner=app", "--no-grants",
             "--no-grantors", "--no-policies"]

    def test_any_order(self) -> None:
        chance = random.Random(f"{SEED} order")
        for path in harness.archives("*/roles.fc.dump"):
            for _ in range(3):
                words = chance.sample(self.WORDS, 4)
                first = harness.run(words, path)
                for order in itertools.permutations(words):
                    done = harness.run([*order], path)
                    self.assertEqual(done.status, first.status)
                    harness.same_bytes(done.out, first.out, f"{harness.label(path)} {words} {order}, seed {SEED}")
                    self.assertEqual(sorted(done.err.splitlines()), sorted(first.err.splitlines()), (words, order))
                    harness.count("orders")

    def test_messages_are_true(self) -> None:
        path = harness.archive("17/roles.fc.dump")
        for words, message in ((["--map-role=app=web", "--drop-role=app"], b"map-role 'app' = 'web' does nothing: drop-role removes that role"),
                               (["--map-role=no_such=web"], b"nothing that is kept names such a role (upper and lower case differ)"),
                               (["--map-role=app=web", "--drop-role=web"], b"drop-role 'web' matched nothing: nothing that is kept names such "
                                b"a role, by the name that the archive has")):
            self.assertIn(message, (done := harness.run(words, path)).err, str(done))
        # What is mapped is kept.
        data = harness.must_run(["-q", "--keep-roles=web*", "--map-role=app=web"], path)
        self.assertTrue(any(entry.owner == b"web" for entry in pga.read(data).entries))


if __name__ == "__main__":
    server.run_inside_server()
    print(f"seed {SEED}", file=sys.stderr)
    harness.main()
