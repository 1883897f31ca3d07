# rsd_embed(NAME files...): puts files into the library as they are, and returns the source to build in `RSD_EMBED_NAME`.
#   file(GLOB codebooks CONFIGURE_DEPENDS ${dir}/*.safetensors)
#   rsd_embed(codebooks ${codebooks})
#   rsd_add_module(codec SOURCES codec.c ${RSD_EMBED_codebooks})
# C side: `BASE_EMBEDDED(codebooks)` of src/base/embedded.h declares the table base_embedded_codebooks[] (in order of file
# name) and its length base_embedded_codebooks_count. Call it in the CMakeLists.txt of the module that builds the source.
# ELF only (.incbin by the compiler's assembler); data is read-only, aligned to 64 and followed by a zero byte.
function(rsd_embed name)
  set(files ${ARGN})
  list(SORT files COMPARE STRING)
  if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(word .quad)
  else()
    set(word .long)
  endif()
  set(data "")
  set(table "")
  set(index 0)
  foreach(file IN LISTS files)
    get_filename_component(file "${file}" ABSOLUTE)
    get_filename_component(base "${file}" NAME)
    string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" quoted "${file}")
    string(APPEND data "    .balign 64\n.Ldata${index}:\n    .incbin \"${quoted}\"\n.Lend${index}:\n    .byte 0\n"
                       ".Lname${index}:\n    .asciz \"${base}\"\n")
    string(APPEND table "    ${word} .Lname${index}, .Ldata${index}, .Lend${index} - .Ldata${index}\n")
    math(EXPR index "${index} + 1")
    list(APPEND depends "${file}")
  endforeach()
  set(table_symbol base_embedded_${name})
  set(text "    .section .rodata\n${data}    .globl ${table_symbol}_count\n    .hidden ${table_symbol}_count\n"
           "    .type ${table_symbol}_count, %object\n    .size ${table_symbol}_count, 4\n    .balign 4\n"
           "${table_symbol}_count:\n    .long ${index}\n"
           "    .section .data.rel.ro, \"aw\", %progbits\n    .globl ${table_symbol}\n    .hidden ${table_symbol}\n"
           "    .type ${table_symbol}, %object\n    .balign 8\n${table_symbol}:\n${table}"
           "    ${word} 0, 0, 0\n    .size ${table_symbol}, . - ${table_symbol}\n"
           "    .section .note.GNU-stack, \"\", %progbits\n")
  string(CONCAT text ${text})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/base_embedded_${name}.S)
  file(GENERATE OUTPUT ${source} CONTENT "${text}")
  set_source_files_properties(${source} PROPERTIES LANGUAGE ASM GENERATED TRUE OBJECT_DEPENDS "${depends}")
  set(RSD_EMBED_${name} ${source} PARENT_SCOPE)
endfunction()
