#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Which lines the tests reach: a table, and build/coverage/report/index.html with the lines.
#
#   scripts/coverage.sh [NAME]...   the tests with these names (as ctest -R takes them) instead of all but the slow ones
#
# Fails where less than 90 % of the lines of a layer are reached.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages.sh build tests coverage

build=build/coverage
cmake --preset coverage
cmake --build --preset coverage
find "$build" -name '*.gcda' -delete
# Faults would strike the writing of counts too; valgrind would count the same lines again.
chosen=(-E 'kill_test|faults_test|valgrind_test|memory_test|hostile')
[ $# -eq 0 ] || chosen=(-R "$(IFS='|' && echo "$*")")
# Some tests run the program as another user, who has to write counts too.
umask 000
chmod -R a+rwX "$build"
ctest --preset coverage "${chosen[@]}" || echo "*** some tests failed; what they reached is counted" >&2

mkdir -p "$build/report"
gcovr --root . --filter 'src/' --filter 'include/' --exclude-throw-branches --print-summary \
  --html-details "$build/report/index.html" --txt - --gcov-ignore-parse-errors "$build" >"$build/report/table.txt"
cat "$build/report/table.txt"
status=0
for layer in bytes codecs archive sql rules pipeline cli manual; do
  printf '%-9s' "$layer"
  gcovr --root . --filter "src/$layer/" --print-summary --fail-under-line 90 --gcov-ignore-parse-errors "$build" |
    grep '^lines' || status=1
done
exit "$status"
