# rt/unit and rt/stress: one program each, linked to the static library so that a test can also reach
# what the shared one hides.

foreach(kind unit stress)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/rt/${kind}/*.c")
    foreach(source ${sources})
        if(NOT TARGET fearless_static)
            continue()
        endif()
        get_filename_component(name "${source}" NAME_WE)
        fearless_program(rt_${kind}_${name} "${source}" tests/rt/${kind}
                         fearless_static PkgConfig::CMOCKA)
        target_include_directories(rt_${kind}_${name} PRIVATE "${PROJECT_SOURCE_DIR}/src/rt")
        fearless_test(NAME rt.${kind}.${name} LABELS rt ${kind} TIMEOUT 300
                      COMMAND ${FEARLESS_TEST_LAUNCHER} $<TARGET_FILE:rt_${kind}_${name}>)
    endforeach()
endforeach()
