/*
 * A pass of a compiler that asks which operators go to which card.
 *
 *     pass MODEL [CARDS]
 *
 * The compiler answers three questions by callback: which operators its card runs, which of them are one kernel, and what a
 * kernel takes. The figures here stand in for a code generator's own; they are invented.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "partitioner.h"

/* What the code generator knows of the program that it compiles. */
typedef struct program {
  const partitioner_model_t *model;
  /* By operator: its kernel. */
  int64_t *kernels;
  size_t questions;
} program;

static int is_one_of(const char *type, const char *const *types) {
  for (; *types != NULL; types++)
    if (strcmp(type, *types) == 0) return 1;
  return 0;
}

static int is_product(const partitioner_operator *op) {
  static const char *const products[] = {"Conv", "MatMul", "Gemm", "ConvTranspose", NULL};
  return is_one_of(op->type, products);
}

/* Activations and sums are computed while the results of a product are in registers. */
static int is_epilogue(const partitioner_operator *op) {
  static const char *const epilogues[] = {"Relu", "Sigmoid", "Add", "Mul", "Clip", "HardSigmoid", NULL};
  return is_one_of(op->type, epilogues);
}

/* The operator before this one that writes a tensor; NULL where none does. */
static const partitioner_operator *producer(const program *program, const partitioner_operator *op, const char *tensor) {
  for (size_t i = op->index; tensor != NULL && i > 0; i--) {
    const partitioner_operator *other = partitioner_model_operator(program->model, i - 1);
    for (size_t k = 0; k < other->output_count; k++)
      if (other->outputs[k].name != NULL && strcmp(other->outputs[k].name, tensor) == 0) return other;
  }
  return NULL;
}

/* An epilogue is computed by the kernel of what it reads first; everything else has a kernel of its own. */
static int64_t kernel(void *context, const partitioner_operator *op) {
  program *program = (struct program *)context;
  const partitioner_operator *before = op->input_count > 0 ? producer(program, op, op->inputs[0].name) : NULL;
  program->questions++;
  program->kernels[op->index] = (int64_t)op->index;
  if (is_epilogue(op) && before != NULL) program->kernels[op->index] = program->kernels[before->index];
  return program->kernels[op->index];
}

/* The card's back end has no code for what resizes images, and none for products in fp32. */
static int supports(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  (void)kind;
  ((program *)context)->questions++;
  if (strcmp(op->type, "Resize") == 0) return 0;
  if (is_product(op) && strcmp(precision, "fp32") == 0) return 0;
  return 1;
}

/* Products are measured elsewhere: 2 us and 100 GB/s of everything that is read and written; the rest is left to the model. */
static double seconds(void *context, const partitioner_operator *op, const char *kind, const char *precision) {
  double bytes = 0;
  (void)precision;
  ((program *)context)->questions++;
  if (!is_product(op) || strcmp(kind, "host") == 0) return -1;
  for (size_t i = 0; i < op->input_count; i++) bytes += (double)op->inputs[i].bytes;
  for (size_t i = 0; i < op->output_count; i++) bytes += (double)op->outputs[i].bytes;
  return 2e-6 + bytes / 100e9;
}

/* Ends the search after a minute; the best plan so far is good enough for a compiler. */
static int progress(void *context, double objective, double bound, double elapsed, double share) {
  (void)context, (void)objective, (void)bound, (void)share;
  return elapsed > 60;
}

static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  char *content = NULL;
  long length = -1;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
    content = (char *)malloc((size_t)length);
    if (content != NULL) *size = fread(content, 1, (size_t)length, file);
  }
  fclose(file);
  return content;
}

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, partitioner_last_error());
  return 1;
}

/* A line for each operator. */
static void print_assignments(const partitioner_model_t *model, const partitioner_plan_t *plan) {
  printf("%-44s %-14s %-12s %9s  %s\n", "operator", "type", "runs on", "partition", "devices");
  for (size_t i = 0; i < partitioner_model_operator_count(model); i++) {
    const partitioner_operator *op = partitioner_model_operator(model, i);
    const partitioner_assignment *where = partitioner_plan_assignment(plan, i);
    printf("%-44s %-14s %-12s %9d ", op->name, op->type, where->site, (int)where->partition);
    for (size_t k = 0; k < where->device_count; k++) printf(" %d", (int)where->devices[k]);
    printf("\n");
  }
}

int main(int argc, char **argv) {
  char cards[64];
  size_t size = 0;
  int result = 1;
  char *content = NULL, *check = NULL;
  partitioner_model_t *model = NULL;
  partitioner_system_t *machine = NULL;
  partitioner_plan_t *plan = NULL;
  partitioner_compiler compiler;
  program program;

  if (argc < 2) {
    fprintf(stderr, "usage: pass MODEL [CARDS]\n");
    return 64;
  }
  content = read_file(argv[1], &size);
  if (content == NULL) {
    fprintf(stderr, "%s: cannot be read\n", argv[1]);
    return 66;
  }
  memset(&program, 0, sizeof program);
  memset(&compiler, 0, sizeof compiler);
  snprintf(cards, sizeof cards, "{\"cards\": %d}", argc > 2 ? atoi(argv[2]) : 2);
  if (partitioner_model_load(content, size, "{\"name\": \"compiled\"}", &model) != PARTITIONER_OK) {
    failed("model");
    goto done;
  }
  if (partitioner_system_load("nnpi", cards, &machine) != PARTITIONER_OK) {
    failed("system");
    goto done;
  }
  program.model = model;
  program.kernels = (int64_t *)calloc(partitioner_model_operator_count(model) + 1, sizeof *program.kernels);
  compiler.size = sizeof compiler;
  compiler.context = &program;
  compiler.progress = progress;
  compiler.kernel = kernel;
  compiler.supports = supports;
  compiler.seconds = seconds;
  if (partitioner_plan_make(model, machine, "{\"effort\": 0.05, \"gap\": 0.05}", &compiler, &plan) != PARTITIONER_OK) {
    failed("plan");
    goto done;
  }
  if (partitioner_plan_check(plan, &check) != PARTITIONER_OK) {
    failed("check");
    goto done;
  }
  print_assignments(model, plan);
  fprintf(stderr, "%d operators on %d devices, %d questions answered\n", (int)partitioner_model_operator_count(model),
          (int)partitioner_system_device_count(machine), (int)program.questions);
  result = 0;

done:
  partitioner_free(check);
  partitioner_plan_release(plan);
  partitioner_system_release(machine);
  partitioner_model_release(model);
  free(program.kernels);
  free(content);
  return result;
}
