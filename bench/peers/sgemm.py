"""NumPy's float32 matrix product on one thread: multiply-adds a second, median of several, as JSON on standard output."""

import os

for library in ("OMP", "OPENBLAS", "MKL", "VECLIB"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import json
import statistics
import time

import numpy as np

N = 1024
REPEATS = 7

rng = np.random.default_rng(20)
a, b = (rng.random((N, N), dtype=np.float32) for _ in range(2))
out = np.empty((N, N), np.float32)
np.matmul(a, b, out=out)

seconds = []
for _ in range(REPEATS):
    begin = time.perf_counter()
    np.matmul(a, b, out=out)
    seconds.append(time.perf_counter() - begin)
print(json.dumps({"rate": N**3 / statistics.median(seconds)}))
