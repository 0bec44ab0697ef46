/*
 * partitioner.h - planning neural networks onto accelerator cards, for callers in C and C++.
 *
 * Link with -lpartitioner. Every call is thread-safe, none prints, exits or aborts, and none keeps a pointer it was
 * given. Text goes in and out as NUL-terminated UTF-8; what a call returns through a `char **` is the caller's and is
 * released with partitioner_free().
 *
 *     char *plan = NULL;
 *     if (partitioner_plan(model, size, "{\"cards\": 6}", &plan) != PARTITIONER_OK)
 *       fprintf(stderr, "%s\n", partitioner_last_error());
 *     partitioner_free(plan);
 */
#ifndef PARTITIONER_H
#define PARTITIONER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a call. The values are those of the command's exit codes. */
typedef int32_t partitioner_status;

enum {
  /* Done; the result is in the out parameter. */
  PARTITIONER_OK = 0,
  /* No plan exists; the error says why and what would help. */
  PARTITIONER_INFEASIBLE = 2,
  /* The plan does not hold. The report is in the out parameter all the same. */
  PARTITIONER_VIOLATION = 3,
  /* A pointer that is needed is NULL, or the options contradict each other or are out of range. */
  PARTITIONER_USAGE = 64,
  /* Model, plan or options are not what they should be. */
  PARTITIONER_BAD_INPUT = 65,
  /* A file that the plan or the options name cannot be read. */
  PARTITIONER_MISSING_FILE = 66,
  /* A defect of this library: one of its own checks failed. */
  PARTITIONER_INTERNAL = 70,
  /* What was to be written cannot be, or would replace what is not its like; it was left as it was. */
  PARTITIONER_UNWRITABLE = 73
};

/* The version of this library, for example "0.1.0". Never NULL; not to be freed. */
const char *partitioner_version(void);

/*
 * Plans a model.
 *
 * model, model_size   The bytes of an .onnx file, of ONNX in its JSON form, or of a sheet that "form" names.
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     name                       string, how the plan calls the model; default "model"
 *     path                       string, a file to read the model from, which the plan then names; model is NULL and
 *                                model_size 0
 *     states                     object, input to output: {"past": "present"}; what stays on its device between
 *                                requests; without it, by the names that exporters use; {} for none
 *     dimensions                 object, dynamic dimension to its value: {"batch": 64}
 *     form                       "tables" or "layers": the model is a sheet (CSV or JSON), as for plan --tables and --layers
 *     dense                      object, the dense part behind tables: denseFeatures, bottom, interaction, top
 *     system                     string, a built-in system or a file; default six NNP-I cards
 *     cards                      integer 1 to 1024, instead of the system's own number
 *     objective                  "throughput" (default), "latency" or "energy"
 *     latencyBudgetMilliseconds  number above 0; default the model's own
 *     gap                        number 0 to 1, proven relative gap at which to stop; default 0.01
 *     timeLimitSeconds           number above 0; default none
 *     effort                     number above 0, times the default amount of work (about 10 s), or "none" for no limit; it is
 *                                counted, so that the same call gives the same plan anywhere. Default 1, or "none" with
 *                                timeLimitSeconds
 *     precision                  "int8" (default), "int4", "fp8", "fp16", "bf16", "fp32": of the cards' matrix engines
 *     tablePrecisions            array of the same, best liked first; default ["int8", "int4"]
 *     allowsSplits               boolean, whether tables may be split; default true
 *     requestsInFlight           integer 1 to 4096; default planned, 24 where they have room
 *     threads                    integer from 1; default 2
 *     seed                       integer from 0; default 1
 *     costs                      array of strings, files of measured costs; what cannot be used is in the plan's notes
 *     set                        object, path of a figure of the system to another value: {"host.cores": 8}
 *     rules                      array of rules, as "rules" of a rules file has them
 *     start                      object, a plan of the same model to begin with: the answer is no worse. One that does not
 *                                fit or breaks rules is passed over, and the plan's notes say why
 * plan_json           Receives the plan: the content of a plan.json file. Set to NULL on failure.
 */
partitioner_status partitioner_plan(const void *model, size_t model_size, const char *options_json, char **plan_json);

/*
 * Hears of a search while it runs, on the thread that called partitioner_plan_watched(): the objective of the best plan so
 * far in seconds or joules (-1: none yet), what no plan is below, seconds gone, and the part of the work that is done, 0 to 1
 * (-1: there is no limit). Anything but 0 ends the search with the best plan so far.
 */
typedef int (*partitioner_progress)(void *context, double objective, double bound, double seconds, double share);

/* As partitioner_plan(), with progress called with context whenever there is news. NULL hears nothing. */
partitioner_status partitioner_plan_watched(const void *model, size_t model_size, const char *options_json,
                                            partitioner_progress progress, void *context, char **plan_json);

/*
 * Says what is in a model: operators, parameters, operations, bytes, tables, findings.
 *
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     name, path, dimensions, states     as for partitioner_plan(); dimensions may be left open
 *     largest                    integer from 0, how many of the operators with the most work to list; default 10
 * report_json         Receives what `partition inspect --json` prints. Set to NULL on failure.
 */
partitioner_status partitioner_inspect(const void *model, size_t model_size, const char *options_json,
                                       char **report_json);

/*
 * Says what each operator of a model costs on each kind of device, and what limits it.
 *
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     name, path, dimensions, states, system, cards, set, costs, precision     as for partitioner_plan()
 * report_json         Receives what `partition costs --json` prints. Set to NULL on failure.
 */
