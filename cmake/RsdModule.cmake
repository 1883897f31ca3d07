# rsd_add_module(NAME SOURCES... [LINK targets...]): one module of src/ as an object library `rsd_NAME`.
function(rsd_add_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;LINK" ${ARGN})
  add_library(rsd_${name} OBJECT ${MODULE_SOURCES})
  target_include_directories(rsd_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(rsd_${name} PRIVATE rsd_flags PUBLIC Threads::Threads ${MODULE_LINK})
endfunction()
