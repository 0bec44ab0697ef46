"""How each workload is served, after Table I of "Inference Accelerator Deployment at Meta" (slides; the paper behind
it is Anderson et al., arXiv 2107.04140)."""

TABLE = "Table I of \"Inference Accelerator Deployment at Meta\""

SERVING = {
    "dlrm-less-complex": {
        "latency_budget_ms": 100,
        "batch": 64,
        "provenance": "Own DLRM with dot interaction after " + TABLE + " (70,000 M parameters, 0.02 GFLOP read as per "
        "item): 128 tables, width 64. Table sizes follow a power law and average look-ups are 0.5 to 0.7 of the padded "
        "maximum; both assumed.",
    },
    "dlrm-more-complex": {
        "latency_budget_ms": 100,
        "batch": 64,
        "provenance": "Own DLRM with dot interaction after " + TABLE + " (more than 100,000 M parameters, 0.1 GFLOP read "
        "as per item): 256 tables, width 96. Table sizes follow a power law and average look-ups are 0.5 to 0.7 of the "
        "padded maximum; both assumed.",
    },
    "resnext101-32x4d": {
        "latency_budget_ms": 1000,
        "batch": 1,
        "provenance": "timm 1.0.31 resnext101_32x4d, one 224 x 224 image; " + TABLE + ": ResNeXt101-32x4-48, 44 M "
        "parameters, 15.6 GFLOP.",
    },
    "regnety-128gf": {
        "latency_budget_ms": 1000,
        "batch": 1,
        "provenance": "timm 1.0.31 regnety_1280, one 224 x 224 image; " + TABLE + ": RegNetY, 700 M parameters, 256 GFLOP.",
    },
    "fbnetv3-detection": {
        "latency_budget_ms": 300,
        "batch": 1,
        "provenance": "timm 1.0.31 fbnetv3_g trunk with FPN, RPN, RoIAlign and a two-FC box head (Faster R-CNN), one "
        "672 x 704 image; input size and heads chosen to match " + TABLE + ": FBNetV3 based, 28.6 M parameters, 72 GFLOP.",
    },
    "resnext3d": {
        "latency_budget_ms": 350,
        "batch": 1,
        "provenance": "classy-vision 0.7.0 resnext3d-101 32x4, one clip of 4 frames of 64 x 64; " + TABLE + ": ResNeXt3D "
        "based, 58 M parameters, 3.4 GFLOP.",
    },
    "xlm-r": {
        "latency_budget_ms": 200,
        "batch": 1,
        "provenance": "transformers 5.23.0 XLM-R large, one sentence of 32 tokens; " + TABLE + ": 558 M parameters, "
        "20 GFLOP at 32 tokens.",
    },
}
