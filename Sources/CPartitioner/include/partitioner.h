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
 *     cards                      integer 0 to 1024, instead of the system's own number; 0 leaves the host alone
 *     objective                  "throughput" (default), "latency" or "energy"
 *     latencyBudgetMilliseconds  number above 0; default the model's own
 *     gap                        number 0 to 1, proven relative gap at which to stop; default 0.01
 *     timeLimitSeconds           number above 0; default none
 *     effort                     number above 0, times the default amount of work (about 10 s), or "none" for no limit; it is
 *                                counted, so that the same call gives the same plan anywhere. Default 1, or "none" with
 *                                timeLimitSeconds
 *     precision                  "int8" (default), "int4", "fp8", "fp16", "bf16", "fp32": of the cards' matrix engines
 *     tablePrecisions            array of the same, best liked first; default ["int8", "int4"]
 *     layerPrecisions            array of the same and "w8a16", "w4a16" (weights alone), best liked first: what layers may be
 *                                in on cards, a decision of the plan; default precision alone, with accuracyBudget the wider
 *                                ones that cards have as well
 *     accuracyBudget             number from 0: the most that tables and layers may lose, see "accuracy" in the plan; or a
 *                                precision, for what it costs in every table and layer; default any amount
 *     errors                     object: by table or layer and precision its relative L2 error; default assumed from sizes and
 *                                bits; once called tableErrors
 *     keep                       array of {"precision", "pattern", "weights"}: operators and tables that stay in a precision, as plan --keep;
 *                                weights, where given, is that of constants, which are widened as they are read (w4a16: fp16 and int4)
 *     skew                       "meta-2021", "none", or an object, by table Zipf's exponent or pairs of shares of rows and of
 *                                look-ups: hot rows stay on chip; default what a sheet of tables states
 *     splitsByHeat               boolean, whether tables may be split in hot and cold rows where skew says which; default true
 *     allowsSplits               boolean, whether tables may be split; default true
 *     without                    array of decisions that are left out, to see what they are worth: "net-split", "copies", "split",
 *                                "groups", "cores", "cut", "partial-transfers", "narrow-activations", "peer-to-peer",
 *                                "command-batching"
 *     cut                        integer from 2: operators are cut over teams of so many cards that act as one; default planned
 *     cutBy                      "weights" | "batch": what those teams share out; default: whichever is better
 *     frontier                   boolean, whether "accuracy" of the plan lists the best rate within several budgets; default false
 *     solver                     string, of linear and integer programs; default "glpk"
 *     requestsInFlight           integer 1 to 4096; default planned, 24 where they have room
 *     threads                    integer from 1; default 2
 *     seed                       integer from 0; default 1
 *     costs                      array of strings, files of measured costs; what cannot be used is in the plan's notes
 *     set                        object, path of a figure of the system to another value: {"host.cores": 8}
 *     rules                      array of rules, as "rules" of a rules file has them
 *     start                      object, a plan of the same model to begin with: the answer is no worse. One that does not
 *                                fit or breaks rules is passed over, and the plan's notes say why
 *     uncertainty                boolean, whether the plan says how it changes within the errors of the costs; default false
 *     robust                     boolean, whether to take the plan whose objective has the least 90th percentile over draws of
 *                                the errors; default false
 *     draws                      integer 10 to 10000, of the errors; default 200 with either of those
 *     ratePerSecond              number above 0: as few of the system's cards as serve so many batches a second, simulated, within
 *                                the latency budget, in place of a plan on all of them; see "sizing" in the plan
 *     prices                     object, with ratePerSecond: prices of "host", "card" or a card's model, for the cheapest machine
 *                                in place of the fewest cards
 *     lengths                    object: {"dimension": "seq", "counts": {"32": 10, "64": 3}, "buckets": 4}: how often requests have
 *                                which length of a dimension, and padding buckets at most; see "buckets" in the plan
 *     largest                    string, a dimension of the model, a context for instance, that is left open: the plan is of its
 *                                largest size for which memory and the latency budget leave one, with requestsInFlight for so
 *                                many requests on a card; the last of the plan's notes says why the next size has none
 *     systems                    array of strings, with ratePerSecond: systems that may be taken in place of system
 *     batch                      "auto": the batch with the most items a second within the latency budget, found by planning
 *                                several; the model's dimension "batch" is left open for it
 *     survive                    1: the plan's notes also say what is left of the rate after the loss of any one card;
 *                                PARTITIONER_INFEASIBLE where no plan exists then
 * plan_json           Receives the plan: the content of a plan.json file. Set to NULL on failure.
 */
