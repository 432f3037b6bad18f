#include "job.h"

#include <string.h>

struct job *job_new(const char *path, const char *directory)
{
    struct job *job = g_new0(struct job, 1);

    job->path = g_strdup(path);
    job->directory = g_strdup(directory);
    job->flags = g_ptr_array_new_with_free_func(g_free);
    return job;
}

void job_free(void *data)
{
    struct job *job = data;

    g_free(job->path);
    g_free(job->directory);
    g_free(job->origin);
    g_ptr_array_free(job->flags, TRUE);
    g_free(job);
}

char *job_path_from_here(const struct job *job)
{
    if (!job->directory)
        return g_strdup(job->path);

    char *here = g_get_current_dir();
    char *path = g_canonicalize_filename(job->path, job->directory);
    size_t length = strlen(here);
    if (strncmp(path, here, length) == 0 && path[length] == '/') {
        char *below = g_strdup(path + length + 1);
        g_free(path);
        path = below;
    }
    g_free(here);
    return path;
}
