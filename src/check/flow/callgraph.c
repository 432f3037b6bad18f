#include "flow/callgraph.h"

#include "flow/pointed.h"

#include <glib.h>

/* ------------------------------------------------------------------------------------------- sites */

static void take_address(struct callgraph *graph, const struct ir_place *place)
{
    if (place->base == IR_BASE_FUNCTION)
        graph->address_taken[place->base_index] = true;
}

static void scan_operand(struct callgraph *graph, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST)
        take_address(graph, &operand->place);
}

static void scan_statements(struct callgraph *graph, const struct ir_block *block)
{
    for (uint32_t s = 0; s < block->statement_count; s++) {
        const struct ir_statement *statement = &block->statements[s];
        if (statement->kind != IR_ST_ASSIGN)
            continue;
        if (statement->value.kind == IR_RV_ADDRESS_OF)
            take_address(graph, &statement->value.place);
        for (uint32_t i = 0; i < statement->value.operand_count; i++)
            scan_operand(graph, &statement->value.operands[i]);
    }
}

static void scan_function(struct callgraph *graph, const struct ir_function *fn, GArray *sites)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        scan_statements(graph, &fn->blocks[b]);
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind != IR_TERM_CALL)
            continue;
        for (uint32_t i = 0; i < term->call->arg_count; i++)
            scan_operand(graph, &term->call->args[i]);
        struct call_site site = { fn, b, term->call };
        g_array_append_val(sites, site);
    }
}

static void collect_sites(struct callgraph *graph)
{
    const struct ir_unit *unit = graph->unit;
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(struct call_site));
    uint32_t *first = g_new0(uint32_t, unit->function_count + 1);
    for (uint32_t f = 0; f < unit->function_count; f++) {
        first[f] = sites->len;
        if (unit->functions[f]->has_body)
            scan_function(graph, unit->functions[f], sites);
    }
    first[unit->function_count] = sites->len;
    for (uint32_t g = 0; g < unit->global_count; g++)
        for (uint32_t i = 0; i < unit->globals[g]->pointee_count; i++)
            take_address(graph, &unit->globals[g]->pointees[i]);

    graph->site_count = sites->len;
    graph->sites = (struct call_site *)(void *)g_array_free(sites, FALSE);
    graph->sites_by_callee = g_new(struct call_site, graph->site_count + 1);
    for (uint32_t f = 0; f < unit->function_count; f++) {
        graph->calls[f].items = graph->sites + first[f];
        graph->calls[f].count = first[f + 1] - first[f];
    }
    for (uint32_t s = 0; s < graph->site_count; s++)
        if (graph->sites[s].call->callee)
            graph->callers[graph->sites[s].call->callee->index].count++;
    struct call_site *fill = graph->sites_by_callee;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        graph->callers[f].items = fill;
        fill += graph->callers[f].count;
        graph->callers[f].count = 0;
    }
    for (uint32_t s = 0; s < graph->site_count; s++) {
        const struct ir_function *callee = graph->sites[s].call->callee;
        if (!callee)
            continue;
        struct call_sites *callers = &graph->callers[callee->index];
        graph->sites_by_callee[(callers->items - graph->sites_by_callee) + callers->count++] = graph->sites[s];
    }
    g_free(first);
}

/* -------------------------------------------------------------------------------------- components */

/* Tarjan, with its own stack: call chains can be long in generated code. */
struct tarjan {
    struct callgraph *graph;
    uint32_t *number, *low, *next;
    bool *on_stack;
    uint32_t *open, open_count; /* Tarjan's stack */
    uint32_t *path, path_count; /* the depth-first path */
    uint32_t counter;
    uint32_t *members, member_count;
    GArray *components;
};

static bool calls_itself(const struct callgraph *graph, uint32_t f)
{
    for (uint32_t i = 0; i < graph->calls[f].count; i++)
        if (graph->calls[f].items[i].call->callee && graph->calls[f].items[i].call->callee->index == f)
            return true;
    return false;
}

static void close_component(struct tarjan *t, uint32_t root)
{
    struct callgraph_component made = { t->members + t->member_count, 0, false };
    uint32_t f;
    do {
        f = t->open[--t->open_count];
        t->on_stack[f] = false;
        t->graph->component_of[f] = t->components->len;
        t->members[t->member_count++] = f;
        made.count++;
    } while (f != root);
    made.is_recursive = made.count > 1 || calls_itself(t->graph, root);
    g_array_append_val(t->components, made);
}

