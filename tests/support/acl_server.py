# SPDX-License-Identifier: PostgreSQL
"""Privileges on a real server: reading them all, and what must be left of them without some roles."""
from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Collection, Iterable, Optional

import harness
import role_places as rp

MAJOR = "15"
DATABASE = "roles"
BINARIES = Path(f"/usr/lib/postgresql/{MAJOR}/bin")
INSIDE = "PGFILTER_TEST_SERVER"
PUBLIC = ""

# kind, identity, owner, privileges; what is built in is left out, but for the schema public
OBJECTS = """
SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'relation' END, c.oid::regclass::text, c.relowner,
       coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
  FROM pg_class c WHERE c.relkind IN ('r','p','v','m','f','S') AND c.oid >= 16384
UNION ALL SELECT 'column', a.attrelid::regclass::text || '.' || a.attnum, c.relowner, coalesce(a.attacl, '{}')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND c.oid >= 16384
UNION ALL SELECT 'schema', oid::regnamespace::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
  FROM pg_namespace WHERE oid >= 16384 OR nspname = 'public'
UNION ALL SELECT 'routine', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
  FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'type', oid::regtype::text, typowner, coalesce(typacl, acldefault('T', typowner))
  FROM pg_type WHERE oid >= 16384 AND typcategory <> 'A'
UNION ALL SELECT 'language', lanname, lanowner, coalesce(lanacl, acldefault('l', lanowner)) FROM pg_language
UNION ALL SELECT 'fdw', fdwname, fdwowner, coalesce(fdwacl, acldefault('F', fdwowner)) FROM pg_foreign_data_wrapper
UNION ALL SELECT 'server', srvname, srvowner, coalesce(srvacl, acldefault('S', srvowner)) FROM pg_foreign_server
UNION ALL SELECT 'large object', oid::text, lomowner, coalesce(lomacl, acldefault('L', lomowner))
  FROM pg_largeobject_metadata
UNION ALL SELECT 'database', datname, datdba, coalesce(datacl, acldefault('d', datdba))
  FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'default ' || o.kind::text || ' ' || d.defaclnamespace::regnamespace, r.rolname, r.oid,
       coalesce(d.defaclacl, CASE WHEN d.defaclnamespace = 0 THEN acldefault(o.kind, r.oid) ELSE '{}' END)
  FROM pg_roles r CROSS JOIN unnest('{r,S,f,T,n}'::"char"[]) o (kind)
  JOIN pg_default_acl d ON d.defaclrole = r.oid AND d.defaclobjtype = o.kind
"""
PRIVILEGES = f"""
WITH objects (kind, identity, owner, acl) AS ({OBJECTS})
SELECT json_agg(json_build_array(kind, identity, owner::regrole::text, (
         SELECT coalesce(json_agg(json_build_array(coalesce(f.rolname, '?'), coalesce(t.rolname, ''), a.privilege_type,
                                                   a.is_grantable)), '[]')
           FROM aclexplode(o.acl) a LEFT JOIN pg_roles f ON f.oid = a.grantor LEFT JOIN pg_roles t ON t.oid = a.grantee)))
  FROM objects o
"""
OTHERS = """
SELECT json_build_object(
  'policies', (SELECT coalesce(json_agg(json_build_array(p.polrelid::regclass::text, p.polname, ARRAY(
       SELECT CASE r WHEN 0 THEN '' ELSE pg_get_userbyid(r) END FROM unnest(p.polroles) r ORDER BY 1))), '[]')
     FROM pg_policy p),
  'mappings', (SELECT coalesce(json_agg(json_build_array(usename, srvname)), '[]') FROM pg_user_mappings),
  'settings', (SELECT coalesce(json_agg(json_build_array(coalesce(r.rolname, ''), s.setconfig)), '[]')
     FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
     WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
  'comments', (SELECT coalesce(json_agg(json_build_array(p.polrelid::regclass::text, p.polname, description)), '[]')
     FROM pg_description d JOIN pg_policy p ON p.oid = d.objoid AND d.classoid = 'pg_policy'::regclass))
"""

Item = tuple[str, str, str]  # grantor, grantee, privilege


@dataclass
class Object:
    owner: str
    items: dict[Item, bool] = field(default_factory=dict)  # and whether it can be granted on


