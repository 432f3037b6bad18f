/* examples/net: all bytes arrive although signals interrupt, and a peer that is gone is an answer and not a signal. */
#include "../../examples/net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

enum { BYTES = 4 << 20 };

static void socket_pair(owned_fd *a, owned_fd *b)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    a->fd = ends[0];
    b->fd = ends[1];
}

static void nothing(int signal)
{
    (void)signal;
}

/* Reads all there is, and before each piece interrupts who writes. */
static FL_THREAD_FN(size_t, read_and_interrupt, owned_fd, from, pthread_t, writer, fl_receiver(void), written)
{
    fl_auto(from);
    fl_auto(written);
    char piece[1024];
    size_t total = 0;

    for (ssize_t got;; total += (size_t)got) {
        if (fl_try_recv(written, NULL) == FL_EMPTY) /* its thread is still writing */
            pthread_kill(writer, SIGUSR1);
        got = read(from.fd, piece, sizeof piece);
        if (got <= 0)
            return total;
        for (ssize_t i = 0; i < got; i++)
            if (piece[i] != (char)((total + (size_t)i) % 251))
                return 0;
    }
}

static void all_of_it_is_sent_whatever_interrupts(void **state)
{
    owned_fd here = { -1 }, there = { -1 };
    fl_sender(void) written;
    fl_receiver(void) written_rx;
    const struct sigaction act = { .sa_handler = nothing }; /* no SA_RESTART */
    char *const bytes = malloc(BYTES);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i % 251);
    assert_int_equal(sigaction(SIGUSR1, &act, NULL), 0);
    socket_pair(&here, &there);
    setsockopt(here.fd, SOL_SOCKET, SO_SNDBUF, &(int){ 64 * 1024 }, sizeof(int));
    fl_channel(&written, &written_rx);
    fl_join_handle(size_t) reader = fl_spawn(read_and_interrupt, fl_move(there), pthread_self(), fl_move(written_rx));
    assert_true(net_send_all(&here, bytes, BYTES));
    fl_drop(written);
    fl_drop(here);
    assert_int_equal(fl_joined(reader), BYTES);
    free(bytes);
}

static void who_is_gone_is_no_signal(void **state)
{
    owned_fd here = { -1 }, there = { -1 };

    (void)state;
    signal(SIGPIPE, SIG_DFL); /* it would end this test */
    socket_pair(&here, &there);
    fl_drop(there);
    assert_false(net_send_all(&here, "x", 1));
    assert_true(net_send_all(&here, "", 0));
    fl_drop(here);
}

static void a_stop_is_seen_before_a_client_and_by_everybody(void **state)
{
    owned_fd stop = { -1 }, listener = { -1 }, client = { -1 }, served = { -1 };
    char port[16];

    (void)state;
    assert_null(net_stop_signals(&stop));
    assert_null(net_listen(&listener, "127.0.0.1", "0"));
    snprintf(port, sizeof port, "%u", net_port(&listener));
    assert_null(net_connect(&client, "127.0.0.1", port));
    assert_true(net_accept(&served, &listener, &stop));
    assert_true(net_send_all(&served, "x", 1));
    fl_drop(served);
    fl_drop(client);
    assert_null(net_connect(&client, "127.0.0.1", port));
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    for (int i = 0; i < 2; i++) { /* it stays so */
        assert_false(net_accept(&served, &listener, &stop));
        assert_int_equal(served.fd, -1);
    }
    fl_drop(listener);
    fl_drop(client);
    assert_non_null(net_connect(&client, "127.0.0.1", port));
    assert_int_equal(client.fd, -1);
    fl_drop(stop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_sent_whatever_interrupts),
        cmocka_unit_test(who_is_gone_is_no_signal),
        cmocka_unit_test(a_stop_is_seen_before_a_client_and_by_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
