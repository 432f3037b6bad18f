# examples/*.c and examples/listings/*.c. What a file says about itself decides:
#
#   //~ first-line-has ...   must not compile: a test of errors/ (compilers.cmake)
#   //~ ERROR ...            must be rejected by the checker: a UI test, not built
#   neither                  is built, must be accepted, and runs if a .out stands beside it

file(GLOB sources CONFIGURE_DEPENDS
     "${PROJECT_SOURCE_DIR}/examples/*.c" "${PROJECT_SOURCE_DIR}/examples/listings/*.c")
file(GLOB outputs CONFIGURE_DEPENDS
     "${PROJECT_SOURCE_DIR}/examples/*.out" "${PROJECT_SOURCE_DIR}/examples/listings/*.out")

foreach(source ${sources})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    get_filename_component(name "${source}" NAME_WE)
    get_filename_component(folder "${source}" DIRECTORY)
    get_filename_component(folder "${folder}" NAME)
    file(STRINGS "${source}" must_not_compile REGEX "^//~ first-line-has")
    file(STRINGS "${source}" must_be_rejected REGEX "//~[v^|]* *(ERROR|WARNING)")

    if(NOT must_not_compile AND TARGET fearless)
        fearless_ui_test(${folder}.${name} "${source}")
    endif()
    if(must_not_compile OR must_be_rejected OR NOT TARGET fearless_static)
        continue()
    endif()
    fearless_program(example_${folder}_${name} "${source}" ${folder} fearless_static)
    string(REGEX REPLACE "\\.c$" ".out" output "${source}")
    if("${output}" IN_LIST outputs)
        fearless_test(NAME examples.${name} LABELS examples
            COMMAND "${BASH_PROGRAM}" "${PROJECT_SOURCE_DIR}/tests/examples/run-one.sh"
                    $<TARGET_FILE:example_${folder}_${name}> "${source}")
    endif()
endforeach()
