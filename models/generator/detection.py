"""Faster R-CNN on an FBNetV3-G trunk, with static shapes: FPN, RPN, RoIAlign and a two-FC box head.

Proposals are padded to a fixed count, so TopK, NonMaxSuppression, Gather and RoiAlign have worst-case shapes. Every
proposal is pooled on every level and the right level is chosen with Where, which keeps shapes static; RoIAlign is cheap
beside the fully connected layers.
"""

import timm
import torch
import torch.nn.functional as F
from torch import nn

symbolic = torch.onnx.ops.symbolic

CLASSES = 91
POOLED = 7


class Detector(nn.Module):
    def __init__(self, size, levels=(2, 3, 4), channels=256, candidates=1000, proposals=1000, hidden=1024):
        """`size` is the image's height and width; `levels` are the trunk's feature levels."""
        super().__init__()
        self.size, self.candidates, self.proposals = size, candidates, proposals
        self.trunk = timm.create_model("fbnetv3_g", features_only=True, out_indices=levels)
        widths, self.strides = self.trunk.feature_info.channels(), self.trunk.feature_info.reduction()
        self.lateral = nn.ModuleList(nn.Conv2d(width, channels, 1) for width in widths)
        self.smooth = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in widths)
        self.rpn = nn.Conv2d(channels, channels, 3, padding=1)
        self.objectness = nn.Conv2d(channels, 3, 1)
        self.deltas = nn.Conv2d(channels, 12, 1)
        self.fc1 = nn.Linear(channels * POOLED * POOLED, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.classes = nn.Linear(hidden, CLASSES)
        self.boxes = nn.Linear(hidden, 4 * CLASSES)
        for level, stride in enumerate(self.strides):
            cells = (size[0] // stride) * (size[1] // stride)
            self.register_buffer(f"anchors{level}", torch.zeros(cells * 3, 4))

    def forward(self, image):
        features = self.pyramid(image)
        regions = self.regions(features)
        x = self.pooled(features, regions).flatten(1)
        x = F.relu(self.fc2(F.relu(self.fc1(x))))
        return F.softmax(self.classes(x), -1), self.boxes(x), regions

    def pyramid(self, image):
        lateral = [conv(x) for conv, x in zip(self.lateral, self.trunk(image))]
        for i in range(len(lateral) - 2, -1, -1):
            lateral[i] = lateral[i] + F.interpolate(lateral[i + 1], scale_factor=2.0, mode="nearest")
        return [conv(x) for conv, x in zip(self.smooth, lateral)]

    def regions(self, features):
        """The proposals, best first, after non-maximum suppression over all levels."""
        boxes, scores = [], []
        for level, feature in enumerate(features):
            hidden = F.relu(self.rpn(feature))
            objectness = self.objectness(hidden).permute(0, 2, 3, 1).reshape(-1)
            deltas = self.deltas(hidden).permute(0, 2, 3, 1).reshape(-1, 4)
            best, index = torch.topk(objectness, min(self.candidates, objectness.shape[0]))
            boxes.append(self.decoded(getattr(self, f"anchors{level}")[index], deltas[index]))
            scores.append(torch.sigmoid(best))
        boxes, scores = torch.cat(boxes), torch.cat(scores)
        limits = torch.tensor([self.proposals]), torch.tensor([0.7])
        selected = symbolic(
            "NonMaxSuppression", (boxes.unsqueeze(0), scores.reshape(1, 1, -1), *limits), dtype=torch.int64,
            shape=(self.proposals, 3))
        return boxes[selected[:, 2]]

    def decoded(self, anchors, deltas):
        extent = anchors[:, 2:] - anchors[:, :2]
        centre = anchors[:, :2] + 0.5 * extent
        centre = deltas[:, :2] * extent + centre
        extent = torch.exp(torch.clamp(deltas[:, 2:], max=4.135)) * extent
        corners = torch.cat([centre - 0.5 * extent, centre + 0.5 * extent], 1)
        return torch.clamp(corners, 0.0, float(max(self.size)))

    def pooled(self, features, regions):
        """RoIAlign of every region on the level that its area asks for (Lin et al., arXiv 1612.03144)."""
        area = torch.sqrt((regions[:, 2] - regions[:, 0]) * (regions[:, 3] - regions[:, 1]))
        level = torch.clamp(torch.floor(4 + torch.log2(area / 224.0 + 1e-6)), 2, 1 + len(features)) - 2
        batch = torch.zeros(self.proposals, dtype=torch.int64)
        result = None
        for i, feature in enumerate(features):
            aligned = symbolic(
                "RoiAlign", (feature, regions, batch),
                attrs={
                    "output_height": POOLED, "output_width": POOLED, "sampling_ratio": 2, "mode": "avg",
                    "spatial_scale": 1.0 / self.strides[i], "coordinate_transformation_mode": "half_pixel"},
                dtype=torch.float32, shape=(self.proposals, feature.shape[1], POOLED, POOLED))
            chosen = (level == i).reshape(-1, 1, 1, 1)
            result = aligned if result is None else torch.where(chosen, aligned, result)
        return result
