# models/*.h travel inside the checker: a C file is generated that holds their bytes, so that the
# command works from wherever it is copied to. embedded_models.h declares what is in it.

file(GLOB model_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/models/*.h")
set(models_dir "${PROJECT_BINARY_DIR}/generated")
set(models_c "${models_dir}/embedded_models.c")

add_custom_command(
    OUTPUT "${models_c}"
    COMMAND "${CMAKE_COMMAND}" "-DOUT=${models_c}" "-DMODELS=${model_files}"
            -P "${PROJECT_SOURCE_DIR}/cmake/WriteModels.cmake"
    DEPENDS ${model_files} "${PROJECT_SOURCE_DIR}/cmake/WriteModels.cmake"
    VERBATIM)

file(CONFIGURE OUTPUT "${models_dir}/embedded_models.h" @ONLY CONTENT [[
/* The headers of models/, as they were when the checker was built. Sorted by name. */
#ifndef FEARLESS_EMBEDDED_MODELS_H
#define FEARLESS_EMBEDDED_MODELS_H

#include <stddef.h>

struct embedded_model {
    const char *name;    /* file name without folder: "pthread.h" */
    const char *text;    /* NUL-terminated */
    size_t size;         /* without the NUL */
};

extern const struct embedded_model embedded_models[];
extern const size_t embedded_model_count;

#endif
]])

add_library(check_models STATIC "${models_c}")
target_include_directories(check_models PUBLIC "${models_dir}")
