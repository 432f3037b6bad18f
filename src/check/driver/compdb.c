#include "compdb.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "command.h"
#include "job.h"
#include "message.h"

static void wrong_shape(const char *path, guint entry, const char *what)
{
    message_error("`%s` is not a compilation database: entry %u %s", path, entry + 1, what);
    message_help(
        "each entry is an object with \"directory\", \"file\" and \"command\" or \"arguments\"");
    message_end();
}

/* A member's string; NULL when it is missing or something else. */
static const char *string_member(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                   : NULL;
}

/* The words of "arguments" or of "command"; NULL, with a message, when there are none. */
static GPtrArray *words_of(JsonObject *entry, const char *path, guint index)
{
    JsonNode *arguments = json_object_get_member(entry, "arguments");
    const char *command = string_member(entry, "command");
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    if (arguments && JSON_NODE_HOLDS_ARRAY(arguments)) {
        JsonArray *array = json_node_get_array(arguments);
        for (guint i = 0; i < json_array_get_length(array); i++) {
            JsonNode *word = json_array_get_element(array, i);
            if (json_node_get_value_type(word) != G_TYPE_STRING) {
                wrong_shape(path, index, "has \"arguments\" that are not all strings");
                g_ptr_array_free(words, TRUE);
                return NULL;
            }
            g_ptr_array_add(words, g_strdup(json_node_get_string(word)));
        }
    } else if (command) {
        char **argv = NULL;
        GError *error = NULL;
        if (!g_shell_parse_argv(command, NULL, &argv, &error)) {
            message_error("`%s`, entry %u: its \"command\" cannot be split into words", path,
                          index + 1);
            message_note("%s", error->message);
            message_end();
            g_error_free(error);
            g_ptr_array_free(words, TRUE);
            return NULL;
        }
        for (char **word = argv; *word; word++)
            g_ptr_array_add(words, *word);
        g_free(argv);
    } else {
        wrong_shape(path, index, "has neither \"command\" nor \"arguments\"");
        g_ptr_array_free(words, TRUE);
        return NULL;
    }
    return words;
}

/* Programs that stand before the compiler and run it. */
static bool runs_a_compiler(const char *word)
{
    static const char *const launchers[] = { "ccache", "sccache", "distcc", "icecc", "fearless" };
    char *name = g_path_get_basename(word);
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(launchers); i++)
        found = found || strcmp(name, launchers[i]) == 0;
    g_free(name);
    return found;
}

static bool read_entry(JsonNode *node, const char *path, guint index, const char *base,
                       GPtrArray *jobs)
{
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        wrong_shape(path, index, "is not an object");
        return false;
    }

    JsonObject *entry = json_node_get_object(node);
    const char *file = string_member(entry, "file");
    if (!file) {
        wrong_shape(path, index, "has no \"file\"");
        return false;
    }

    GPtrArray *words = words_of(entry, path, index);
    if (!words)
        return false;
    guint first = 0;
    while (first < words->len && runs_a_compiler(g_ptr_array_index(words, first)))
        first++;
    bool is_cxx = first < words->len && compiler_is_cxx(g_ptr_array_index(words, first));
    first++;

    struct command command;
    guint count = first < words->len ? words->len - first : 0;
    const char *directory = string_member(entry, "directory");
    char *where = g_canonicalize_filename(directory ? directory : ".", base);
    command_parse(&command, (const char *const *)words->pdata + first, count, is_cxx, where);
    /* The entry's own file is what counts; what the command says about it is whether it is C. */
    if (command.compiles && (command.sources->len || (is_c_source(file) && !is_cxx))) {
        struct job *job = job_new(file, where);
        for (guint i = 0; i < command.flags->len; i++)
            g_ptr_array_add(job->flags, g_strdup(g_ptr_array_index(command.flags, i)));
        job->origin = g_strdup_printf("entry %u of %s", index + 1, path);
        g_ptr_array_add(jobs, job);
    }
    g_free(where);
    command_clear(&command);
    g_ptr_array_free(words, TRUE);
    return true;
}

static bool read_entries(JsonNode *root, const char *path, GPtrArray *jobs)
{
    if (!root || !JSON_NODE_HOLDS_ARRAY(root)) {
        message_error("`%s` is not a compilation database: it is not an array of entries", path);
        message_end();
        return false;
    }

    JsonArray *entries = json_node_get_array(root);
    char *folder = g_path_get_dirname(path);
    char *base = g_canonicalize_filename(folder, NULL);
    guint before = jobs->len;
    bool ok = true;
    for (guint i = 0; ok && i < json_array_get_length(entries); i++)
        ok = read_entry(json_array_get_element(entries, i), path, i, base, jobs);
    if (ok && jobs->len == before) {
        message_error("`%s` names no C file", path);
        message_help(
            "build the project from scratch while it is written (`make clean`, then `bear -- make`)");
        message_end();
        ok = false;
    }
    g_free(base);
    g_free(folder);
    return ok;
}

static void cannot_read(const char *path, const char *database, const GError *error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        message_error("there is no compile_commands.json in `%s`", path);
        message_help(
            "make one with `bear -- make`, or with `cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON`");
    } else if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        message_error("couldn't read `%s`: No such file or directory", path);
        message_help("-p takes the folder in which compile_commands.json is, or its path");
    } else {
        message_error("couldn't read `%s`", database);
        message_note("%s", error->message);
    }
    message_end();
}

bool compdb_load(const char *path, GPtrArray *jobs)
{
    char *database = g_file_test(path, G_FILE_TEST_IS_DIR)
                         ? g_build_filename(path, "compile_commands.json", NULL)
                         : g_strdup(path);
    char *text = NULL;
    size_t length;
    GError *error = NULL;
    bool ok = false;

    if (!g_file_get_contents(database, &text, &length, &error)) {
        cannot_read(path, database, error);
    } else {
        JsonParser *parser = json_parser_new();
        if (!json_parser_load_from_data(parser, text, (gssize)length, &error)) {
            /* json-glib's message starts with "<data>:LINE:COLUMN: ". */
            const char *where =
                g_str_has_prefix(error->message, "<data>:") ? error->message + 7 : error->message;
            message_error("`%s` is not valid JSON", database);
            message_note("%s:%s", database, where);
            message_end();
        } else {
            ok = read_entries(json_parser_get_root(parser), database, jobs);
        }
        g_object_unref(parser);
    }
    g_clear_error(&error);
    g_free(text);
    g_free(database);
    return ok;
}
