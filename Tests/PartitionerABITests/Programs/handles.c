/* Plans the model in the file argv[1] through handles, with and without a compiler, and says what came of it. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partitioner.h"
#include "read_file.h"

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, partitioner_last_error());
  return 1;
}

/* In which order a compiler is asked, and where. */
typedef struct asked {
  pthread_t thread;
  int is_elsewhere, is_out_of_order, phase;
  size_t last, questions[3], progress;
  double bad;
} asked;

static void note(asked *asked, int phase, const partitioner_operator *op) {
  if (!pthread_equal(asked->thread, pthread_self())) asked->is_elsewhere = 1;
  if (phase < asked->phase || (phase == asked->phase && op->index < asked->last)) asked->is_out_of_order = 1;
  asked->phase = phase;
  asked->last = op->index;
  asked->questions[phase]++;
}

static int64_t kernel(void *context, const partitioner_operator *op) {
  note((asked *)context, 0, op);
  /* The layers of the top are one kernel, everything else is by itself. */
  return strncmp(op->name, "top", 3) == 0 ? 7 : -1;
}

static int supports(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  note((asked *)context, 1, op);
  if (strcmp(kind, "nnp-i-1100") != 0 || precision[0] == '\0') return 0;
  return strncmp(op->name, "bottom", 6) == 0 ? 0 : -1;
}

static double seconds(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  (void)precision;
  note((asked *)context, 2, op);
  if (((asked *)context)->bad != 0) return ((asked *)context)->bad;
  return strncmp(op->name, "top", 3) == 0 && strcmp(kind, "host") != 0 ? 1e-4 : -1;
}

static int progress(void *context, double objective, double bound, double gone, double share) {
  asked *asked = (struct asked *)context;
  (void)objective, (void)bound, (void)gone, (void)share;
  if (!pthread_equal(asked->thread, pthread_self())) asked->is_elsewhere = 1;
  asked->progress++;
  return 0;
}

