# rsd_add_room(NAME SOURCES... [LINK targets...]): one room of src/ as an object library `rsd_NAME`.
function(rsd_add_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK" ${ARGN})
  add_library(rsd_${name} OBJECT ${ROOM_SOURCES})
  target_include_directories(rsd_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(rsd_${name} PRIVATE rsd_flags PUBLIC Threads::Threads ${ROOM_LINK})
endfunction()
