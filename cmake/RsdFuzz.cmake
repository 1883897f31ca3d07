# One libFuzzer program for each tests/fuzz/fuzz_*.c, all built by the target rsd_fuzz. Clang only.
if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "RSD_BUILD_FUZZ needs clang: configure with the preset fuzz")
endif()
file(GLOB RSD_FUZZ_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
add_custom_target(rsd_fuzz)
foreach(source ${RSD_FUZZ_SOURCES})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE residuum_static rsd_flags m)
  if(TARGET rsd_host) # for what listens to a network
    target_link_libraries(${name} PRIVATE rsd_host)
  endif()
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  add_dependencies(rsd_fuzz ${name})
endforeach()
