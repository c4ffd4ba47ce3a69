# SPDX-License-Identifier: PostgreSQL
# What an installation has.  Components: the program, what is common to it and the static one (manual, completions, rules of
# platforms), the library, and what is needed to build with it.

include(CMakePackageConfigHelpers)
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/pgfilter)

install(TARGETS pgfilter-static EXPORT pgfilter-static-targets ARCHIVE COMPONENT development)
install(EXPORT pgfilter-static-targets NAMESPACE pgfilter:: FILE pgfilterStaticTargets.cmake
  DESTINATION ${config_folder} COMPONENT development)
if(BUILD_SHARED_LIBS)
  install(TARGETS pgfilter-shared EXPORT pgfilter-targets LIBRARY COMPONENT library NAMELINK_COMPONENT development)
  install(EXPORT pgfilter-targets NAMESPACE pgfilter:: FILE pgfilterTargets.cmake
    DESTINATION ${config_folder} COMPONENT development)
endif()
install(DIRECTORY include/pgfilter ${PROJECT_BINARY_DIR}/include/pgfilter
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
configure_package_config_file(cmake/pgfilterConfig.cmake.in pgfilterConfig.cmake INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(pgfilterConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/pgfilterConfig.cmake ${PROJECT_BINARY_DIR}/pgfilterConfigVersion.cmake cmake/Libraries.cmake
  DESTINATION ${config_folder} COMPONENT development)

# A static library leaves its libraries to whoever links it.
set(own_libraries "re2 zlib liblz4 libzstd")
set(other_libraries "-lboost_iostreams ${CMAKE_THREAD_LIBS_INIT}")
foreach(library IN LISTS CMAKE_DL_LIBS)
  string(APPEND other_libraries " -l${library}")
endforeach()
set(private .private)
if(NOT BUILD_SHARED_LIBS)
  set(private "")
endif()
# Relative to the file itself, so that an installation can be moved.
file(RELATIVE_PATH relative_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH relative_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(RELATIVE_PATH relative_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
configure_file(cmake/pgfilter.pc.in pgfilter.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pgfilter.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

if(PGFILTER_BUILD_PROGRAM)
  install(TARGETS pgfilter-cli COMPONENT program)
  install(DIRECTORY share/targets DESTINATION ${CMAKE_INSTALL_DATADIR}/pgfilter COMPONENT common
    FILES_MATCHING PATTERN "*.rules")
endif()
