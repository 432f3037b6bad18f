# The command `fearless`: one static library for each folder of src/check, in pipeline order, so
# that a folder can only use what it is given here. Only front/ sees libclang's headers.

find_package(LibClang REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.66)
pkg_check_modules(JSON_GLIB REQUIRED IMPORTED_TARGET json-glib-1.0)

include(Embed)

set(check_parts "")

# A folder that is still empty becomes a library of nothing, so that the rest configures.
function(fearless_check_part name)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/check/${name}/*.c"
         "${PROJECT_SOURCE_DIR}/src/check/${name}/*/*.c")
    list(FILTER sources EXCLUDE REGEX "/driver/main\\.c$")
    if(sources)
        add_library(check_${name} STATIC ${sources})
        target_link_libraries(check_${name} PRIVATE fearless_options)
        set(scope PUBLIC)
        set(check_parts ${check_parts} check_${name} PARENT_SCOPE)
    else()
        add_library(check_${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(check_${name} ${scope} "${PROJECT_SOURCE_DIR}/src/check")
    target_link_libraries(check_${name} ${scope} PkgConfig::GLIB ${ARGN})
endfunction()

fearless_check_part(base)
fearless_check_part(ir)
fearless_check_part(link)
fearless_check_part(front)
fearless_check_part(flow)
fearless_check_part(analysis)
fearless_check_part(diag PkgConfig::JSON_GLIB)
fearless_check_part(driver PkgConfig::JSON_GLIB)

# What the checker must know about where it lives. Its own headers are looked up relative to the
# binary first (an installed tree may be moved; the build tree has a link of the same shape).
file(RELATIVE_PATH include_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_INCLUDEDIR}")
set(check_definitions
    FEARLESS_VERSION="${PROJECT_VERSION}"
    FEARLESS_LLVM_MAJOR=${LibClang_MAJOR}
    FEARLESS_CLANG_RESOURCE_DIR="${LibClang_RESOURCE_DIR}"
    FEARLESS_INCLUDE_FROM_BIN="${include_from_bin}"
    FEARLESS_INCLUDE_DIR="${CMAKE_INSTALL_FULL_INCLUDEDIR}")
get_filename_component(build_include "${PROJECT_BINARY_DIR}/bin/${include_from_bin}" ABSOLUTE)
if(NOT EXISTS "${build_include}")
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/include" "${build_include}" SYMBOLIC)
endif()

foreach(part front driver)
    get_target_property(type check_${part} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
        target_compile_definitions(check_${part} PRIVATE ${check_definitions})
        target_include_directories(check_${part} PRIVATE "${embedded_dir}")
    endif()
endforeach()
get_target_property(type check_front TYPE)
if(type STREQUAL "STATIC_LIBRARY")
    target_include_directories(check_front SYSTEM PRIVATE "${LibClang_INCLUDE_DIR}")
endif()

# Everything the command consists of but main.c; tests link this, too. The parts name one another's
# functions in both directions of the link line, hence the group.
add_library(check_all INTERFACE)
string(REPLACE ";" "," group "check_models;check_pages;check_pages;${check_parts}")
target_link_libraries(check_all INTERFACE
    "$<LINK_GROUP:RESCAN,${group}>"
    "${LibClang_LIBRARY}" PkgConfig::GLIB PkgConfig::JSON_GLIB)

file(GLOB main_source CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/check/driver/main.c")
if(main_source)
    add_executable(fearless ${main_source})
    target_compile_definitions(fearless PRIVATE ${check_definitions})
    target_link_libraries(fearless PRIVATE fearless_options check_all)
    set_target_properties(fearless PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin"
        INSTALL_RPATH_USE_LINK_PATH ON)
    if(FEARLESS_COVERAGE)
        target_sources(fearless PRIVATE "${PROJECT_SOURCE_DIR}/cmake/dev/coverage_exit.c")
        target_link_options(fearless PRIVATE LINKER:--wrap=_exit)
    endif()
else()
    message(STATUS "src/check/driver/main.c is not there: the command is not built")
endif()
