"""Trains one network in PyTorch, in double precision on one thread, from parameters and examples given as JSON on standard input.

Answers with the loss before every step and the parameters at the end, in initsweep's order: of each layer the weights
(fan_out by fan_in, row-major), then the biases."""

import json
import sys

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Slope(torch.nn.Module):
    def __init__(self, beta, function):
        super().__init__()
        self.beta, self.function = beta, function

    def forward(self, z):
        return self.function(self.beta * z)


FUNCTIONS = {"logistic": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "gelu": torch.nn.functional.gelu}


def network(job):
    modules = []
    at = 0
    theta = torch.tensor(job["theta"])
    for layer, (fan_in, fan_out) in enumerate(zip(job["units"], job["units"][1:])):
        linear = torch.nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(theta[at : at + fan_in * fan_out].reshape(fan_out, fan_in))
            at += fan_in * fan_out
            linear.bias.copy_(theta[at : at + fan_out])
            at += fan_out
        last = layer == len(job["units"]) - 2
        modules += [linear, Slope(job["beta"], (lambda z: z) if last else FUNCTIONS[job["activation"]])]
    return torch.nn.Sequential(*modules)


def loss_of(job, logits, targets):
    if job["loss"] == "mse":
        outputs = torch.sigmoid(logits) if job["output"] == "logistic" else logits
        return 0.5 * ((outputs - targets) ** 2).sum(1).mean()
    if job["output"] == "softmax":
        return torch.nn.functional.cross_entropy(logits, targets)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)


def optimizer(job, parameters):
    arm = job["arm"]
    if arm["optimizer"] == "sgd":
        return torch.optim.SGD(parameters, lr=arm["learningRate"], momentum=arm["momentum"], weight_decay=arm["l2"])
    kind, decay = (torch.optim.Adam, arm["l2"]) if arm["optimizer"] == "adam" else (torch.optim.AdamW, arm["decay"])
    betas = (arm["firstMoment"], arm["secondMoment"])
    return kind(parameters, lr=arm["learningRate"], betas=betas, eps=arm["epsilon"], weight_decay=decay)


def train(job):
    net = network(job)
    rows = len(job["inputs"]) // job["units"][0]
    inputs = torch.tensor(job["inputs"], dtype=torch.float64).reshape(rows, -1)
    targets = torch.tensor(job["targets"], dtype=torch.float64).reshape(rows, -1)
    steps = optimizer(job, net.parameters())
    losses = []
    for _ in range(job["steps"]):
        steps.zero_grad()
        loss = loss_of(job, net(inputs), targets)
        losses.append(loss.item())
        loss.backward()
        steps.step()
    layers = [m for m in net if isinstance(m, torch.nn.Linear)]
    theta = [p.detach().flatten() for m in layers for p in (m.weight, m.bias)]
    return {"losses": losses, "theta": torch.cat(theta).tolist()}


print(json.dumps([train(job) for job in json.load(sys.stdin)]))
