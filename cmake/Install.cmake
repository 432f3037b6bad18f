# cmake --install: headers, both libraries, man pages, the command, a pkg-config file and a CMake package.

if(TARGET fearless_shared)
    include(CMakePackageConfigHelpers)
    set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fearless")

    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
            FILES_MATCHING PATTERN "*.h")
    install(TARGETS fearless_headers fearless_shared fearless_static EXPORT fearlessTargets)
    install(EXPORT fearlessTargets NAMESPACE fearless:: DESTINATION "${package_dir}")

    configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/fearlessConfig.cmake.in"
        "${PROJECT_BINARY_DIR}/generated/fearlessConfig.cmake" INSTALL_DESTINATION "${package_dir}")
    write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/fearlessConfigVersion.cmake"
        COMPATIBILITY SameMinorVersion)
    install(FILES "${PROJECT_BINARY_DIR}/generated/fearlessConfig.cmake"
                  "${PROJECT_BINARY_DIR}/generated/fearlessConfigVersion.cmake"
            DESTINATION "${package_dir}")

    # The prefix is found from the file's own place, so that an installed tree can be moved.
    file(RELATIVE_PATH prefix_from_pc "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
    configure_file("${PROJECT_SOURCE_DIR}/cmake/fearless.pc.in"
                   "${PROJECT_BINARY_DIR}/generated/fearless.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/generated/fearless.pc"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

    # The man pages, and for each further name in a page's NAME section a page that leads to it.
    file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/man/*.[37]")
    foreach(page ${pages})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${page}")
        get_filename_component(file "${page}" NAME)
        string(REGEX REPLACE ".*\\." "" section "${file}")
        install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
        file(STRINGS "${page}" lines REGEX "^\\.Nm [fF]")
        foreach(line ${lines})
            string(REGEX REPLACE "^\\.Nm ([^ ]+).*" "\\1.${section}" link "${line}")
            if(NOT link STREQUAL file)
                file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/man/${link}"
                     CONTENT ".so man${section}/${file}\n")
                install(FILES "${PROJECT_BINARY_DIR}/generated/man/${link}"
                        DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
            endif()
        endforeach()
    endforeach()
endif()

if(TARGET fearless)
    install(TARGETS fearless RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
    install(FILES "${PROJECT_SOURCE_DIR}/man/fearless.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
endif()
