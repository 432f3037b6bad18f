# ir/programs/*.c: lowered, printed back as C and run. ir/print_c is the printer.

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/ir/print_c/*.c")
add_executable(print_c ${sources})
target_link_libraries(print_c PRIVATE fearless_options check_all)
set_target_properties(print_c PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/ir")

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/ir/programs/*.c")
foreach(source ${sources})
    get_filename_component(name "${source}" NAME_WE)
    fearless_test(NAME ir.${name} LABELS ir
        COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/ir/run-one.sh" "$<TARGET_FILE:print_c>" "${source}")
endforeach()
