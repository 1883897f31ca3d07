# cmake -P: writes the software bill of materials, CycloneDX 1.5 in JSON, from what the finished binaries link.
#   OUT       file to write                       VERSION, GLIBC  of Residuum, of the C library
#   BINARIES  name=file|name=file...              READELF, PKG_CONFIG  programs
#   GCC       version of the compiler, for its run time; CIVETWEB: of civetweb, which has no pkg-config module
#   LOADED    name=soname: a library that the binary of that name loads by itself when it needs it
# The same bytes for the same binaries: no time unless SOURCE_DATE_EPOCH gives one, no random numbers, no paths.
cmake_minimum_required(VERSION 3.25)

# Libraries by soname: pattern, name, pkg-config module ("-": part of the C library), SPDX licence. A library that is not
# here is listed without a licence, and the test sbom says so.
set(table
    "libkissfft-float|KISS FFT|kissfft-float|BSD-3-Clause"
    "libsamplerate|libsamplerate|samplerate|BSD-2-Clause"
    "libjansson|Jansson|jansson|MIT"
    "libportaudio|PortAudio|portaudio-2.0|MIT"
    "liblo|liblo|liblo|LGPL-2.1-or-later"
    "libsndfile|libsndfile|sndfile|LGPL-2.1-or-later"
    "lib(ncursesw|tinfo)|ncurses|ncursesw|X11-distribute-modifications-variant"
    "libportmidi|PortMidi|-soname|MIT"
    "libopus|Opus|opus|BSD-3-Clause"
    "libjack|JACK|jack|LGPL-2.1-or-later"
    "libcurl|curl|libcurl|curl"
    "libcivetweb|civetweb|-civetweb|MIT"
    "libavahi-(client|common)|Avahi|avahi-client|LGPL-2.1-or-later"
    "librsvg-2|librsvg|librsvg-2.0|LGPL-2.1-or-later"
    "libcairo|cairo|cairo|LGPL-2.1-only OR MPL-1.1"
    "lib(glib|gobject|gio)-2.0|GLib|glib-2.0|LGPL-2.1-or-later"
    "libgdk_pixbuf-2.0|GdkPixbuf|gdk-pixbuf-2.0|LGPL-2.1-or-later"
    "(libc|libm|libmvec|libpthread|libdl|librt|ld-linux.*)|GNU C Library|-|LGPL-2.1-or-later"
    "libgcc_s|GCC runtime|-gcc|GPL-3.0-or-later WITH GCC-exception-3.1")

# describe(SONAME): sets name, version and licence of what it belongs to.
function(describe soname)
  set(name ${soname})
  set(version "")
  set(licence "")
  foreach(row IN LISTS table)
    string(REGEX MATCH "^(.*)[|]([^|]*)[|]([^|]*)[|]([^|]*)$" row "${row}")
    set(pattern "${CMAKE_MATCH_1}")
    set(fields "${CMAKE_MATCH_2}" "${CMAKE_MATCH_3}" "${CMAKE_MATCH_4}")
    if(soname MATCHES "^${pattern}[.]so")
      list(GET fields 0 name)
      list(GET fields 1 module)
      list(GET fields 2 licence)
      if(module STREQUAL "-")
        set(version ${GLIBC})
      elseif(module STREQUAL "-soname") # no pkg-config file tells more
        string(REGEX REPLACE "^.*[.]so[.]" "" version ${soname})
      elseif(module STREQUAL "-gcc")
        set(version ${GCC})
      elseif(module STREQUAL "-civetweb")
        set(version ${CIVETWEB})
      else()
        execute_process(COMMAND ${PKG_CONFIG} --modversion ${module} OUTPUT_VARIABLE version ERROR_QUIET
                        OUTPUT_STRIP_TRAILING_WHITESPACE)
      endif()
      break()
    endif()
  endforeach()
  foreach(field name version licence)
    set(${field} "${${field}}" PARENT_SCOPE)
  endforeach()
endfunction()

