# check/*.c: unit tests of the checker's parts. ui/RULE/*.c and cli/*.sh: tests of the command.

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/check/*.c")
foreach(source ${sources})
    get_filename_component(name "${source}" NAME_WE)
    fearless_program(check_test_${name} "${source}" tests/check check_all PkgConfig::CMOCKA)
    fearless_test(NAME check.${name} LABELS check COMMAND check_test_${name})
endforeach()

# fearless_ui_tests(NAME LABELS source...): files of one folder in batches, NAME.1 and so on. What a file costs is for the
# most part starting a compiler and a checker.
function(fearless_ui_tests name labels)
    set(batch ${ARGN})
    set(number 1)
    while(batch)
        list(SUBLIST batch 0 12 some)
        fearless_test(NAME ${name}.${number} LABELS ${labels} TIMEOUT 300
            COMMAND "${BASH_PROGRAM}" "${PROJECT_SOURCE_DIR}/tests/ui/run-many.sh" ${some})
        list(REMOVE_ITEM batch ${some})
        math(EXPR number "${number} + 1")
    endwhile()
endfunction()

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/ui/*/*.c")
file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cli/*.sh")
if(TARGET fearless)
    file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${CMAKE_CURRENT_SOURCE_DIR}/ui/*")
    foreach(folder ${folders})
        set(files ${sources})
        list(FILTER files INCLUDE REGEX "^${folder}/")
        get_filename_component(name "${folder}" NAME)
        fearless_ui_tests(ui.${name} ui ${files})
    endforeach()
    if(FEARLESS_SANITIZE) # the command's own memory: one run over all, not a test for each
        fearless_test(NAME ui.sweep LABELS sweep TIMEOUT 600
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/ui/sweep.sh")
    endif()
    # a sixth of the mutants; `./dev mutate` tries all
    fearless_test(NAME mutate.few LABELS mutate TIMEOUT 300
        COMMAND "${CMAKE_COMMAND}" -E env FEW=1 "FEARLESS=$<TARGET_FILE:fearless>"
                "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/mutate/run.sh")
    foreach(script ${scripts})
        get_filename_component(name "${script}" NAME_WE)
        fearless_test(NAME cli.${name} LABELS cli TIMEOUT 300 COMMAND "${BASH_PROGRAM}" "${script}")
    endforeach()
endif()
