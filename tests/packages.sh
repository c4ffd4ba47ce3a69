#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Make the packages of build/release-tests, install those for Debian in a clean chroot, and run the quick start there.
#
#   tests/packages.sh          what tests/run.sh runs; exit status 3: only what needs root or the network was left out
#   tests/packages.sh --all    for a release: builds debian/ from a clean copy, too, lets lintian look at it, and builds with what
#                              is installed in the chroot
#
# build/chroot keeps the bare system that is installed into.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

[ $# -eq 0 ] || { [ $# -eq 1 ] && [ "$1" = --all ]; } || {
  echo "usage: tests/packages.sh [--all]" >&2
  exit 2
}
all=${1:-}
scripts/install-packages.sh build packages
top=$PWD
build=$top/build/release-tests
program=$build/pgfilter
static=$build/static/pgfilter
work=$(mktemp -d)
root=
trap 'rm -rf "$work" ${root:+"$root"}' EXIT

die() {
  printf 'packages: %s\n' "$@" >&2
  exit 1
}

quietly() { # COMMAND...: its output matters only when it fails
  "$@" >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    die "failed: $*"
  }
}

make_packages() {
  local before=$PWD
  rm -f "$build"/*.deb "$build"/*.rpm "$build"/*.tar.gz
  cd "$build"
  quietly cpack
  quietly cpack --config CPackSourceConfig.cmake
  cd "$before"
}

look_at_packages() {
  local package
  for package in pgfilter_ libpgfilter0_ libpgfilter-dev_; do
    compgen -G "$build/$package*.deb" >/dev/null || die "no $package*.deb was made"
  done
  if dpkg-deb -f "$build"/pgfilter_*.deb Depends | grep -q libpgfilter; then die "the program depends on the shared library"; fi
  for package in pgfilter pgfilter-libs pgfilter-devel; do
    rpm -qip "$build/$package"-[0-9]*.rpm 2>/dev/null | grep -q '^License *: PostgreSQL' || die "no sound $package-*.rpm was made"
  done
  # The source: what git tracks, and nothing else.
  tar -tzf "$build"/pgfilter-[0-9.]*[0-9].tar.gz | grep -v '/$' | sed 's|^[^/]*/||' | LC_ALL=C sort >"$work/packed"
  git ls-tree -r --name-only HEAD | LC_ALL=C sort >"$work/tracked"
  cmp "$work/tracked" "$work/packed" || die "the source tarball differs from what git tracks"
}

# The static program does what the other one does, but for what it says it cannot do.
compare_static() {
  local archive status=0
  tar -xzf "$build"/pgfilter-*-static.tar.gz -C "$work"
  static=$(echo "$work"/pgfilter-*-static/bin/pgfilter)
  [ -f "$(dirname "$static")/../share/man/man1/pgfilter.1" ] || die "the static tarball has no manual"
  if readelf -lW "$static" | grep -q INTERP || readelf -dW "$static" | grep -q NEEDED; then die "$static is not static"; fi
  for archive in tests/data/archives/tiny/*.dump tests/data/archives/1[5-8]/*.fc*.dump; do
    "$static" -q -O -x "$archive" >"$work/static.out"
    "$program" -q -O -x "$archive" >"$work/program.out" # a file, too, as in one offsets are filled in
    cmp "$work/program.out" "$work/static.out"
    "$static" --check "$archive" >"$work/static.check"
    "$program" --check "$archive" | cmp - "$work/static.check"
  done
  archive=tests/data/archives/tiny/tiny.15.file.dump
  for wrapper in gzip bzip2 xz zstd lz4; do
    "$wrapper" -c "$archive" >"$work/wrapped"
    "$static" -q "$work/wrapped" | cmp - "$archive"
  done
  "$static" --plugin=./none.so --list-rules 2>"$work/said" && die "the static program took a plug-in"
  grep -q 'linked statically and takes no plug-ins' "$work/said" || die "not the reason: $(cat "$work/said")"
  # Names in letters beyond ASCII need a conversion where the archive is not in UTF-8. That is refused, and nothing else is.
  sed "s/'UTF8'/'BIG5'/" "$archive" >"$work/big5.dump" # a name of the same length, so that it stays an archive
  "$static" -q --set-owner Jones "$work/big5.dump" >/dev/null
  "$static" -q --set-owner 'Jürgen' "$archive" >"$work/static.out"
  "$program" -q --set-owner 'Jürgen' "$archive" >"$work/program.out"
  cmp "$work/program.out" "$work/static.out"
  "$static" -q --set-owner 'Jürgen' "$work/big5.dump" >/dev/null 2>"$work/said" || status=$?
  { [ "$status" = 2 ] && grep -q 'cannot convert UTF-8 to BIG5' "$work/said"; } || die "conversion: $status, $(cat "$work/said")"
}

bare_system() {
  local base=$top/build/chroot/bookworm.tar mirror
  mirror=$(sed -n 's/^URIs: *\([^ ]*debian\) *$/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*debian\)\/* .*/\2/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
  [ -n "$mirror" ] || return 1
  mkdir -p "$top/build/chroot"
  if [ ! -f "$base" ]; then
    debootstrap --variant=minbase bookworm "$work/base" "$mirror" >"$work/log" 2>&1 || {
      tail -n 5 "$work/log" >&2
      return 1
    }
    tar -C "$work/base" -cf "$base.part" .
    mv "$base.part" "$base"
    rm -rf "$work/base"
  fi
  root=$(mktemp -d "$top/build/chroot/root.XXXXXX")
  chmod 755 "$root"
  tar -C "$root" -xpf "$base"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  cp -r /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  mkdir -p "$root/etc/postgresql-common" "$root/debs" "$root/project/tests/data/archives"
  echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
}

