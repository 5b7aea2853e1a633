"""Trains networks as `torch_training.py` does, with JAX's automatic derivatives and Optax's updates.

Jobs come as JSON on standard input; the answer is the loss before every step and the parameters at the end, in initsweep's order: of each
layer the weights (fan_out by fan_in, row-major), then the biases."""

import json
import sys

import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)

FUNCTIONS = {
    "logistic": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "gelu": lambda u: jax.nn.gelu(u, approximate=False),
}


def logits_of(job, theta, inputs):
    values, at = inputs, 0
    units = job["units"]
    for layer, (fan_in, fan_out) in enumerate(zip(units, units[1:])):
        weights = theta[at : at + fan_in * fan_out].reshape(fan_out, fan_in)
        at += fan_in * fan_out
        values = job["beta"] * (values @ weights.T + theta[at : at + fan_out])
        at += fan_out
        if layer < len(units) - 2:
            values = FUNCTIONS[job["activation"]](values)
    return values


def loss_of(job, theta, inputs, targets):
    logits = logits_of(job, theta, inputs)
    if job["loss"] == "mse":
        outputs = jax.nn.sigmoid(logits) if job["output"] == "logistic" else logits
        return 0.5 * ((outputs - targets) ** 2).sum(1).mean()
    if job["output"] == "softmax":
        return optax.softmax_cross_entropy(logits, targets).mean()
    return optax.sigmoid_binary_cross_entropy(logits, targets).mean()


def updates(arm):
    rate, betas = arm["learningRate"], {"b1": arm["firstMoment"], "b2": arm["secondMoment"], "eps": arm["epsilon"]}
    if arm["optimizer"] == "adamw":
        return optax.adamw(rate, weight_decay=arm["decay"], **betas)
    rule = optax.sgd(rate, momentum=arm["momentum"]) if arm["optimizer"] == "sgd" else optax.adam(rate, **betas)
    return optax.chain(optax.add_decayed_weights(arm["l2"]), rule)


def train(job):
    inputs = jnp.array(job["inputs"]).reshape(-1, job["units"][0])
    targets = jnp.array(job["targets"]).reshape(inputs.shape[0], -1)
    theta = jnp.array(job["theta"])
    rule = updates(job["arm"])
    state = rule.init(theta)
    value_and_gradient = jax.jit(jax.value_and_grad(lambda theta: loss_of(job, theta, inputs, targets)))
    losses = []
    for _ in range(job["steps"]):
        loss, gradient = value_and_gradient(theta)
        losses.append(loss.item())
        change, state = rule.update(gradient, state, theta)
        theta = optax.apply_updates(theta, change)
    return {"losses": losses, "theta": theta.tolist()}


print(json.dumps([train(job) for job in json.load(sys.stdin)]))
