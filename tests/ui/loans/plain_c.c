/* Plain C, no annotation anywhere: what certainly dangles and is used. */
static int other;

int on_one_branch(int k)
{
    int *p = &other;
    {
        int x = 1;
        if (k)
            p = &x; //~ ERROR E0597 `x` does not live long enough
    }
    return *p;
}

int *returned(void)
{
    int x = 1;
    return &x; //~ ERROR E0515 cannot return reference to local variable `x`
}

int *counted_on(int k)
{
    int x[3] = { 0 };
    int *p = x;
    return p + k; //~ ERROR E0515 cannot return value referencing local variable `x`
}

struct s { int *p; };

int in_a_field(void)
{
    struct s s;
    {
        int x = 1;
        s.p = &x; //~ ERROR E0597 `x` does not live long enough
    }
    return *s.p;
}

int behind_a_parameter(struct s *s)
{
    {
        int x = 1;
        s->p = &x; //~ ERROR E0597 `x` does not live long enough
    }
    return *s->p;
}

int through_a_pointer(void)
{
    int *p, **pp = &p;
    {
        int x = 1;
        *pp = &x; //~ ERROR E0597 `x` does not live long enough
    }
    return *p;
}

/* A struct that is shown to a function which looks at that very pointer. */
struct coder {
    const char *in;
    char *out;
};

static int put(struct coder *coder)
{
    *coder->out = *coder->in;
    return 0;
}

static int coder_end(struct coder *coder)
{
    return put(coder);
}

int ended_too_late(const char *text)
{
    struct coder coder = { text, 0 };
    {
        char out[16];
        coder.out = out; //~ ERROR E0597 `out` does not live long enough
        put(&coder);
    }
    return coder_end(&coder);
}

/* A function that returns a part of its argument, whatever happens. */
struct address {
    int kind;
    char path[16];
};

static const char *path_of(const struct address *address)
{
    return address->path;
}

char named_too_late(int kind)
{
    const char *name = "";
    if (kind == 1) {
        struct address address = { kind, "/tmp" };
        name = path_of(&address); //~ ERROR E0597 `address` does not live long enough
    }
    return name[0];
}
