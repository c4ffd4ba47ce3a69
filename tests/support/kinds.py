# SPDX-License-Identifier: PostgreSQL
"""Which entries a rule of pgfilter drops: the tests' own reading of the kinds that pg_dump writes."""
from __future__ import annotations

import pgdump_archive as pga

# read by pg_restore before everything else; never in a listing, never dropped
CONSUMED = (b"ENCODING", b"STDSTRINGS", b"SEARCHPATH")
ATTACHMENTS = (b"ACL", b"COMMENT", b"SECURITY LABEL")


def is_acl(entry: pga.Entry) -> bool:
    return entry.desc in (b"ACL", b"DEFAULT ACL", b"ACL LANGUAGE")


def is_large_object(entry: pga.Entry) -> bool:
    """The object, its data, and what hangs on it (`LARGE OBJECT n`, since 17 also `LARGE OBJECTS a..b`)."""
    if entry.desc in (b"BLOB", b"BLOBS", b"BLOB METADATA", b"BLOB COMMENTS"):
        return True
    return entry.desc in ATTACHMENTS and (entry.tag or b"").startswith((b"LARGE OBJECT ", b"LARGE OBJECTS "))


def is_database(entry: pga.Entry, archive: pga.Archive) -> bool:
    """The database and what hangs on it. Up to 10 the tag of the latter was the bare name, which a schema or a
    table may have too, so the dependency decides."""
    if entry.desc in (b"DATABASE", b"DATABASE PROPERTIES"):
        return True
    if entry.desc not in ATTACHMENTS:
        return False
    databases = [e.dump_id for e in archive.entries if e.desc == b"DATABASE"]
    hangs_on_it = any(b"%d" % dump_id in entry.deps for dump_id in databases)
    return hangs_on_it or (entry.tag or b"").startswith(b"DATABASE ")
