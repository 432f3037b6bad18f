#include "apart.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "message.h"
#include "wire.h"

struct apart {
    pid_t pid;
    int fd;
    GByteArray *bytes; /* NULL: not waited for yet */
};

/* ---- in the part's process ---- */

static bool is_new(const struct finding *f, void *data)
{
    unsigned *before = data;

    (void)f;
    if (*before == 0)
        return true;
    --*before;
    return false;
}

static void send_new(struct findings *sink, unsigned before, struct source_table *sources, int out)
{
    struct report report;

    report_init(&report);
    report.outcome = OUTCOME_CHECKED;
    report.findings = sink;
    report.sources = sources;
    findings_keep(sink, is_new, &before);
    GByteArray *bytes = wire_write(&report);
    write_out(out, (const char *)bytes->data, bytes->len);
}

/* ---- in the other ---- */

static void wait_for(struct apart *apart)
{
    guint8 buffer[1 << 14];
    ssize_t n;
    int status = 0;

    apart->bytes = g_byte_array_new();
    while ((n = read(apart->fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            g_byte_array_append(apart->bytes, buffer, (guint)n);
    close(apart->fd);
    while (waitpid(apart->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
}

struct apart *apart_begin(void (*part)(void *data), void *data, struct findings *sink, const struct apart_options *options)
{
    unsigned before = findings_count(sink);
    int fd;

    pid_t pid = child_begin(&fd);
    if (pid < 0)
        return NULL;
    if (pid == 0) {
        part(data);
        send_new(sink, before, options->sources, fd);
        _exit(0);
    }
    struct apart *apart = g_new0(struct apart, 1);
    apart->pid = pid;
    apart->fd = fd;
    if (!options->at_once)
        wait_for(apart);
    return apart;
}

void apart_end(struct apart *apart, struct findings *sink, const struct apart_options *options)
{
    struct report report;

    if (!apart->bytes)
        wait_for(apart);
    report_init(&report);
    findings_free(report.findings);
    source_table_free(report.sources);
    report.findings = sink;
    report.sources = options->sources;
    if (!wire_read(apart->bytes->data, apart->bytes->len, &report))
        _exit(1);
    report.findings = findings_new();
    report.sources = source_table_new();
    report_clear(&report);
    g_byte_array_free(apart->bytes, TRUE);
    g_free(apart);
}
