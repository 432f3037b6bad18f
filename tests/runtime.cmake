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
        set_tests_properties(rt.${kind}.${name} PROPERTIES SKIP_RETURN_CODE 77)    # the launcher's
    endforeach()
endforeach()

# test_no_memory stands between the library and its allocations.
if(TARGET rt_unit_test_no_memory)
    foreach(function malloc calloc realloc aligned_alloc strdup strndup getline __getdelim free
            pthread_create pthread_attr_init pthread_setspecific atexit fopen)
        target_link_options(rt_unit_test_no_memory PRIVATE "LINKER:--wrap=${function}")
    endforeach()
endif()

# Every atomic operation of the runtime says what it orders, or why it need not.
file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/rt/*.[ch]")
list(FILTER sources EXCLUDE REGEX "/(atomic|asymmetric)\\.h$")    # they define the operations
fearless_test(NAME rt.orders LABELS lint COMMAND awk -f "${CMAKE_CURRENT_SOURCE_DIR}/rt/orders.awk" ${sources})

# The stress tests once more, against a library in which every step of a protocol may take its time (FL_RT_DELAY in
# src/rt/atomic.h): windows of two instructions become wide enough to be hit.
if(TARGET fearless_static)
    add_library(fearless_delayed STATIC EXCLUDE_FROM_ALL ${rt_sources})
    target_link_libraries(fearless_delayed PUBLIC fearless_headers PRIVATE fearless_options)
    target_compile_definitions(fearless_delayed PUBLIC FL_RT_DELAY=1 PRIVATE FL_BUILDING_LIBRARY_=1)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/rt/stress/*.c")
    foreach(source ${sources})
        get_filename_component(name "${source}" NAME_WE)
        fearless_program(rt_delayed_${name} "${source}" tests/rt/delayed fearless_delayed PkgConfig::CMOCKA)
        target_include_directories(rt_delayed_${name} PRIVATE "${PROJECT_SOURCE_DIR}/src/rt")
        fearless_test(NAME rt.delayed.${name} LABELS rt stress TIMEOUT 300
                      COMMAND $<TARGET_FILE:rt_delayed_${name}>)
    endforeach()
endif()
