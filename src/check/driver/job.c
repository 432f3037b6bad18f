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

char *path_seen_from(const char *here, const char *path, const char *directory)
{
    if (!directory)
        return g_strdup(path);

    char *base = g_canonicalize_filename(directory, here);
    char *full = g_canonicalize_filename(path, base);
    size_t length = strlen(here);
    if (strncmp(full, here, length) == 0 && full[length] == '/') {
        char *below = g_strdup(full + length + 1);
        g_free(full);
        full = below;
    }
    g_free(base);
    return full;
}

char *job_path_from_here(const struct job *job)
{
    char *here = g_get_current_dir();
    char *path = path_seen_from(here, job->path, job->directory);

    g_free(here);
    return path;
}
