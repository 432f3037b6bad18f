/* A correct program: one exit with labels, as in the kernel, and one with a single label. */
#include "words.h"

enum { OK, E_NAME, E_BODY, E_SEND };

int make_name(text *ret_name);
int save(const struct job *j);

static int build(struct job *ret_job)
{
    int rc;
    text name = { 0 }, body = { 0 };

    name = text_of("name");
    if (name.s == NULL) {
        rc = E_NAME;
        goto out;
    }
    body = text_of("body");
    if (body.s == NULL) {
        rc = E_BODY;
        goto out_name;
    }
    ret_job->id = 1;
    ret_job->name = fl_move(name);
    ret_job->body = fl_move(body);
    return OK;

out_name:
    fl_drop(name);
out:
    return rc;
}

static int build_and_send(fl_sender(struct job) tx)
{
    struct job j = { 0 };
    int rc = build(&j);
    if (rc != OK)
        goto out;
    rc = save(&j);
    if (rc != OK)
        goto out;
    if (fl_send(tx, fl_move(j)) != FL_OK)
        rc = E_SEND;
out:
    fl_drop(j);
    return rc;
}

static int with_auto(fl_sender(struct job) tx)
{
    struct job j = { 0 };
    fl_auto(j);
    int rc = build(&j);
    if (rc != OK)
        return rc;
    if ((rc = save(&j)) != OK)
        return rc;
    return fl_send(tx, fl_move(j)) == FL_OK ? OK : E_SEND;
}

int main(void)
{
    fl_sender(struct job) tx;
    fl_receiver(struct job) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);
    fl_auto(tx);
    int failed = 0;
    for (int i = 0; i < 3; i++) {
        if (build_and_send(tx) != OK)
            failed++;
        if (with_auto(tx) != OK)
            failed++;
    }
    return failed != 0;
}
