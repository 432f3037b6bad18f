/* A correct program: a parser with out-parameters, optional parts and a struct that collects them. */
#include "words.h"

struct config {
    text host, user;
    int port;
    bool verbose;
};
FL_DROP_FIELDS(struct config, config_drop, host, user)
#define FL_OWNED struct config, config_drop
#include <fearless/owned.h>

static bool parse_int(const char *s, int *ret_value)
{
    char *end;
    long v = strtol(s, &end, 10);
    if (end == s || *end != '\0')
        return false;
    *ret_value = (int)v;
    return true;
}

static int parse_line(const char *line, struct config *c)
{
    const char *eq = strchr(line, '=');
    if (!eq)
        return -1;
    size_t key = (size_t)(eq - line);
    if (strncmp(line, "host", key) == 0) {
        fl_drop(c->host);
        c->host = text_of(eq + 1);
    } else if (strncmp(line, "user", key) == 0) {
        text old = fl_replace(&c->user, text_of(eq + 1));
        if (old.s)
            fprintf(stderr, "user given twice\n");
        fl_drop(old);
    } else if (strncmp(line, "port", key) == 0) {
        int port;
        if (!parse_int(eq + 1, &port))
            return -1;
        c->port = port;
    } else if (strcmp(line, "verbose=1") == 0) {
        c->verbose = true;
    } else {
        return -1;
    }
    return 0;
}

static int parse(const char *const *lines, struct config *ret_config)
{
    struct config c = { .port = 80 };
    fl_auto(c);
    for (int i = 0; lines[i]; i++) {
        int rc = parse_line(lines[i], &c);
        if (rc != 0) {
            fprintf(stderr, "line %d: %s\n", i + 1, lines[i]);
            return rc;
        }
    }
    if (!c.host.s)
        c.host = text_of("localhost");
    *ret_config = fl_move(c);
    return 0;
}

int main(void)
{
    const char *const lines[] = { "host=example.org", "port=8080", "user=me", NULL };
    struct config c;
    if (parse(lines, &c) != 0)
        return 1;
    printf("%s:%d %s\n", c.host.s, c.port, c.user.s ? c.user.s : "-");
    fl_drop(c);
    return 0;
}
