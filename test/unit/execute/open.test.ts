import { expect, it } from 'vitest';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import { openExecutor } from '../../../src/execute/open.ts';
import { PoolExecutor } from '../../../src/execute/pool.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const LONG = { fanIn: { from: 1, to: 4096, scale: 'log2' }, samples: 2 ** 21 };
const LATTICE = {
  ...{ fanIn: 4096, inputs: ['rademacher'], initializers: ['sign'], samples: 8192, blocks: 32 },
  ...{ activations: ['logistic', 'tanh', 'relu'], beta: { from: 0.01, to: 10, count: 500, scale: 'log' } },
};
const MANY_CELLS = { fanIn: { from: 1, to: 128, step: 1 }, beta: { from: 0.1, to: 10, count: 500, scale: 'log' } };

it.each([
  ['a short sweep on one thread', {}, 1, InlineExecutor],
  ['a sweep of a moment on two threads', {}, 2, InlineExecutor],
  ['a longer sweep on two threads', { ...LONG, samples: 2 ** 17 }, 2, PoolExecutor],
  ['cells whose theory is dear on two threads', LATTICE, 2, PoolExecutor],
  ['the same of a continuous law', { ...LATTICE, inputs: ['uniform'] }, 2, InlineExecutor],
  ['a long sweep on one thread', LONG, 1, PoolExecutor],
  ['many cells on one thread', MANY_CELLS, 1, PoolExecutor],
])('opens for %s what can be stopped, and no more', async (_, changes, threads, Expected) => {
  const { spec, datasets } = await smallSweep(changes);
  const executor = await openExecutor(planSweep(spec, datasets), datasets, threads);
  try {
    expect(executor).toBeInstanceOf(Expected);
    expect(executor.parallelism).toBe(Expected === InlineExecutor ? 1 : threads);
  } finally {
    await executor.close();
  }
});
