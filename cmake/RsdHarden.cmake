# Hardening of every binary, through rsd_flags, as far as compiler and linker know it: position-independent programs,
# relocations read-only before main (full RELRO), no executable stack, stack protector, checked libc calls (FORTIFY).
# Not beside sanitizers, which see to memory themselves.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
if(RSD_SANITIZE)
  return()
endif()
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckLinkerFlag)

check_c_compiler_flag(-fstack-protector-strong RSD_HAS_STACK_PROTECTOR)
if(RSD_HAS_STACK_PROTECTOR)
  target_compile_options(rsd_flags INTERFACE -fstack-protector-strong)
endif()

foreach(word relro now noexecstack)
  check_linker_flag(C -Wl,-z,${word} RSD_HAS_Z_${word})
  if(RSD_HAS_Z_${word})
    target_link_options(rsd_flags INTERFACE -Wl,-z,${word})
  endif()
endforeach()

# libc says by a warning that it checks no more than it did at 2. Without optimisation it checks nothing.
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_c_source_compiles("#include <string.h>\nint main(void) { return 0; }" RSD_HAS_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
set(level 2)
if(RSD_HAS_FORTIFY_3)
  set(level 3)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  target_compile_options(rsd_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${level})
endif()

# The same bytes from any folder: in messages and debug information, paths begin at the source and at the build folder.
check_c_compiler_flag(-ffile-prefix-map=a=b RSD_HAS_PREFIX_MAP)
if(RSD_HAS_PREFIX_MAP AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  target_compile_options(rsd_flags INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
                         -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()
