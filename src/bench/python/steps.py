"""PyTorch's side of src/bench/compare: the same networks and kernels, one thread, timed when asked.

Reads lines "NAME BATCH PRECISION LAYOUT SECONDS" and answers each with "SAMPLES SECONDS": the samples
of whole steps (forward, backward, SGD with momentum), or of runs of one kernel, and the time they took.
PRECISION is f32 or bf16 (autocast for networks, bf16 tensors for kernels); LAYOUT is nchw or nhwc.
"""

import re
import sys
import time

import torch
from torch import nn


def conv(channels, filters, kernel, stride=1, bias=True):
    return nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=bias)


class Block(nn.Module):
    """y = relu(shortcut(x) + layers(x))"""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.layers = nn.Sequential(
            conv(channels, filters, 3, stride, False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            conv(filters, filters, 3, 1, False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                conv(channels, filters, 1, stride, False), nn.BatchNorm2d(filters)
            )

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.layers(x))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def network(name):
    if name == "mlp":
        return (784,), nn.Sequential(
            nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10)
        )
    if name == "lenet":
        return (1, 28, 28), nn.Sequential(
            conv(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2),
            conv(32, 64, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10),
        )
    if name == "vgg":
        layers, channels = [], 3
        for filters in (64, 128, 256):
            layers += [conv(channels, filters, 3), nn.ReLU(), conv(filters, filters, 3), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
            channels = filters
        layers += [nn.Flatten(), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 10)]
        return (3, 32, 32), nn.Sequential(*layers)
    if name == "residual":
        layers = [conv(3, 16, 3, 1, False), nn.BatchNorm2d(16), nn.ReLU()]
        channels = 16
        for filters in (16, 32, 64):
            for i in range(3):
                layers.append(Block(channels, filters, 2 if i == 0 and filters > 16 else 1))
                channels = filters
        return (3, 32, 32), nn.Sequential(*layers, Mean(), nn.Linear(64, 10))
    raise ValueError("no network " + name)


def step(name, batch, precision, layout):
    shape, net = network(name)
    x = torch.rand(batch, *shape)
    if layout == "nhwc" and len(shape) == 3:
        net = net.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (batch,))
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

    def run():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            value = loss(net(x), labels)
        value.backward()
        optimizer.step()

    return run


def kernel(name, batch, precision, layout):
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    c = re.fullmatch(r"conv-(\d+)x(\d+)x(\d+)-(\d+)-k(\d+)-(forward|dx|dw)", name)
    if c:
        channels, height, width, filters, k = map(int, c.groups()[:5])
        format = torch.channels_last if layout == "nhwc" else torch.contiguous_format
        x = torch.randn(batch, channels, height, width).to(dtype).to(memory_format=format)
        w = torch.randn(filters, channels, k, k).to(dtype).to(memory_format=format)
        dy = torch.randn(batch, filters, height, width).to(dtype).to(memory_format=format)
        p = [k // 2, k // 2]
        if c.group(6) == "forward":
            return lambda: torch.nn.functional.conv2d(x, w, None, 1, p)
        mask = [c.group(6) == "dx", c.group(6) == "dw", False]
        return lambda: torch.ops.aten.convolution_backward(
            dy, x, w, None, [1, 1], p, [1, 1], False, [0, 0], 1, mask
        )
    a = re.fullmatch(r"affine-(\d+)x(\d+)-(forward|dx|dw)", name)
    inputs, outputs = map(int, a.groups()[:2])
    x = torch.randn(batch, inputs).to(dtype)
    w = torch.randn(outputs, inputs).to(dtype)
    dy = torch.randn(batch, outputs).to(dtype)
    if a.group(3) == "forward":
        return lambda: x @ w.t()
    if a.group(3) == "dx":
        return lambda: dy @ w
    return lambda: dy.t() @ x


def main():
    torch.set_num_threads(1)
    known, run = None, None
    print("torch " + torch.__version__, flush=True)
    for line in sys.stdin:
        name, batch, precision, layout, seconds = line.split()
        what = (name, int(batch), precision, layout)
        is_kernel = "-" in name
        if what != known:
            run = (kernel if is_kernel else step)(*what)
            known = what
        with torch.set_grad_enabled(not is_kernel):
            for _ in range(3):
                run()
            start = time.perf_counter()
            runs = 0
            while time.perf_counter() - start < float(seconds):
                run()
                runs += 1
            print(runs * what[1], time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
