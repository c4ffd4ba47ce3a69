#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# All backups of a folder through pgfilter, some at a time, with GNU parallel (Debian: apt-get install parallel).
#
#   filter_backups.sh IN OUT OPTION...     e.g. filter_backups.sh /srv/backups /srv/clean -O -x
#
# IN/name.bak becomes OUT/name.dump. Names may have blanks in them. JOBS=8 sets how many run at a time; a disk is soon
# busier than the processors. What cannot be filtered is named, with the reason, and the others are filtered all the same.
#
# Exit status: how many failed, at most 101. Nothing is in OUT that is not complete: pgfilter gives a file its name at the end.
set -euo pipefail

[ $# -ge 3 ] || {
  echo "usage: filter_backups.sh IN OUT OPTION..." >&2
  exit 255
}
in=$1 out=$2
shift 2

# --quote passes options as they are; {} is a file, {/.} its name without folder and ending.
find "$in" -maxdepth 1 -name '*.bak' -print0 |
  parallel --will-cite --null --no-run-if-empty --jobs "${JOBS:-2}" --quote pgfilter -q "$@" -f "$out/{/.}.dump" -- {}
