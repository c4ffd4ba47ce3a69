#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Unpack the real pg_dump, pg_dumpall, pg_restore and psql of another Debian release into a folder; nothing is installed.
#
#   scripts/postgres-clients.sh [--server] SUITE MAJOR DIR [EXTENSION...]
#
#   e.g.  scripts/postgres-clients.sh trixie 17 build/postgres-17
#         scripts/postgres-clients.sh sid newest build/postgres-newest
#         scripts/postgres-clients.sh --server trixie 17 build/server-17
#         scripts/postgres-clients.sh --server trixie 17 build/extensions-17 postgis-3 cron
#
# DIR/bin holds wrappers that run the programs with their own release's C library; DIR may be moved. With --server there
# are also postgres, initdb and pg_ctl, with the contrib modules, and with the extensions of the packages named
# postgresql-MAJOR-EXTENSION. "newest" is the highest version that SUITE has. The
# packages come from the mirror that apt is set up with here. What is already in DIR is left alone. Works without root.
# Exit status: 0 the programs are there, 2 wrong usage, 3 this machine cannot reach the packages.
set -euo pipefail

programs=(pg_dump pg_dumpall pg_restore psql) package=postgresql-client
if [ "${1:-}" = --server ]; then
  programs+=(postgres initdb pg_ctl) package=postgresql
  shift
fi
[ $# -ge 3 ] || { echo "usage: postgres-clients.sh [--server] SUITE MAJOR|newest DIR [EXTENSION...]" >&2; exit 2; }
suite=$1 major=$2 target=$(realpath -m -- "$3")
shift 3

if "$target/bin/${programs[-1]}" --version >/dev/null 2>&1; then exit 0; fi

unreachable() {
  echo "postgres-clients: NO POSTGRESQL $major FROM $suite: $1" >&2
  exit 3
}
command -v apt-get >/dev/null || unreachable "this machine has no apt"
command -v dpkg-deb >/dev/null || unreachable "this machine has no dpkg-deb"

mkdir -p "$(dirname "$target")"
# Everything is made here and moved into place as a whole: an interrupted run leaves no half of it.
new=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$new"' EXIT

# Mirrors of Debian itself that apt knows here; other sources can have a suite of the same name, so those whose path
# looks like Debian's come first.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirrors=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
  awk -v suite="$codename" '$1 == suite && $2 == "main" && !seen[$3]++ { print ($3 !~ /\/debian\/?$/), $3 }' |
  sort -s -k 1,1 | cut -d ' ' -f 2)
[ -n "$mirrors" ] || unreachable "apt is set up with no Debian mirror"

# An apt of its own: another source, and a machine on which nothing is installed, so that every library is fetched.
# A mirror may be the snapshot of some day, which an apt that looks at dates would refuse; signatures are checked.
apt=$new/apt
mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial "$apt"/etc "$new/root" "$new/bin"
: >"$apt/state/status"
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state";
Dir::State::status "$apt/state/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/etc/sources.list";
Dir::Etc::sourceparts "$apt/etc/none";
Dir::Etc::preferencesparts "$apt/etc/none";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Debug::NoLocking "1";
CONF
export APT_CONFIG=$apt/apt.conf

reached=
for mirror in $mirrors; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/etc/sources.list"
  if apt-get update -qq --error-on=any >"$apt/log" 2>&1; then reached=yes && break; fi
done
[ -n "$reached" ] || unreachable "$(tail -n 1 "$apt/log")"

if [ "$major" = newest ]; then
  major=$(apt-cache pkgnames postgresql-client- | sed -n 's/^postgresql-client-\([0-9]*\)$/\1/p' | sort -n | tail -n 1)
  [ -n "$major" ] || { major=newest && unreachable "there is no package postgresql-client-NN"; }
fi
apt-get install -y -qq --download-only "$package-$major" "${@/#/postgresql-$major-}" >"$apt/log" 2>&1 ||
  unreachable "$(tail -n 1 "$apt/log")"

for package in "$apt"/cache/archives/*.deb; do
  case ${package##*/} in
    # not run; LLVM, for JIT, is larger than all the rest, and a server does without
    perl* | libperl* | debconf* | sensible-utils* | netbase* | tzdata* | postgresql-client-common*) continue ;;
    libllvm* | libz3* | postgresql-common* | ssl-cert* | systemd* | adduser* | passwd* | coreutils*) continue ;;
  esac
  # Some members need root to create, and none of those is needed.
  dpkg-deb --fsys-tarfile "$package" | tar -C "$new/root" -x --no-same-owner --keep-directory-symlink 2>/dev/null || true
done
rm -rf "$apt"

loader=$(cd "$new/root" && find . \( -name 'ld-linux*.so.[0-9]' -o -name 'ld64.so.[0-9]' \) | head -n 1)
libraries=$(cd "$new/root" && find . ! -path '*/share/*' -name '*.so.*' -printf '%h\n' | sort -u | sed 's|^\.|$root|' | paste -sd :)
# A wrapper stands where the program was: initdb and pg_ctl look for postgres beside themselves, and postgres for its
# modules and its share directory from there.
postgres_bin=usr/lib/postgresql/$major/bin
rm -rf "$new/root/usr/lib/postgresql/$major/lib"/{llvmjit*.so,bitcode} "$new"/root/usr/share/{doc,i18n,locale,man}
# Names that packages make when they are installed: postgis.control for postgis-3.control.
for control in "$new/root/usr/share/postgresql/$major/extension"/*-[0-9].control; do
  [ ! -e "$control" ] || ln -s "${control##*/}" "${control%-[0-9].control}.control"
done
for program in "${programs[@]}"; do
  mv "$new/root/$postgres_bin/$program" "$new/root/$postgres_bin/$program.elf"
  cat >"$new/root/$postgres_bin/$program" <<WRAPPER
#!/bin/sh
here=\$(dirname "\$(realpath "\$0")")
root=\$here/../../../../..
exec "\$root/$loader" --library-path "$libraries" --argv0 "\$here/$program" "\$here/$program.elf" "\$@"
WRAPPER
  chmod +x "$new/root/$postgres_bin/$program"
  ln -s "../root/$postgres_bin/$program" "$new/bin/$program"
done
"$new/bin/${programs[-1]}" --version || unreachable "the unpacked programs do not run"

rm -rf "$target"
chmod 755 "$new"
mv "$new" "$target"
