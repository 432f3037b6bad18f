/*
 * What the command prints for machines. The SARIF log must have what the schema of 2.1.0 requires and nothing of another
 * shape; JSON, SARIF and gcc's lines must tell the same places, and their bytes must be the text that they name.
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* Programs with findings of several codes, relative to SRC. */
static const char *const programs[] = {
    "tests/ui/moves/used_after_move.c", "tests/ui/moves/copied.c",     "tests/ui/moves/moved_in_loop.c",
    "tests/ui/loans/moved.c",           "tests/ui/moves/overwritten.c", "tests/ui/moves/unset_owned.c",
};

static char *run_checker(const char *format, int *ret_status)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    char *out = NULL, *err = NULL;

    g_ptr_array_add(argv, g_strdup(g_getenv("FEARLESS")));
    g_ptr_array_add(argv, g_strdup("check"));
    g_ptr_array_add(argv, g_strdup_printf("--format=%s", format));
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++)
        g_ptr_array_add(argv, g_strdup(programs[i]));
    g_ptr_array_add(argv, g_strdup("--"));
    g_ptr_array_add(argv, g_strdup("-Iinclude"));
    g_ptr_array_add(argv, NULL);
    assert_true(g_spawn_sync(g_getenv("SRC"), (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                             ret_status, NULL));
    g_ptr_array_free(argv, TRUE);
    if (strcmp(format, "gcc") == 0) {
        assert_string_equal(out, "");
        g_free(out);
        return err;
    }
    assert_string_equal(err, "");
    g_free(err);
    return out;
}

static JsonNode *run_for_json(const char *format)
{
    int status;
    GError *error = NULL;
    char *text = run_checker(format, &status);
    JsonNode *root = json_from_string(text, &error);

    if (!root)
        fail_msg("--format=%s is no JSON: %s", format, error ? error->message : "nothing");
    assert_int_not_equal(status, 0);
    g_free(text);
    return root;
}

/* ------------------------------------------------------------- what the schema of SARIF 2.1.0 requires */

static JsonObject *object_in(JsonObject *object, const char *name)
{
    if (!json_object_has_member(object, name) || !JSON_NODE_HOLDS_OBJECT(json_object_get_member(object, name)))
        fail_msg("`%s` must be there and an object", name);
    return json_object_get_object_member(object, name);
}

static JsonArray *array_in(JsonObject *object, const char *name)
{
    if (!json_object_has_member(object, name) || !JSON_NODE_HOLDS_ARRAY(json_object_get_member(object, name)))
        fail_msg("`%s` must be there and an array", name);
    return json_object_get_array_member(object, name);
}

static const char *text_in(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
        fail_msg("`%s` must be there and a string", name);
    return json_node_get_string(node);
}

static int64_t number_in(JsonObject *object, const char *name, int64_t least)
{
    JsonNode *node = json_object_get_member(object, name);

    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)
        fail_msg("`%s` must be there and a whole number", name);
    if (json_node_get_int(node) < least)
        fail_msg("`%s` is %" G_GINT64_FORMAT, name, json_node_get_int(node));
    return json_node_get_int(node);
}

/* The schema allows no member that it does not know. */
static void only(JsonObject *object, const char *const *allowed)
{
    GList *names = json_object_get_members(object);

    for (GList *name = names; name; name = name->next)
        if (!g_strv_contains(allowed, name->data))
            fail_msg("`%s` has no place here", (const char *)name->data);
    g_list_free(names);
}

#define ONLY(object, ...) only(object, (const char *const[]){ __VA_ARGS__, NULL })

static void check_message(JsonObject *message)
{
    ONLY(message, "text", "markdown");
    assert_true(strlen(text_in(message, "text")) > 0);
}

static void check_region(JsonObject *region)
{
    ONLY(region, "startLine", "startColumn", "endLine", "endColumn");
    int64_t line = number_in(region, "startLine", 1), column = number_in(region, "startColumn", 1);
    int64_t end_line = number_in(region, "endLine", line);
    number_in(region, "endColumn", end_line == line ? column : 1);
}

static void check_artifact(JsonObject *artifact)
{
    ONLY(artifact, "uri", "uriBaseId");
    assert_true(g_str_has_prefix(text_in(artifact, "uri"), "tests/ui/"));
    assert_string_equal(text_in(artifact, "uriBaseId"), "PWD");
}

static void check_location(JsonObject *location)
{
    ONLY(location, "physicalLocation", "message");
    JsonObject *place = object_in(location, "physicalLocation");
    ONLY(place, "artifactLocation", "region");
    check_artifact(object_in(place, "artifactLocation"));
    check_region(object_in(place, "region"));
    if (json_object_has_member(location, "message"))
        check_message(object_in(location, "message"));
}

