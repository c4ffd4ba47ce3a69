#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Look at the sources without running them: clang-format, shellcheck, cppcheck, and clang-tidy with clang's warnings (tests/tidy.sh).
#
#   tests/lint.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages.sh build tests lint

mapfile -t sources < <(git ls-files '*.cpp' '*.hpp' '*.c' '*.h')
clang-format --dry-run --Werror "${sources[@]}"

mapfile -t scripts < <(git ls-files '*.sh' .ci/run packaging/arch/PKGBUILD debian/tests/build debian/tests/filter)
shellcheck --exclude=SC1091,SC2016 "${scripts[@]}"

cppcheck --enable=warning,performance,portability --std=c++20 --language=c++ --suppressions-list=tests/cppcheck-suppressions.txt \
  --inline-suppr --error-exitcode=1 --template=gcc --quiet -j2 -Iinclude -Isrc -isrc/static src
cppcheck --enable=warning,performance,portability --std=c11 --error-exitcode=1 --template=gcc --quiet tests/support/fault_shim.c src/static/refused.c

# Comments of the public headers, as Doxygen reads them.
cmake --preset release >/dev/null
cmake --build --preset release --target docs

tests/musl.sh
tests/tidy.sh
