/* The twins of short_lived.c. */
#include "words.h"

int same_block(void)
{
    int *p;
    int x = 2;
    p = &x;
    return *p;
}

int each_pass(void)
{
    const char *p = NULL;
    int n = 0;
    for (int i = 0; i < 3; i++) {
        char word[8] = "w";
        p = word;
        n += p[0];
    }
    return n;
}

int set_back(int which)
{
    int a = 1;
    int *p = &a;
    if (which) {
        int b = 2;
        p = &b;
        *p += 1;
        p = &a;
    }
    return *p;
}

static const int *latest;
void use_latest(void);

void global_is_reset(void)
{
    int x = 1;
    latest = &x;
    use_latest();
    latest = NULL;
}

void parameter_is_reset(struct view *view)
{
    char word[8] = "w";
    const char *before = view->from;
    view->from = word;
    puts(view->from);
    view->from = before;
}

/* A list that lends its nodes: the caller takes them out again, in a way that is not seen. */
struct node {
    struct node *next;
};
void list_push(struct node *head, struct node *n);
void list_remove(struct node *head, struct node *n);

void on_a_list(struct node *head)
{
    struct node mine;
    list_push(head, &mine);
    while (!ready())
        ;
    list_remove(head, &mine);
}

static inline void push(struct node *head, struct node *n)
{
    n->next = head->next;
    head->next = n;
}

static inline void pop(struct node *head)
{
    head->next = head->next->next;
}

void on_a_list_in_view(struct node *head)
{
    struct node mine;
    push(head, &mine);
    pop(head);
}

/* A fresh piece of memory in each pass. */
struct request {
    const struct view *view;
};
void submit(struct request *r);

void fresh_in_each_pass(void)
{
    for (int i = 0; i < 3; i++) {
        struct view view = { "w", 1 };
        struct request *r = malloc(sizeof *r);
        if (!r)
            return;
        r->view = &view;
        if (i == 1) {
            free(r);
            continue;
        }
        printf("%zu\n", r->view->len);
        free(r);
    }
}

/* Whoever drains the queue takes it out of there. */
void drain(void);
static struct node *queue;

void taken_out_by_others(void)
{
    struct node last = { 0 };
    queue = &last;
    drain();
}
