"""Measures whole networks on a GPU with PyTorch, for gpu.md.

    python3 reports/fidelity/gpu_networks.py FILE [--seconds 200]

fp16 (convolutions channels last, batch normalisation folded), random weights. `kernels`: a CUDA graph of one kernel an operator.
`compiled`: torch.compile, which fuses elementwise operators, in a CUDA graph. The time is the median of replays.
"""

import argparse
import statistics
import time

import torch

CARD = torch.device("cuda")


def vision(name):
    import torchvision.models as m
    nets = {
        "resnet50": lambda: m.resnet50(), "resnet18": lambda: m.resnet18(), "mobilenet_v2": lambda: m.mobilenet_v2(),
        "resnext101-32x4d": lambda: m.ResNet(m.resnet.Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=4),
        "regnety-128gf": lambda: m.regnet_y_128gf(), "vgg16": lambda: m.vgg16(), "densenet121": lambda: m.densenet121(),
    }
    size = 384 if name == "regnety-128gf" else 224
    net = nets[name]().eval()
    from torch.fx.experimental.optimization import fuse
    net = fuse(net).to(CARD, torch.float16).to(memory_format=torch.channels_last)
    return net, lambda n: torch.randn(n, 3, size, size, device=CARD, dtype=torch.float16).to(memory_format=torch.channels_last)


def text(name):
    import transformers as t
    sizes = {"bert-large": (t.BertConfig(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096), 384),
             "bert-base": (t.BertConfig(), 128)}
    config, length = sizes[name]
    config._attn_implementation = "sdpa"
    net = t.BertModel(config).eval().to(CARD, torch.float16)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, x):
            return self.net(input_ids=x).last_hidden_state
    return Net(), lambda n: torch.randint(0, 30000, (n, length), device=CARD)


def seconds(call, x):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(4):
            call(x)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call(x)
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    times = []
    for _ in range(15):
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end) / 1e3)
    return statistics.median(times[3:])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("file")
    options.add_argument("--seconds", type=float, default=200)
    options = options.parse_args()
    limit = time.time() + options.seconds
    torch.backends.cudnn.benchmark = True
    torch.set_grad_enabled(False)
    out = open(options.file, "w", buffering=1)
    print("network,way,batch,seconds", file=out)
    kept = {}
    for name in ("resnet50", "bert-large", "resnext101-32x4d", "bert-base", "mobilenet_v2", "regnety-128gf", "resnet18", "vgg16", "densenet121"):
        try:
            kept[name] = (text if name.startswith("bert") else vision)(name)
            for n in (1, 4, 16, 64, 256):
                if time.time() > limit or name == "regnety-128gf" and n > 64:
                    break
                net, make = kept[name]
                print("%s,kernels,%d,%.5g" % (name, n, seconds(net, make(n))), file=out)
        except Exception as error:
            print(name, str(error)[:300])
        torch.cuda.empty_cache()
    for name, batches in (("resnet50", (64, 1, 8)), ("bert-large", (32, 1)), ("resnext101-32x4d", (16,)), ("bert-base", (32,)), ("mobilenet_v2", (64,)), ("resnet18", (64,))):
        for n in batches:
            if time.time() > limit or name not in kept:
                break
            start = time.time()
            try:
                torch._dynamo.reset()
                net, make = kept[name]
                call = torch.compile(net, dynamic=False)
                print("%s,compiled,%d,%.5g" % (name, n, seconds(call, make(n))), file=out)
            except Exception as error:
                print(name, n, str(error)[:300])
            print("compiled", name, n, "in", round(time.time() - start, 1), flush=True)


main()
