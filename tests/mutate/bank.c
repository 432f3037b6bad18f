/* Accounts with a lock each, transfers in the order of their numbers, a journal that all of them write. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define ACCOUNTS 8
#define CLERKS 4

struct account {
    int number;
    pthread_mutex_t lock;
    long balance;
    long movements;
};

static struct account accounts[ACCOUNTS];
static pthread_mutex_t journal_lock = PTHREAD_MUTEX_INITIALIZER;
static long journal_lines;
static long journal_sum;
static pthread_mutex_t audit_lock = PTHREAD_MUTEX_INITIALIZER;
static long audits;
static long failures;

static void write_journal(long sum)
{
    pthread_mutex_lock(&journal_lock);
    journal_lines++;
    journal_sum += sum;
    pthread_mutex_unlock(&journal_lock);
}

static int withdraw(struct account *from, long sum)
{
    pthread_mutex_lock(&from->lock);
    if (from->balance < sum) {
        pthread_mutex_unlock(&from->lock);
        return -1;
    }
    from->balance -= sum;
    from->movements++;
    pthread_mutex_unlock(&from->lock);
    return 0;
}

static void deposit(struct account *to, long sum)
{
    pthread_mutex_lock(&to->lock);
    to->balance += sum;
    to->movements++;
    pthread_mutex_unlock(&to->lock);
}

static void transfer(struct account *from, struct account *to, long sum)
{
    if (from == to)
        return;
    struct account *first = from->number < to->number ? from : to;
    struct account *second = from->number < to->number ? to : from;
    pthread_mutex_lock(&first->lock);
    pthread_mutex_lock(&second->lock);
    from->balance -= sum;
    to->balance += sum;
    pthread_mutex_unlock(&second->lock);
    pthread_mutex_unlock(&first->lock);
    write_journal(sum);
}

static void note_audit(int failed)
{
    pthread_mutex_lock(&audit_lock);
    audits++;
    if (failed) {
        pthread_mutex_lock(&journal_lock);
        failures++;
        journal_lines++;
        pthread_mutex_unlock(&journal_lock);
    }
    pthread_mutex_unlock(&audit_lock);
}

static void report_audit(void)
{
    pthread_mutex_lock(&audit_lock);
    pthread_mutex_lock(&journal_lock);
    journal_sum += audits;
    failures = 0;
    pthread_mutex_unlock(&journal_lock);
    pthread_mutex_unlock(&audit_lock);
}

static void *clerk(void *argument)
{
    unsigned seed = *(unsigned *)argument;
    for (int i = 0; i < 1000; i++) {
        struct account *from = &accounts[rand_r(&seed) % ACCOUNTS];
        struct account *to = &accounts[rand_r(&seed) % ACCOUNTS];
        transfer(from, to, 5);
        if (withdraw(from, 10) == 0)
            deposit(to, 10);
        note_audit(i % 100 == 0);
    }
    report_audit();
    return NULL;
}

int main(void)
{
    pthread_t threads[CLERKS];
    unsigned seeds[CLERKS];
    for (int i = 0; i < ACCOUNTS; i++) {
        accounts[i].number = i;
        accounts[i].balance = 1000;
        pthread_mutex_init(&accounts[i].lock, NULL);
    }
    for (int i = 0; i < CLERKS; i++) {
        seeds[i] = (unsigned)i + 1;
        pthread_create(&threads[i], NULL, clerk, &seeds[i]);
    }
    for (int i = 0; i < CLERKS; i++)
        pthread_join(threads[i], NULL);
    long sum = 0;
    for (int i = 0; i < ACCOUNTS; i++)
        sum += accounts[i].balance;
    printf("%ld in %ld lines, %ld audits\n", sum, journal_lines, audits);
    return sum == 1000L * ACCOUNTS ? 0 : 1;
}
