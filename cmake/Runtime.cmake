# libfearless, static and shared, from one compilation of src/rt/*.c.
#
# -fexceptions: a panic unwinds through the library's own frames, and through the program's, so the flag is
# part of the interface. -pthread is written out: FindThreads leaves it away where libc has it all, and
# then a package would not pass it on to where that is not so.

file(GLOB rt_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/rt/*.c")

add_library(fearless_headers INTERFACE)
target_include_directories(fearless_headers INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_compile_options(fearless_headers INTERFACE -fexceptions -pthread)
target_link_options(fearless_headers INTERFACE -pthread)
set_target_properties(fearless_headers PROPERTIES EXPORT_NAME headers)

if(rt_sources)
    add_library(fearless_objects OBJECT ${rt_sources})
    target_link_libraries(fearless_objects PRIVATE fearless_options fearless_headers)
    target_compile_definitions(fearless_objects PRIVATE FL_BUILDING_LIBRARY_=1)
    set_target_properties(fearless_objects PROPERTIES
        POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)

    add_library(fearless_static STATIC $<TARGET_OBJECTS:fearless_objects>)
    add_library(fearless_shared SHARED $<TARGET_OBJECTS:fearless_objects>)
    set_target_properties(fearless_static fearless_shared PROPERTIES
        OUTPUT_NAME fearless
        LINKER_LANGUAGE C
        ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib"
        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
    set_target_properties(fearless_shared PROPERTIES
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} EXPORT_NAME fearless)
    foreach(lib fearless_static fearless_shared)
        target_link_libraries(${lib} PUBLIC fearless_headers PRIVATE $<BUILD_INTERFACE:fearless_options>)
    endforeach()
    if(NOT FEARLESS_SANITIZE)
        target_link_options(fearless_shared PRIVATE LINKER:-z,defs)
    endif()

    add_library(fearless::fearless ALIAS fearless_shared)
    add_library(fearless::fearless_static ALIAS fearless_static)
endif()
