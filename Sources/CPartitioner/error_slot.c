#include "error_slot.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int has_key = 0;

/* The destructor releases a thread's text when the thread ends. */
static void make_key(void) { has_key = pthread_key_create(&key, free) == 0; }

void error_slot_set(const char *text) {
  pthread_once(&once, make_key);
  if (!has_key) return;
  free(pthread_getspecific(key));
  char *copy = text != NULL ? strdup(text) : NULL;
  if (pthread_setspecific(key, copy) != 0) free(copy);
}

const char *error_slot_get(void) {
  pthread_once(&once, make_key);
  const char *text = has_key ? pthread_getspecific(key) : NULL;
  return text != NULL ? text : "";
}
