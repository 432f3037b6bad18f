/* Plain C: addresses of locals that are put somewhere for a while, and set back by the same way. */
static int other;
static int *g = &other;
static int **gp = &g;
static int ***gpp = &gp;
int set_back_through_a_pointer(void)
{
    {
        int x = 1;
        *gp = &x;
        *gp = &other;
    }
    return *g;
}
int through_two(void)
{
    {
        int x = 1;
        **gpp = &x;
        (**gpp) = &other;
    }
    return *g;
}
int an_element(int k)
{
    int *a[3] = { &other, &other, &other };
    {
        int x = 1;
        a[1] = &x;
        a[1] = &other;
    }
    return *a[1];
}
int by_another_variable(int k)
{
    int *a[3] = { &other, &other, &other };
    int *p;
    {
        int x = 1;
        p = &x;
        k = *p;
        p = &other;
    }
    int *q = (a[k % 3] = p);
    return *q;
}
int through_locals(void)
{
    int *l = &other, **pl = &l, ***ppl = &pl;
    {
        int x = 1;
        **ppl = &x;
        (**ppl) = &other;
    }
    return *l;
}
struct s { int *p; int n; };
int a_field(struct s *s)
{
    {
        int x = 1;
        s->p = &x;
        s->n = *s->p;
        s->p = &other;
    }
    return *s->p;
}

/* Nobody looks at it again, for all that is seen here. */
static int *last;
void left_in_a_global(void)
{
    int x = 1;
    last = &x;
}

/* The state of a codec keeps where its last buffer was, and is ended without looking there. */
struct stream {
    char *next;
    int left;
};
int stream_run(struct stream *stream);
int stream_end(struct stream *stream);

int in_pieces(int n)
{
    struct stream stream = { 0 };
    for (int i = 0; i < n; i++) {
        char out[64];
        stream.next = out;
        stream.left = sizeof out;
        stream_run(&stream);
    }
    return stream_end(&stream);
}

/* The same with functions that can be seen: neither the next start nor the end looks where the last buffer was. */
struct coder {
    const char *in;
    char *out;
    int state;
};

static int coder_start(struct coder *coder)
{
    coder->state = 1;
    coder->out = 0;
    return 0;
}

static int coder_step(struct coder *coder)
{
    *coder->out = *coder->in;
    return coder->state;
}

static void coder_end(struct coder *coder)
{
    coder->state = 0;
}

int start_anew_each_time(const char *text, int n)
{
    struct coder coder = { 0 };
    int sum = 0;
    for (int i = 0; i < n; i++) {
        char out[16];
        coder_start(&coder);
        coder.in = text;
        coder.out = out;
        sum += coder_step(&coder);
    }
    coder_end(&coder);
    return sum;
}

/* The distance between two pointers is no pointer. */
static char *write_number(char *end, unsigned n)
{
    do
        *--end = (char)('0' + n % 10);
    while (n /= 10);
    return end;
}

unsigned long digits_of(unsigned n)
{
    char text[24];
    char *begin = write_number(text + sizeof text, n);
    unsigned long length = (unsigned long)(text + sizeof text - begin);
    return length;
}

/* A part of its argument, or the buffer: which, the kind of the address decides. */
struct address {
    int kind;
    char path[16];
    unsigned number;
};
void print_number(char *buffer, unsigned number);

static const char *name_of(const struct address *address, char *buffer)
{
    if (address->kind == 1)
        return address->path;
    print_number(buffer, address->number);
    return buffer;
}

unsigned long name_length(int kind)
{
    char buffer[16];
    const char *name = "";
    if (kind != 1) {
        struct address address = { kind, "", 7 };
        name = name_of(&address, buffer);
    }
    return name[0] != 0;
}
