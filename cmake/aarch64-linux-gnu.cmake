# Toolchain: aarch64 Linux by Debian's cross compiler. Libraries: point PKG_CONFIG_LIBDIR at arm64 ones.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
