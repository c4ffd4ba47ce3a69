# SPDX-License-Identifier: PostgreSQL
# Run by cpack before it packs what has been installed into a folder of its own: Debian's zsh looks for completions of packages
# elsewhere than others.
if(CPACK_GENERATOR STREQUAL "DEB")
  file(GLOB_RECURSE completions ${CPACK_TEMPORARY_DIRECTORY}/_pgfilter)
  foreach(completion IN LISTS completions)
    get_filename_component(folder ${completion} DIRECTORY)
    file(RENAME ${folder} ${folder}/../vendor-completions)
  endforeach()
endif()
