#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# clang-tidy, with clang's analyzer and clang's warnings, on all of src/ and include/; .clang-tidy says what is left out and why.
#
#   tests/tidy.sh [--deep]               everything: two minutes on two processors, with --deep six
#   tests/tidy.sh [--deep] FOLDER...     folders of src/, e.g. tests/tidy.sh rules sql
#
# The analyzer follows a function until it has seen 75,000 states of it, and with --deep 225,000, as clang does by itself. Most of
# that goes into the lexer, once for each function that uses it. The release checklist has --deep.
#
# Most of the time would go into the headers of libraries, once per file. So the files of a folder are looked at together, in one
# file that includes them; what their unnamed namespaces hold must therefore have different names within a folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

states=75000
if [ "${1:-}" = --deep ]; then
  states=225000
  shift
fi
analyzer=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang "--extra-arg=max-nodes=$states")

folders=("$@")
[ $# -gt 0 ] || mapfile -t folders < <(find src -name '*.cpp' -printf '%h/\n' | sort -u | xargs du -bs | sort -rn | sed 's|.*src/\(.*\)/|\1|') # what takes longest begins first

version=build/clang/include # where CMake puts version.hpp
cmake --preset clang >/dev/null # what is there may be of another version
units=build/lint
rm -rf $units
mkdir -p $units
mapfile -t warnings < <(sed -n '/target_compile_options(pgfilter_flags/,/WERROR/p' CMakeLists.txt | grep -oE ' -W[a-z-]+' |
  grep -v shadow) # together in one file, they shadow what they do not see by themselves; g++ looks at each
printf '%s\n' -std=c++20 "${warnings[@]# }" -I"$PWD/include" -I"$PWD/$version" -I"$PWD/src" \
  '-DPGFILTER_PLUGIN_FOLDER="plugins"' >$units/compile_flags.txt

work=()
for folder in "${folders[@]}"; do
  # Only in a file of such a name does the analyzer look into included functions (AnalysisManager::isInCodeFile).
  unit=$units/UnifiedSource-$folder.cpp
  for source in "src/$folder"/*.cpp; do
    if [[ $source == *_portable.cpp ]]; then # which has the names of its twin
      work+=("$source")
      continue
    fi
    printf '#include "%s"  // NOLINT(bugprone-suspicious-include)\n' "$PWD/$source"
    # These two checks look at no included file.
    ! grep -qE '^ *(using +[a-zA-Z_:]+::[a-zA-Z_]+;|namespace +\w+ *=)' "$source" ||
      work+=("--checks=-*,misc-unused-using-decls,misc-unused-alias-decls $source")
  done >"$unit"
  work+=("$unit")
done

# How many warnings it keeps to itself, clang-tidy says even if quiet.
printf '%s\n' "${work[@]}" | xargs -L1 -P"$(nproc)" clang-tidy --quiet "${analyzer[@]}" -p $units 2>&1 | sed '/^[0-9]* warnings* generated\.$/d'