partitioner_status partitioner_plan(const void *model, size_t model_size, const char *options_json, char **plan_json);

/*
 * Hears of a search while it runs, on the thread that asked for the plan: the objective of the best plan so far in seconds or
 * joules (-1: none yet), what no plan is below, seconds gone, and the part of the work that is done, 0 to 1 (-1: there is no
 * limit, or no news yet). It is called when there is news, and ten times a second without. Anything but 0 ends the search with
 * the best plan so far.
 */
typedef int (*partitioner_progress)(void *context, double objective, double bound, double seconds, double share);

/* As partitioner_plan(), with progress called with context. NULL hears nothing. */
partitioner_status partitioner_plan_watched(const void *model, size_t model_size, const char *options_json,
                                            partitioner_progress progress, void *context, char **plan_json);

/*
 * States the question of partitioner_plan() as an integer program for another solver. Groups and settings are fixed and named in
 * it: each operator on the host or on every card.
 *
 * model, model_size, options_json   As for partitioner_plan().
 * format                            "mps" (free MPS) or "lp" (CPLEX's LP); NULL for the first.
 * program                           Receives the program. Set to NULL on failure.
 *
 * PARTITIONER_USAGE: no such program states the question; the error says why.
 */
partitioner_status partitioner_program(const void *model, size_t model_size, const char *options_json, const char *format,
                                       char **program);

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
 *     keepsPrecision  boolean, whether tables and weights stay in the precision of the model's file; default false
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
 * The plan that requests of a length have in a plan with padding buckets ("lengths" of partitioner_plan()): one for the calls that
 * take a plan. Export takes no other of such a plan.
 *
 * plan_json    A plan with "buckets".
 * length       From 1 to the end of the last bucket.
 * bucket_json  Receives the plan. Set to NULL on failure.
 */
partitioner_status partitioner_bucket(const char *plan_json, int64_t length, char **bucket_json);

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
 *     newModel                   string, a file with another state of the model; its dimensions are bound as the plan's
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
 * As partitioner_replan(), with another state of the model in memory: new_model, new_model_size. NULL and 0 are the model as it was,
 * or the file that "newModel" names.
 */
partitioner_status partitioner_replan_model(const char *plan_json, const void *model, size_t model_size, const void *new_model,
                                            size_t new_model_size, const char *options_json, char **replan_json);

/*
 * Sets two plans side by side as a page of HTML without network or scripts.
 *
 * first_json, second_json  Plans.
 * html                     Receives the page. Set to NULL on failure.
 */
partitioner_status partitioner_compare(const char *first_json, const char *second_json, char **html);

/*
 * Writes a plan as a page of HTML without network or scripts, as `partition report` does.
 *
 * plan_json, model, model_size   As for partitioner_simulate().
 * replayed                       0 leaves latency under load out, for which the plan is replayed at several rates.
 * html                           Receives the page. Set to NULL on failure.
 */
partitioner_status partitioner_report(const char *plan_json, const void *model, size_t model_size, int replayed, char **html);

/*
 * Hears of a sweep while it runs, on the thread that asked for it: points that are finished and all of the part (-1: no news yet),
 * and the seconds left (-1: not known). It is called when there is news, and ten times a second without. Anything but 0 ends the
 * sweep; points that are finished are kept.
 */
typedef int (*partitioner_sweep_progress)(void *context, int64_t finished, int64_t total, double seconds_left);

/*
 * Plans every point of a sweep into a file, a line each. Called again with the same question and output it goes on where it ended,
 * whatever ended it. Models, systems and the output are files that are named from the working directory.
 *
 * question_json       As solver/schema/sweep.schema.json has it.
 * output              CSV, or JSON Lines where the name ends in .jsonl; solver/schema/sweep-point.schema.json has the fields.
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     shard           string, a part of the points as "0/8", or "auto" for a task of a Slurm job array or a pod of an indexed
 *                     Kubernetes job; it is written to a file of its own
 *     shards          integer, how many parts there are, for "auto" on Kubernetes
 *     threads         integer 1 to 1024, points that are planned at a time; default one a core
 * progress, context   NULL hears nothing.
 * outcome_json        Receives path, total, found, planned, infeasible, refused and isComplete. Set to NULL on failure.
 *
 * PARTITIONER_UNWRITABLE: the output is another sweep's, or another process writes it.
 */
partitioner_status partitioner_sweep(const char *question_json, const char *output, const char *options_json,
                                     partitioner_sweep_progress progress, void *context, char **outcome_json);

