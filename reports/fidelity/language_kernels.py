"""Kernels in Triton that language.py measures beside PyTorch's own: attention of one query, rotation, products with narrow weights."""

import math

import torch
import triton
import triton.language as tl

CARD = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@triton.jit
def rotate_and_store(q, k, v, out, keys, values, angles, past, queries, pitch_q, pitch_k, batch_stride, head_stride,
                     HEADS: tl.constexpr, SHARED: tl.constexpr, SIZE: tl.constexpr):
    """Of a token and a head: rotates queries and keys, and puts keys and values into their caches."""
    token, head = tl.program_id(0), tl.program_id(1)
    half = tl.arange(0, SIZE // 2)
    position = past + token % queries
    if head < HEADS + SHARED:
        cos = tl.load(angles + position * SIZE + half)
        sin = tl.load(angles + position * SIZE + SIZE // 2 + half)
        source = q + token.to(tl.int64) * pitch_q + head * SIZE
        target = out + (token.to(tl.int64) * HEADS + head) * SIZE
        if head >= HEADS:
            source = k + token.to(tl.int64) * pitch_k + (head - HEADS) * SIZE
            target = keys + (token // queries).to(tl.int64) * batch_stride + (head - HEADS) * head_stride + position * SIZE
        low, high = tl.load(source + half).to(tl.float32), tl.load(source + SIZE // 2 + half).to(tl.float32)
        tl.store(target + half, (low * cos - high * sin).to(tl.bfloat16))
        tl.store(target + SIZE // 2 + half, (high * cos + low * sin).to(tl.bfloat16))
    else:
        shared = head - HEADS - SHARED
        column = tl.arange(0, SIZE)
        target = values + (token // queries).to(tl.int64) * batch_stride + shared * head_stride + position * SIZE
        tl.store(target + column, tl.load(v + token.to(tl.int64) * pitch_k + shared * SIZE + column))


@triton.jit
def attend_part(q, keys, values, parts, sums, out, length, share, scale, batch_stride, head_stride, SHARED: tl.constexpr,
                GROUP: tl.constexpr, PADDED: tl.constexpr, SIZE: tl.constexpr, N: tl.constexpr, SPLITS: tl.constexpr):
    """Queries of a group of heads over a share of their keys."""
    pair, split = tl.program_id(0).to(tl.int64), tl.program_id(1)
    row, column, step = tl.arange(0, PADDED), tl.arange(0, SIZE), tl.arange(0, N)
    is_head = row < GROUP
    x = tl.load(q + (pair * GROUP + row[:, None]) * SIZE + column[None, :], mask=is_head[:, None], other=0)
    base = (pair // SHARED) * batch_stride + (pair % SHARED) * head_stride
    most = tl.full((PADDED,), -1e30, tl.float32)
    total = tl.zeros((PADDED,), tl.float32)
    result = tl.zeros((PADDED, SIZE), tl.float32)
    end = tl.minimum(length, (split + 1) * share)
    for start in range(split * share, end, N):
        at = start + step
        is_key = at < end
        key = tl.load(keys + base + at[None, :] * SIZE + column[:, None], mask=is_key[None, :], other=0)
        score = tl.where(is_key[None, :], tl.dot(x, key) * scale, -1e30)
        larger = tl.maximum(most, tl.max(score, 1))
        power = tl.exp2(score - larger[:, None])
        factor = tl.exp2(most - larger)
        total = total * factor + tl.sum(power, 1)
        value = tl.load(values + base + at[:, None] * SIZE + column[None, :], mask=is_key[:, None], other=0)
        result = result * factor[:, None] + tl.dot(power.to(tl.bfloat16), value)
        most = larger
    if SPLITS == 1:
        tl.store(out + (pair * GROUP + row[:, None]) * SIZE + column[None, :], (result / total[:, None]).to(tl.bfloat16),
                 mask=is_head[:, None])
    else:
        place = (pair * GROUP + row) * SPLITS + split
        tl.store(parts + place[:, None] * SIZE + column[None, :], result, mask=is_head[:, None])
        tl.store(sums + place * 2, most, mask=is_head)
        tl.store(sums + place * 2 + 1, total, mask=is_head)


@triton.jit
def attend_join(parts, sums, out, SIZE: tl.constexpr, SPLITS: tl.constexpr):
    head = tl.program_id(0).to(tl.int64)
    split, column = tl.arange(0, SPLITS), tl.arange(0, SIZE)
    most, total = tl.load(sums + (head * SPLITS + split) * 2), tl.load(sums + (head * SPLITS + split) * 2 + 1)
    factor = tl.exp2(most - tl.max(most, 0))
    part = tl.load(parts + (head * SPLITS + split[:, None]) * SIZE + column[None, :])
    result = tl.sum(part * factor[:, None], 0) / tl.sum(total * factor, 0)
    tl.store(out + head * SIZE + column, result.to(tl.bfloat16))


def attend(q, keys, values, length, programs=264, n=64):
    """[batch, heads, size] over caches [batch, shared heads, most, size], of which `length` count; bf16."""
    batch, heads, size = q.shape
    shared = keys.shape[1]
    group = heads // shared
    splits = 1
    while splits < 64 and splits * batch * shared < programs and length / (2 * splits) >= n:
        splits *= 2
    share = triton.cdiv(triton.cdiv(length, splits), n) * n
    out = torch.empty_like(q)
    parts = torch.empty(batch * heads * splits * size if splits > 1 else 1, device=CARD, dtype=torch.float32)
    sums = torch.empty(batch * heads * splits * 2 if splits > 1 else 1, device=CARD, dtype=torch.float32)
    attend_part[(batch * shared, splits)](
        q, keys, values, parts, sums, out, length, share, 1.4426950408889634 / math.sqrt(size), keys.stride(0), keys.stride(1),
        shared, group, max(16, triton.next_power_of_2(group)), size, n, splits, num_warps=4, num_stages=3)
    if splits > 1:
        attend_join[(batch * heads,)](parts, sums, out, size, splits, num_warps=4)
    return out


@triton.jit
def narrow_product(x, w, scales, out, parts, m, n, k, M: tl.constexpr, N: tl.constexpr, BITS: tl.constexpr, SPLITS: tl.constexpr):
    """x [m, k] bf16 times weights in 4 or 8 bits, which lie as [k / 128, n, 128 BITS / 8] with a scale a row and 128 columns."""
    j, split = tl.program_id(0) * N + tl.arange(0, N), tl.program_id(1)
    i = tl.arange(0, M)
    is_row, is_column = i < m, j < n
    total = tl.zeros((M, N), tl.float32)
    groups = k // 128
    share = tl.cdiv(groups, SPLITS)
    for group in range(split * share, tl.minimum(groups, (split + 1) * share)):
        scale = tl.load(scales + group * n + j, mask=is_column, other=0).to(tl.float32)
        if BITS == 4:
            c = tl.arange(0, 64)
            packed = tl.load(w + (group * n + j[None, :]).to(tl.int64) * 64 + c[:, None], mask=is_column[None, :], other=0)
            low, high = ((packed & 15).to(tl.float32) - 8).to(tl.bfloat16), ((packed >> 4).to(tl.float32) - 8).to(tl.bfloat16)
            a = tl.load(x + i[:, None] * k + group * 128 + c[None, :], mask=is_row[:, None], other=0)
            b = tl.load(x + i[:, None] * k + group * 128 + 64 + c[None, :], mask=is_row[:, None], other=0)
            total += (tl.dot(a, low) + tl.dot(b, high)) * scale[None, :]
        else:
            c = tl.arange(0, 128)
            value = tl.load(w + (group * n + j[None, :]).to(tl.int64) * 128 + c[:, None], mask=is_column[None, :], other=0)
            a = tl.load(x + i[:, None] * k + group * 128 + c[None, :], mask=is_row[:, None], other=0)
            total += tl.dot(a, value.to(tl.int8, bitcast=True).to(tl.float32).to(tl.bfloat16)) * scale[None, :]
    is_result = is_row[:, None] & is_column[None, :]
    place = i[:, None] * n + j[None, :]
    if SPLITS == 1:
        tl.store(out + place, total.to(tl.bfloat16), mask=is_result)
    else:
        tl.store(parts + split * m * n + place, total, mask=is_result)


class Narrow:
    """Random weights [n, k] in 4 or 8 bits, and the products with them."""

    def __init__(self, n, k, bits, copies=1):
        self.n, self.k, self.bits = n, k, bits
        self.w = [torch.randint(0, 256, (k // 128, n, 16 * bits), device=CARD, dtype=torch.uint8) for _ in range(copies)]
        self.scales = torch.rand(k // 128, n, device=CARD, dtype=torch.bfloat16) * 0.01

    def call(self, x, which=0, columns=32, splits=1, warps=4):
        m = x.shape[0]
        out = torch.empty(m, self.n, device=CARD, dtype=torch.bfloat16)
        parts = out if splits == 1 else torch.empty(splits, m, self.n, device=CARD, dtype=torch.float32)
        narrow_product[(triton.cdiv(self.n, columns), splits)](
            x, self.w[which], self.scales, out, parts, m, self.n, self.k, max(16, triton.next_power_of_2(m)), columns, self.bits,
            splits, num_warps=warps, num_stages=4)
        return out if splits == 1 else parts.sum(0, dtype=torch.float32).to(torch.bfloat16)

    def weights(self):
        """[n, k] in fp32."""
        w = self.w[0]
        if self.bits == 4:
            value = torch.cat(((w & 15).float() - 8, (w >> 4).float() - 8), 2)
        else:
            value = w.view(torch.int8).float()
        return (value * self.scales.float()[:, :, None]).permute(1, 0, 2).reshape(self.n, self.k)