typedef void check_object(JsonObject *object);

static unsigned each(JsonArray *array, check_object *check)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        assert_true(JSON_NODE_HOLDS_OBJECT(json_array_get_element(array, i)));
        check(json_array_get_object_element(array, i));
    }
    return json_array_get_length(array);
}

static int64_t last_order;

static void check_step(JsonObject *step)
{
    ONLY(step, "location", "executionOrder");
    check_location(object_in(step, "location"));
    last_order = number_in(step, "executionOrder", last_order + 1);
}

static void check_thread_flow(JsonObject *flow)
{
    last_order = 0;
    ONLY(flow, "locations");
    assert_true(each(array_in(flow, "locations"), check_step) >= 2);
}

static void check_code_flow(JsonObject *flow)
{
    ONLY(flow, "threadFlows");
    assert_int_equal(each(array_in(flow, "threadFlows"), check_thread_flow), 1);
}

static void check_replacement(JsonObject *replacement)
{
    ONLY(replacement, "deletedRegion", "insertedContent");
    check_region(object_in(replacement, "deletedRegion"));
    text_in(object_in(replacement, "insertedContent"), "text");
}

static void check_change(JsonObject *change)
{
    ONLY(change, "artifactLocation", "replacements");
    check_artifact(object_in(change, "artifactLocation"));
    assert_true(each(array_in(change, "replacements"), check_replacement) >= 1);
}

static void check_fix(JsonObject *fix)
{
    ONLY(fix, "description", "artifactChanges", "properties");
    check_message(object_in(fix, "description"));
    assert_true(each(array_in(fix, "artifactChanges"), check_change) >= 1);
}

static JsonArray *rules;
static unsigned code_flows, fixes, related;

static void check_result(JsonObject *result)
{
    ONLY(result, "ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "codeFlows", "fixes",
         "partialFingerprints");
    assert_int_equal(strlen(text_in(object_in(result, "partialFingerprints"), "fearless/v1")), 16);
    guint index = (guint)number_in(result, "ruleIndex", 0);
    assert_true(index < json_array_get_length(rules));
    assert_string_equal(text_in(json_array_get_object_element(rules, index), "id"), text_in(result, "ruleId"));
    assert_true(g_strv_contains((const char *const[]){ "error", "warning", NULL }, text_in(result, "level")));
    check_message(object_in(result, "message"));
    assert_int_equal(each(array_in(result, "locations"), check_location), 1);
    related += each(array_in(result, "relatedLocations"), check_location);
    if (json_object_has_member(result, "codeFlows"))
        code_flows += each(array_in(result, "codeFlows"), check_code_flow);
    if (json_object_has_member(result, "fixes"))
        fixes += each(array_in(result, "fixes"), check_fix);
    /* a moved value has two places in an order, always */
    if (strcmp(text_in(result, "ruleId"), "E0505") == 0)
        assert_true(json_object_has_member(result, "codeFlows"));
}

static void check_rule(JsonObject *rule)
{
    ONLY(rule, "id", "shortDescription", "help");
    check_message(object_in(rule, "shortDescription"));
    check_message(object_in(rule, "help"));
    assert_true(g_str_has_prefix(text_in(object_in(rule, "help"), "markdown"), "# "));
    assert_non_null(strstr(text_in(object_in(rule, "help"), "markdown"), text_in(rule, "id")));
}

static JsonObject *check_log(JsonNode *root)
{
    JsonObject *log = json_node_get_object(root);
    ONLY(log, "$schema", "version", "runs");
    assert_string_equal(text_in(log, "version"), "2.1.0");
    assert_int_equal(json_array_get_length(array_in(log, "runs")), 1);

    JsonObject *run = json_array_get_object_element(array_in(log, "runs"), 0);
    ONLY(run, "tool", "results", "columnKind", "originalUriBaseIds", "invocations");
    assert_string_equal(text_in(run, "columnKind"), "unicodeCodePoints");
    JsonObject *driver = object_in(object_in(run, "tool"), "driver");
    assert_string_equal(text_in(driver, "name"), "fearless");
    rules = array_in(driver, "rules");
    each(rules, check_rule);
    const char *base = text_in(object_in(object_in(run, "originalUriBaseIds"), "PWD"), "uri");
    assert_true(g_str_has_prefix(base, "file:///") && g_str_has_suffix(base, "/"));
    JsonObject *invocation = json_array_get_object_element(array_in(run, "invocations"), 0);
    assert_true(json_object_get_boolean_member(invocation, "executionSuccessful"));
    return run;
}

