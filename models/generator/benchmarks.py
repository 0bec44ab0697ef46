"""Networks of public benchmarks without weights, with batch normalisation folded into convolutions.

    python3 benchmarks.py resnet50 --batch 32 -o resnet50.json
    python3 benchmarks.py --all FOLDER

`--all` writes every network with a batch of one item: `partition --batch` makes others of them. Sizes: ResNet (arXiv 1512.03385; 50
as v1.5, its stride in the 3x3 convolution), ResNeXt-101 32x4d (1611.05431), VGG-16 (1409.1556), MobileNetV2 (1801.04381), BERT
(1810.04805), MLPerf Inference's DLRM (Criteo 1 TB, 26 tables of width 128 with 40 M rows at most; a pair of user and item) and
3D-UNet (KiTS19, a window of 128 x 128 x 128). Standard library only.
"""

import argparse
import os

import onnx_json as ox

# MLPerf Inference, recommendation/dlrm: rows of Criteo's tables with at most 40 M.
CRITEO = (39884406, 39043, 17289, 7420, 20263, 3, 7120, 1543, 63, 38532951, 2953546, 403346, 10, 2208, 11938, 155, 4, 976, 14,
          39979771, 25641295, 39664984, 585935, 12972, 108, 36)


class Network:
    def __init__(self, name, batch):
        self.name, self.batch = name, batch
        self.nodes, self.weights, self.inputs, self.outputs, self.shapes, self.count = [], [], [], [], {}, 0

    def input(self, name, shape, kind=ox.FLOAT):
        self.inputs.append(ox.value(name, kind, shape))
        self.shapes[name] = list(shape)
        return name

    def weight(self, *shape):
        self.count += 1
        name = "w%d" % self.count
        self.weights.append(ox.weight(name, shape))
        return name

    def add(self, kind, inputs, shape, **attributes):
        self.count += 1
        name = "%s_%d" % (kind.lower(), self.count)
        self.nodes.append(ox.node(name, kind, inputs, name, **attributes))
        self.shapes[name] = list(shape)
        return name

    def relu(self, x, kind="Relu"):
        return self.add(kind, [x], self.shapes[x])

    def sum(self, x, y):
        return self.add("Add", [x, y], self.shapes[x])

    def conv(self, x, channels, window, stride=1, groups=1, axes=2):
        n, c, *space = self.shapes[x]
        pad = window // 2
        out = [(s + 2 * pad - window) // stride + 1 for s in space]
        return self.add(
            "Conv", [x, self.weight(channels, c // groups, *[window] * axes), self.weight(channels)], [n, channels] + out,
            kernel_shape=[window] * axes, strides=[stride] * axes, pads=[pad] * 2 * axes, group=groups)

    def pool(self, x, window, stride, pad=0, kind="MaxPool"):
        n, c, *space = self.shapes[x]
        out = [(s + 2 * pad - window) // stride + 1 for s in space]
        return self.add(kind, [x], [n, c] + out, kernel_shape=[window] * len(space), strides=[stride] * len(space),
                        pads=[pad] * 2 * len(space))

    def reshape(self, x, *shape):
        self.count += 1
        name = "shape%d" % self.count
        # The first axis stays, so that other batches follow.
        self.weights.append(ox.integers(name, [0] + list(shape[1:])))
        return self.add("Reshape", [x, name], shape)

    def linear(self, x, width):
        *rows, depth = self.shapes[x]
        y = self.add("MatMul", [x, self.weight(depth, width)], rows + [width])
        return self.add("Add", [y, self.weight(width)], rows + [width])

    def output(self, x):
        self.outputs.append(ox.value(x, ox.FLOAT, self.shapes[x]))

    def model(self):
        values = [ox.value(n, ox.FLOAT, s) for n, s in self.shapes.items() if any(n in node["output"] for node in self.nodes)]
        return {
            "irVersion": "10", "producerName": "partition models/generator",
            "opsetImport": [{"domain": "", "version": "23"}],
            "metadataProps": [{"key": "partition.batch", "value": str(self.batch)}],
            "graph": {"name": self.name, "input": self.inputs, "output": self.outputs, "node": self.nodes,
                      "initializer": self.weights, "valueInfo": values},
        }


def head(net, x, width=None):
    n, c, *space = net.shapes[x]
    x = net.reshape(net.add("GlobalAveragePool", [x], [n, c, 1, 1]), n, c)
    net.output(net.linear(x, 1000))


def residual(net, blocks, bottleneck=True, groups=1, width=64):
    x = net.relu(net.conv(net.input("image", [net.batch, 3, 224, 224]), 64, 7, 2))
    x = net.pool(x, 3, 2, 1)
    for stage, count in enumerate(blocks):
        inner, outer = width << stage, (256 if bottleneck else 64) << stage
        for block in range(count):
            stride = 2 if stage and not block else 1
            if bottleneck:
                y = net.relu(net.conv(x, inner, 1))
                y = net.relu(net.conv(y, inner, 3, stride, groups))
                y = net.conv(y, outer, 1)
            else:
                y = net.conv(net.relu(net.conv(x, outer, 3, stride)), outer, 3)
            changes = stride > 1 or net.shapes[x][1] != outer
            x = net.relu(net.sum(y, net.conv(x, outer, 1, stride) if changes else x))
    head(net, x)


def vgg(net):
    x = net.input("image", [net.batch, 3, 224, 224])
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            x = net.relu(net.conv(x, width, 3))
        x = net.pool(x, 2, 2)
    x = net.reshape(x, net.batch, 512 * 49)
    for width in (4096, 4096):
        x = net.relu(net.linear(x, width))
    net.output(net.linear(x, 1000))


def mobile(net):
    x = net.relu(net.conv(net.input("image", [net.batch, 3, 224, 224]), 32, 3, 2))
    for expansion, width, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                            (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(count):
            inner = expansion * net.shapes[x][1]
            y = net.relu(net.conv(x, inner, 1)) if expansion > 1 else x
            y = net.conv(net.relu(net.conv(y, inner, 3, stride if not block else 1, inner)), width, 1)
            x = net.sum(x, y) if net.shapes[x] == net.shapes[y] else y
    head(net, net.relu(net.conv(x, 1280, 1)))


def bert(net, layers, width, heads, tokens):
    n, size = net.batch, width // heads
    norm = lambda x: net.add("LayerNormalization", [x, net.weight(width), net.weight(width)], net.shapes[x], axis=-1)
    words = net.add("Gather", [net.weight(30522, width), net.input("tokens", [n, tokens], ox.INT64)], [n, tokens, width])
    x = norm(net.add("Add", [words, net.weight(1, tokens, width)], [n, tokens, width]))
    for _ in range(layers):
        q, k, v = (net.linear(x, width) for _ in range(3))
        # On three axes the batch stays the first: [n, tokens, heads x size].
        y = net.add("Attention", [q, k, v], [n, tokens, width], q_num_heads=heads, kv_num_heads=heads)
        x = norm(net.sum(net.linear(y, width), x))
        y = net.linear(net.relu(net.linear(x, 4 * width), "Gelu"), width)
        x = norm(net.sum(y, x))
    net.output(net.linear(x, 2))


def dlrm(net):
    n = net.batch
    x = net.input("dense", [n, 13])
    for width in (512, 256, 128):
        x = net.relu(net.linear(x, width))
    rows = [net.reshape(x, n, 1, 128)]
    for table, count in enumerate(CRITEO):
        index = net.input("index_%d" % table, [n, 1], ox.INT64)
        rows.append(net.add("Gather", [net.weight(count, 128), index], [n, 1, 128]))
    joined = net.add("Concat", rows, [n, 27, 128], axis=1)
    turned = net.add("Transpose", [joined], [n, 128, 27], perm=[0, 2, 1])
    products = net.reshape(net.add("MatMul", [joined, turned], [n, 27, 27]), n, 729)
    net.weights.append(ox.integers("pairs", [27 * i + j for i in range(27) for j in range(i)]))
    pairs = net.add("Gather", [products, "pairs"], [n, 351], axis=1)
    x = net.add("Concat", [x, pairs], [n, 479], axis=1)
    for width in (1024, 1024, 512, 256):
        x = net.relu(net.linear(x, width))
    net.output(net.relu(net.linear(x, 1), "Sigmoid"))


def unet(net):
    norm = lambda x: net.add("InstanceNormalization", [x, net.weight(net.shapes[x][1]), net.weight(net.shapes[x][1])],
                             net.shapes[x])
    step = lambda x, c, stride=1: net.relu(norm(net.conv(x, c, 3, stride, axes=3)))
    x = net.input("image", [net.batch, 1, 128, 128, 128])
    kept = []
    for level, width in enumerate((32, 64, 128, 256, 320, 320)):
        x = step(step(x, width, 2 if level else 1), width)
        kept.append(x)
    for skip in reversed(kept[:-1]):
        n, width, *space = net.shapes[skip]
        x = net.add("ConvTranspose", [x, net.weight(net.shapes[x][1], width, 2, 2, 2)], [n, width] + space,
                    kernel_shape=[2] * 3, strides=[2] * 3)
        x = net.add("Concat", [x, skip], [n, 2 * width] + space, axis=1)
        x = step(step(x, width), width)
    net.output(net.conv(x, 3, 1, axes=3))


NETWORKS = {
    "resnet18": lambda net: residual(net, (2, 2, 2, 2), bottleneck=False),
    "resnet50": lambda net: residual(net, (3, 4, 6, 3)),
    "resnext101-32x4d": lambda net: residual(net, (3, 4, 23, 3), groups=32, width=128),
    "vgg16": vgg, "mobilenet_v2": mobile,
    "bert-large": lambda net: bert(net, 24, 1024, 16, 384), "bert-large-178": lambda net: bert(net, 24, 1024, 16, 178),
    "bert-base": lambda net: bert(net, 12, 768, 12, 128),
    "dlrm-criteo": dlrm, "unet3d": unet,
}


def build(name, batch):
    net = Network(name, batch)
    NETWORKS[name](net)
    return net.model()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=sorted(NETWORKS), nargs="?")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--all", metavar="FOLDER")
    parser.add_argument("-o", "--output")
    arguments = parser.parse_args()
    if arguments.batch < 1 or (arguments.all is None) == (arguments.network is None or arguments.output is None):
        parser.error("give a network with -o, or --all with a folder; --batch is at least 1")
    if arguments.all:
        os.makedirs(arguments.all, exist_ok=True)
        for name in NETWORKS:
            ox.write(build(name, arguments.batch), os.path.join(arguments.all, name + ".json"))
    else:
        ox.write(build(arguments.network, arguments.batch), arguments.output)


if __name__ == "__main__":
    main()
