"""PyTorch training a small perceptron in double precision on one thread: seconds a step, and the last loss, as JSON.

Arguments: steps, and the network with its examples and its start as JSON: see bench/rows/training.mjs."""

import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

steps = int(sys.argv[1])
job = json.loads(sys.argv[2])
units, theta = job["units"], torch.tensor(job["theta"])
layers, at = [], 0
for fan_in, fan_out in zip(units, units[1:]):
    linear = torch.nn.Linear(fan_in, fan_out)
    with torch.no_grad():
        linear.weight.copy_(theta[at : at + fan_in * fan_out].reshape(fan_out, fan_in))
        at += fan_in * fan_out
        linear.bias.copy_(theta[at : at + fan_out])
        at += fan_out
    layers += [linear, torch.nn.Tanh()]
net = torch.nn.Sequential(*layers[:-1])
inputs = torch.tensor(job["inputs"], dtype=torch.float64).reshape(-1, units[0])
targets = torch.tensor(job["targets"], dtype=torch.float64).reshape(-1, 1)
loss_of = torch.nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=job["learningRate"])


def step():
    optimizer.zero_grad()
    loss = loss_of(net(inputs), targets)
    loss.backward()
    optimizer.step()
    return loss


losses = [step().item() for _ in range(steps)]
begin = time.perf_counter()
for _ in range(steps):
    step()
print(json.dumps({"seconds": (time.perf_counter() - begin) / steps, "loss": losses[-1], "torch": torch.__version__}))
