/*
 * Several threads at once plan, check and simulate the model in the file argv[1], through calls in one and through handles that they
 * share, with callbacks and with errors of their own; all get the same.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partitioner.h"
#include "read_file.h"

enum { THREADS = 4 };

typedef struct work {
  int number;
  const char *content;
  size_t size;
  const partitioner_model_t *model;
  const partitioner_system_t *machine;
  size_t news, questions;
  char *plan, *made;
  const char *failure;
} work;

static int progress(void *context, double objective, double bound, double gone, double share) {
  (void)objective, (void)bound, (void)gone, (void)share;
  ((work *)context)->news++;
  return 0;
}

static double seconds(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  (void)op, (void)kind, (void)precision;
  ((work *)context)->questions++;
  return -1;
}

static void *run(void *context) {
  work *own = (work *)context;
  char *report = NULL;
  partitioner_plan_t *plan = NULL;
  partitioner_compiler compiler = {sizeof compiler, own, progress, NULL, NULL, seconds};
  static const char *const options = "{\"cards\": 2, \"effort\": 0.02, \"gap\": 0.05, \"threads\": 2}";
  static const char *const made = "{\"effort\": 0.02, \"gap\": 0.05}";
  static const char *const few = "{\"requests\": 200, \"replications\": 2, \"threads\": 2}";
  char wrong[32], expected[32];
  if (partitioner_plan_watched(own->content, own->size, options, progress, own, &own->plan) != PARTITIONER_OK) {
    own->failure = "plan";
  } else if (partitioner_check(own->plan, own->content, own->size, &report) != PARTITIONER_OK) {
    own->failure = "check";
  }
  partitioner_free(report);
  report = NULL;
  /* Each thread has an error of its own. */
  snprintf(wrong, sizeof wrong, "{\"wrong%d\": 1}", own->number);
  snprintf(expected, sizeof expected, "'wrong%d' is not an option", own->number);
  char *nothing = NULL;
  if (partitioner_plan(own->content, own->size, wrong, &nothing) != PARTITIONER_USAGE ||
      strstr(partitioner_last_error(), expected) == NULL)
    own->failure = "error";
  if (partitioner_plan_make(own->model, own->machine, made, &compiler, &plan) != PARTITIONER_OK ||
      partitioner_plan_json(plan, &own->made) != PARTITIONER_OK) {
    own->failure = "make";
  } else if (partitioner_plan_simulate(plan, few, &report) != PARTITIONER_OK) {
    own->failure = "simulate";
  }
  partitioner_free(report);
  partitioner_plan_release(plan);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  size_t size = 0;
  char *content = read_file(argv[1], &size);
  if (content == NULL) return 66;
  partitioner_model_t *model = NULL;
  partitioner_system_t *machine = NULL;
  if (partitioner_model_load(content, size, NULL, &model) != PARTITIONER_OK ||
      partitioner_system_load(NULL, "{\"cards\": 2}", &machine) != PARTITIONER_OK)
    return 65;

  pthread_t threads[THREADS];
  work works[THREADS];
  memset(works, 0, sizeof works);
  for (int i = 0; i < THREADS; i++) {
    works[i].number = i;
    works[i].content = content;
    works[i].size = size;
    works[i].model = model;
    works[i].machine = machine;
    if (pthread_create(&threads[i], NULL, run, &works[i]) != 0) return 71;
  }
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  int alike = 1;
  for (int i = 0; i < THREADS; i++) {
    if (works[i].failure != NULL) {
      printf("thread %d: %s failed\n", i, works[i].failure);
      alike = 0;
    } else if (works[i].news == 0 || works[i].questions == 0 || strcmp(works[i].plan, works[0].plan) != 0 ||
               strcmp(works[i].made, works[0].made) != 0) {
      printf("thread %d: is another\n", i);
      alike = 0;
    }
  }
  for (int i = 0; i < THREADS; i++) {
    partitioner_free(works[i].plan);
    partitioner_free(works[i].made);
  }
  partitioner_system_release(machine);
  partitioner_model_release(model);
  free(content);
  printf("threads %s\n", alike ? "ok" : "differ");
  return alike ? 0 : 1;
}
