import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBlocks, cutRows, taskTime } from '../../../src/run/cutting.ts';
import { ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import { planSweep, rowsPerUnit, type SweepPlan } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const options = { seed: 20_253, numRuns: 500 };
const threads = fc.integer({ min: 1, max: 64 });

describe('cutting a band into tasks', () => {
  it('covers every block once, in order, at the same places whatever is left of the band', () => {
    const cost = fc.double({ min: 1, max: 1e12, noNaN: true });
    const blocks = fc.integer({ min: 0, max: 4096 });
    fc.assert(
      fc.property(blocks, blocks, cost, cost, (one, other, each, time) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
        const cut = cutBlocks([from, to], each, time);
        expect(cut.every(([start, end], i) => start === (cut[i - 1]?.[1] ?? from) && end > start)).toBe(true);
        expect(cut.at(-1)?.[1]).toBe(to);
        const whole = new Set(cutBlocks([0, to], each, time).map(([, end]) => end));
        expect(cut.every(([, end]) => whole.has(end))).toBe(true);
      }),
      options,
    );
  });

  it('makes tasks of 15 ms at least and a quarter of a second at most, where blocks allow', () => {
    const cut = (blocks: number, cost: number, n: number) => cutBlocks([0, blocks], cost, taskTime(blocks * cost, n));
    expect(cut(64, 1e3, 2)).toEqual([[0, 64]]);
    expect(cut(64, 1e6, 2)[0]).toEqual([0, 15]);
    expect(cut(64, 1e9, 2)).toHaveLength(64);
    expect(cut(1000, 1e7, 1)[0]).toEqual([0, 25]);
  });
});

/** Weights that have no exact law, whatever the inputs. */
const withoutTheory = (initializers: number) => ({
  inputs: [],
  initializers: Array.from({ length: initializers }, () => ({ shape: { kind: 'uniform' } })),
});

describe('cutting rows into tasks', () => {
  it('cuts rows whose theory is dear into tasks of a quarter of a second', async () => {
    const { spec, datasets } = await smallSweep({
      ...{ fanIn: [16, 4096], inputs: ['rademacher'], initializers: ['sign'], blocks: 32 },
      ...{ activations: ['logistic', 'tanh'], beta: { from: 0.01, to: 10, count: 4000, scale: 'log' } },
    });
    const plan = planSweep(spec, datasets);
    const { chunks } = cutRows(plan, [{ input: 0, fanIn: 1 }], 32, 1);
    expect(chunks.length).toBeGreaterThan(3);
    for (const { cost } of chunks) expect(cost).toBeLessThan(0.26e9);
    expect(cutRows(plan, [{ input: 0, fanIn: 0 }], 32, 1).chunks).toHaveLength(2);
  });

  const anyPlan = fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 2, max: 4096 }),
    )
    .map(([initializers, activations, beta, shapes, blocks]) => {
      const list = (n: number) => Array.from({ length: n }, () => 1);
      const spec = {
        fanIn: [],
        fanOut: 'fanIn',
        initializers: list(initializers),
        activations: list(activations),
        beta: list(beta),
      };
      return { ...withoutTheory(initializers), spec, shapes: list(shapes), blocks } as unknown as SweepPlan;
    });

  it('covers every row of every unit once, in row order, and leaves no gap in a task’s buffer', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 1, max: 100 }), threads, (plan, n, parallelism) => {
        const units = Array.from({ length: n }, (_, i) => ({ input: i >> 3, fanIn: i & 7 }));
        const perUnit = rowsPerUnit(plan);
        const { chunks, largest } = cutRows(plan, units, plan.blocks, parallelism);
        let row = 0;
        for (const { parts } of chunks) {
          let byte = 0;
          let rows = 0;
          for (const { input, fanIn, from, to, offset } of parts) {
            expect((input * 8 + fanIn) * perUnit + from).toBe(row);
            expect(offset).toBe(byte);
            byte += (to - from) * ESTIMATE_COLUMNS.length * 8;
            rows += to - from;
            row += to - from;
          }
          expect(rows).toBeLessThanOrEqual(largest);
          expect(rows).toBeLessThanOrEqual(4096);
        }
        expect(row).toBe(n * perUnit);
      }),
      { ...options, numRuns: 200 },
    );
  });

  it('shares the cost of a unit among its pieces', () => {
    const plan = {
      ...withoutTheory(1),
      spec: { fanIn: [], fanOut: 'fanIn', initializers: [1], activations: [1], beta: new Array(10_000).fill(1) },
      shapes: [1],
      blocks: 64,
    };
    const { chunks } = cutRows(plan as unknown as SweepPlan, [{ input: 0, fanIn: 0 }], 64, 1);
    expect(chunks.map(({ parts }) => parts.map(({ from, to }) => [from, to]))).toEqual([
      [[0, 4096]],
      [[4096, 8192]],
      [[8192, 10_000]],
    ]);
    const whole = chunks.reduce((sum, { cost }) => sum + cost, 0);
    expect(chunks[0]?.cost).toBeCloseTo(0.4096 * whole, 3);
  });
});
