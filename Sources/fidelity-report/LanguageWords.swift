/// What ``LanguagePage`` says around its tables.
enum LanguageWords {
  static let models = [
    "", "## Whole models", "",
    "Shapes of Llama 3.2 1B (`1b`), Llama 3.1 8B (`8b`) and eight layers of Llama 3.1 70B (`70b`), random weights and caches: a step of decode with",
    "`past` tokens in the cache of each sequence, or a prefill of `queries` tokens with the logits of all. *kernels*: one kernel an operator,",
    "rotation and the cache's update one together. *compiled*: `torch.compile` between the attention of a layer and that of the next, with query,",
    "key and value, and gate and up, as one product each. Attention is by the library that was fastest in that shape. In fp8 weights and what",
    "products read are quantised, with one scale; caches and attention stay in bf16. Predicted is the sum of `partition costs --precision`, of a",
    "model without the rotation, which took 1.3 us a layer in decode and 62 us at 2,048 tokens. Ratios:", "",
    "| model | precision | batch | queries | past | H100 compiled | ratio | kernels' | H200 compiled | ratio | kernels' |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
  ]

  static let attention = [
    "", "## Attention of one query", "",
    "In bf16, the fastest of PyTorch's FlashAttention, cuDNN's, and a kernel in Triton that splits keys over the cores and joins (`language_kernels.py`), in",
    "shapes drawn by seed and in those of the models above, caches out of the L2. The figures are fitted to TensorRT-LLM, of which the",
    "library here is independent. *Long*: kernels of at least 50 us.", "",
    "| card | shapes | median | p90 | ratio | long: median | p90 | ratio |",
    "|---|---|---|---|---|---|---|---|",
  ]

  static let published = [
    "",
    "The p90 of TensorRT-LLM's rows in [kernels.md](kernels.md) misses its aim of 60 %, and this is why: its table has many rows of a shape that no",
    "known model is served in. H100, all rows:", "",
    "| rows | kernels | median | p90 |", "|---|---|---|---|",
  ]

  static let parts = [
    "", "## The other parts of a layer", "",
    "1 to 8,192 rows in bf16, as kernels of PyTorch; what quantises is not in the products. The family's figures of normalisations are fitted to every",
    "other kernel of LayerNormalization in [gpu.md](gpu.md) and of RMSNormalization here, of the H100: with those before, whose short rows were no slower",
    "than long ones, RMSNormalization was off by 55 % in the median. Elementwise kernels alone; in models they are fused into what is before.",
    "",
    "| card | what | kernels | median | p90 | ratio |", "|---|---|---|---|---|---|",
  ]

  static let narrow = [
    "", "## Weights alone in 4 or 8 bits", "",
    "`w4a16` has a scale for 128 weights. Of AIConfigurator (`data/weights_*.csv`) every other row was used for classes of their own; as products in 16",
    "bits that read less, which they were taken to be before, errors were 37 and 31 % in the median on the A100 and 21 and 16 % on the L40S, since",
    "those kernels start later and fill the cores later. The H100 and the H200 take the means of both. By PyTorch or Triton: the faster of",
    "`torch._weight_int4pack_mm` and a plain kernel in Triton that widens as it reads.", "",
    "| card | what | kernels | median | p90 | ratio |", "|---|---|---|---|---|---|",
  ]

  static let beside = [
    "", "## What runs beside each other", "",
    "On the H100, pinned memory, copies of 64 MiB. `memory` adds to 256 MiB, `compute` multiplies 8192 x 8192 x 8192, `thin` eight products of 8 rows",
    "by 4096 x 14336, `small` 40 of 64 rows by 512 x 512. Seconds of one alone, and how many times as long it takes while the second is busy:",
    "",
    "| first | beside | alone | times as long |", "|---|---|---|---|",
  ]

  static let chains = [
    "",
    "Chains in one stream of 4 KiB in, kernels (8 x 1024 x 1024), 4 KiB out, as a graph, a link of the chain after the other:",
    "",
    "| chain | measured | sum of its parts |", "|---|---|---|",
  ]

  static let worst = [
    "",
    "## Where it is worst",
    "",
    "- Short decodes as one kernel an operator: PyTorch's RMSNormalization takes 4 to 7 us for wide rows where generated code takes 2, and products",
    "  that split their depth need a second kernel. Both are PyTorch's; compiled models have neither.",
    "- Compiled decodes are predicted a little too slow: query, key and value, and gate and up, are one kernel each there, of which the model here",
    "  has five launches, and attention starts sooner and reads its cache at 90 % of the bandwidth, where TensorRT-LLM's is at 81 %.",
    "- fp8: what quantises was counted as kernels of its own of 10 us, which TensorRT-LLM's table has, 129 a step of the 8B model. Compilers",
    "  write the narrow values in the kernel before (2.0 us where it took 1.8), so now only what no kernel computed has one. As one kernel an operator",
    "  each takes 1.5 us, which is why those are predicted too fast.",
    "- Prefill of wide models: products that reach 75 % of the peak by themselves reach less than 70 % one after the other in a model, whose clock the",
    "  card's power holds down ([recommendation.md](recommendation.md)); figures are of single kernels.",
    "- Weights alone in few bits with 16 rows and more: PyTorch's kernel is for a few rows and reads all weights anew for each eight, the one in Triton",
    "  widens every value in each block. Kernels for that (Marlin, TensorRT-LLM's) were not there on this card, and the figures, of older cards, are assumed.",
    "- Copies and kernels are independent as plans take them to be, but for copies to the host beside kernels that are bound by memory, both directions",
    "  at once (92 of 110 GB/s together), and small copies beside kernels that are bound by memory (5 us more each). A plan's latency lacks the 5 to 9 us",
    "  that a card needs from a copy to a kernel and from that to a copy.",
    "- Two kernels in two streams share the card as plans have it: both take their sum, but for small ones, which leave cores idle.",
    "- What was not measured: several cards, mixtures of experts, int8, caches in 8 bits, prefill with a past.",
  ]
}