static void enter(struct tarjan *t, uint32_t f)
{
    t->number[f] = t->low[f] = ++t->counter;
    t->on_stack[f] = true;
    t->open[t->open_count++] = f;
    t->path[t->path_count++] = f;
}

static void search(struct tarjan *t, uint32_t start)
{
    enter(t, start);
    while (t->path_count > 0) {
        uint32_t f = t->path[t->path_count - 1];
        if (t->next[f] < t->graph->calls[f].count) {
            const struct ir_function *callee = t->graph->calls[f].items[t->next[f]++].call->callee;
            if (!callee || !callee->has_body)
                continue;
            if (t->number[callee->index] == 0)
                enter(t, callee->index);
            else if (t->on_stack[callee->index])
                t->low[f] = MIN(t->low[f], t->number[callee->index]);
            continue;
        }
        t->path_count--;
        if (t->path_count > 0) {
            uint32_t parent = t->path[t->path_count - 1];
            t->low[parent] = MIN(t->low[parent], t->low[f]);
        }
        if (t->low[f] == t->number[f])
            close_component(t, f);
    }
}

static void find_components(struct callgraph *graph)
{
    uint32_t count = graph->unit->function_count;
    struct tarjan t = {
        .graph = graph,
        .number = g_new0(uint32_t, count),
        .low = g_new0(uint32_t, count),
        .next = g_new0(uint32_t, count),
        .on_stack = g_new0(bool, count),
        .open = g_new(uint32_t, count + 1),
        .path = g_new(uint32_t, count + 1),
        .members = g_new(uint32_t, count + 1),
        .components = g_array_new(FALSE, FALSE, sizeof(struct callgraph_component)),
    };
    for (uint32_t f = 0; f < count; f++)
        if (graph->unit->functions[f]->has_body && t.number[f] == 0)
            search(&t, f);
    graph->members = t.members;
    graph->component_count = t.components->len;
    graph->components = (struct callgraph_component *)(void *)g_array_free(t.components, FALSE);
    g_free(t.number);
    g_free(t.low);
    g_free(t.next);
    g_free(t.on_stack);
    g_free(t.open);
    g_free(t.path);
}

/* ------------------------------------------------------------------------------------------- public */

static bool calls_through_pointers(const struct ir_unit *unit)
{
    for (uint32_t f = 0; f < unit->function_count; f++)
        for (uint32_t b = 0; unit->functions[f]->has_body && b < unit->functions[f]->block_count; b++) {
            const struct ir_terminator *term = &unit->functions[f]->blocks[b].terminator;
            if (term->kind == IR_TERM_CALL && !term->call->callee)
                return true;
        }
    return false;
}

struct callgraph *callgraph_new(const struct ir_unit *unit)
{
    struct callgraph *graph = g_new0(struct callgraph, 1);
    graph->unit = unit;
    graph->component_of = g_new(uint32_t, unit->function_count);
    for (uint32_t f = 0; f < unit->function_count; f++)
        graph->component_of[f] = UINT32_MAX;
    graph->calls = g_new0(struct call_sites, unit->function_count);
    graph->callers = g_new0(struct call_sites, unit->function_count);
    graph->address_taken = g_new0(bool, unit->function_count);
    collect_sites(graph);
    find_components(graph);
    if (calls_through_pointers(unit))
        graph->pointed = pointed_new(graph);
    return graph;
}

void callgraph_free(struct callgraph *graph)
{
    if (!graph)
        return;
    g_free(graph->components);
    g_free(graph->component_of);
    g_free(graph->calls);
    g_free(graph->callers);
    g_free(graph->address_taken);
    pointed_free(graph->pointed);
    g_free(graph->sites);
    g_free(graph->sites_by_callee);
    g_free(graph->members);
    g_free(graph);
}

bool callgraph_may_call(const struct callgraph *graph, const struct ir_function *fn, const struct ir_call *call,
                        uint32_t function)
{
    const struct ir_type *type = call->pointer.type;

    return type && type->kind == IR_TYPE_POINTER && graph->address_taken[function] &&
           graph->unit->functions[function]->type == type->target->unqualified &&
           (!graph->pointed || pointed_may_hold(graph->pointed, fn, &call->pointer, function));
}
