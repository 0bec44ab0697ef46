/* Calls everything wrongly; every line printed is `call status error`. Nothing may end the process. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "partitioner.h"

static void show(const char *call, partitioner_status status, const char *output) {
  const char *error = partitioner_last_error();
  printf("%s: %d%s: %.*s\n", call, (int)status, output != NULL ? " with output" : "", (int)strcspn(error, "\n"), error);
}

static void *other_thread(void *unused) {
  (void)unused;
  printf("another thread's error: '%s'\n", partitioner_last_error());
  return NULL;
}

int main(void) {
  char *out = NULL;
  show("plan, all NULL", partitioner_plan(NULL, 0, NULL, NULL), out);
  show("plan, no model", partitioner_plan(NULL, 0, NULL, &out), out);
  show("plan, NULL with a size", partitioner_plan(NULL, 7, NULL, &out), out);
  show("plan, empty model", partitioner_plan("", 0, NULL, &out), out);
  show("plan, garbage", partitioner_plan("\x01\xff garbage", 10, NULL, &out), out);
  show("plan, JSON that is not ONNX", partitioner_plan("{\"a\": 1}", 8, NULL, &out), out);
  show("plan, options are no JSON", partitioner_plan("x", 1, "{", &out), out);
  show("plan, options are an array", partitioner_plan("x", 1, "[]", &out), out);
  show("plan, unknown option", partitioner_plan("x", 1, "{\"card\": 6}", &out), out);
  show("plan, option of a wrong kind", partitioner_plan("x", 1, "{\"cards\": \"six\"}", &out), out);
  show("plan, unknown objective", partitioner_plan("x", 1, "{\"objective\": \"fast\"}", &out), out);
  show("plan, options are not UTF-8", partitioner_plan("x", 1, "{\"name\": \"\xff\xfe\"}", &out), out);
  show("simulate, no plan", partitioner_simulate(NULL, NULL, 0, NULL, &out), out);
  show("simulate, garbage", partitioner_simulate("garbage", NULL, 0, NULL, &out), out);
  show("simulate, newer plan", partitioner_simulate("{\"version\": 99}", NULL, 0, NULL, &out), out);
  show("check, garbage", partitioner_check("{}", NULL, 0, &out), out);
  show("check, all NULL", partitioner_check(NULL, NULL, 0, NULL), out);
  show("draw, no plan", partitioner_draw(NULL, 1, &out), out);
  partitioner_model_t *model = NULL;
  partitioner_system_t *machine = NULL;
  partitioner_plan_t *handle = NULL;
  show("model, all NULL", partitioner_model_load(NULL, 0, NULL, NULL), NULL);
  show("model, garbage", partitioner_model_load("garbage", 7, NULL, &model), (char *)model);
  show("model, a system's option", partitioner_model_load("x", 1, "{\"cards\": 1}", &model), (char *)model);
  show("system, unknown", partitioner_system_load("none", NULL, &machine), (char *)machine);
  show("system, text", partitioner_system_load("{\"format\": 1}", NULL, &machine), (char *)machine);
  show("system, out of range", partitioner_system_load(NULL, "{\"cards\": -1}", &machine), (char *)machine);
  show("plan, no handles", partitioner_plan_make(NULL, NULL, NULL, NULL, &handle), (char *)handle);
  show("read, no model", partitioner_plan_read("{}", NULL, &handle), (char *)handle);
  show("json, no plan", partitioner_plan_json(NULL, &out), out);
  show("check, no handle", partitioner_plan_check(NULL, &out), out);
  show("simulate, no handle", partitioner_plan_simulate(NULL, NULL, &out), out);
  printf("nothing of nothing: %d %d %d %d\n", partitioner_model_operator(NULL, 0) == NULL,
         (int)partitioner_model_operator_count(NULL), partitioner_plan_assignment(NULL, 3) == NULL,
         partitioner_system_device_name(NULL, 0) == NULL && partitioner_system_device_kind(NULL, 0) == NULL);
  partitioner_model_release(NULL);
  partitioner_system_release(NULL);
  partitioner_plan_release(NULL);
  pthread_t thread;
  if (pthread_create(&thread, NULL, other_thread, NULL) == 0) pthread_join(thread, NULL);
  partitioner_free(NULL);
  return 0;
}
