"""Reads sharding plans for the tables of Tests/Python's recommendation models with TorchRec."""

import importlib.metadata
import sys

import torch
import torchrec
from torchrec.distributed.embeddingbag import EmbeddingBagCollectionSharder

from torchrec_plan import sharding_plan

tables = [
    torchrec.EmbeddingBagConfig(name=f"table_{i}", embedding_dim=32, num_embeddings=12_000, feature_names=[f"ids_{i}"])
    for i in range(6)
]
for path in sys.argv[1:]:
    module = torchrec.EmbeddingBagCollection(tables=tables, device=torch.device("meta"))
    plan = sharding_plan(module, path, EmbeddingBagCollectionSharder(), local_size=3, world_size=3)
    assert set(plan) == {f"table_{i}" for i in range(6)}
    for name, entry in plan.items():
        shards = entry.sharding_spec.shards if entry.sharding_spec else []
        covered = sum(shard.shard_sizes[0] * shard.shard_sizes[1] for shard in shards)
        assert not shards or covered == 12_000 * 32, (name, shards)
print(f"torchrec {importlib.metadata.version('torchrec')}")
