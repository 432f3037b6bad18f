# check/*.c: unit tests of the checker's parts. ui/RULE/*.c and cli/*.sh: tests of the command.

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/check/*.c")
foreach(source ${sources})
    get_filename_component(name "${source}" NAME_WE)
    fearless_program(check_test_${name} "${source}" tests/check check_all PkgConfig::CMOCKA)
    fearless_test(NAME check.${name} LABELS check COMMAND check_test_${name})
endforeach()

function(fearless_ui_test name source)
    fearless_test(NAME ui.${name} LABELS ui TIMEOUT 90
        COMMAND "${BASH_PROGRAM}" "${PROJECT_SOURCE_DIR}/tests/ui/run-one.sh" "${source}")
endfunction()

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/ui/*/*.c")
file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cli/*.sh")
if(TARGET fearless)
    foreach(source ${sources})
        get_filename_component(name "${source}" NAME_WE)
        get_filename_component(folder "${source}" DIRECTORY)
        get_filename_component(folder "${folder}" NAME)
        fearless_ui_test(${folder}.${name} "${source}")
    endforeach()
    if(FEARLESS_SANITIZE) # the command's own memory: one run over all, not a test for each
        fearless_test(NAME ui.sweep LABELS sweep TIMEOUT 600
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/ui/sweep.sh")
    endif()
    foreach(script ${scripts})
        get_filename_component(name "${script}" NAME_WE)
        fearless_test(NAME cli.${name} LABELS cli TIMEOUT 300 COMMAND "${BASH_PROGRAM}" "${script}")
    endforeach()
endif()
