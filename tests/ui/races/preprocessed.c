# 1 "preprocessed.c"
# 1 "<built-in>"
# 1 "preprocessed.c"
typedef unsigned long int pthread_t;
typedef union { char __size[56]; long int __align; } pthread_attr_t;
extern int pthread_create (pthread_t *__newthread, const pthread_attr_t *__attr, void *(*__start_routine) (void *), void *__arg);
extern int pthread_join (pthread_t __th, void **__thread_return);
typedef _Atomic int atomic_int;

static atomic_int ready, count;
static int data, late;

static void *sender(void *arg)
{
  data = 1;
  late = 1;
  __extension__ ({ __auto_type __atomic_store_ptr = (&ready); __typeof__ ((void)0, *__atomic_store_ptr) __atomic_store_tmp = (1); __atomic_store (__atomic_store_ptr, &__atomic_store_tmp, (3)); });
  late = 2; //~ ERROR F0201 data race on `late`
  __atomic_fetch_add ((&count), (1), 5);
  return arg;
}

static void *receiver(void *arg)
{
  while (!__extension__ ({ __auto_type __atomic_load_ptr = (&ready); __typeof__ ((void)0, *__atomic_load_ptr) __atomic_load_tmp; __atomic_load (__atomic_load_ptr, &__atomic_load_tmp, (2)); __atomic_load_tmp; }))
    ;
  __atomic_fetch_add ((&count), (1), 5);
  return (void *) (long) (data + late);
}

int main(void)
{
  pthread_t a, b;
  pthread_create(&a, (void *) 0, sender, (void *) 0);
  pthread_create(&b, (void *) 0, receiver, (void *) 0);
  pthread_join(a, (void *) 0);
  pthread_join(b, (void *) 0);
  return count;
}
