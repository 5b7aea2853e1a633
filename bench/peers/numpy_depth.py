"""Random deep networks as a careful NumPy program: the peer of the benchmark's row `depth`.

One process, BLAS held to one thread. A network is LAYERS square layers of logistic units under weights from U(-1/√n, 1/√n); a batch of
normal inputs goes forward, a normal gradient comes back. Weights and derivatives are kept for the way back, arrays are
reused, and sums of squares are BLAS dot products. The pairs of inputs are the two halves of the batch, so that
their products are contiguous. Standard output: networks a second, by the median one. Standard error: averages by layer as JSON.

usage: numpy_depth.py WIDTH LAYERS BATCH NETWORKS [uniform|normal]
"""

import os

for library in ("OMP", "OPENBLAS", "MKL", "VECLIB"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import json
import sys
import time

import numpy as np

width, layers, batch, networks = (int(argument) for argument in sys.argv[1:5])
shape = sys.argv[5] if len(sys.argv) > 5 else "uniform"
SATURATION = 0.1

rng = np.random.Generator(np.random.SFC64(20))
values = width * batch
half = batch // 2
bound = np.float32(width**-0.5)
weights = np.empty((layers, width, width), np.float32)
slopes = np.empty((layers, width, batch), np.float32)
norms = np.empty((layers, batch), np.float32)
z, a, work = (np.empty((width, batch), np.float32) for _ in range(3))
below = np.empty((width, batch), bool)


def draw(to):
    if shape == "normal":
        rng.standard_normal(out=to, dtype=np.float32)
        to *= bound * np.float32(3**-0.5)
        return
    rng.random(out=to, dtype=np.float32)
    to -= np.float32(0.5)
    to *= 2 * bound


def square(x):
    flat = x.ravel()
    return float(flat @ flat)


def columns(x):
    return np.einsum("ij,ij->j", x, x)


def network():
    sums = np.empty((layers, 10))
    rng.standard_normal(out=a, dtype=np.float32)
    for layer in range(layers):
        norms[layer] = columns(a)
        draw(weights[layer])
        np.matmul(weights[layer], a, out=z)
        # a = 1/(1 + exp(-z)), d = a·(1 - a)
        np.negative(z, out=work)
        np.exp(work, out=work)
        np.add(work, 1, out=work)
        np.reciprocal(work, out=a)
        d = slopes[layer]
        np.subtract(1, a, out=d)
        np.multiply(a, d, out=d)
        np.less(d, np.float32(SATURATION / 4), out=below)
        sums[layer, 0] = z.sum()
        sums[layer, 1] = square(z)
        sums[layer, 2] = 2 * np.einsum("ij,ij->", z[:, :half], z[:, half:])
        sums[layer, 3] = a.sum()
        sums[layer, 4] = square(a)
        sums[layer, 5] = square(d)
        sums[layer, 6] = np.count_nonzero(below)
    rng.standard_normal(out=a, dtype=np.float32)
    for layer in reversed(range(layers)):
        sums[layer, 7] = square(a)
        np.multiply(a, slopes[layer], out=z)
        sums[layer, 9] = float(columns(z) @ norms[layer]) / width
        if layer > 0:
            # Some 1e-17 after 20 layers: singles hold its square, and no more than that.
            np.matmul(weights[layer].T, z, out=a)
    sums /= values
    sums[:, 8] = np.log(sums[:, 7])
    return sums


total = np.zeros((layers, 10))
seconds = []
network()
for _ in range(networks):
    begin = time.perf_counter()
    total += network()
    seconds.append(time.perf_counter() - begin)
print(json.dumps({"check": (total / networks).tolist()}), file=sys.stderr)
print(json.dumps({"rate": 1 / float(np.median(seconds))}))