partitioner_status partitioner_costs(const void *model, size_t model_size, const char *options_json,
                                     char **report_json);

/*
 * Writes a plan as ONNX models, one for each partition, or in the format of another tool.
 *
 * plan_json           A plan.
 * model_path          The file of its model; NULL for the file that the plan names, relative to the current folder.
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     format          string, as `partition export --to` has it; default "parts"
 *     folder          string, where "parts", "onnx-devices", "ort" and "triton" go: a new folder, an empty one, or one of
 *                     older parts, which is exchanged with the new one at once
 *     keepsPrecision  boolean, whether tables stay in the precision of the model's file; default false
 *     allowsOutside   boolean, whether external data of the model may lie outside its folder; default false
 *     replaces        boolean, whether any folder may be replaced; default false
 * result_json         Receives {"text": "...", "losses": []}: the text of formats that are one file, and what the format
 *                     cannot say. Set to NULL on failure.
 */
partitioner_status partitioner_export(const char *plan_json, const char *model_path, const char *options_json,
                                      char **result_json);

/*
 * Replays requests through a plan.
 *
 * plan_json           A plan, as partitioner_plan() gives it.
 * model, model_size   The model it belongs to. NULL and 0 read the file that the plan names, relative to the current
 *                     folder; a plan that was made from memory names none.
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     ratePerSecond   number above 0, Poisson arrivals; default: back to back, the saturated rate
 *     requests        integer from 1, batches measured in each replication; default 10000
 *     replications    integer from 1; default 4
 *     precision       number above 0: adds replications until p99's 95 % interval is that tight, relatively
 *     seed            integer from 0; default 1
 *     threads         integer from 1; default one a core
 *     failures        array of {"device": "card3", "atSeconds": 2, "backSeconds": 5}: devices that go away, for good
 *                     without backSeconds
 *     availability    number 0 to 1, least share of the requests that must be answered; default 1: none may be lost
 * report_json         Receives the report; its "verdict" says whether the plan holds. Set to NULL on failure.
 *
 * PARTITIONER_VIOLATION: p99, lost requests counted as late, is over the plan's latency budget, fewer requests were
 * answered than availability asks for, memory was exceeded, or the rate is more than the plan can serve.
 */
partitioner_status partitioner_simulate(const char *plan_json, const void *model, size_t model_size,
                                        const char *options_json, char **report_json);

/*
 * Derives everything in a plan again from model, system and placement, and compares.
 *
 * plan_json, model, model_size   As for partitioner_simulate().
 * report_json                    Receives {"holds": true, "violations": []} with one object a violation:
 *                                {"kind": "memoryExceeded", "message": "..."}. Set to NULL on failure.
 */
partitioner_status partitioner_check(const char *plan_json, const void *model, size_t model_size, char **report_json);

/*
 * Draws a plan as a Graphviz graph.
 *
 * plan_json  A plan.
 * full       0 groups tables and cards that are alike; anything else draws every one.
 * dot        Receives the graph in the DOT language. Set to NULL on failure.
 */
partitioner_status partitioner_draw(const char *plan_json, int full, char **dot);

/*
 * Says why a plan is as it is, and what would change it; every figure of a change comes of planning again.
 *
 * plan_json, model, model_size   As for partitioner_simulate().
 * options_json                   An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     operator, table, card      string, one of them at most: what could be elsewhere, or be without
 *     whatIf                     boolean, whether more of the machine is tried; default true
 *     effort                     number above 0, work of each solve, times that of partitioner_plan(); default 0.1
 * explanation_json               Receives the answer, as solver/schema/explanation.schema.json has it. NULL on failure.
 */
partitioner_status partitioner_explain(const char *plan_json, const void *model, size_t model_size,
                                       const char *options_json, char **explanation_json);

/*
 * Plans again after a change so that few bytes move.
 *
 * plan_json, model, model_size   As for partitioner_simulate().
 * options_json                   An object with any of these keys. Other keys are refused.
 *     lost                       array of strings, cards that are gone
 *     cards                      integer 1 to 1024, another number of cards; further ones are like the last
 *     ratePerSecond              number above 0, batches a second that have to be served
 *     moveWeight                 number from 0, what a gigabyte moved has to gain as a share of the objective; default 0.001
 *     effort                     number above 0, work of each solve, times that of partitioner_plan(); default 0.2
 * replan_json                    Receives {"plan": ..., "replan": ...}: the new plan, and frontier and moves as
 *                                solver/schema/replan.schema.json has them. NULL on failure.
 *
 * PARTITIONER_INFEASIBLE: no plan serves the rate; the fastest is in the out parameter all the same.
 */
partitioner_status partitioner_replan(const char *plan_json, const void *model, size_t model_size,
                                      const char *options_json, char **replan_json);

/*
 * Sets two plans side by side as a page of HTML without network or scripts.
 *
 * first_json, second_json  Plans.
 * html                     Receives the page. Set to NULL on failure.
 */
partitioner_status partitioner_compare(const char *first_json, const char *second_json, char **html);

/* Releases what a call returned through a `char **`. NULL is allowed. */
void partitioner_free(char *text);

/*
 * Why the last call on this thread did not return PARTITIONER_OK; "" after one that did. One problem a line, each with
 * its file, node or field. Never NULL; not to be freed; valid until the next call on this thread.
 */
const char *partitioner_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
