# rsd_add_test(NAME SOURCES files... [LIBS targets...] [LABELS labels...] [PLAIN] [TIMEOUT seconds]): one test program.
# PLAIN: its own main, no Criterion (races: Criterion's runner and TSan do not go together).
# Include paths: include/, src/ (`#include "rvq/rvq_internal.h"`) and tests/ (`#include "support/signals.h"`).
# Programs with the label `race` also hang on the target rsd_race_tests: all that the tsan preset builds.
pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
add_custom_target(rsd_race_tests)
set(RSD_HEAP_CALLS ${PROJECT_SOURCE_DIR}/tests/support/heap_calls.c)
set(RSD_RT_GUARD ${PROJECT_SOURCE_DIR}/tests/support/rt_guard.c ${RSD_HEAP_CALLS})
function(rsd_add_test name)
  cmake_parse_arguments(T "PLAIN" "TIMEOUT" "SOURCES;LIBS;LABELS;ARGS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE residuum_static ${T_LIBS} rsd_flags m)
  if(NOT T_PLAIN)
    target_link_libraries(${name} PRIVATE PkgConfig::CRITERION)
  endif()
  add_test(NAME ${name} COMMAND ${name} ${T_ARGS})
  if("race" IN_LIST T_LABELS)
    add_dependencies(rsd_race_tests ${name})
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT}
                       FAIL_REGULAR_EXPRESSION "ERROR: [A-Za-z]+Sanitizer;runtime error:;WARNING: ThreadSanitizer")
endfunction()

# rsd_add_model_test(NAME LABEL seeds...): the Promela model NAME.pml of the calling folder. The right protocol has no
# error; each seeded bug is found. 77: no spin here, reported as skipped.
function(rsd_add_model_test name label)
  list(JOIN ARGN "," seeds)
  add_test(NAME ${name}_model COMMAND sh ${PROJECT_SOURCE_DIR}/tests/base/check_model.sh
           ${CMAKE_CURRENT_SOURCE_DIR}/${name}.pml right,${seeds} ${CMAKE_CURRENT_BINARY_DIR}/model_${name}
           ${CMAKE_C_COMPILER})
  set_tests_properties(${name}_model PROPERTIES LABELS "model;${label};noasan" SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()
