#include "explain.h"

#include <string.h>
#include <unistd.h>

#include "diag/diag.h"
#include "embedded_pages.h"
#include "message.h"
#include "run.h"

static const struct embedded_page *page_of(const char *code)
{
    char *name = g_strconcat(code, ".md", NULL);
    const struct embedded_page *found = NULL;

    for (size_t i = 0; i < embedded_page_count && !found; i++) {
        if (strcmp(embedded_pages[i].name, name) == 0)
            found = &embedded_pages[i];
    }
    g_free(name);
    return found;
}

const char *explain_page(const char *code)
{
    const struct embedded_page *page = page_of(code);

    return page ? page->text : NULL;
}

int explain(const char *code)
{
    const struct code_info *info = code_lookup(code);
    const struct embedded_page *page = info ? page_of(info->code) : NULL;

    if (page) {
        write_out(STDOUT_FILENO, page->text, page->size);
    } else if (info) {
        char *text = g_strdup_printf(
            "%s: %s.\n\nThis version of fearless does not report it yet: the code is reserved "
            "for a check that is still to come.\n",
            info->code, info->title);
        write_out(STDOUT_FILENO, text, strlen(text));
        g_free(text);
    } else {
        message_error("%s is not a valid error code", code);
        message_help("codes look like E0382 or F0301; `fearless --help` says more");
        message_end();
        return EXIT_NOT_CHECKED;
    }
    return EXIT_CLEAN;
}
