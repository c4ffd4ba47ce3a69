#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# From a bare Debian 12 to a first restore through pgfilter: installs what is missing, builds the program, starts two
# throw-away PostgreSQL servers called prod and staging, and moves a database from one to the other.
#
#   samples/quickstart.sh                      as root, or as anybody (sudo is used only to install packages)
#   PGFILTER=PROGRAM samples/quickstart.sh     with a program that is already built; installs and builds nothing
#
# Both servers live in temporary folders and are gone at the end. Nothing is printed but the story; the exit status is
# not 0 if any part of it is untrue.
set -euo pipefail

self=$(realpath "${BASH_SOURCE[0]}")
root=$(dirname "$(dirname "$self")")
major=15

die() {
  printf 'quickstart: %s\n' "$@" >&2
  exit 1
}

# Staging's pg_virtualenv runs inside prod's: it works for root, too, and removes everything afterwards. It
# sets PGPORT and PGPASSWORD for its command; each is written to a service file, so that "service=prod" is all that a
# client must be given it.
with_server() { # STEP: go on with that part of this script beside a new server
  # Two that start at the same time could choose the same port, were it left to them.
  local port=$((20000 + RANDOM % 12000))
  while (: <"/dev/tcp/localhost/$port") 2>/dev/null; do port=$((port + 1)); done
  exec env -u PGPASSWORD PGPORT="$port" pg_virtualenv -t -v "$major" -c '--locale C.UTF-8' "$self" "$1"
}

add_service() { # NAME USER
  printf '[%s]\nhost=localhost\nport=%s\nuser=%s\npassword=%s\ndbname=shop\n' "$1" "$PGPORT" "$2" "$PGPASSWORD" \
    >>"$PGSERVICEFILE"
}

start() {
  # For root the servers run as another user, who may not look into a TMPDIR of root's own.
  [ "$(id -u)" != 0 ] || export TMPDIR=/tmp
  if [ -z "${PGFILTER:-}" ]; then
    "$root/scripts/install-packages.sh" build quickstart
    echo "Building build/release/pgfilter; the first time this takes a minute or two ..."
    if ! (cd "$root" && cmake --preset release && cmake --build --preset release) >"$work/build.log" 2>&1; then
      tail -n 40 "$work/build.log" >&2
      die "the build failed"
    fi
    PGFILTER=$root/build/release/pgfilter
  fi
  [ -x "$PGFILTER" ] || die "there is no program $PGFILTER"
  mkdir "$work/bin"
  ln -s "$(realpath "$PGFILTER")" "$work/bin/pgfilter"

  # The clients of the servers' own version, even where a newer one is installed.
  export work PGSERVICEFILE=$work/services PATH="$work/bin:/usr/lib/postgresql/$major/bin:$PATH"
  echo 'Starting two throw-away PostgreSQL servers, "prod" and "staging" ...'
  # What pg_virtualenv says is of interest only when it cannot start a server.
  if ! (with_server --prod) 3>&1 4>&2 >"$work/servers.log" 2>&1; then
    [ -e "$work/servers-run" ] || tail -n 20 "$work/servers.log" >&2
    die "the story above did not come to its end"
  fi
}

prepare_staging() {
  psql -Xq postgres <<SQL
CREATE ROLE staging_app LOGIN PASSWORD '$PGPASSWORD';
CREATE ROLE staging_reporting;
CREATE ROLE staging_auditor;
CREATE ROLE staging_ops;
SQL
  add_service staging staging_app
  add_service staging_superuser "$PGUSER"
}

empty_staging() {
  psql -Xq postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS shop' \
    -c "CREATE DATABASE shop OWNER staging_app TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
}

run() { # COMMAND: show it, and run it as it was shown
  printf '  $ %s\n' "$1"
  bash -o pipefail -c "$1"
}

run_with_errors() { # COMMAND: run it, count what pg_restore could not do
  empty_staging
  run "$1" 2>"$work/errors" || true
  errors=$(sed -n 's/^pg_restore: warning: errors ignored on restore: //p' "$work/errors")
  [ -n "$errors" ] || die "errors were expected here:" "$(cat "$work/errors")"
}

few_messages() {
  sed -n 's/^pg_restore: error: .*ERROR: */      /p' "$work/errors" | awk '!seen[$0]++' | head -n "$1"
}

