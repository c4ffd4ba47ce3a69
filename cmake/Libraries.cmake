# SPDX-License-Identifier: PostgreSQL
# Libraries that pgfilter is built with, as targets.  The installed pgfilterConfig.cmake uses this file, too.
#
# RE2_LIBRARY, LZ4_LIBRARY and ZSTD_LIBRARY say where to find these; a project around this one may have the targets already.

# Makes TARGET of a library that has no CMake files of its own, as in Debian 12.
function(pgfilter_find_library target variable library header)
  if(TARGET ${target})
    return()
  endif()
  find_library(${variable}_LIBRARY ${library})
  find_path(${variable}_INCLUDE_DIR ${header})
  if(NOT ${variable}_LIBRARY OR NOT ${variable}_INCLUDE_DIR)
    set(pgfilter_LACKS "${library} (${variable}_LIBRARY and ${variable}_INCLUDE_DIR say where it is)" PARENT_SCOPE)
    return()
  endif()
  mark_as_advanced(${variable}_LIBRARY ${variable}_INCLUDE_DIR)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION ${${variable}_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${${variable}_INCLUDE_DIR})
endfunction()

# Newer versions of RE2 need Abseil, which their own CMake files know.
if(NOT TARGET re2::re2 AND NOT RE2_LIBRARY)
  find_package(re2 CONFIG QUIET)
endif()
set(pgfilter_LACKS)
pgfilter_find_library(re2::re2 RE2 re2 re2/re2.h)
pgfilter_find_library(lz4::lz4 LZ4 lz4 lz4frame.h)
pgfilter_find_library(zstd::libzstd ZSTD zstd zstd.h)
