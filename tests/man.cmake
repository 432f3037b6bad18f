# ../man: each page is clean and has its sections, its example is built (with this project's warnings), prints what the
# page says and passes the checker, and every public name of the headers stands in exactly one page.

file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/man/*.[37]")
find_program(FEARLESS_MANDOC mandoc)
mark_as_advanced(FEARLESS_MANDOC)

foreach(page ${pages})
    get_filename_component(name "${page}" NAME_WE)
    fearless_test(NAME man.page.${name} LABELS man
        COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/man/page.sh" "${page}")
    if(FEARLESS_MANDOC)
        fearless_test(NAME man.lint.${name} LABELS man COMMAND "${FEARLESS_MANDOC}" -T lint -W warning "${page}")
    endif()

    set(example "${CMAKE_CURRENT_BINARY_DIR}/man/${name}-example")
    add_custom_command(OUTPUT "${example}.c" "${example}.out"
        COMMAND awk -v "to=${example}" -f "${CMAKE_CURRENT_SOURCE_DIR}/man/example.awk" "${page}"
        DEPENDS "${page}" "${CMAKE_CURRENT_SOURCE_DIR}/man/example.awk" VERBATIM)
    if(TARGET fearless_static)
        fearless_program(man_${name} "${example}.c" tests/man fearless_static)
        fearless_test(NAME man.example.${name} LABELS man examples
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/examples/run-one.sh"
                    $<TARGET_FILE:man_${name}> "${example}.c")
    endif()
    list(APPEND examples_of_pages "${example}.c")
endforeach()
if(TARGET fearless AND TARGET fearless_static)
    fearless_ui_tests(man.check "man;ui" ${examples_of_pages})
endif()

# The command's own page: clean, and its options are those that the command has.
set(page "${PROJECT_SOURCE_DIR}/man/fearless.1")
if(FEARLESS_MANDOC)
    fearless_test(NAME man.lint.command LABELS man COMMAND "${FEARLESS_MANDOC}" -T lint -W warning "${page}")
endif()
if(TARGET fearless)
    fearless_test(NAME man.command LABELS man
        COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/man/command.sh" "${page}")
endif()

fearless_test(NAME man.names LABELS man COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/man/names.sh")