inside() { # SCRIPT: processes and mounts end with it
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/bash -euo pipefail -c "$2"' \
    inside "$root" "export DEBIAN_FRONTEND=noninteractive HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin; $1"
}

try_in_chroot() { # FOLDER-OF-DEBS
  cp "$1"/{pgfilter,libpgfilter0,libpgfilter-dev}_*.deb "$root/debs"
  cp -r samples debian scripts "$root/project"
  cp -r tests/data/archives/tiny "$root/project/tests/data/archives"
  quietly inside 'apt-get -q update && apt-get -qy install --no-install-recommends /debs/pgfilter_*.deb postgresql-15 postgresql-common man-db'
  inside 'cd /project && PGFILTER=/usr/bin/pgfilter samples/quickstart.sh' >"$work/story" 2>&1 || {
    tail -n 30 "$work/story" >&2
    die "the quick start failed in the chroot"
  }
  grep -q 'the same in prod and staging' "$work/story" || die "the quick start told another story"
  quietly inside 'cd /project && debian/tests/filter'
  [ -n "$all" ] || return 0
  # What only an installation shows.
  quietly inside 'apt-get -qy install --no-install-recommends /debs/lib*.deb g++ pkg-config man-db bash-completion zsh &&
    cd /project && debian/tests/build && man pgfilter >/tmp/page && grep -q -- --no-owner /tmp/page'
  # shellcheck disable=SC2016 # for zsh
  quietly inside "zsh -c 'autoload -U compinit && compinit -u && [ \"\$_comps[pgfilter]\" = _pgfilter ]'"
  # The loader says 124: try again.
  quietly inside 'set +eu; . /usr/share/bash-completion/bash_completion; _completion_loader pgfilter; complete -p pgfilter'
}

check_other_files() {
  ruby -c packaging/homebrew/pgfilter.rb >/dev/null
  bash -n packaging/arch/PKGBUILD
  tests/dockerfile.py packaging/Dockerfile
}

build_debian() {
  local folder=$work/debian/pgfilter
  mkdir -p "$folder"
  git archive HEAD | tar -x -C "$folder"
  cd "$folder"
  quietly dpkg-buildpackage -us -uc -b
  lintian --allow-root --fail-on error,warning ../*.changes
  cd "$top"
}

make_packages
look_at_packages
compare_static
check_other_files
[ -z "$all" ] || build_debian
[ "$(id -u)" = 0 ] || exit 3
unshare --mount --pid --fork true 2>/dev/null || exit 3 # not even root may, in some containers
bare_system || exit 3
try_in_chroot "$build"
if [ -n "$all" ]; then
  rm -rf "$root"
  bare_system || exit 3
  try_in_chroot "$work/debian"
fi
echo "packages: all is well"