int main(int argc, char **argv) {
  static const char *const options = "{\"effort\": 0.05, \"gap\": 0.05}";
  if (argc != 2) return 64;
  size_t size = 0;
  char *content = read_file(argv[1], &size);
  if (content == NULL) return 66;

  partitioner_model_t *model = NULL;
  partitioner_system_t *machine = NULL;
  partitioner_plan_t *plan = NULL, *other = NULL;
  char *text = NULL, *again = NULL, *report = NULL;
  if (partitioner_model_load(content, size, "{\"name\": \"from-c\"}", &model) != PARTITIONER_OK) return failed("model");
  if (partitioner_system_load(NULL, "{\"cards\": 2}", &machine) != PARTITIONER_OK) return failed("system");
  printf("devices %d: %s %s, %s %s\n", (int)partitioner_system_device_count(machine),
         partitioner_system_device_name(machine, 0), partitioner_system_device_kind(machine, 0),
         partitioner_system_device_name(machine, 2), partitioner_system_device_kind(machine, 2));
  printf("past the end %d\n", partitioner_system_device_name(machine, 3) == NULL &&
                                  partitioner_model_operator(model, partitioner_model_operator_count(model)) == NULL);
  const partitioner_operator *op = partitioner_model_operator(model, 0);
  printf("first %s %s reads %s %s of rank %d, attributes %s\n", op->type, op->name, op->inputs[0].type,
         op->inputs[0].name, (int)op->inputs[0].rank, op->attributes_json);

  /* The same as in one call. */
  if (partitioner_plan_make(model, machine, options, NULL, &plan) != PARTITIONER_OK) return failed("plan");
  if (partitioner_plan_json(plan, &text) != PARTITIONER_OK) return failed("json");
  if (partitioner_plan(content, size, "{\"effort\": 0.05, \"gap\": 0.05, \"cards\": 2, \"name\": \"from-c\"}", &again) != 0)
    return failed("one call");
  printf("as in one call %d\n", strcmp(text, again) == 0);
  size_t count = partitioner_model_operator_count(model), tables = 0, copies = 0;
  for (size_t i = 0; i < count; i++) {
    const partitioner_assignment *where = partitioner_plan_assignment(plan, i);
    if (where == NULL || where->device_count == 0) return failed("assignment");
    if ((where->table != NULL) != (where->partition < 0)) return failed("a partition or a table");
    tables += where->table != NULL;
    copies += strcmp(where->site, "every card") == 0 && where->device_count == 2 && where->devices[1] == 2;
  }
  printf("all have a place: some are look-ups %d, some copies %d\n", tables > 0, copies > 0);
  partitioner_free(again);

  /* A compiler that does not run the bottom and knows the time of the top. */
  asked asked = {.thread = pthread_self()};
  partitioner_compiler compiler = {.size = sizeof compiler, .context = &asked, .progress = progress,
                                   .kernel = kernel, .supports = supports, .seconds = seconds};
  if (partitioner_plan_make(model, machine, options, &compiler, &other) != PARTITIONER_OK) return failed("compiler");
  printf("asked here %d, in order %d, each %d, of cards alone %d, heard of the search %d\n", !asked.is_elsewhere,
         !asked.is_out_of_order, asked.questions[0] == count, asked.questions[1] > 0 && asked.questions[1] <= count,
         asked.progress > 0);
  for (size_t i = 0; i < count; i++) {
    const char *name = partitioner_model_operator(model, i)->name;
    const partitioner_assignment *where = partitioner_plan_assignment(other, i);
    if (strncmp(name, "bottom", 6) == 0 && strcmp(where->site, "host") != 0) return failed("what the card does not run");
  }
  if (partitioner_plan_json(other, &again) != PARTITIONER_OK) return failed("json");
  printf("recorded %d\n", strstr(again, "\"refusals\"") && strstr(again, "\"kernels\"") && strstr(again, "\"compiler\""));
  partitioner_plan_release(other);
  other = NULL;

  /* Read again, checked and simulated without the compiler and after its model was given back. */
  if (partitioner_plan_read(again, model, &other) != PARTITIONER_OK) return failed("read");
  partitioner_model_release(model);
  partitioner_free(again);
  if (partitioner_plan_json(other, &again) != PARTITIONER_OK) return failed("json");
  if (partitioner_plan_check(other, &report) != PARTITIONER_OK) return failed("check");
  partitioner_free(report);
  if (partitioner_plan_simulate(other, "{\"requests\": 200}", &report) != PARTITIONER_OK) return failed("simulate");
  printf("simulated %d\n", strstr(report, "\"throughputPerSecond\"") != NULL);
  partitioner_free(report);

  /* What is refused. */
  partitioner_plan_t *none = NULL;
  model = NULL;
  if (partitioner_model_load(content, size, "{\"dimensions\": {}}", &model) != PARTITIONER_OK) return failed("model");
  asked.bad = NAN, asked.phase = 0, asked.last = 0;
  partitioner_status status = partitioner_plan_make(model, machine, options, &compiler, &none);
  printf("no number: %d %.47s\n", (int)status, partitioner_last_error());
  compiler.size = 8;
  status = partitioner_plan_make(model, machine, options, &compiler, &none);
  printf("size: %d %s\n", (int)status, partitioner_last_error());
  status = partitioner_plan_make(model, machine, "{\"cards\": 2}", NULL, &none);
  printf("option of the system: %d %.30s\n", (int)status, partitioner_last_error());
  text[strlen(text) / 2] = '\0';
  status = partitioner_plan_read(text, model, &none);
  printf("half a plan: %d, handle %d\n", (int)status, none != NULL);

  partitioner_free(text);
  partitioner_free(again);
  partitioner_plan_release(plan);
  partitioner_plan_release(other);
  partitioner_system_release(machine);
  partitioner_model_release(model);
  free(content);
  return 0;
}