def run_inside_server() -> None:
    """Starts this program once more, within a server of its own; returns there, or without one."""
    if os.environ.get(INSIDE) or not shutil.which("pg_virtualenv") or not (BINARIES / "postgres").exists():
        return
    # Two servers that start at the same time could choose the same port, were it left to them.
    environment = {**os.environ, INSIDE: "1", "USER": "postgres", "PGPORT": str(free_port())}
    environment.pop("PGPASSWORD", None)
    if os.geteuid() == 0:
        environment["TMPDIR"] = "/tmp"  # the server runs as another user, who may not look into a folder of root's
    os.execvpe("pg_virtualenv", ["pg_virtualenv", "-t", "-v", MAJOR, "-c", "--locale C.UTF-8", sys.executable, *sys.argv],
               environment)


def free_port() -> int:
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)) != 0:
                return port


def is_there() -> bool:
    if not os.environ.get(INSIDE):
        harness.leave_out(f"everything on a server (pg_virtualenv or PostgreSQL {MAJOR} is missing)")
        return False
    return True


def psql(script: bytes, database: str = "postgres") -> bytes:
    done = subprocess.run([str(BINARIES / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
                          input=script, capture_output=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"psql: {done.stderr.decode(errors='replace')[:2000]}")
    # A grantor with some of the grant options gets a warning.
    if b"privileges were granted" in done.stderr:
        raise AssertionError(f"psql: {done.stderr.decode(errors='replace')[:2000]}")
    return done.stdout


def query(sql: str) -> object:
    return json.loads(psql(sql.encode() + b";", DATABASE))


def without_what_the_server_lacks(script: bytes) -> bytes:
    """The server has no dummy_seclabel, knows no transaction_timeout, and has a schema public."""
    return re.sub(rb"(?m)^(CREATE EXTENSION[^\n]* dummy_seclabel |COMMENT ON EXTENSION dummy_seclabel |CREATE SCHEMA public;"
                  rb"|SET transaction_timeout |REFRESH MATERIALIZED VIEW )[^\n]*\n|^CREATE SCHEMA public;\n", b"", script)


def restore(script: bytes) -> None:
    psql(without_what_the_server_lacks(script))


def create_roles(roles: Iterable[bytes]) -> None:
    psql(b"".join(b"CREATE ROLE %s;\n" % rp.quoted(role) for role in roles))


def clear() -> None:
    psql(b"DROP DATABASE IF EXISTS %s;\n" % DATABASE.encode())
    psql(b"""SELECT format('DROP ROLE %I;', rolname) FROM pg_roles WHERE oid >= 16384 \\gexec\n""")


class CleanServerTest(unittest.TestCase):
    """Finds a server without roles and databases of other tests, and leaves it so."""

    def setUp(self) -> None:
        if not is_there() or not harness.restores():
            self.skipTest("no server")
        clear()

    tearDown = setUp


def privileges() -> dict[tuple[str, str], Object]:
    found = {}
    for kind, identity, owner, items in query(PRIVILEGES):
        name = owner[1:-1].replace('""', '"') if owner.startswith('"') else owner
        # default privileges are named by their role
        found[kind, identity] = Object(name, {tuple(item[:3]): item[3] for item in items})
    return found


def without_roles(before: Object, kept: Collection[str], heir: str, owner_has: frozenset[str],
                  also_granted: Optional[dict[Item, bool]] = None) -> Object:
    """What DROP ROLE … CASCADE would leave, were there such a statement. `heir` gets what has no owner, with
    all that an owner has by default; `also_granted`: for a column, the privileges of its table."""
    owner = before.owner if before.owner in kept else heir
    items: dict[Item, bool] = {}
    if before.owner not in kept:
        items = {(owner, owner, privilege): False for privilege in owner_has}
    for (grantor, grantee, privilege), grantable in before.items.items():
        if grantee != PUBLIC and grantee not in kept:
            continue
        if grantor == before.owner:
            grantor = owner
        elif grantor not in kept:
            continue
        item = (grantor, grantee, privilege)
        items[item] = items.get(item, False) or grantable
    return Object(owner, closed(items, owner, also_granted or {}))


def closed(items: dict[Item, bool], owner: str, also_granted: dict[Item, bool]) -> dict[Item, bool]:
    """Without what somebody granted who has no grant option any more. A table's grant options hold for its columns,
    but to grant with grant option takes one of the column itself."""
    while True:
        own = {(grantee, privilege) for (_, grantee, privilege), grantable in items.items() if grantable}
        may = own | {(grantee, privilege) for (_, grantee, privilege), grantable in also_granted.items() if grantable}
        left = {item: grantable and (item[0] == owner or (item[0], item[2]) in own) for item, grantable in items.items()
                if item[0] == owner or (item[0], item[2]) in may}
        if left == items:
            return items
        items = left
