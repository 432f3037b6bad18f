# What only depends on the headers is tried with every compiler found: the one that builds, gcc, the
# oldest clang supported and the newest clang here.

set(compilers "")
foreach(names "gcc" "clang-14"
              "clang-22;clang-21;clang-20;clang-19;clang-18;clang-17;clang")
    string(REPLACE ";" "_" variable "FEARLESS_TEST_${names}")
    find_program(${variable} NAMES ${names})
    mark_as_advanced(${variable})
    if(${variable})
        list(APPEND compilers "${${variable}}")
    endif()
endforeach()
list(REMOVE_DUPLICATES compilers)

file(GLOB error_tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/errors/*.c")
file(GLOB listing_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/listings/*.c")
foreach(source ${listing_sources})
    file(STRINGS "${source}" marks REGEX "^//~ first-line-has")
    if(marks)
        list(APPEND error_tests "${source}")
    endif()
endforeach()
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/*.h")

foreach(compiler ${compilers})
    get_filename_component(compiler_name "${compiler}" NAME)
    foreach(source ${error_tests})
        get_filename_component(name "${source}" NAME_WE)
        fearless_test(NAME errors.${name}.${compiler_name} LABELS errors
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/errors/run-one.sh"
                    "${compiler}" "${source}")
    endforeach()
    foreach(header ${headers})
        string(REGEX REPLACE "[/.]" "_" name "${header}")
        fearless_test(NAME headers.${name}.${compiler_name} LABELS headers
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/headers/run-one.sh"
                    "${compiler}" "${header}")
    endforeach()
endforeach()

# Programs in C++, where a compiler for it is found. What the library was built with for sanitizers and coverage only goes
# with the compiler of the same make.
set(cxx_compilers "")
foreach(names "g++" "clang++-14" "clang++-22;clang++-21;clang++-20;clang++-19;clang++-18;clang++-17;clang++")
    string(REPLACE ";" "_" variable "FEARLESS_TEST_${names}")
    find_program(${variable} NAMES ${names})
    mark_as_advanced(${variable})
    if(${variable})
        list(APPEND cxx_compilers "${${variable}}")
    endif()
endforeach()
list(REMOVE_DUPLICATES cxx_compilers)
set(cxx_flags "")
if(FEARLESS_SANITIZE)
    set(cxx_flags "-fsanitize=${FEARLESS_SANITIZE}")
elseif(FEARLESS_COVERAGE)
    set(cxx_flags "--coverage")
endif()
if(cxx_flags AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(FILTER cxx_compilers INCLUDE REGEX "/g[+][+]")
elseif(cxx_flags)
    set(cxx_compilers "${CMAKE_C_COMPILER}")
    list(TRANSFORM cxx_compilers REPLACE "clang([^/]*)$" "clang++\\1")
endif()
file(GLOB cxx_programs CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cxx/*.cpp")
foreach(compiler ${cxx_compilers})
    get_filename_component(compiler_name "${compiler}" NAME)
    foreach(source ${cxx_programs})
        get_filename_component(name "${source}" NAME_WE)
        fearless_test(NAME cxx.${name}.${compiler_name} LABELS rt cxx
            COMMAND "${CMAKE_COMMAND}" -E env "FLAGS=${cxx_flags}"
                    "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/cxx/run-one.sh" "${compiler}" "${source}")
    endforeach()
endforeach()
