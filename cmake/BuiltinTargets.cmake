# SPDX-License-Identifier: PostgreSQL
# Target files as part of the program: share/targets/*.rules and share/targets/from/*.rules become tables.

# Sets <rows> to the initializers of a table of the files in a folder, by name, and <count> to their number.
function(pgfilter_table_of_targets folder rows count)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.rules)
  list(SORT files)
  set(table "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND table "    {\"${name}\", R\"pgfilter(${text})pgfilter\"},\n")
  endforeach()
  list(LENGTH files number)
  set(${rows} "${table}" PARENT_SCOPE)
  set(${count} ${number} PARENT_SCOPE)
endfunction()

pgfilter_table_of_targets(${PROJECT_SOURCE_DIR}/share/targets PGFILTER_TARGETS PGFILTER_TARGET_COUNT)
pgfilter_table_of_targets(${PROJECT_SOURCE_DIR}/share/targets/from PGFILTER_SOURCES PGFILTER_SOURCE_COUNT)
set(builtin_targets ${CMAKE_CURRENT_BINARY_DIR}/rules/builtin_targets.cpp)
configure_file(rules/builtin_targets.cpp.in ${builtin_targets} @ONLY)
