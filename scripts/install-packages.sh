#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Install those packages of the given groups of debian-packages.txt that this machine lacks.
#
#   scripts/install-packages.sh GROUP...       e.g. scripts/install-packages.sh build tests
#
# With nothing missing it does nothing, and needs neither root nor the network.
# Exit status: 0 all present, 1 some are missing and cannot be installed, 2 wrong usage.
set -euo pipefail

list=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/debian-packages.txt

die() { # STATUS LINE...
  local status=$1
  shift
  printf 'install-packages: %s\n' "$@" >&2
  exit "$status"
}

[ $# -gt 0 ] || die 2 "which group? There are: $(sed -n 's/^\([a-z]*\):.*/\1/p' "$list" | sort -u | paste -sd ' ')"

wanted=()
for group in "$@"; do
  [[ $group =~ ^[a-z]+$ ]] || die 2 "\"$group\" is no name of a group"
  read -r -d '' -a packages < <(sed -n "s/^$group: *//p" "$list") || true
  [ ${#packages[@]} -gt 0 ] || die 2 "no group \"$group\" in $list"
  wanted+=("${packages[@]}")
done

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || die 1 "there is no apt-get here. Install what these Debian 12 packages hold: ${missing[*]}"

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
  # Without a terminal nobody can type a password: fail at once.
  [ -t 0 ] || as_root=(sudo -n)
else
  die 1 "missing packages: ${missing[*]}" \
    "Neither root nor sudo is at hand. As root, run:  apt-get update && apt-get install ${missing[*]}"
fi

run_apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"; }

printf 'install-packages: installing %s\n' "${missing[*]}" >&2
# The output matters only when something goes wrong.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A source of packages that fails to update may be one that is not needed: the installation decides.
if ! { run_apt update || true; run_apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  die 1 "that did not work. As root, run:  apt-get update && apt-get install ${missing[*]}"
fi
