"""PyTorch DDP's side of src/bench/compare --ddp: one of its processes, one thread, gloo over loopback.

Arguments: RANK WORLD PORT. Reads lines "NAME BATCH PRECISION LAYOUT UPDATE STEPS", the same in every process,
and answers each with the seconds that those steps took (forward, backward with all-reduce, SGD with momentum).
BATCH is the whole mini-batch, of which each process has its share; PRECISION is f32, or bf16 by autocast; LAYOUT is
nchw or nhwc; UPDATE is plain or fused (torch.optim.SGD's two ways on a CPU). Networks live from one line to the next.
"""

import os
import sys
import time

import torch
import torch.distributed as dist
from torch import nn

from steps import network


def trainer(name, batch, precision, layout, update):
    shape, net = network(name)
    x = torch.rand(batch, *shape)
    if layout == "nhwc" and len(shape) == 3:
        net = net.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (batch,))
    loss = nn.CrossEntropyLoss()
    # The buckets are the gradients' own memory: one copy less than DDP makes by default.
    parallel = nn.parallel.DistributedDataParallel(net, gradient_as_bucket_view=True)
    optimizer = torch.optim.SGD(
        parallel.parameters(), lr=1e-3, momentum=0.9, fused=True if update == "fused" else None
    )

    def run():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            value = loss(parallel(x), labels)
        value.backward()
        optimizer.step()

    return run


def main():
    rank, world, port = map(int, sys.argv[1:4])
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.set_num_threads(1)
    torch.manual_seed(1)
    dist.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world
    )
    print("torch " + torch.__version__, flush=True)
    known = {}
    for line in sys.stdin:
        *what, steps = line.split()
        name, batch, precision, layout, update = what
        key = tuple(what)
        if key not in known:
            known[key] = trainer(name, int(batch) // world, precision, layout, update)
        start = time.perf_counter()
        for _ in range(int(steps)):
            known[key]()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
