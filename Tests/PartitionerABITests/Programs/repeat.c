/*
 * Plans a small model with a table argv[1] times in one process, by calls in one and by handles in turn, and checks, simulates and draws
 * the plans; prints by how many kilobytes what the process has in memory grew after the first tenth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partitioner.h"

static const char model[] =
    "{\"irVersion\": \"9\", \"opsetImport\": [{\"version\": \"20\"}], \"graph\": {\"name\": \"small\", \"node\": ["
    "{\"input\": [\"table\", \"ids\"], \"output\": [\"rows\"], \"name\": \"look_up\", \"opType\": \"Gather\"},"
    "{\"input\": [\"rows\", \"w\"], \"output\": [\"h\"], \"name\": \"first\", \"opType\": \"MatMul\"},"
    "{\"input\": [\"h\"], \"output\": [\"y\"], \"name\": \"last\", \"opType\": \"Relu\"}],"
    "\"initializer\": [{\"name\": \"table\", \"dataType\": 1, \"dims\": [\"100000\", \"32\"]},"
    "{\"name\": \"w\", \"dataType\": 1, \"dims\": [\"32\", \"8\"]}],"
    "\"input\": [{\"name\": \"ids\", \"type\": {\"tensorType\": {\"elemType\": 7, \"shape\": {\"dim\": [{\"dimValue\": \"16\"}]}}}}],"
    "\"output\": [{\"name\": \"y\", \"type\": {\"tensorType\": {\"elemType\": 1}}}]}}";

static int supports(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  (void)context, (void)kind, (void)precision;
  return strcmp(op->type, "Relu") == 0 ? 0 : -1;
}

/* Kilobytes of the process in memory. */
static long resident(void) {
  long all = 0, own = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return -1;
  if (fscanf(file, "%ld %ld", &all, &own) != 2) own = -1;
  fclose(file);
  return own < 0 ? -1 : own * 4;
}

static int by_call(void) {
  static const char *const options = "{\"cards\": 2, \"effort\": 0.01, \"threads\": 2}";
  static const char *const few = "{\"requests\": 50, \"threads\": 2}";
  char *plan = NULL, *report = NULL, *check = NULL, *drawing = NULL, *nothing = NULL;
  int held = partitioner_plan(model, strlen(model), options, &plan) == PARTITIONER_OK &&
             partitioner_check(plan, model, strlen(model), &check) == PARTITIONER_OK &&
             partitioner_simulate(plan, model, strlen(model), few, &report) == PARTITIONER_OK &&
             partitioner_draw(plan, 0, &drawing) == PARTITIONER_OK &&
             /* What is refused leaves nothing behind either. */
             partitioner_plan(model, strlen(model), "{\"wrong\": 1}", &nothing) == PARTITIONER_USAGE &&
             partitioner_plan("{", 1, NULL, &nothing) == PARTITIONER_BAD_INPUT;
  partitioner_free(drawing);
  partitioner_free(report);
  partitioner_free(check);
  partitioner_free(plan);
  return held;
}

static int by_handle(void) {
  partitioner_model_t *own = NULL;
  partitioner_system_t *machine = NULL;
  partitioner_plan_t *plan = NULL;
  partitioner_compiler compiler = {sizeof compiler, NULL, NULL, NULL, supports, NULL};
  char *report = NULL;
  int held = partitioner_model_load(model, strlen(model), NULL, &own) == PARTITIONER_OK &&
             partitioner_system_load("h100", "{\"cards\": 2}", &machine) == PARTITIONER_OK &&
             partitioner_plan_make(own, machine, "{\"effort\": 0.01}", &compiler, &plan) == PARTITIONER_OK &&
             partitioner_plan_check(plan, &report) == PARTITIONER_OK &&
             partitioner_plan_assignment(plan, 1)->device_count > 0;
  partitioner_free(report);
  partitioner_plan_release(plan);
  partitioner_system_release(machine);
  partitioner_model_release(own);
  return held;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  int count = atoi(argv[1]);
  long before = 0;
  for (int i = 0; i < count; i++) {
    if (i == count / 10) before = resident();
    if (!(i % 2 == 0 ? by_call() : by_handle())) {
      fprintf(stderr, "plan %d: %s\n", i, partitioner_last_error());
      return 1;
    }
  }
  printf("%ld\n", resident() - before);
  return 0;
}
