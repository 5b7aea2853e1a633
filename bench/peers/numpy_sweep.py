"""The reference sweep of configs/reference.yaml as a careful NumPy program: the peer of `npm run bench`.

One process, BLAS held to one thread. Pre-activations come from float32 matrix products, layer by layer, and are drawn once for
each (input, fan-in); the four initializers are four scales of the same draws, and all slopes act on the same z. (With work arrays
of its own in place of NumPy's temporaries it is some 5 to 8% faster.) Standard output: the seconds of the sweep, without the start of Python. Standard error: statistics of some cells as JSON.

usage: numpy_sweep.py [SAMPLES]
"""

import os

for library in ("OMP", "OPENBLAS", "MKL", "VECLIB"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import json
import sys
import time

import numpy as np

FAN_INS = [1 << k for k in range(13)]
SLOPES = np.geomspace(0.1, 10, 12)
BOUNDS = {
    "standard_uniform": lambda n: n**-0.5,
    "lecun_uniform": lambda n: (3 / n) ** 0.5,
    "he_uniform": lambda n: (6 / n) ** 0.5,
    "uniform": lambda n: 1.0,
}
SATURATION = 0.1
CHECKED_FAN_INS = (16, 256, 4096)
CHECKED_SLOPES = (0, 6, 11)

rng = np.random.Generator(np.random.SFC64(20))


def symmetric(shape):
    """U(-1, 1)."""
    draws = rng.random(shape, dtype=np.float32)
    draws *= 2
    draws -= 1
    return draws


def uniform(shape):
    draws = symmetric(shape)
    draws *= np.float32(3**0.5)
    return draws


def rademacher(shape):
    return (2 * rng.integers(0, 2, shape, dtype=np.int8) - 1).astype(np.float32)


INPUTS = {
    "normal": lambda shape: rng.standard_normal(shape, dtype=np.float32),
    "uniform": uniform,
    "rademacher": rademacher,
    "laplace": lambda shape: rng.laplace(scale=0.5**0.5, size=shape).astype(np.float32),
}


def independent_sums(draw, fan_in, z):
    """A weight vector and an input vector of its own for each z, some 4 million products at a time."""
    step = max(1, (1 << 22) // fan_in)
    for start in range(0, z.size, step):
        part = z[start : start + step]
        np.einsum("ij,ij->i", symmetric((part.size, fan_in)), draw((part.size, fan_in)), out=part)


def layer_sums(draw, fan_in, side, z):
    """Layers of `side` units, each seen by `side` inputs: side² pre-activations from 2·side vectors."""
    for start in range(0, z.size, side * side):
        part = z[start : start + side * side]
        part[:] = (draw((side, fan_in)) @ symmetric((fan_in, side))).ravel()[: part.size]


def pre_activations(draw, fan_in, z):
    side = min(64, max(1, fan_in // 4))
    if side == 1:
        independent_sums(draw, fan_in, z)
    else:
        layer_sums(draw, fan_in, side, z)


def z_statistics(z):
    mean = z.mean(dtype=np.float64)
    centred = z - np.float32(mean)
    variance = np.square(centred).mean(dtype=np.float64)
    kurtosis = np.square(np.square(centred)).mean(dtype=np.float64) / variance**2 - 3
    p01, p50, p99 = np.quantile(z, (0.01, 0.5, 0.99))
    return {"z_mean": mean, "z_var": variance, "z_kurt": kurtosis, "z_p01": p01, "z_p50": p50, "z_p99": p99}


def activation_statistics(z, slope):
    """Of a = 1/(1 + exp(-slope·z)) and its derivative d = slope·a·(1 - a)."""
    beta = np.float32(slope)
    a = 1 / (1 + np.exp(np.clip(-beta * z, -60, 60)))
    d = beta * a * (1 - a)
    return {
        "a_mean": a.mean(),
        "a_var": a.var(),
        "d_mean": d.mean(),
        "d_sq_mean": np.square(d).mean(),
        "saturated": (d < SATURATION * slope / 4).mean(),
    }


def sweep(samples):
    z0 = np.empty(samples, np.float32)
    cells, checked = 0, []
    for input_name, draw in INPUTS.items():
        for fan_in in FAN_INS:
            pre_activations(draw, fan_in, z0)
            for initializer, bound in BOUNDS.items():
                z = z0 * np.float32(bound(fan_in))
                of_z = z_statistics(z)
                for k, slope in enumerate(SLOPES):
                    of_g = activation_statistics(z, slope)
                    cells += 1
                    if fan_in in CHECKED_FAN_INS and k in CHECKED_SLOPES:
                        cell = {"input": input_name, "fan_in": fan_in, "initializer": initializer, "beta": slope}
                        checked.append(cell | of_z | of_g)
    return cells, checked


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1 << 18
    begin = time.perf_counter()
    count, sample = sweep(size)
    seconds = time.perf_counter() - begin
    print(json.dumps({"check": sample}, default=float), file=sys.stderr)
    print(json.dumps({"seconds": seconds, "cells": count, "samples": size}))
