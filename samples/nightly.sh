#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# A dump every night, filtered on its way, for cron or a systemd timer.
#
#   nightly.sh RULES FOLDER DATABASE      e.g. nightly.sh /etc/pgfilter/staging.rules /srv/dumps shop
#
# Writes FOLDER/DATABASE-YYYY-MM-DD.dump, and keeps the newest seven. The dump is written under another name, and renamed when
# all of it is there and every program has succeeded: a file with the right name is a good dump. Where and as whom pg_dump
# connects is its own business (PGHOST, PGUSER, ~/.pgpass).
#
# Exit status: 0 if the dump is there; that of pgfilter if it failed (2: it refused, for instance because --strict found a rule that
# matches nothing any more, or could not do all); else that of pg_dump. It sends no mail: cron mails what is written to standard error.
set -euo pipefail
umask 077

[ $# = 3 ] || {
  echo "usage: nightly.sh RULES FOLDER DATABASE" >&2
  exit 64
}
rules=$1 folder=$2 database=$3

part=$(mktemp "$folder/.nightly.XXXXXX")
trap 'rm -f "$part"' EXIT

# With pipefail, the pipeline fails when pg_dump fails, even if pgfilter has nothing to complain about.
pg_dump -Fc -- "$database" | pgfilter -q --strict -R "$rules" -f "$part"
mv -- "$part" "$folder/$database-$(date +%F).dump"

# Dates sort by name. Names of other databases do not match.
find "$folder" -maxdepth 1 -type f -name "$database-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].dump" -print0 |
  sort -zr | tail -zn +8 | xargs -0r rm -f --
