# SPDX-License-Identifier: PostgreSQL
# What cpack makes in a build folder: .deb and .rpm packages of the program, the library, and what is needed to build with it;
# a .tar.gz of the program (the static one with PGFILTER_STATIC); with "cpack --config CPackSourceConfig.cmake" one of the sources.
#
# The packages have the paths of the build folder, so CMAKE_INSTALL_PREFIX=/usr gives those that Debian and Fedora expect.

# Each package has the license. An installation by hand does not need it thrice.
set(name_program pgfilter)
set(name_library libpgfilter${PROJECT_VERSION_MAJOR})
set(name_development libpgfilter-dev)
foreach(package program library development)
  install(FILES debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name_${package}}
    COMPONENT ${package}-license EXCLUDE_FROM_ALL)
endforeach()

set(CPACK_PACKAGE_VENDOR "The pgfilter developers")
set(CPACK_PACKAGE_CONTACT "The pgfilter developers <pgfilter@packages.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "changes PostgreSQL dumps before they are restored")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_RESOURCE_FILE_README ${PROJECT_SOURCE_DIR}/README.md)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/PackageKinds.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianPaths.cmake)
set(CPACK_PGFILTER_STATIC ${PGFILTER_STATIC})
set(CPACK_PGFILTER_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_PGFILTER_NAME pgfilter-${PROJECT_VERSION})
set(CPACK_PGFILTER_SYSTEM ${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
string(TOLOWER "${CPACK_PGFILTER_SYSTEM}" CPACK_PGFILTER_SYSTEM)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_GENERATOR TGZ)
find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(DPKG_SHLIBDEPS)
  list(APPEND CPACK_GENERATOR DEB)
endif()
find_program(RPMBUILD rpmbuild)
if(RPMBUILD)
  list(APPEND CPACK_GENERATOR RPM)
endif()
mark_as_advanced(DPKG_SHLIBDEPS RPMBUILD)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME ${name_program})
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION database)
set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS postgresql-client)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${name_library})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_SDK_PACKAGE_NAME ${name_development})
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_SHLIBDEPS OFF)
string(JOIN ", " CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "${name_library} (= ${PROJECT_VERSION})"
  libboost-iostreams-dev liblz4-dev libre2-dev libzstd-dev zlib1g-dev)

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE PostgreSQL)
set(CPACK_RPM_TOOL_PACKAGE_NAME pgfilter)
set(CPACK_RPM_RUNTIME_PACKAGE_NAME pgfilter-libs)
set(CPACK_RPM_SDK_PACKAGE_NAME pgfilter-devel)
set(CPACK_RPM_SDK_PACKAGE_REQUIRES "pgfilter-libs = ${PROJECT_VERSION}, boost-devel, lz4-devel, re2-devel, libzstd-devel, zlib-devel")
foreach(folder bash-completion bash-completion/completions fish fish/vendor_completions.d zsh zsh/site-functions
    man man/man1 man/man3 man/man5 doc)
  list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/${folder})
endforeach()
list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /usr/${CMAKE_INSTALL_LIBDIR} /usr/${CMAKE_INSTALL_LIBDIR}/cmake /usr/${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(CPACK_COMPONENTS_ALL program common program-license development development-license)
if(BUILD_SHARED_LIBS)
  list(APPEND CPACK_COMPONENTS_ALL library library-license)
endif()
if(PGFILTER_STATIC)
  list(APPEND CPACK_COMPONENTS_ALL static)
endif()
include(CPack)
cpack_add_component(program GROUP tool)
cpack_add_component(common GROUP tool)
cpack_add_component(program-license GROUP tool)
cpack_add_component(library GROUP runtime)
cpack_add_component(library-license GROUP runtime)
cpack_add_component(development GROUP sdk)
cpack_add_component(development-license GROUP sdk)
cpack_add_component_group(tool DESCRIPTION
"pgfilter reads an archive of pg_dump's custom format as a stream, changes its
table of contents and passes the data on byte for byte. What comes out is an
archive again, for pg_restore.")
cpack_add_component_group(runtime DESCRIPTION "The shared library behind pgfilter.")
cpack_add_component_group(sdk DESCRIPTION
"What is needed to build programs with pgfilter's library, and plug-ins for pgfilter.")