/* Joins the parts that lie beside an output into it; outcome_json receives {"total": points}. */
partitioner_status partitioner_sweep_merge(const char *output, char **outcome_json);

/* Draws the points of a finished sweep that no other beats: a page ("html", or NULL) or a picture ("svg"). */
partitioner_status partitioner_pareto(const char *sweep, const char *format, char **page);

/*
 * Handles: a model and a system that are read once, and plans of them, for callers that ask more than one question. Handles do
 * not change, so that several threads may use one; what a call answers through a pointer that is not `char **` belongs to the
 * handle and lives as long as it. A plan keeps its model, which may be released before it.
 *
 *     partitioner_model_t *model = NULL;
 *     partitioner_system_t *machine = NULL;
 *     partitioner_plan_t *plan = NULL;
 *     partitioner_compiler compiler = {sizeof compiler};
 *     compiler.supports = my_supports;
 *     if (partitioner_model_load(bytes, size, NULL, &model) == PARTITIONER_OK &&
 *         partitioner_system_load("h100", "{\"cards\": 2}", &machine) == PARTITIONER_OK &&
 *         partitioner_plan_make(model, machine, NULL, &compiler, &plan) == PARTITIONER_OK)
 *       for (size_t i = 0; i < partitioner_model_operator_count(model); i++)
 *         use(partitioner_model_operator(model, i), partitioner_plan_assignment(plan, i));
 *     partitioner_plan_release(plan);
 *     partitioner_system_release(machine);
 *     partitioner_model_release(model);
 */
typedef struct partitioner_model_s partitioner_model_t;
typedef struct partitioner_system_s partitioner_system_t;
typedef struct partitioner_plan_s partitioner_plan_t;

/* A value that an operator reads or writes. */
typedef struct partitioner_tensor {
  /* NULL for an optional one that is not there; the rest is 0 then. */
  const char *name;
  /* Of its elements: "float32", "float16", "int64" ... */
  const char *type;
  /* rank sizes; NULL for a scalar. */
  const int64_t *shape;
  size_t rank;
  /* In the model's own type. */
  int64_t bytes;
  /* 1 for a weight or another constant, else 0. */
  int32_t is_constant;
} partitioner_tensor;

/*
 * An operator of a model, as it is planned: constants are folded, functions inlined and bodies of control flow part of their
 * operator, in an order in which operators can run.
 */
typedef struct partitioner_operator {
  /* Its place in that order. */
  size_t index;
  /* That of the node it comes from; the same in plans. */
  const char *name;
  /* For example "Conv". */
  const char *type;
  /* "" for ONNX's own. */
  const char *domain;
  const partitioner_tensor *inputs;
  size_t input_count;
  const partitioner_tensor *outputs;
  size_t output_count;
  /* A JSON object of numbers, strings and lists of these; tensors and bodies are left out. */
  const char *attributes_json;
} partitioner_operator;

/*
 * Reads a model.
 *
 * model, model_size   As for partitioner_plan().
 * options_json        An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     name, path, dimensions, states, form, dense     as for partitioner_plan()
 * handle              Receives the model. Set to NULL on failure.
 */
partitioner_status partitioner_model_load(const void *model, size_t model_size, const char *options_json,
                                          partitioner_model_t **handle);

/* How many operators a model has; 0 for NULL. */
size_t partitioner_model_operator_count(const partitioner_model_t *model);

/* An operator of a model, from 0; NULL for NULL or where there is none of that index. */
const partitioner_operator *partitioner_model_operator(const partitioner_model_t *model, size_t index);

/* Gives a model back. NULL is allowed. */
void partitioner_model_release(partitioner_model_t *model);

/*
 * Reads a system.
 *
 * name_or_text   A built-in system, a file, or the text of a file: what begins with '{'. NULL for six NNP-I cards.
 * options_json   An object with any of these keys, or NULL for the defaults. Other keys are refused.
 *     cards, set     as for partitioner_plan()
 * handle         Receives the system. Set to NULL on failure.
 */
partitioner_status partitioner_system_load(const char *name_or_text, const char *options_json,
                                           partitioner_system_t **handle);

/* How many devices a system has: the host and the cards; 0 for NULL. */
size_t partitioner_system_device_count(const partitioner_system_t *system);

/* The name of a device: 0 is "host", then the cards; NULL for NULL or where there is none of that index. */
const char *partitioner_system_device_name(const partitioner_system_t *system, size_t index);

