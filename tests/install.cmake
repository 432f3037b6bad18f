# The installed package, used from outside the tree. Not under sanitizers: a consumer is built without.

if(TARGET fearless_static AND NOT FEARLESS_SANITIZE AND NOT FEARLESS_COVERAGE)
    foreach(consumer pkgconfig cmake)
        fearless_test(NAME install.${consumer} LABELS install
            COMMAND "${BASH_PROGRAM}" "${CMAKE_CURRENT_SOURCE_DIR}/install/run.sh" ${consumer})
    endforeach()
endif()
