"""Pooled look-ups of Glow and PyTorch for onnx's reference evaluator, as their documentation has them."""

import numpy
from onnx.reference.op_run import OpRun


def pooled(data, rows_of_bags, weights_of_bags, pooling):
    bags = []
    for rows, weights in zip(rows_of_bags, weights_of_bags):
        found = data[rows] * weights[:, None]
        if pooling == "max":
            bags.append(found.max(axis=0) if len(rows) else numpy.zeros(data.shape[1], data.dtype))
        else:
            bags.append(found.sum(axis=0) / (max(1, len(rows)) if pooling == "mean" else 1))
    return numpy.stack(bags).astype(data.dtype)


def cut(values, ends):
    return numpy.split(values, ends[:-1])


def by_lengths(data, weights, indices, lengths, pooling):
    ends = numpy.cumsum(lengths)
    weights = numpy.ones(len(indices), data.dtype) if weights is None else weights
    return (pooled(data, cut(indices, ends), cut(weights, ends), pooling),)


class SparseLengthsSum(OpRun):
    op_domain = "glow"

    def _run(self, data, indices, lengths):
        return by_lengths(data, None, indices, lengths, "sum")


class SparseLengthsMean(OpRun):
    op_domain = "glow"

    def _run(self, data, indices, lengths):
        return by_lengths(data, None, indices, lengths, "mean")


class SparseLengthsWeightedSum(OpRun):
    op_domain = "glow"

    def _run(self, data, weights, indices, lengths):
        return by_lengths(data, weights, indices, lengths, "sum")


class EmbeddingBag(OpRun):
    op_domain = "glow"

    def _run(self, data, indices, offsets, mode="sum", padding_idx=-1):
        bags = cut(indices, numpy.append(offsets[1:], len(indices)))
        bags = [bag[bag != padding_idx] for bag in bags]
        return (pooled(data, bags, [numpy.ones(len(bag), data.dtype) for bag in bags], mode),)


class ATen(OpRun):
    """`embedding_bag` alone."""

    op_domain = "org.pytorch.aten"

    def _run(self, weight, indices, offsets, scale=None, mode=None, sparse=None, weights=None, last=None, padding=None, operator=None):
        assert operator == "embedding_bag" and not last
        weights = numpy.ones(len(indices), weight.dtype) if weights is None else weights
        ends = numpy.append(offsets[1:], len(indices))
        rows, shares = cut(indices, ends), cut(weights, ends)
        if padding is not None:
            kept = [bag != padding for bag in rows]
            rows, shares = ([bag[keep] for bag, keep in zip(bags, kept)] for bags in (rows, shares))
        return (pooled(weight, rows, shares, ["sum", "mean", "max"][int(mode)]),)


OPERATORS = [SparseLengthsSum, SparseLengthsMean, SparseLengthsWeightedSum, EmbeddingBag, ATen]
