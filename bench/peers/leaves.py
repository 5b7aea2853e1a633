"""What the kernel's other leaf functions do, in NumPy on one thread: values a second, median of several, as JSON.

usage: leaves.py normals|uniforms|independent|tally
"""

import json
import statistics
import sys
import time

import numpy as np

N = 1 << 20
FAN_IN = 128
REPEATS = 7

rng = np.random.Generator(np.random.SFC64(20))
draws = np.empty(N, np.float32)


def normals():
    rng.standard_normal(dtype=np.float32, out=draws)


def uniforms():
    """U(-1, 1), as the kernel's."""
    rng.random(dtype=np.float32, out=draws)
    np.multiply(draws, 2, out=draws)
    np.subtract(draws, 1, out=draws)


def independent():
    """Uniform weights times uniform inputs, summed over the fan-in: two draws a product."""
    w, x = (2 * rng.random((N // FAN_IN, FAN_IN), dtype=np.float32) - 1 for _ in range(2))
    np.einsum("ij,ij->i", w, x)


def tally():
    """Counts, Σr and Σr² by the upper 13 bits of a single."""
    bits = draws.view(np.uint32)
    bins = bits >> 19
    low = (bits & 0x7FFFF).astype(np.float64) - 2**18
    np.bincount(bins, minlength=8192)
    np.bincount(bins, weights=low, minlength=8192)
    np.bincount(bins, weights=low * low, minlength=8192)


work = {"normals": normals, "uniforms": uniforms, "independent": independent, "tally": tally}[sys.argv[1]]
normals()
work()
seconds = []
for _ in range(REPEATS):
    begin = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - begin)
print(json.dumps({"rate": N / statistics.median(seconds)}))
