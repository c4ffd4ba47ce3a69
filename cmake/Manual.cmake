# SPDX-License-Identifier: PostgreSQL
# The manual and the completions of shells: pgfilter-manual (src/manual) makes them of the tables of the program, of docs/
# and of the header for plug-ins.
#
# It runs where the program is built. When cross compiling, CMAKE_CROSSCOMPILING_EMULATOR runs it, or
# PGFILTER_MANUAL_TOOL names the pgfilter-manual of a native build of the same sources; with neither, nothing of this is made.
set(PGFILTER_MANUAL_TOOL "" CACHE FILEPATH "pgfilter-manual of a native build of the same sources, when cross compiling")

# What the pages of the manual name.
install(FILES CHANGELOG.md README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT common)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT common FILES_MATCHING PATTERN "*.md" PATTERN "*.json")
install(DIRECTORY samples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT common FILES_MATCHING
  PATTERN "*.c" PATTERN "*.cpp" PATTERN "*.rules" PATTERN "*.yaml" PATTERN "*.yml")
install(PROGRAMS samples/archive_health.py samples/filter_backups.sh samples/nightly.sh
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/samples COMPONENT common)

if(PGFILTER_MANUAL_TOOL)
  set(manual_tool ${PGFILTER_MANUAL_TOOL})
elseif(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "No manual, no completion: cross compiling, with neither PGFILTER_MANUAL_TOOL nor CMAKE_CROSSCOMPILING_EMULATOR")
  return()
else()
  add_executable(pgfilter-manual
    src/manual/bash.cpp
    src/manual/fish.cpp
    src/manual/header.cpp
    src/manual/main.cpp
    src/manual/markdown.cpp
    src/manual/plugin_page.cpp
    src/manual/program_page.cpp
    src/manual/roff.cpp
    src/manual/rules_page.cpp
    src/manual/values.cpp
    src/manual/zsh.cpp)
  target_link_libraries(pgfilter-manual PRIVATE pgfilter-cli-objects pgfilter_flags)
  set(manual_tool pgfilter-manual)
endif()

# Of the day of the build, or of SOURCE_DATE_EPOCH.
string(TIMESTAMP manual_date "%Y-%m-%d" UTC)
set(manual_folder ${CMAKE_CURRENT_BINARY_DIR}/share)
set(manual_files man/man1/pgfilter.1 man/man3/pgfilter-plugin.3 man/man5/pgfilter-rules.5
  bash-completion/completions/pgfilter zsh/site-functions/_pgfilter fish/vendor_completions.d/pgfilter.fish)
list(TRANSFORM manual_files PREPEND ${manual_folder}/)
add_custom_command(OUTPUT ${manual_files}
  COMMAND ${manual_tool} ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_VERSION} ${manual_date} ${manual_folder}
  DEPENDS ${manual_tool} README.md docs/patterns.md docs/plugin.md docs/rule-files.md docs/rules.md include/pgfilter/plugin.h
  COMMENT "Making the manual and the completions" VERBATIM)
add_custom_target(pgfilter-pages ALL DEPENDS ${manual_files})

install(DIRECTORY ${manual_folder}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT common)
foreach(shell bash-completion zsh fish)
  install(DIRECTORY ${manual_folder}/${shell} DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT common)
endforeach()
