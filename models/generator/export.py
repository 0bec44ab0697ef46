"""The vision, video and language workloads, exported from public PyTorch implementations. Needs requirements.txt.

    python3 export.py resnext101-32x4d -o ../resnext101-32x4d.json
    python3 export.py xlm-r --tokens 70 -o xlm-r-70.json
    python3 export.py resnext3d --crop 160 -o resnext3d-160.json
"""

import argparse
import logging
import warnings

import torch
from torch import nn

import onnx_json as ox
import weightless
from serving import SERVING


def image(height, width):
    return lambda: (torch.empty(1, 3, height, width),)


def from_timm(name):
    import timm

    return lambda: timm.create_model(name)


def detection():
    from detection import Detector

    return Detector(size=(672, 704))


class ResNeXt3D(nn.Module):
    """ResNeXt3D-101 32x4 for clips of 4 frames, with a 400-class head (Kinetics)."""

    def __init__(self, crop):
        from classy_vision.models import build_model

        super().__init__()
        self.model = build_model(dict(
            name="resnext3d", frames_per_clip=4, input_planes=3, clip_crop_size=crop, input_key=None, heads=[],
            skip_transformation_type="postactivated_shortcut",
            residual_transformation_type="postactivated_bottleneck_transformation",
            stem_name="resnext3d_stem", stem_planes=64, stem_temporal_kernel=3, stem_spatial_kernel=7,
            stem_maxpool=True, num_blocks=[3, 4, 23, 3], stage_planes=256, num_groups=32, width_per_group=4,
            stage_temporal_kernel_basis=[[3], [3, 1], [3, 1], [1, 3]], temporal_conv_1x1=[True] * 4,
            stage_temporal_stride=[1, 2, 2, 2], stage_spatial_stride=[1, 2, 2, 2], num_classes=400,
            zero_init_residual_transform=True))
        self.fc = nn.Linear(2048, 400)

    def forward(self, clip):
        x = self.model.stages(self.model.stem([clip]))[0]
        return torch.softmax(self.fc(x.mean((2, 3, 4))), -1)


class XLMR(nn.Module):
    """XLM-R large with its pooler (Conneau et al., arXiv 1911.02116)."""

    def __init__(self):
        from transformers import XLMRobertaConfig, XLMRobertaModel

        super().__init__()
        config = XLMRobertaConfig(
            vocab_size=250002, hidden_size=1024, num_hidden_layers=24, num_attention_heads=16,
            intermediate_size=4096, max_position_embeddings=514, type_vocab_size=1, pad_token_id=1, bos_token_id=0,
            eos_token_id=2, layer_norm_eps=1e-5)
        config._attn_implementation = "eager"
        self.m = XLMRobertaModel(config, add_pooling_layer=True)

    def forward(self, input_ids, attention_mask):
        output = self.m(input_ids=input_ids, attention_mask=attention_mask)
        return output.last_hidden_state, output.pooler_output


def tokens(count):
    return lambda: (torch.ones(1, count, dtype=torch.int64), torch.ones(1, count, dtype=torch.int64))


def recipe(name, options):
    """How to make the module, its arguments, and the names of its inputs."""
    if name == "resnext101-32x4d":
        return from_timm("resnext101_32x4d"), image(224, 224), ["image"]
    if name == "regnety-128gf":
        return from_timm("regnety_1280"), image(224, 224), ["image"]
    if name == "fbnetv3-detection":
        return detection, image(672, 704), ["image"]
    if name == "resnext3d":
        crop = options.crop
        return (lambda: ResNeXt3D(crop)), (lambda: (torch.empty(1, 3, 4, crop, crop),)), ["clip"]
    return XLMR, tokens(options.tokens), ["input_ids", "attention_mask"]


def main():
    names = [name for name in SERVING if not name.startswith("dlrm")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=names)
    parser.add_argument("--tokens", type=int, default=32, help="length of xlm-r's sentence")
    parser.add_argument("--crop", type=int, default=64, help="frame height and width of resnext3d")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)

    build, arguments, inputs = recipe(options.name, options)
    model = ox.tidy(weightless.export(build, arguments, inputs))
    name, facts = options.name, dict(SERVING[options.name])
    if options.name == "xlm-r" and options.tokens != 32:
        name += f"-{options.tokens}"
        facts["provenance"] = facts["provenance"].replace("sentence of 32 tokens", f"sentence of {options.tokens} tokens")
    if options.name == "resnext3d" and options.crop != 64:
        name += f"-{options.crop}"
        facts["provenance"] = facts["provenance"].replace("64 x 64", f"{options.crop} x {options.crop}")
    ox.set_serving(model, name, facts)
    ox.write(model, options.output)


if __name__ == "__main__":
    main()
