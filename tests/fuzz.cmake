# ../bench/fuzz/covered: programs of libFuzzer, built where its code is instrumented for it (./dev fuzz covered).

if(CMAKE_C_FLAGS_DEBUG MATCHES "fuzzer-no-link" AND TARGET fearless)
    foreach(name lower render)
        add_executable(fuzz_${name} EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/bench/fuzz/covered/${name}.c")
        target_link_libraries(fuzz_${name} PRIVATE fearless_options check_all)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz_${name} PROPERTIES
            OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/fuzz")
    endforeach()
endif()
