# cmake --install: headers, both libraries, the command, a pkg-config file and a CMake package.

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
endif()

if(TARGET fearless)
    install(TARGETS fearless RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