/* The kind of a device, which compilers are asked about: "host", or a card's model. NULL as for its name. */
const char *partitioner_system_device_kind(const partitioner_system_t *system, size_t index);

/* Gives a system back. NULL is allowed. */
void partitioner_system_release(partitioner_system_t *system);

/*
 * What a compiler answers about its own code. Functions that are NULL are not asked, and each may leave a question to the cost
 * model. They are called on the thread that asks for the plan, before the search: first all of kernel, then all of supports, then
 * all of seconds, each in the order of the operators, and for one operator in the order of the kinds of devices. The plan records
 * the answers, so that it is checked and simulated without the compiler.
 */
typedef struct partitioner_compiler {
  /* sizeof(partitioner_compiler), so that later versions may add to it. */
  size_t size;
  /* Handed to each function. */
  void *context;
  /* Hears of the search while it runs, and may end it. */
  partitioner_progress progress;
  /*
   * The kernel that computes an operator; operators with the same number are one kernel, and below 0 is one of its own. Without
   * it the cost model's own fusion counts. An operator whose devices are not those of its kernel, or that reads what is computed
   * after the kernel's first operator and not in it, is placed apart, as the plan's notes then say; look-ups of embedding tables
   * are placed with their tables.
   */
  int64_t (*kernel)(void *context, const partitioner_operator *op);
  /*
   * Whether a kind of card runs an operator in a precision ("int8", "fp16" ...): 1 or 0, or -1 for what the system's description
   * says. It is not asked about what the description excludes, nor about the host, which runs everything.
   */
  int (*supports)(void *context, const partitioner_operator *op, const char *kind, const char *precision);
  /*
   * Seconds of one batch on all cores of a device of a kind ("host", or a card's model); of a kernel of several operators its first
   * is asked for all of them. Below 0 leaves it to the cost model; what is infinite or no number is PARTITIONER_USAGE.
   */
  double (*seconds)(void *context, const partitioner_operator *op, const char *kind, const char *precision);
} partitioner_compiler;

/*
 * Plans a model on a system.
 *
 * options_json   As for partitioner_plan(), without what says the model and the system, "lengths", "largest", "batch", "survive",
 *                "cut", "cutBy" and "splitsByHeat": operators and tables are those of the model, so no teams of cards that
 *                act as one are formed, and no tables are split in hot and cold rows.
 * compiler       NULL for none.
 * handle         Receives the plan. Set to NULL on failure.
 */
partitioner_status partitioner_plan_make(const partitioner_model_t *model, const partitioner_system_t *system,
                                         const char *options_json, const partitioner_compiler *compiler,
                                         partitioner_plan_t **handle);

/*
 * Reads a plan of a model.
 *
 * plan_json   The content of a plan.json file.
 * handle      Receives the plan. Set to NULL on failure.
 *
 * PARTITIONER_VIOLATION: the plan is of another model, or places what the model does not have.
 */
partitioner_status partitioner_plan_read(const char *plan_json, const partitioner_model_t *model,
                                         partitioner_plan_t **handle);

/* The content of a plan.json file, for the calls that take one, and to keep. */
partitioner_status partitioner_plan_json(const partitioner_plan_t *plan, char **plan_json);

/* As partitioner_check(), of a plan and the model that it was made of. */
partitioner_status partitioner_plan_check(const partitioner_plan_t *plan, char **report_json);

/* As partitioner_simulate(), of a plan and the model that it was made of. */
partitioner_status partitioner_plan_simulate(const partitioner_plan_t *plan, const char *options_json,
                                             char **report_json);

/* Where an operator runs. */
typedef struct partitioner_assignment {
  /*
   * "host", "every card" (a copy on each card in use), or a card's name; of a look-up whose table is cut over several, that of the
   * first shard.
   */
  const char *site;
  /* All that run it, by index in the system, ascending: of copies and groups of cards every one, of look-ups those of all shards. */
  const size_t *devices;
  size_t device_count;
  /* The id of its partition in the plan; -1 for a look-up, which the shards of its table serve. */
  int32_t partition;
  /* The embedding table that a look-up reads; NULL for any other operator. */
  const char *table;
} partitioner_assignment;

/* Where an operator of the plan's model runs, by its index there; NULL for NULL or where there is none of that index. */
const partitioner_assignment *partitioner_plan_assignment(const partitioner_plan_t *plan, size_t operator_index);

/* Gives a plan back. NULL is allowed. */
void partitioner_plan_release(partitioner_plan_t *plan);

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
