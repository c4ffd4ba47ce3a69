#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Build and run every test, from nothing: installs the packages that are missing, fetches newer pg_restore programs to
# compare with, tests two builds, one with sanitizers and one as it is released, and looks at the sources (tests/lint.sh).
#
#   tests/run.sh
#
# Needs no terminal. The exit status is 0 only if every test passed. With PGFILTER_TEST_ALL=1, as continuous integration has it,
# a program to compare with that cannot be fetched is a failure, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null # nothing here may wait for somebody to type

# What tests draw at random depends on the commit: one commit is judged alike everywhere, each commit meets other cases.
export SEED=${SEED:-$((16#$(git rev-parse 'HEAD^{tree}' | cut -c 1-6)))}
echo "SEED=$SEED"

scripts/install-packages.sh build quickstart tests packages

left_out=()
fetch() { # WHAT-IS-LEFT-OUT-WITHOUT-IT [--server] SUITE MAJOR DIR
  local status=0
  scripts/postgres-clients.sh "${@:2}" || status=$?
  case $status in
    0) ;;
    3) left_out+=("$1") ;;
    *) exit "$status" ;;
  esac
}
# Debian 12's own pg_restore is that of 15, and reads no archive of a newer PostgreSQL.
fetch "comparisons with pg_restore 17: archives of PostgreSQL 16 and 17" trixie 17 build/postgres-17
fetch "comparisons with the newest pg_restore: archives of PostgreSQL 18 and newer" sid newest build/postgres-newest
# Servers with other extensions than the installed one has.
fetch "restores into managed servers of PostgreSQL 15" --server bookworm 15 build/server-15
fetch "restores into managed servers of PostgreSQL 17" --server trixie 17 build/server-17
fetch "restores of databases with PostGIS, pg_cron, pg_partman and their like" --server trixie 17 build/extensions-17 \
  postgis-3 postgis-3-scripts cron partman periods pgvector timescaledb hypopg

say_left_out() {
  [ ${#left_out[@]} -eq 0 ] || printf '\n*** NOT TESTED HERE: %s\n' "${left_out[@]}" >&2
}
say_left_out
[ ${#left_out[@]} -eq 0 ] || [ -z "${PGFILTER_TEST_ALL:-}" ] || exit 1

for preset in dev release-tests; do
  cmake --preset "$preset"
  cmake --build --preset "$preset"
  ctest --preset "$preset"
done

# As .deb packages in a clean system, which mostly waits for the network and for disks; and what can be seen without running it.
tests/packages.sh >build/packages.log 2>&1 &
packages=$!
status=0
tests/lint.sh || status=$?
wait "$packages" && packages=0 || packages=$?
cat build/packages.log
[ "$status" = 0 ] || exit "$status"
case $packages in
  0) ;;
  3) left_out+=("packages in a clean Debian: no root, no mirror, or no right to a chroot of its own") ;;
  *) exit "$packages" ;;
esac

# The first thing that README tells to do.
PGFILTER=build/release-tests/pgfilter samples/quickstart.sh

say_left_out
