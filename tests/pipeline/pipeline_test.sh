#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Real archives through real pipelines: PostgreSQL dumps, pgfilter filters, PostgreSQL restores, and the catalogs and rows
# of both ends are compared.
#
#   PGFILTER=build/release/pgfilter tests/pipeline/pipeline_test.sh
#
# The source server has two databases, shop (samples/quickstart.sql) and roles (tests/data/archives/roles.sql, in which
# everything that can name a role does, and role names are as odd as they can be). The target server has none of shop's
# roles. Both servers are temporary. Prints "ok NAME" or "FAIL NAME" for each check and says why.
# Exit status: 0 all ok, 1 a check failed, 2 wrong usage, 77 there is no PostgreSQL server to test with.
set -euo pipefail

self=$(realpath "${BASH_SOURCE[0]}")
root=${self%/tests/pipeline/*}
major=15

### Two servers, one inside the other's pg_virtualenv, reached as service=NAME ##########################################

with_server() { # STEP
  # Two that start at the same time could choose the same port, were it left to them.
  local port=$((20000 + RANDOM % 12000))
  while (: <"/dev/tcp/localhost/$port") 2>/dev/null; do port=$((port + 1)); done
  # In both the superuser is called postgres, also where an ordinary user runs this.
  exec env -u PGPASSWORD PGPORT="$port" USER=postgres pg_virtualenv -t -v "$major" -c '--locale C.UTF-8' "$self" "$1"
}

add_service() { # NAME USER
  printf '[%s]\nhost=localhost\nport=%s\nuser=%s\npassword=%s\n' "$1" "$PGPORT" "$2" "$PGPASSWORD" >>"$PGSERVICEFILE"
}

sql() { # SERVICE DATABASE QUERY
  psql -XAtq -v ON_ERROR_STOP=1 "service=$1 dbname=$2" -c "$3"
}

start() {
  [ -x "${PGFILTER:-}" ] || { echo "set PGFILTER to the program to be tested" >&2; exit 2; }
  if [ ! -x "/usr/lib/postgresql/$major/bin/postgres" ] || ! command -v pg_virtualenv >/dev/null; then
    echo "NOT TESTED: this needs the packages of the group quickstart in debian-packages.txt" >&2
    exit 77
  fi
  # For root the servers run as another user, who may not look into a TMPDIR of root's own.
  [ "$(id -u)" != 0 ] || export TMPDIR=/tmp
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work" # for the server, which for root runs as another user
  mkdir "$work/ts" "$work/ts/ts_fast" "$work/ts/ts_slow" "$work/ts/ts_db"
  [ "$(id -u)" != 0 ] || chown -R postgres: "$work/ts"
  PGFILTER=$(realpath "$PGFILTER")
  export work PGFILTER PGSERVICEFILE=$work/services PATH="/usr/lib/postgresql/$major/bin:$PATH" LC_ALL=C.UTF-8
  : >"$PGSERVICEFILE"
  chmod 600 "$PGSERVICEFILE"
  # When a check fails, pg_virtualenv writes the servers' logs to its output; what they say, the checks have said.
  local status=0
  (with_server --source) 3>&1 4>&2 >"$work/servers.log" 2>&1 || status=$?
  [ -e "$work/servers-run" ] || tail -n 30 "$work/servers.log" >&2
  exit "$status"
}

### What the checks are made of #########################################################################################

# Role maps: a chain, a swap, and every odd kind of name, old and new. MAPS[2i] becomes MAPS[2i+1].
MAPS=(
  app web
  grp app
  app_ro app_rw
  app_rw app_ro
  'we"ird' $'New; "R\u00f6le" -- \'x\''
  'Mixed Case Role' 'x=y'
  'par(en)=arwd/app' plain_paren
  '"' one_quote
  $'new\nline' $'tab\tbed 2'
  user order
  PUBLIC Public
  $'\u00dcn\u00efc\u00f6d\u00e9 \u2603 \u96ea' 'back\slash 2'
)

spelled() { # NAME: as --map-role wants it
  case $1 in
    \"* | *=*) printf '"%s"' "${1//\"/\"\"}" ;;
    *) printf '%s' "$1" ;;
  esac
}

map_options() { # into the array OPTIONS
  OPTIONS=()
  local i
  for ((i = 0; i < ${#MAPS[@]}; i += 2)); do
    OPTIONS+=(--map-role "$(spelled "${MAPS[i]}")=$(spelled "${MAPS[i + 1]}")")
  done
}

map_table() { # SQL: a table role_map with the maps
  local i
  echo 'CREATE TEMP TABLE role_map (old name, new name);'
  for ((i = 0; i < ${#MAPS[@]}; i += 2)); do
    printf "INSERT INTO role_map VALUES ('%s', '%s');\n" "${MAPS[i]//\'/\'\'}" "${MAPS[i + 1]//\'/\'\'}"
  done
}

# All that a database knows of roles, one line for each fact, and those texts that no map may change. Roles are named as
# they are called after the maps of the table role_map.
catalogs() { # SERVICE DATABASE SQL-THAT-MAKES-role_map
  {
    printf '%s\n' "$3"
    cat <<'SQL'
SET search_path = pg_catalog;
CREATE FUNCTION pg_temp.role(oid) RETURNS text LANGUAGE sql AS $$
  SELECT CASE $1 WHEN 0 THEN 'PUBLIC' ELSE (SELECT 'role ' || coalesce(new, rolname) FROM pg_roles LEFT JOIN pg_temp.role_map ON old = rolname WHERE oid = $1) END $$;
CREATE FUNCTION pg_temp.setting(text) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce((SELECT k || '=' || new FROM pg_temp.role_map, unnest('{role,session_authorization}'::text[]) AS k WHERE k || '=' || old = $1), $1) $$;

-- Everything with an owner, or with privileges; kind as in acldefault().
CREATE TEMP VIEW objects AS
  SELECT 'pg_class'::regclass AS class, oid, CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS kind, relowner AS owner, relacl AS acl FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace AND relpersistence <> 't'
  UNION ALL SELECT 'pg_proc'::regclass, oid, 'f', proowner, proacl FROM pg_proc WHERE pronamespace <> pg_my_temp_schema()
  UNION ALL -- but for multirange types, which any restore gives to the role that restores
    SELECT 'pg_type'::regclass, t.oid, 'T', t.typowner, t.typacl FROM pg_type AS t LEFT JOIN pg_type AS element ON element.oid = t.typelem
    WHERE t.typnamespace NOT IN (pg_my_temp_schema(), 'pg_toast'::regnamespace) AND t.typtype <> 'm' AND coalesce(element.typtype <> 'm', true)
  UNION ALL SELECT 'pg_namespace'::regclass, oid, 'n', nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
  UNION ALL SELECT 'pg_language'::regclass, oid, 'l', lanowner, lanacl FROM pg_language
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 'F', fdwowner, fdwacl FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 'S', srvowner, srvacl FROM pg_foreign_server
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, 'L', lomowner, lomacl FROM pg_largeobject_metadata
  UNION ALL SELECT 'pg_database'::regclass, oid, 'd', datdba, datacl FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 'pg_operator'::regclass, oid, NULL, oprowner, NULL FROM pg_operator
  UNION ALL SELECT 'pg_opclass'::regclass, oid, NULL, opcowner, NULL FROM pg_opclass
  UNION ALL SELECT 'pg_opfamily'::regclass, oid, NULL, opfowner, NULL FROM pg_opfamily
  UNION ALL SELECT 'pg_collation'::regclass, oid, NULL, collowner, NULL FROM pg_collation
  UNION ALL SELECT 'pg_conversion'::regclass, oid, NULL, conowner, NULL FROM pg_conversion
  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, NULL, dictowner, NULL FROM pg_ts_dict
  UNION ALL SELECT 'pg_ts_config'::regclass, oid, NULL, cfgowner, NULL FROM pg_ts_config
  UNION ALL SELECT 'pg_event_trigger'::regclass, oid, NULL, evtowner, NULL FROM pg_event_trigger
  UNION ALL SELECT 'pg_publication'::regclass, oid, NULL, pubowner, NULL FROM pg_publication
  UNION ALL SELECT 'pg_subscription'::regclass, oid, NULL, subowner, NULL FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, NULL, stxowner, NULL FROM pg_statistic_ext
  UNION ALL SELECT 'pg_extension'::regclass, oid, NULL, extowner, NULL FROM pg_extension;

SELECT json_build_array(fact, type, identity, value) FROM (
  SELECT 'owner' AS fact, class, oid, 0 AS sub, pg_temp.role(owner) AS value FROM objects
  UNION ALL -- privileges that nobody changed are NULL in the catalogs; here they are written out
  SELECT 'grant', class, oid, 0, format('%s %s by %s%s', a.privilege_type, pg_temp.role(a.grantee), pg_temp.role(a.grantor), CASE WHEN a.is_grantable THEN ' grantable' END)
    FROM objects, aclexplode(coalesce(acl, acldefault(kind, owner))) AS a WHERE kind IS NOT NULL
  UNION ALL
  SELECT 'grant', 'pg_class'::regclass, attrelid, attnum, format('%s %s by %s%s', a.privilege_type, pg_temp.role(a.grantee), pg_temp.role(a.grantor), CASE WHEN a.is_grantable THEN ' grantable' END)
    FROM pg_attribute, aclexplode(attacl) AS a
  UNION ALL
  SELECT 'policy for', 'pg_policy'::regclass, oid, 0, pg_temp.role(r) FROM pg_policy, unnest(polroles) AS r
  UNION ALL
  SELECT 'policy text', 'pg_policy'::regclass, oid, 0, concat_ws(' / ', polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
  UNION ALL
  SELECT 'setting', 'pg_proc'::regclass, oid, 0, pg_temp.setting(s) FROM pg_proc, unnest(proconfig) AS s
  UNION ALL
  SELECT 'body', 'pg_proc'::regclass, oid, 0, md5(prosrc) FROM pg_proc WHERE oid >= 16384 AND pronamespace <> pg_my_temp_schema()
  UNION ALL
  SELECT 'comment', classoid::regclass, objoid, objsubid, description FROM pg_description WHERE objoid >= 16384
  UNION ALL
  SELECT 'default', 'pg_class'::regclass, adrelid, adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef
) AS facts, pg_identify_object(class, oid, sub)
WHERE oid >= 16384 OR class IN ('pg_database'::regclass, 'pg_namespace'::regclass) OR fact = 'grant'
UNION ALL -- these would have a role in their identity
SELECT json_build_array('default grant', pg_temp.role(defaclrole), coalesce(defaclnamespace::regnamespace::text, '-'), format('%s: %s %s by %s%s', defaclobjtype, a.privilege_type, pg_temp.role(a.grantee), pg_temp.role(a.grantor), CASE WHEN a.is_grantable THEN ' grantable' END))
  FROM pg_default_acl, aclexplode(defaclacl) AS a
UNION ALL
SELECT json_build_array('default grants', pg_temp.role(defaclrole), coalesce(defaclnamespace::regnamespace::text, '-'), defaclobjtype) FROM pg_default_acl
UNION ALL
SELECT json_build_array('user mapping', pg_temp.role(umuser), srvname, ARRAY(SELECT unnest(umoptions) ORDER BY 1)) FROM pg_user_mappings
UNION ALL
SELECT json_build_array('database setting', pg_temp.role(setrole), '', pg_temp.setting(s))
  FROM pg_db_role_setting, unnest(setconfig) AS s WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
SQL
  } | psql -XAtq -v ON_ERROR_STOP=1 "service=$1 dbname=$2" | sort
}

# Rows and a checksum of every table and materialized view.
table_sums() { # SERVICE DATABASE
  psql -XAtq -v ON_ERROR_STOP=1 "service=$1 dbname=$2" <<'SQL'
SET search_path = pg_catalog;
SELECT format($$SELECT %L, count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM %s t$$, o, o)
FROM (SELECT oid::regclass::text AS o FROM pg_class
      WHERE relkind IN ('r', 'm') AND relispopulated AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)') AS tables
ORDER BY o COLLATE "C" \gexec
SQL
}

same() { # WHAT EXPECTED-FILE FILE
  diff -U 0 "$2" "$3" >"$work/difference" && return
  echo "$1 differ (- expected, + got):"
  tail -n +3 "$work/difference" | grep -v '^@@' | head -n 30
  return 1
}

same_rows() { # DATABASE [DATABASE-AT-TARGET]
  table_sums source "$1" >"$work/rows.source"
  table_sums target "${2:-$1}" >"$work/rows.target"
  [ -s "$work/rows.source" ]
  same "rows of $1" "$work/rows.source" "$work/rows.target"
}

# What pg_restore -v could not do: for each error "ID MESSAGE", with the ID of the entry.
stumbled() { # FILE-OF-MESSAGES
  awk '/^pg_restore: from TOC entry / { id = $5 + 0 } /^pg_restore: error: / { print id, $0 }' "$1"
}

quietly() { # COMMAND...: it must succeed and have nothing to say
  "$@" 2>"$work/messages" && [ ! -s "$work/messages" ] && return
  echo "$1 says:"
  head -n 20 "$work/messages"
  return 1
}

empty_shop() { # at the target, owned by staging_app
  psql -Xq -v ON_ERROR_STOP=1 "service=target dbname=postgres" -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS shop' \
    -c "CREATE DATABASE shop OWNER staging_app TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
}

list_lacks() { # ARCHIVE PATTERN: no entry of the archive's list matches
  pg_restore -l "$1" >"$work/list"
  [ -s "$work/list" ]
  if grep -E "$2" "$work/list"; then
    echo "these entries are still there"
    return 1
  fi
}

### The checks ##########################################################################################################

STRIP=(-O -x --no-tablespaces --no-large-objects --no-create --map-role prod_app=staging_app)

the_role_restoring_is_no_superuser_and_has_none_of_shops_roles() {
  [ "$(sql target_app postgres "SELECT rolsuper, (SELECT count(*) FROM pg_roles WHERE rolname ~ '^(prod_|Ops)') FROM pg_roles WHERE rolname = current_user")" = 'f|0' ]
  # Without a filter the restore has errors: else the checks below would prove nothing.
  empty_shop
  pg_dump -Fc "service=source dbname=shop" |
    pg_restore -v -O -x --no-tablespaces -d "service=target_app dbname=shop" 2>"$work/messages" || true
  [ "$(stumbled "$work/messages" | wc -l)" = 3 ]
}

a_pipe_restores_without_an_error() {
  empty_shop
  pg_dump -Fc "service=source dbname=shop" | "$PGFILTER" "${STRIP[@]}" |
    quietly pg_restore --exit-on-error -d "service=target_app dbname=shop"
  same_rows shop
  [ "$(sql target shop "SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace AND (relowner <> 'staging_app'::regrole OR relacl IS NOT NULL)")" = 0 ]
  [ "$(sql target shop "SELECT count(*) FROM pg_largeobject_metadata")" = 0 ]
  [ "$(sql target shop "SELECT string_agg(DISTINCT roles::text, ' ') FROM pg_policies")" = '{staging_app}' ]
}

a_file_restores_with_two_jobs() {
  empty_shop
  pg_dump -Fc "service=source dbname=shop" -f "$work/shop.dump"
  quietly "$PGFILTER" "${STRIP[@]}" -f "$work/shop.filtered" "$work/shop.dump"
  quietly pg_restore -j 2 --exit-on-error -d "service=target_app dbname=shop" "$work/shop.filtered"
  same_rows shop
}

a_file_replaced_in_place_restores() {
  empty_shop
  pg_dump -Fc "service=source dbname=shop" -f "$work/in place.dump"
  quietly "$PGFILTER" --in-place "${STRIP[@]}" "$work/in place.dump"
  list_lacks "$work/in place.dump" '^[0-9]+; [0-9]+ [0-9]+ (ACL|DEFAULT ACL|BLOB|DATABASE)|LARGE OBJECT'
  quietly pg_restore -j 2 --exit-on-error -d "service=target_app dbname=shop" "$work/in place.dump"
  same_rows shop
}

sections_one_by_one_are_the_whole() {
  local section
  empty_shop
  pg_dump -Fc "service=source dbname=shop" -f "$work/shop.dump"
  for section in pre-data data post-data; do
    "$PGFILTER" -q "${STRIP[@]}" "--section=$section" <"$work/shop.dump" |
      quietly pg_restore --exit-on-error -d "service=target_app dbname=shop"
  done
  same_rows shop
}

# Comments come last.
a_list_restores_in_its_order() {
  pg_dump -Fc "service=source dbname=shop" -f "$work/shop.dump"
  "$PGFILTER" -l "${STRIP[@]}" "$work/shop.dump" >"$work/shop.list"
  { grep -v ' COMMENT ' "$work/shop.list"; grep ' COMMENT ' "$work/shop.list"; } >"$work/changed.list"
  if cmp -s "$work/shop.list" "$work/changed.list"; then return 1; fi
  quietly "$PGFILTER" "${STRIP[@]}" -L "$work/changed.list" -f "$work/changed.dump" "$work/shop.dump"
  pg_restore -l "$work/changed.dump" | grep -v '^;' | cut -d ' ' -f 1 >"$work/got.ids"
  grep -v '^;' "$work/changed.list" | cut -d ' ' -f 1 >"$work/expected.ids"
  same "the order" "$work/expected.ids" "$work/got.ids"
  empty_shop
  "$PGFILTER" "${STRIP[@]}" -L "$work/changed.list" <"$work/shop.dump" |
    quietly pg_restore --exit-on-error -d "service=target_app dbname=shop"
  same_rows shop
  empty_shop
  quietly pg_restore -j 2 --exit-on-error -d "service=target_app dbname=shop" "$work/changed.dump"
  same_rows shop
}

a_damaged_dump_does_not_pass_for_a_whole_one() {
  local status=0
  pg_dump -Fc "service=source dbname=shop" >"$work/whole.dump"
  head -c $(($(stat -c %s "$work/whole.dump") * 3 / 4)) "$work/whole.dump" >"$work/cut.dump"
  "$PGFILTER" "${STRIP[@]}" <"$work/cut.dump" >"$work/cut.filtered" 2>"$work/messages" || status=$?
  [ "$status" = 1 ] || { echo "exit status $status"; return 1; }
  [ -s "$work/messages" ] || { echo "no message"; return 1; }
  if pg_restore -f /dev/null <"$work/cut.filtered" 2>/dev/null; then
    echo "pg_restore took what came out for a whole archive"
    return 1
  fi
}

without_large_objects_as_pg_dump_would_do_it() { # DATABASE
  pg_dump -B -Fc "service=source dbname=$1" | pg_restore -C -f - | grep -v '^\\\(un\)\?restrict ' >"$work/expected.sql"
  pg_dump -Fc "service=source dbname=$1" | "$PGFILTER" --no-large-objects -f "$work/no-blobs.dump"
  list_lacks "$work/no-blobs.dump" '^[0-9]+; [0-9]+ [0-9]+ BLOB|LARGE OBJECT [0-9]'
  pg_restore -C -f - "$work/no-blobs.dump" | grep -v '^\\\(un\)\?restrict ' >"$work/got.sql"
  [ -s "$work/expected.sql" ]
  same "the scripts" "$work/expected.sql" "$work/got.sql"
}

# The mapped archive goes to the target; the archive as it is goes back to the source, where all its roles are. That
# second restore is the control: what it cannot do, the first need not.
roles_mapped_restore_as_unmapped_ones_do() {
  map_options
  catalogs source roles "$(map_table)" >"$work/catalogs.source"
  [ "$(wc -l <"$work/catalogs.source")" -gt 1000 ]
  pg_dump -Fc "service=source dbname=roles" -f "$work/roles.dump"
  "$PGFILTER" "${OPTIONS[@]}" <"$work/roles.dump" >"$work/mapped.dump"
  pg_restore -v -C -d "service=target dbname=postgres" "$work/mapped.dump" 2>"$work/mapped.messages" || true
  sql source postgres 'ALTER DATABASE roles RENAME TO roles_dumped'
  pg_restore -v -C -d "service=source dbname=postgres" "$work/roles.dump" 2>"$work/control.messages" || true

  stumbled "$work/control.messages" | cut -d ' ' -f 1 | sort >"$work/control.ids"
  stumbled "$work/mapped.messages" | cut -d ' ' -f 1 | sort >"$work/mapped.ids"
  comm -13 "$work/control.ids" "$work/mapped.ids" >"$work/new.ids"
  [ -s "$work/new.ids" ] || return 0
  echo "$(wc -l <"$work/new.ids") errors that the archive without maps does not have:"
  stumbled "$work/mapped.messages" | grep -w -F -f "$work/new.ids" | head -n 30
  return 1
}

roles_mapped_are_in_all_catalogs() {
  catalogs target roles 'CREATE TEMP TABLE role_map (old name, new name);' >"$work/catalogs.target"
  same catalogs "$work/catalogs.source" "$work/catalogs.target"
}

# Were this not so, the comparison of the mapped database with the one dumped would be unfair.
the_control_is_like_the_database_dumped() {
  catalogs source roles "$(map_table)" >"$work/catalogs.control"
  same catalogs "$work/catalogs.source" "$work/catalogs.control"
}

# As the control's: a materialized view whose owner its own policies keep from reading comes back empty from any restore.
roles_mapped_have_the_same_rows() { same_rows roles; }

# Two jobs read the blocks where the offsets say they are. What cannot be restored here (extensions, roles in policies)
# cannot by one job of the unfiltered archive either; the rows and the kinds of error must be the same.
old_archives_restore_with_two_jobs() {
  local archive name i=0 from=(-O -x --no-tablespaces)
  for archive in 9.6/roles.fc 12/roles.fc 15/roles.fc 15/roles.fc_pipe 15/roles.fc_z0; do
    name=$root/tests/data/archives/$archive.dump
    i=$((i + 1)) # not dropped and made again: a subscription keeps its database from being dropped
    sql target postgres "CREATE DATABASE two_jobs_$i TEMPLATE template0"
    sql target postgres "CREATE DATABASE one_job_$i TEMPLATE template0"
    quietly "$PGFILTER" "${from[@]}" --no-create -f "$work/two_jobs.dump" "$name"
    pg_restore "${from[@]}" -d "service=target dbname=one_job_$i" "$name" 2>"$work/one.messages" || true
    pg_restore -j 2 -d "service=target dbname=two_jobs_$i" "$work/two_jobs.dump" 2>"$work/two.messages" || true
    table_sums target "one_job_$i" >"$work/rows.one"
    table_sums target "two_jobs_$i" >"$work/rows.two"
    [ "$(wc -l <"$work/rows.one")" -gt 40 ]
    same "rows of $archive" "$work/rows.one" "$work/rows.two"
    # Of what two jobs say at a time, only the server's part of a message comes in one piece.
    grep -o 'ERROR:  .*' "$work/one.messages" | sort -u >"$work/one.errors"
    grep -o 'ERROR:  .*' "$work/two.messages" | sort -u >"$work/two.errors"
    [ -s "$work/one.errors" ]
    same "errors of $archive" "$work/one.errors" "$work/two.errors"
  done
}

### The run #############################################################################################################

failures=0
check() { # NAME COMMAND...
  local name=$1 details status
  shift
  # Not in a condition, where the shell would not stop at a command that fails.
  set +e
  details=$(set -eE; trap '[[ $BASH_COMMAND == return* ]] || echo "line $LINENO: $BASH_COMMAND"' ERR; "$@" 2>&1)
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    echo "ok $name"
  else
    echo "FAIL $name"
    printf '    %s\n' "${details//$'\n'/$'\n'    }"
    failures=$((failures + 1))
  fi
}

make_source() {
  # Some statements are for other versions or need an extension that few have: single errors are expected here.
  psql -Xq -v tsdir="$work/ts" -f "$root/tests/data/archives/roles.sql" postgres >"$work/roles.log" 2>&1
  # The target's roles: those of the database roles under the names that the maps give them.
  { map_table; cat <<'SQL'; } | psql -XAtq -v ON_ERROR_STOP=1 postgres >"$work/target-roles.sql"
CREATE TEMP VIEW r AS SELECT oid, coalesce(new, rolname) AS name, rolcanlogin FROM pg_roles LEFT JOIN pg_temp.role_map ON old = rolname;
SELECT format('CREATE ROLE %I %s;', name, CASE WHEN rolcanlogin THEN 'LOGIN' END) FROM r WHERE oid >= 16384;
SELECT format('GRANT %I TO %I%s;', g.name, m.name, CASE WHEN admin_option THEN ' WITH ADMIN OPTION' END)
  FROM pg_auth_members JOIN r AS g ON g.oid = roleid JOIN r AS m ON m.oid = member WHERE m.oid >= 16384;
SET allow_in_place_tablespaces = on;
SELECT 'SET allow_in_place_tablespaces = on;';
SELECT format('CREATE TABLESPACE %I LOCATION $$$$;', spcname) FROM pg_tablespace WHERE oid >= 16384;
SQL
  psql -Xq -f "$root/samples/quickstart.sql" postgres
  add_service source postgres
}

make_target() {
  psql -Xq -v ON_ERROR_STOP=1 -f "$work/target-roles.sql" postgres
  sql target postgres "CREATE ROLE staging_app LOGIN PASSWORD '$PGPASSWORD'"
}

run_checks() {
  check "the restoring role is powerless" the_role_restoring_is_no_superuser_and_has_none_of_shops_roles
  check "dump | filter | restore" a_pipe_restores_without_an_error
  check "a filtered file, two jobs" a_file_restores_with_two_jobs
  check "a file filtered in place" a_file_replaced_in_place_restores
  check "a dump in three sections" sections_one_by_one_are_the_whole
  check "a list in another order" a_list_restores_in_its_order
  check "a damaged dump" a_damaged_dump_does_not_pass_for_a_whole_one
  check "old archives, two jobs" old_archives_restore_with_two_jobs
  check "no large objects, shop" without_large_objects_as_pg_dump_would_do_it shop
  check "no large objects, roles" without_large_objects_as_pg_dump_would_do_it roles
  check "role maps: no new errors" roles_mapped_restore_as_unmapped_ones_do
  check "role maps: owners, grants, policies, settings" roles_mapped_are_in_all_catalogs
  check "role maps: the control is sound" the_control_is_like_the_database_dumped
  check "role maps: rows" roles_mapped_have_the_same_rows
  [ "$failures" = 0 ] || { echo "$failures checks failed"; exit 1; }
}

case ${1:-} in
  "") start ;;
  --source)
    make_source
    with_server --target
    ;;
  --target)
    touch "$work/servers-run"
    exec >&3 2>&4
    add_service target postgres
    add_service target_app staging_app
    make_target
    run_checks
    ;;
  *) echo "usage: PGFILTER=PROGRAM $0" >&2; exit 2 ;;
esac