# component(VARIABLE TYPE REF NAME VERSION LICENCE [properties]): one entry of "components".
function(component variable type ref name version licence properties)
  set(text "    {\n      \"type\": \"${type}\",\n      \"bom-ref\": \"${ref}\",\n      \"name\": \"${name}\"")
  if(NOT version STREQUAL "")
    string(APPEND text ",\n      \"version\": \"${version}\"")
  endif()
  if(licence MATCHES " ")
    string(APPEND text ",\n      \"licenses\": [{\"expression\": \"${licence}\"}]")
  elseif(licence)
    string(APPEND text ",\n      \"licenses\": [{\"license\": {\"id\": \"${licence}\"}}]")
  endif()
  if(properties)
    string(APPEND text ",\n      \"properties\": [\n${properties}\n      ]")
  endif()
  set(${variable} "${text}\n    }" PARENT_SCOPE)
endfunction()

# needed(FILE): sets sonames to what it links, in order of name.
function(needed file)
  execute_process(COMMAND ${READELF} -dW ${file} OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[][]" "|" dynamic "${dynamic}") # brackets would bind elements of a list
  string(REGEX MATCHALL "NEEDED[^\n|]*[|][^\n|]*" lines "${dynamic}")
  list(TRANSFORM lines REPLACE "^.*[|]" "")
  list(SORT lines)
  set(sonames "${lines}" PARENT_SCOPE)
endfunction()

set(components "")
set(dependencies "")
set(all "")
set(own "")
string(REPLACE "|" ";" BINARIES "${BINARIES}")
foreach(pair IN LISTS BINARIES)
  string(REGEX MATCH "^([^=]*)=(.*)$" pair "${pair}")
  set(binary ${CMAKE_MATCH_1})
  needed(${CMAKE_MATCH_2})
  if(LOADED MATCHES "^${binary}=(.*)$")
    list(APPEND sonames ${CMAKE_MATCH_1})
  endif()
  set(type library)
  if(binary STREQUAL "bin/residuum")
    set(type application)
  endif()
  component(text ${type} "${binary}" "${binary}" "${VERSION}" MIT "")
  list(APPEND components "${text}")
  set(refs "")
  foreach(soname IN LISTS sonames)
    describe(${soname})
    list(APPEND refs "\"${name}\"")
    list(APPEND all "${soname}")
  endforeach()
  list(REMOVE_DUPLICATES refs)
  list(JOIN refs ", " refs)
  list(APPEND own "\"${binary}\"")
  list(APPEND dependencies "    {\"ref\": \"${binary}\", \"dependsOn\": [${refs}]}")
endforeach()

# One component for all the sonames of one project.
list(REMOVE_DUPLICATES all)
list(SORT all)
set(names "")
foreach(soname IN LISTS all)
  describe(${soname})
  string(MAKE_C_IDENTIFIER "${name}" key)
  if(NOT name IN_LIST names)
    list(APPEND names "${name}")
    set(version_${key} "${version}")
    set(licence_${key} "${licence}")
  endif()
  list(APPEND properties_${key} "        {\"name\": \"residuum:soname\", \"value\": \"${soname}\"}")
endforeach()
foreach(name IN LISTS names)
  string(MAKE_C_IDENTIFIER "${name}" key)
  list(JOIN properties_${key} ",\n" properties)
  component(text library "${name}" "${name}" "${version_${key}}" "${licence_${key}}" "${properties}")
  list(APPEND components "${text}")
endforeach()

list(JOIN components ",\n" components)
list(JOIN own ", " own)
list(PREPEND dependencies "    {\"ref\": \"residuum\", \"dependsOn\": [${own}]}")
list(JOIN dependencies ",\n" dependencies)
set(time "")
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  string(TIMESTAMP time "    \"timestamp\": \"%Y-%m-%dT%H:%M:%SZ\",\n" UTC)
endif()
string(UUID serial NAMESPACE 6ba7b811-9dad-11d1-80b4-00c04fd430c8 NAME "${components}${dependencies}" TYPE SHA1)
file(WRITE ${OUT} "{
  \"bomFormat\": \"CycloneDX\",
  \"specVersion\": \"1.5\",
  \"serialNumber\": \"urn:uuid:${serial}\",
  \"version\": 1,
  \"metadata\": {
${time}    \"component\": {
      \"type\": \"application\", \"bom-ref\": \"residuum\", \"name\": \"residuum\", \"version\": \"${VERSION}\",
      \"licenses\": [{\"license\": {\"id\": \"MIT\"}}]
    }
  },
  \"components\": [
${components}
  ],
  \"dependencies\": [
${dependencies}
  ]
}
")
