#!/bin/bash
# SPDX-License-Identifier: PostgreSQL
# Compile the library's sources against musl, the C library of Alpine: what only glibc has shows here.  Nothing is linked, because
# Debian has no C++ library for musl; the headers are those of LLVM's, which can be told which C library there is.
#
#   tests/musl.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

units=build/musl
rm -rf $units
mkdir -p $units/include
version=build/clang/include # where CMake puts version.hpp
cmake --preset clang >/dev/null # what is there may be of another version

# The headers of the other libraries, without glibc's beside them.
for name in boost re2 zlib.h zconf.h lz4.h lz4hc.h lz4frame.h zstd.h zstd_errors.h; do
  ln -s "/usr/include/$name" $units/include/
done
llvm=$(dirname "$(dirname "$(clang -print-resource-dir)")")
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Werror "--target=$(uname -m)-linux-musl" -nostdinc -nostdinc++
  -D_LIBCPP_HAS_MUSL_LIBC -isystem "$(dirname "$llvm")/include/c++/v1" -isystem "/usr/include/$(uname -m)-linux-musl"
  -isystem "$(clang -print-resource-dir)/include" -isystem "$units/include" -Iinclude "-I$version" -Isrc)

for folder in src/*/; do
  layer=$(basename "$folder")
  case $layer in cli | manual | static) continue ;; esac # what is the program's
  for source in "$folder"*.cpp; do
    [[ $source == *_portable.cpp ]] || printf '#include "%s"\n' "$PWD/$source"
  done >"$units/$layer.cpp"
done
printf '%s\n' $units/*.cpp src/bytes/*_portable.cpp | xargs -n1 -P"$(nproc)" clang++ "${flags[@]}"