# Rows and a checksum of every table and materialized view.
table_sums() { # SERVICE
  psql -XAtq "service=$1" <<'SQL'
SELECT format($$SELECT %L, count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM %s t$$, o, o)
FROM (SELECT oid::regclass::text AS o FROM pg_class
      WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)') AS tables
ORDER BY o COLLATE "C" \gexec
SQL
}

same_rows() {
  table_sums prod >"$work/prod.sums"
  table_sums staging_superuser >"$work/staging.sums"
  diff "$work/prod.sums" "$work/staging.sums" >&2 || die "staging's rows differ from prod's"
  awk -F '|' '{ rows += $2 } END { print NR " tables, " rows " rows, the same in prod and staging" }' "$work/prod.sums"
}

ask_staging() { # QUERY
  psql -XAtq service=staging_superuser -c "$1"
}

story() {
  local restore='pg_restore -d service=staging' rows facts objects
  cat <<'TEXT'

The database shop of prod is to go to staging. There nothing has its name: the role staging_app owns an empty database,
is no superuser, and none of prod's roles and tablespaces exist.

1. pg_restore, as it comes
TEXT
  run_with_errors "pg_dump -Fc service=prod | $restore"
  printf '    %s errors, among them\n%s\n\n' "$errors" "$(few_messages 4)"

  echo "2. With the options that pg_restore has"
  run_with_errors "pg_dump -Fc service=prod | $restore -O -x --no-tablespaces"
  objects=$(ask_staging 'SELECT count(*) FROM pg_largeobject_metadata')
  printf '    still %s errors (policies name roles, too); %s large objects came along\n%s\n\n' \
    "$errors" "$objects" "$(few_messages 2)"

  echo "3. Through pgfilter"
  empty_staging
  run "pg_dump -Fc service=prod \\
    | pgfilter -O -x --no-tablespaces --no-large-objects --no-create --map-role prod_app=staging_app \\
    | $restore --exit-on-error"
  rows=$(same_rows)
  facts=$(ask_staging "SELECT format('owner of all tables: %s; granted to others: %s; large objects: %s; policies for: %s',
    (SELECT string_agg(DISTINCT tableowner, ', ') FROM pg_tables WHERE schemaname !~ '^(pg_|inf)'),
    (SELECT count(*) FROM pg_class WHERE relacl IS NOT NULL AND relnamespace::regnamespace::text !~ '^(pg_|inf)'),
    (SELECT count(*) FROM pg_largeobject_metadata),
    (SELECT string_agg(DISTINCT r, ', ') FROM pg_policies, unnest(roles) AS r))")
  printf '    no error; %s\n    %s\n\n' "$rows" "$facts"
  [ "$facts" = 'owner of all tables: staging_app; granted to others: 0; large objects: 0; policies for: staging_app' ] ||
    die "that is not what was asked for"

  echo "4. A file instead of a pipe; owners and grants kept, under staging's names; restored by a superuser"
  empty_staging
  cd "$work"
  run "pg_dump -Fc -f nightly.dump service=prod"
  run "pgfilter --no-tablespaces --no-large-objects --no-create \\
      --map-role prod_app=staging_app --map-role prod_reporting=staging_reporting \\
      --map-role prod_auditor=staging_auditor --map-role 'Ops; \"Night\" Team=staging_ops' \\
      -f staging.dump nightly.dump"
  run "pg_restore --exit-on-error -d service=staging_superuser staging.dump"
  rows=$(same_rows)
  printf '    no error; %s\n' "$rows"
  ask_staging "SELECT format('      %s %s %s', rpad(oid::regclass::text, 19), rpad(pg_get_userbyid(relowner), 17), relacl)
    FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text !~ '^(pg_|inf)' ORDER BY 1"
  [ "$(ask_staging "SELECT count(*) FROM pg_roles WHERE rolname ~ '^prod_'")" = 0 ] || die "staging has roles of prod"

  cat <<TEXT

Next:  build/release/pgfilter --help    what else can be taken out, kept or renamed
       README.md                        the same at more length
       tests/run.sh                     builds and runs all the tests
TEXT
}

case ${1:-} in
  "")
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    start
    ;;
  --prod)
    psql -Xq -f "$root/samples/quickstart.sql" postgres
    add_service prod "$PGUSER"
    with_server --staging
    ;;
  --staging)
    touch "$work/servers-run"
    exec >&3 2>&4
    prepare_staging
    story
    ;;
  *) die "no arguments are known" ;;
esac
