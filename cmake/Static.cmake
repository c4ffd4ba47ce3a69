# SPDX-License-Identifier: PostgreSQL
# static/pgfilter: the program with all its libraries in it, the C library, too. It runs on any Linux of its processor.
#
# A program like that cannot load shared objects, neither plug-ins nor the C library's tables of encodings:
# src/static/refused.c has it refuse both.

enable_language(C)
add_executable(pgfilter-cli-static src/cli/main.cpp src/static/refused.c)
set_target_properties(pgfilter-cli-static PROPERTIES
  OUTPUT_NAME pgfilter RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/static C_STANDARD 11 UNITY_BUILD OFF)
target_include_directories(pgfilter-cli-static PRIVATE include ${PROJECT_BINARY_DIR}/include src)
target_compile_options(pgfilter-cli-static PRIVATE
  -Wall -Wextra -ffunction-sections $<$<BOOL:${PGFILTER_WERROR}>:-Werror>)
# The targets of the libraries may be shared ones. Boost.Iostreams brings bz2 and lzma.
set(static_libraries "")
foreach(library re2 boost_iostreams z bz2 lzma lz4 zstd)
  find_library(PGFILTER_STATIC_${library} NAMES lib${library}.a REQUIRED)
  mark_as_advanced(PGFILTER_STATIC_${library})
  list(APPEND static_libraries ${PGFILTER_STATIC_${library}})
endforeach()
target_link_libraries(pgfilter-cli-static PRIVATE
  $<TARGET_OBJECTS:pgfilter-cli-objects> $<TARGET_FILE:pgfilter-static> ${static_libraries} Threads::Threads
  -static-pie) # the last one of several such flags counts
add_dependencies(pgfilter-cli-static pgfilter-static)
target_link_options(pgfilter-cli-static PRIVATE LINKER:--gc-sections "LINKER:-z,relro,-z,now")
install(TARGETS pgfilter-cli-static COMPONENT static EXCLUDE_FROM_ALL)