static void sarif_is_valid(void **state)
{
    (void)state;
    JsonNode *root = run_for_json("sarif");
    JsonObject *run = check_log(root);
    assert_true(each(array_in(run, "results"), check_result) >= 20);
    assert_true(code_flows >= 15);
    assert_true(fixes >= 3);
    assert_true(related >= 20);
    json_node_unref(root);
}

/* ---------------------------------------------------------------------------- all forms tell the same */

static char *place_text(JsonObject *finding)
{
    JsonArray *spans = array_in(finding, "spans");

    for (guint i = 0; i < json_array_get_length(spans); i++) {
        JsonObject *span = json_array_get_object_element(spans, i);
        if (json_object_get_boolean_member(span, "primary"))
            return g_strdup_printf("%s:%d:%d: %s: %s [%s]", text_in(span, "file"), (int)number_in(span, "line", 1),
                                   (int)number_in(span, "column", 1), text_in(finding, "severity"),
                                   text_in(finding, "message"), text_in(finding, "code"));
    }
    fail_msg("a finding has a primary span");
    return NULL;
}

static void forms_agree(void **state)
{
    (void)state;
    int status;
    JsonNode *root = run_for_json("json"), *sarif = run_for_json("sarif");
    JsonArray *findings = json_node_get_array(root);
    JsonArray *results = array_in(json_array_get_object_element(array_in(json_node_get_object(sarif), "runs"), 0), "results");
    char *gcc = run_checker("gcc", &status);
    char **lines = g_strsplit(gcc, "\n", -1);
    guint found = 0;

    assert_int_equal(json_array_get_length(findings), json_array_get_length(results));
    for (char **line = lines; *line; line++) {
        if (!strstr(*line, ": error: ") && !strstr(*line, ": warning: ")) {
            assert_true(**line == '\0' || strstr(*line, ": note: "));
            continue;
        }
        assert_true(found < json_array_get_length(findings));
        char *wanted = place_text(json_array_get_object_element(findings, found));
        assert_string_equal(*line, wanted);
        JsonObject *result = json_array_get_object_element(results, found);
        JsonObject *location = json_array_get_object_element(array_in(result, "locations"), 0);
        JsonObject *region = object_in(object_in(location, "physicalLocation"), "region");
        char *place = g_strdup_printf(":%d:%d: ", (int)number_in(region, "startLine", 1),
                                      (int)number_in(region, "startColumn", 1));
        assert_non_null(strstr(*line, place));
        g_free(place);
        g_free(wanted);
        found++;
    }
    assert_int_equal(found, json_array_get_length(findings));
    g_strfreev(lines);
    g_free(gcc);
    json_node_unref(root);
    json_node_unref(sarif);
}

/* The bytes, and the line and column, of every span and edit are the same place. */
static void check_bytes(JsonObject *span)
{
    char *path = g_build_filename(g_getenv("SRC"), text_in(span, "file"), NULL), *text;
    gsize length;

    assert_true(g_file_get_contents(path, &text, &length, NULL));
    gsize byte = (gsize)number_in(span, "byte", 0), end = (gsize)number_in(span, "end_byte", (int64_t)byte);
    assert_true(end <= length);
    int64_t line = 1, column = 1;
    for (gsize i = 0; i <= end; i++) {
        if (i == byte) {
            assert_int_equal(number_in(span, "line", 1), line);
            assert_int_equal(number_in(span, "column", 1), column);
        }
        if (i == end) {
            assert_int_equal(number_in(span, "end_line", 1), line);
            assert_int_equal(number_in(span, "end_column", 1), column);
        }
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n';
    }
    g_free(text);
    g_free(path);
}

static void check_suggestion(JsonObject *suggestion)
{
    assert_true(json_object_has_member(suggestion, "safe"));
    text_in(suggestion, "message");
    assert_true(each(array_in(suggestion, "edits"), check_bytes) >= 1);
}

static void check_note(JsonObject *note)
{
    text_in(note, "message");
    each(array_in(note, "spans"), check_bytes);
}

static void check_finding(JsonObject *finding)
{
    each(array_in(finding, "spans"), check_bytes);
    each(array_in(finding, "notes"), check_note);
    each(array_in(finding, "helps"), check_note);
    each(array_in(finding, "suggestions"), check_suggestion);
}

static void json_places_are_right(void **state)
{
    (void)state;
    JsonNode *root = run_for_json("json");
    assert_true(each(json_node_get_array(root), check_finding) >= 20);
    json_node_unref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sarif_is_valid),
        cmocka_unit_test(forms_agree),
        cmocka_unit_test(json_places_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
