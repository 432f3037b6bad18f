# Finds libclang, version 17 or newer: the first that exposes operator kinds.
#
#   FEARLESS_LLVM_VERSION   major version wanted; empty: the newest found
#
# Defines the target LibClang::LibClang, LibClang_MAJOR and LibClang_RESOURCE_DIR (where clang's
# own headers such as stddef.h are).

set(LibClang_MINIMUM 17)
set(LibClang_NEWEST 22)

# Where to look: Debian's directories from new to old, then what llvm-config in PATH says.
set(roots "")
if(FEARLESS_LLVM_VERSION)
    list(APPEND roots "/usr/lib/llvm-${FEARLESS_LLVM_VERSION}")
    set(config_names llvm-config-${FEARLESS_LLVM_VERSION} llvm-config)
else()
    foreach(version RANGE ${LibClang_NEWEST} ${LibClang_MINIMUM} -1)
        list(APPEND roots "/usr/lib/llvm-${version}")
    endforeach()
    set(config_names llvm-config)
endif()
foreach(name ${config_names})
    find_program(LibClang_CONFIG_${name} ${name})
    mark_as_advanced(LibClang_CONFIG_${name})
    if(LibClang_CONFIG_${name})
        execute_process(COMMAND "${LibClang_CONFIG_${name}}" --prefix
                        OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        list(APPEND roots "${prefix}")
    endif()
endforeach()

# The version is what the library itself answers, not what a directory is called.
set(LibClang_probe "${PROJECT_BINARY_DIR}/CMakeFiles/libclang_version.c")
file(WRITE "${LibClang_probe}" [[
#include <clang-c/Index.h>
#include <stdio.h>
int main(void)
{
    CXString version = clang_getClangVersion();
    puts(clang_getCString(version));
    clang_disposeString(version);
    return 0;
}
]])

set(LibClang_MAJOR "")
foreach(root ${roots})
    if(LibClang_MAJOR OR NOT EXISTS "${root}/include/clang-c/Index.h")
        continue()
    endif()
    file(GLOB libraries "${root}/lib/libclang.so" "${root}/lib/libclang-[0-9]*.so"
                        "${root}/lib/libclang.dylib")
    if(NOT libraries)
        continue()
    endif()
    list(GET libraries 0 library)
    if(NOT "${LibClang_PROBED_${root}}" MATCHES ".")
        # The probe must not inherit a language standard or flags that upset clang's headers.
        try_run(ran compiled "${PROJECT_BINARY_DIR}/CMakeFiles/libclang_probe"
                "${LibClang_probe}"
                CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${root}/include"
                LINK_LIBRARIES "${library}"
                COMPILE_OUTPUT_VARIABLE build_log
                RUN_OUTPUT_VARIABLE answer)
        unset(ran CACHE)
        unset(compiled CACHE)
        if("${answer}" MATCHES "version ([0-9]+)")
            set("LibClang_PROBED_${root}" "${CMAKE_MATCH_1}" CACHE INTERNAL "")
        else()
            message(STATUS "libclang in ${root} does not work: ${build_log}${answer}")
            continue()
        endif()
    endif()
    set(major "${LibClang_PROBED_${root}}")
    if(major LESS LibClang_MINIMUM)
        message(STATUS "libclang ${major} in ${root} is too old (wanted: ${LibClang_MINIMUM} or newer)")
    elseif(FEARLESS_LLVM_VERSION AND NOT major EQUAL FEARLESS_LLVM_VERSION)
        message(STATUS "libclang in ${root} is ${major}, not ${FEARLESS_LLVM_VERSION}")
    else()
        set(LibClang_MAJOR ${major})
        set(LibClang_INCLUDE_DIR "${root}/include")
        set(LibClang_LIBRARY "${library}")
        set(LibClang_RESOURCE_DIR "${root}/lib/clang/${major}")
    endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibClang
    REQUIRED_VARS LibClang_LIBRARY LibClang_INCLUDE_DIR LibClang_MAJOR
    REASON_FAILURE_MESSAGE "install libclang-N-dev, N from ${LibClang_MINIMUM} to ${LibClang_NEWEST}")

if(LibClang_FOUND AND NOT TARGET LibClang::LibClang)
    add_library(LibClang::LibClang UNKNOWN IMPORTED)
    set_target_properties(LibClang::LibClang PROPERTIES
        IMPORTED_LOCATION "${LibClang_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${LibClang_INCLUDE_DIR}")
endif()
