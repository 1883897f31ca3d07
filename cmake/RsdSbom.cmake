# residuum.cdx.json: what each binary is made of, read from the finished binaries (RsdSbomWrite.cmake).
set(RSD_SBOM ${PROJECT_BINARY_DIR}/residuum.cdx.json)
set(binaries "libresiduum.so.${PROJECT_VERSION_MAJOR}=$<TARGET_FILE:residuum>")
set(targets residuum)
foreach(pair rsd_command=bin/residuum rsd_clap=residuum.clap rsd_lv2=residuum.lv2/residuum.so rsd_pd=residuum~.pd_linux)
  string(REGEX MATCH "^([^=]*)=(.*)$" pair ${pair})
  if(TARGET ${CMAKE_MATCH_1})
    list(APPEND targets ${CMAKE_MATCH_1})
    string(APPEND binaries "|${CMAKE_MATCH_2}=$<TARGET_FILE:${CMAKE_MATCH_1}>")
  endif()
endforeach()

file(WRITE ${PROJECT_BINARY_DIR}/libc_version.c "#include <features.h>\nglibc __GLIBC__ __GLIBC_MINOR__\n")
execute_process(COMMAND ${CMAKE_C_COMPILER} -E -P ${PROJECT_BINARY_DIR}/libc_version.c OUTPUT_VARIABLE libc ERROR_QUIET)
string(REGEX MATCH "glibc ([0-9]+) ([0-9]+)" libc "${libc}")
set(glibc ${CMAKE_MATCH_1}.${CMAKE_MATCH_2})

set(civetweb "")
if(CIVETWEB_INCLUDE_DIR)
  file(STRINGS ${CIVETWEB_INCLUDE_DIR}/civetweb.h civetweb REGEX "define CIVETWEB_VERSION \"")
  string(REGEX MATCH "[0-9.]+" civetweb "${civetweb}")
endif()
set(loaded "")
if(TARGET rsd_command AND RSD_WITH_PNG AND RSVG_FOUND)
  set(loaded bin/residuum=librsvg-2.so.2)
endif()
set(writer ${PROJECT_SOURCE_DIR}/cmake/RsdSbomWrite.cmake)
set(arguments -DVERSION=${PROJECT_VERSION} -DGLIBC=${glibc} -DGCC=${CMAKE_C_COMPILER_VERSION} -DBINARIES=${binaries}
              -DLOADED=${loaded} -DCIVETWEB=${civetweb}
              -DREADELF=${CMAKE_READELF} -DPKG_CONFIG=${PKG_CONFIG_EXECUTABLE})
add_custom_command(OUTPUT ${RSD_SBOM} COMMAND ${CMAKE_COMMAND} -DOUT=${RSD_SBOM} ${arguments} -P ${writer}
                   DEPENDS ${targets} ${writer} VERBATIM)
add_custom_target(rsd_sbom ALL DEPENDS ${RSD_SBOM})
list(JOIN arguments "\n" arguments)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/residuum.cdx.args CONTENT "${arguments}\n${writer}\n") # for the test
