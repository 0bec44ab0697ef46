/* Plans the model in the file argv[1] on two cards, checks, simulates and draws the plan, and sweeps into the folder argv[2], all
   through the C library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partitioner.h"
#include "read_file.h"

static int failed(const char *what, partitioner_status status) {
  fprintf(stderr, "%s: status %d: %s\n", what, (int)status, partitioner_last_error());
  return 1;
}

/* Ends a sweep after its first point. */
static int enough(void *context, int64_t finished, int64_t total, double seconds_left) {
  int64_t *most = context;
  (void)total;
  (void)seconds_left;
  if (finished > *most) *most = finished;
  return finished >= 1;
}

/* A sweep that is ended and goes on, its parts, and its picture; 0 where all is well. */
static int swept(const char *model, const char *folder) {
  char question[4096], output[4096], *answer = NULL;
  snprintf(question, sizeof question, "{\"models\": [\"%s\"], \"cards\": \"1..4\", \"effort\": 0.02}", model);
  snprintf(output, sizeof output, "%s/whole.csv", folder);
  int64_t most = -1;
  partitioner_status status = partitioner_sweep(question, output, "{\"threads\": 1}", enough, &most, &answer);
  if (status != PARTITIONER_OK || most < 1) return failed("sweep", status);
  const int ended = strstr(answer, "\"isComplete\" : false") != NULL;
  partitioner_free(answer);
  status = partitioner_sweep(question, output, NULL, NULL, NULL, &answer);
  if (status != PARTITIONER_OK) return failed("sweep again", status);
  const int went_on = strstr(answer, "\"found\" : 0,") == NULL && strstr(answer, "\"isComplete\" : true") != NULL;
  printf("sweep %s\n", ended && went_on && strstr(answer, "\"planned\" : 4,") ? "ok" : answer);
  partitioner_free(answer);
  snprintf(output, sizeof output, "%s/parts.csv", folder);
  static const char *const parts[] = {"{\"shard\": \"0/2\"}", "{\"shard\": \"1/2\"}"};
  for (int part = 0; part < 2; part++) {
    status = partitioner_sweep(question, output, parts[part], NULL, NULL, &answer);
    if (status != PARTITIONER_OK) return failed("part", status);
    partitioner_free(answer);
  }
  status = partitioner_sweep_merge(output, &answer);
  if (status != PARTITIONER_OK) return failed("merge", status);
  printf("merge %s\n", strstr(answer, "\"total\" : 4") ? "ok" : answer);
  partitioner_free(answer);
  status = partitioner_pareto(output, "svg", &answer);
  if (status != PARTITIONER_OK) return failed("pareto", status);
  printf("pareto %s\n", strncmp(answer, "<svg", 4) == 0 ? "ok" : "is no picture");
  partitioner_free(answer);
  status = partitioner_sweep("{\"models\": []}", output, "{\"shards\": 2}", NULL, NULL, &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("shards alone", status);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  size_t size = 0;
  char *model = read_file(argv[1], &size);
  if (model == NULL) return 66;

  char *plan = NULL, *report = NULL, *check = NULL, *dot = NULL;
  partitioner_status status =
      partitioner_plan(model, size, "{\"cards\": 2, \"gap\": 0.05, \"name\": \"from-c\"}", &plan);
  if (status != PARTITIONER_OK) return failed("plan", status);
  status = partitioner_check(plan, model, size, &check);
  if (status != PARTITIONER_OK) return failed("check", status);
  status = partitioner_simulate(plan, model, size, "{\"requests\": 500, \"replications\": 2}", &report);
  if (status != PARTITIONER_OK) return failed("simulate", status);
  static const char *const outage =
      "{\"ratePerSecond\": 100, \"requests\": 200, \"failures\": [{\"device\": \"card0\", \"atSeconds\": 0.5, "
      "\"backSeconds\": 1}, {\"device\": \"card1\", \"atSeconds\": 0.5, \"backSeconds\": 1}], \"availability\": %s}";
  char options[512], *lossy = NULL;
  snprintf(options, sizeof options, outage, "0.999");
  status = partitioner_simulate(plan, model, size, options, &lossy);
  if (status != PARTITIONER_VIOLATION || !strstr(partitioner_last_error(), "requests were lost"))
    return failed("an outage", status);
  printf("outage %s\n", lossy != NULL && strstr(lossy, "\"availability\"") ? "ok" : "lacks a report");
  partitioner_free(lossy);
  snprintf(options, sizeof options, outage, "0.01");
  status = partitioner_simulate(plan, model, size, options, &lossy);
  if (status != PARTITIONER_OK) return failed("an outage that is allowed", status);
  partitioner_free(lossy);
  static const char *const again =
      "{\"cards\": 2, \"gap\": 0.05, \"rules\": [{\"kind\": \"pin\", \"units\": [\"*\"], \"devices\": [\"host\"]}], "
      "\"start\": %s}";
  size_t room = strlen(plan) + strlen(again) + 1;
  char *longer = malloc(room), *ruled = NULL;
  snprintf(longer, room, again, plan);
  status = partitioner_plan(model, size, longer, &ruled);
  if (status != PARTITIONER_OK) return failed("plan with rules", status);
  /* The plan on cards breaks the rule, so it is passed over. */
  printf("rules %s\n", strstr(ruled, "\"kind\" : \"pin\"") ? "ok" : "are not in the plan");
  printf("start %s\n", strstr(ruled, "is passed over") ? "ok" : "was not looked at");
  partitioner_free(ruled);
  free(longer);
  char *answer = NULL;
  status = partitioner_explain(plan, model, size, "{\"card\": \"card1\", \"whatIf\": false, \"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("explain", status);
  printf("explain %s\n", strstr(answer, "without it") ? "ok" : "lacks the card");
  partitioner_free(answer);
  status = partitioner_replan(plan, model, size, "{\"lost\": [\"card1\"], \"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("replan", status);
  printf("replan %s\n", strstr(answer, "\"frontier\"") && strstr(answer, "\"certificate\"") ? "ok" : "lacks something");
  partitioner_free(answer);
  status = partitioner_replan(plan, model, size, "{\"lost\": [\"card9\"]}", &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("replan without a card that is not there", status);
  static const char *const cheapest =
      "{\"ratePerSecond\": 10, \"prices\": {\"host\": 3, \"card\": 2}, \"systems\": [\"l4\"], \"cards\": 2}";
  status = partitioner_plan(model, size, cheapest, &answer);
  if (status != PARTITIONER_OK) return failed("the cheapest machine", status);
  printf("sizing %s\n", strstr(answer, "\"isProven\" : true") && strstr(answer, "\"price\" : 3") ? "ok" : "is another");
  partitioner_free(answer);
  status = partitioner_plan(model, size, "{\"prices\": {\"card\": 2}}", &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("prices without a rate", status);
  status = partitioner_plan(model, size, "{\"cards\": 2, \"effort\": 0.02, \"survive\": 1}", &answer);
  if (status != PARTITIONER_OK) return failed("survival", status);
  printf("survive %s\n", strstr(answer, "after the loss of any one ") ? "ok" : "is not in the notes");
  partitioner_free(answer);
  status = partitioner_plan(model, size, "{\"cards\": 1, \"survive\": 1, \"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("the loss of the only card", status);
  printf("alone %s\n", strstr(answer, "after the loss of any one ") ? "ok" : "is not in the notes");
  partitioner_free(answer);
  static const char *const any = "{\"cards\": 1, \"effort\": 0.02, \"batch\": \"auto\", \"latencyBudgetMilliseconds\": 20%s}";
  snprintf(options, sizeof options, any, "");
  status = partitioner_plan(model, size, options, &answer);
  if (status != PARTITIONER_OK) return failed("any batch", status);
  printf("batch %s\n", strstr(answer, "a batch of ") && strstr(answer, "1 serves ") ? "ok" : "was not sought");
  partitioner_free(answer);
  snprintf(options, sizeof options, any, ", \"dimensions\": {\"batch\": 8}");
  status = partitioner_plan(model, size, options, &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("any batch of eight", status);
  static const char *const most = "{\"cards\": 1, \"latencyBudgetMilliseconds\": 2, \"largest\": \"batch\"%s}";
  snprintf(options, sizeof options, most, "");
  status = partitioner_plan(model, size, options, &answer);
  if (status != PARTITIONER_OK) return failed("the largest batch", status);
  printf("largest %s\n", strstr(answer, "batch 3 is the largest that a plan was found for") ? "ok" : "is another");
  partitioner_free(answer);
  snprintf(options, sizeof options, most, ", \"lengths\": {\"dimension\": \"batch\", \"counts\": {\"1\": 9}}");
  status = partitioner_plan(model, size, options, &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("the largest batch and lengths", status);
  status = partitioner_plan(model, size, "{\"largest\": \"none\"}", &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("the largest of no dimension", status);
  status = partitioner_program(model, size, "{\"cards\": 2, \"largest\": \"batch\"}", "lp", &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("a program of several sizes", status);
  status = partitioner_program(model, size, "{\"cards\": 2}", "lp", &answer);
  if (status != PARTITIONER_OK) return failed("an integer program", status);
  printf("program %s\n", strstr(answer, "Minimize") && strstr(answer, "Subject To") ? "ok" : "is no program");
  partitioner_free(answer);
  status = partitioner_program(model, size, NULL, "sav", &answer);
  if (status != PARTITIONER_USAGE || answer != NULL) return failed("a program of another format", status);
  status = partitioner_replan_model(plan, model, size, model, size, "{\"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("replan for the same model", status);
  printf("new model %s\n", strstr(answer, "\"frontier\"") ? "ok" : "lacks something");
  partitioner_free(answer);
  status = partitioner_replan_model(plan, model, size, "none", 4, NULL, &answer);
  if (status != PARTITIONER_BAD_INPUT || answer != NULL) return failed("replan for what is no model", status);
  static const char *const lengths =
      "{\"cards\": 1, \"gap\": 0.05, \"lengths\": {\"dimension\": \"batch\", \"counts\": {\"1\": 9, \"8\": 1}, \"buckets\": 2}}";
  char *buckets = NULL;
  status = partitioner_plan(model, size, lengths, &buckets);
  if (status != PARTITIONER_OK) return failed("lengths", status);
  status = partitioner_check(buckets, model, size, &answer);
  if (status != PARTITIONER_OK) return failed("check of buckets", status);
  partitioner_free(answer);
  status = partitioner_simulate(buckets, model, size, "{\"requests\": 200, \"replications\": 2}", &answer);
  if (status != PARTITIONER_OK) return failed("simulation of buckets", status);
  partitioner_free(answer);
  char *own = NULL;
  status = partitioner_bucket(buckets, 1, &own);
  if (status != PARTITIONER_OK) return failed("a bucket", status);
  status = partitioner_explain(own, model, size, "{\"whatIf\": false}", &answer);
  if (status != PARTITIONER_OK) return failed("explanation of a bucket", status);
  partitioner_free(answer);
  partitioner_free(own);
  status = partitioner_bucket(buckets, 9, &own);
  if (status != PARTITIONER_USAGE || own != NULL) return failed("a bucket that is not there", status);
  status = partitioner_replan(buckets, model, size, "{\"cards\": 2, \"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("replan of buckets", status);
  printf("buckets %s\n", strstr(buckets, "\"longest\" : 1,") ? "ok" : "are others");
  partitioner_free(answer);
  partitioner_free(buckets);
  static const char *const levers =
      "{\"cards\": 2, \"effort\": 0.02, \"cut\": 2, \"objective\": \"latency\", \"without\": [\"net-split\"],"
      " \"splitsByHeat\": false, \"solver\": \"glpk\"}";
  status = partitioner_plan(model, size, levers, &answer);
  if (status != PARTITIONER_OK) return failed("levers", status);
  printf("levers %s\n", strstr(answer, "\"cut\" : 2") && strstr(answer, "\"net-split\"") ? "ok" : "are lost");
  partitioner_free(answer);
  status = partitioner_plan(
      model, size, "{\"frontier\": true, \"layerPrecisions\": [\"int8\", \"fp16\"], \"effort\": 0.02}", &answer);
  if (status != PARTITIONER_OK) return failed("layers", status);
  printf("layers %s\n", strstr(answer, "\"frontier\"") && strstr(answer, "\"layerPrecisions\"") ? "ok" : "are lost");
  partitioner_free(answer);
  status = partitioner_compare(plan, plan, &answer);
  if (status != PARTITIONER_OK) return failed("compare", status);
  printf("compare %s\n", strstr(answer, "at the same place") ? "ok" : "finds a difference");
  partitioner_free(answer);
  status = partitioner_report(plan, model, size, 0, &answer);
  if (status != PARTITIONER_OK) return failed("page", status);
  printf("page %s\n", strstr(answer, "<section id=\"verdict\"") ? "ok" : "has no verdict");
  partitioner_free(answer);
  if (swept(argv[1], argv[2]) != 0) return 1;
  status = partitioner_draw(plan, 0, &dot);
  if (status != PARTITIONER_OK) return failed("draw", status);
  if (strcmp(partitioner_last_error(), "") != 0) return failed("error after success", status);

  printf("version %s\n", partitioner_version());
  printf("plan %s\n", strstr(plan, "\"certificate\"") ? "ok" : "lacks a certificate");
  printf("name %s\n", strstr(plan, "\"name\" : \"from-c\"") ? "ok" : "is not the one given");
  printf("check %s\n", strstr(check, "\"holds\" : true") ? "ok" : check);
  printf("report %s\n", strstr(report, "\"throughputPerSecond\"") ? "ok" : "lacks a throughput");
  printf("drawing %s\n", strncmp(dot, "digraph", 7) == 0 ? "ok" : "is no graph");
  partitioner_free(plan);
  partitioner_free(report);
  partitioner_free(check);
  partitioner_free(dot);
  free(model);
  return 0;
}
