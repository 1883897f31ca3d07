# rsd_fuzz_program(PROGRAM SOURCES files...): a program around one tests/fuzz/fuzz_*.c, the first of the files, with all
# that it may want to call. tests/fuzz runs each on its corpus; with RSD_BUILD_FUZZ the target rsd_fuzz has them all with
# libFuzzer (clang only).
file(GLOB RSD_FUZZ_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)

function(rsd_fuzz_program program)
  cmake_parse_arguments(P "" "" "SOURCES" ${ARGN})
  if("${P_SOURCES}" MATCHES "fuzz_automation") # the command is no library
    list(APPEND P_SOURCES ${PROJECT_SOURCE_DIR}/src/app/automation.c ${PROJECT_SOURCE_DIR}/src/app/settings.c)
  endif()
  add_executable(${program} ${P_SOURCES})
  target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${program} PRIVATE
                             MODEL_FOLDER="${PROJECT_SOURCE_DIR}/tests/codec/golden/tiny/lyra_v2"
                             GOLDEN_FOLDER="${PROJECT_SOURCE_DIR}/tests/codec/golden/encodec_tiny")
  if("${P_SOURCES}" MATCHES "fuzz_profile")
    target_link_libraries(${program} PRIVATE rsd_profile)
  endif()
  target_link_libraries(${program} PRIVATE residuum_static rsd_flags m)
  if(TARGET rsd_host) # for what listens to a network
    target_link_libraries(${program} PRIVATE rsd_host)
  endif()
  if(TARGET rsd_plug)
    target_link_libraries(${program} PRIVATE rsd_plug)
  endif()
endfunction()

if(RSD_BUILD_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "RSD_BUILD_FUZZ needs clang: configure with the preset fuzz")
  endif()
  add_custom_target(rsd_fuzz)
  foreach(source ${RSD_FUZZ_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    rsd_fuzz_program(${name} SOURCES ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    add_dependencies(rsd_fuzz ${name})
  endforeach()
endif()
