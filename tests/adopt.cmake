# docs/adopting.md, followed in a project with CMake and in one with a Makefile. Not under sanitizers: those check the command.

if(TARGET fearless AND NOT FEARLESS_SANITIZE AND NOT FEARLESS_COVERAGE)
    foreach(way cmake make docs)
        fearless_test(NAME adopt.${way} LABELS adopt TIMEOUT 300
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/adopt/run.sh" ${way})
    endforeach()
endif()
