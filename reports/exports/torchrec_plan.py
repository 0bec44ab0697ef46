"""Builds a TorchRec sharding plan from what `partition export --to torchrec` writes.

    plan = sharding_plan(module, "plan.torchrec.json", environment)

TorchRec 1.8. Tables on the host (`"device": "cpu"`) get the kernel `quant_uvm` or `fused_uvm`: their rows stay in host memory.
"""

import json

from torchrec.distributed.sharding_plan import (
    column_wise, construct_module_sharding_plan, data_parallel, row_wise, table_wise,
)


def generators(path):
    """By table: how it is sharded."""
    with open(path, encoding="utf-8") as file:
        tables = json.load(file)
    result = {}
    for name, entry in tables.items():
        kind, ranks, sizes = entry["sharding_type"], entry["ranks"], entry["sizes"]
        kernel = entry["compute_kernel"] + ("_uvm" if entry["device"] == "cpu" else "")
        if kind == "data_parallel":
            result[name] = data_parallel()
        elif kind == "table_wise":
            result[name] = table_wise(rank=ranks[0], compute_kernel=kernel)
        elif kind == "column_wise":
            if len(set(sizes)) == 1:
                result[name] = column_wise(ranks=ranks, compute_kernel=kernel)
            else:
                result[name] = column_wise(ranks=ranks, size_per_rank=sizes, compute_kernel=kernel)
        elif kind == "row_wise":
            # One size for each rank up to the last that has rows.
            placed = dict(zip(ranks, sizes))
            result[name] = row_wise(
                sizes_placement=([placed.get(rank, 0) for rank in range(max(ranks) + 1)], "cpu"), compute_kernel=kernel)
        else:
            raise ValueError(f"{name}: {kind} is no sharding type")
    return result


def sharding_plan(module, path, sharder=None, local_size=None, world_size=None, device_type="cpu"):
    """The plan for an `EmbeddingBagCollection` whose tables have the names in the file."""
    return construct_module_sharding_plan(
        module, generators(path), sharder=sharder, local_size=local_size, world_size=world_size,
        device_type=device_type)
