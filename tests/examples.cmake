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
        list(APPEND checked_in_${folder} "${source}")
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

if(TARGET fearless)
    fearless_ui_tests(ui.examples ui ${checked_in_examples})
    fearless_ui_tests(ui.listings ui ${checked_in_listings})
endif()

# The larger ones, each in a folder. They are built as a user would, and as strictly as the rest.
file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*/*.c")
list(FILTER sources EXCLUDE REGEX "/listings/")
if(TARGET fearless)
    foreach(source ${sources})
        get_filename_component(folder "${source}" DIRECTORY)
        get_filename_component(folder "${folder}" NAME)
        list(APPEND folders_of_examples ${folder})
        list(APPEND checked_in_${folder} "${source}")
    endforeach()
    list(REMOVE_DUPLICATES folders_of_examples)
    foreach(folder ${folders_of_examples})
        fearless_ui_tests(ui.${folder} ui ${checked_in_${folder}})
    endforeach()
endif()
if(TARGET fearless_static)
    add_subdirectory("${PROJECT_SOURCE_DIR}/examples" "${PROJECT_BINARY_DIR}/examples")
    get_property(programs DIRECTORY "${PROJECT_SOURCE_DIR}/examples" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(program ${programs})
        target_link_libraries(${program} PRIVATE fearless_options)
    endforeach()
endif()

# examples_test(NAME program...): tests/examples/NAME.sh gets the paths of the programs.
function(examples_test name)
    list(TRANSFORM ARGN REPLACE "(.+)" "$<TARGET_FILE:\\1>")
    fearless_test(NAME examples.${name} LABELS examples TIMEOUT 300
                  COMMAND "${BASH_PROGRAM}" "${PROJECT_SOURCE_DIR}/tests/examples/${name}.sh" ${ARGN})
endfunction()
if(TARGET fearless_static)
    fearless_program(example_chat_room "${CMAKE_CURRENT_SOURCE_DIR}/examples/chat_room.c" tests/examples
                     fearless_static)
    target_sources(example_chat_room PRIVATE "${PROJECT_SOURCE_DIR}/examples/net/net.c")
    examples_test(aggregate aggregate)
    examples_test(chat chat_server chat_client example_chat_room)
    examples_test(checksum checksum)
    examples_test(web_server web_server)

    # examples_unit_test(NAME source of the example...): tests/examples/test_NAME.c, linked with them.
    function(examples_unit_test name)
        fearless_program(example_test_${name} "${PROJECT_SOURCE_DIR}/tests/examples/test_${name}.c" tests/examples
                         fearless_static PkgConfig::CMOCKA)
        list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/examples/")
        target_sources(example_test_${name} PRIVATE ${ARGN})
        fearless_test(NAME examples.${name} LABELS examples TIMEOUT 300 COMMAND example_test_${name})
    endfunction()
    examples_unit_test(chat_room chat/room.c chat/lines.c)
    examples_unit_test(net net/net.c)
    examples_unit_test(thread_pool thread_pool/thread_pool.c)
endif()
