import { describe, expect, it } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { PrecisionSpec } from '../../../src/model/spec.ts';
import { Criterion } from '../../../src/run/precision.ts';
import type { Round } from '../../../src/run/precision-round.ts';
import { roundText } from '../../../src/run/precision-text.ts';
import { columnIndex, ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import { NOTES } from '../../../src/stats/statistics.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { simulateDirectly } from '../../support/direct-sweep.ts';
import { smallSweep } from '../../support/small-sweep.ts';

/** 64 blocks of 64, and boundaries at 64, 128, 256 and 320. */
const { spec, datasets } = await smallSweep({
  activations: ['logistic', 'tanh'],
  precision: { statistic: 'z_var', absolute: 0.1, maxSamples: 320 * 64 },
});
const plan = planSweep(spec, datasets);
const asked = spec.precision as PrecisionSpec;
const note = (name: (typeof NOTES)[number]) => NOTES.indexOf(name);

type Row = Readonly<Record<string, number>>;
const CELL: Row = {
  initializer: 0,
  input: 0,
  activation: 0,
  fan_in: 16,
  fan_out: 16,
  beta: 1,
  samples: 4096,
  blocks: 64,
};
/** z_var = 2 with this error. */
const cell = (mcse: number, more: Row = {}): Row => ({ ...CELL, z_var: 2, z_var_mcse: mcse, ...more });

function feed(criterion: Criterion, rows: readonly Row[]): Round {
  const values = new Float64Array(rows.length * ESTIMATE_COLUMNS.length).fill(Number.NaN);
  rows.forEach((row, r) => {
    for (const [name, value] of Object.entries(row)) values[columnIndex(name) * rows.length + r] = value;
  });
  criterion.rows(values, rows.length);
  return criterion.end();
}

const judge = (rows: readonly Row[], change: Partial<PrecisionSpec> = {}): Round =>
  feed(new Criterion(plan, { ...asked, ...change }), rows);

describe('a round', () => {
  it('holds when every cell does, the limit included', () => {
    expect(judge([cell(0.1), cell(0.05)])).toMatchObject({ cells: 2, steering: 2, holding: 2, held: true });
    expect(judge([cell(0.1), cell(0.1001)])).toMatchObject({ steering: 2, holding: 1, held: false });
    expect(judge([])).toMatchObject({ cells: 0, steering: 0, held: false, limiting: null, predictedSamples: null });
  });

  it('measures relative targets by |value|', () => {
    const relative = { target: { kind: 'relative', value: 0.05 } } as const;
    expect(judge([cell(0.1), cell(0.1, { z_var: -2 })], relative).held).toBe(true);
    expect(judge([cell(0.1, { z_var: 1.99 })], relative).held).toBe(false);
    expect(judge([cell(0.2, { z_var: -2 })], relative).limiting?.ratio).toBe(2);
    const zero = judge([cell(0.1, { z_var: 0 })], relative);
    expect(zero).toMatchObject({ steering: 1, held: false, predictedSamples: null });
    expect(zero.limiting).toMatchObject({ value: 0, target: 0, ratio: null, note: null });
  });

  it('names the first of the cells furthest from the target, and what it would take', () => {
    const far = { initializer: 2, input: 1, activation: 1, fan_in: 1, fan_out: 1, beta: 1 };
    const round = judge([cell(0.15), cell(0.2, far), cell(0.2)]);
    expect(round.limiting).toEqual({
      initializer: 'he_normal',
      input: 'uniform',
      activation: 'tanh',
      fanIn: 1,
      fanOut: 1,
      beta: 1,
      value: 2,
      mcse: 0.2,
      target: 0.1,
      ratio: 2,
      note: null,
    });
    expect(round.predictedSamples).toBe(4 * 4096);
    // Holds first at 256 blocks, and the second time at 320.
    expect(round.predictedBlocks).toBe(320);
    expect(judge([cell(0.21)]).predictedBlocks).toBe(null);
    expect(judge([cell(0.11)]).predictedBlocks).toBe(256);
    expect(judge([cell(0.05)])).toMatchObject({ predictedBlocks: 128, predictedSamples: 1024 });
  });

  it('leaves heavy tails out: they neither hold nor keep others from it', () => {
    const heavy = [cell(9, { z_var_note: note('unreliable') }), cell(Number.NaN, { z_var_note: note('infinite') })];
    expect(judge([...heavy, cell(0.1)])).toMatchObject({ cells: 3, steering: 1, unjudged: 2, held: true });
    const alone = judge([cell(1e-9, { z_var_note: note('unreliable') })]);
    expect(alone).toMatchObject({ steering: 0, unjudged: 1, held: false, limiting: null, predictedBlocks: null });
  });

  it.each<[string, Row]>([
    ['degenerate', cell(0, { z_var_note: note('degenerate') })],
    ['degenerate beside another theory', cell(0, { z_var_note: note('degenerate'), z_var_theory: 2.1 })],
    ['rare', cell(Number.NaN, { z_var_note: note('rare') })],
    ['rare as theory says', cell(Number.NaN, { z_var_note: note('rare'), z_var_theory: 2 })],
    ['an error of 0', cell(0)],
    ['no error', cell(Number.NaN)],
    ['no value', cell(0.01, { z_var: Number.NaN })],
  ])('%s never holds', (_, row) => {
    expect(judge([row])).toMatchObject({ steering: 0, blocked: 1, held: false });
    expect(judge([cell(0.05), row])).toMatchObject({ steering: 1, holding: 1, blocked: 1, held: false });
    const round = judge([cell(0.05), row, cell(0.2)]);
    expect(round).toMatchObject({
      steering: 2,
      blocked: 1,
      held: false,
      predictedSamples: null,
      predictedBlocks: null,
    });
    expect(round.limiting?.ratio).toBe(null);
  });

  it('does not wait for what cannot vary', () => {
    const zeros = cell(0, { initializer: 1, z_var: 0, z_var_theory: 0, z_var_note: note('degenerate') });
    // Its skewness is not even a number.
    const undefinedSkew = { ...CELL, initializer: 1 };
    const confirmed = cell(0, { z_var_note: note('degenerate'), z_var_theory: 2 * (1 + 1e-7) });
    expect(judge([zeros, cell(0.1), confirmed])).toMatchObject({ steering: 1, constant: 2, blocked: 0, held: true });
    expect(judge([undefinedSkew], { statistic: 'z_skew' })).toMatchObject({ constant: 1, blocked: 0, held: false });
    expect(judge([zeros])).toMatchObject({ steering: 0, constant: 1, held: false });
  });

  it('looks at the named cells only', () => {
    const all = { inputs: null, fanIn: null, fanOut: null, initializers: null, activations: null, beta: null };
    const bad = cell(9, { initializer: 2, input: 1, activation: 1, fan_in: 1, fan_out: 1, beta: 2 });
    for (const cells of [
      { ...all, inputs: ['normal'] },
      { ...all, fanIn: [16] },
      { ...all, fanOut: [16] },
      { ...all, initializers: ['zeros', 'standard_uniform'] },
      { ...all, activations: ['logistic'] },
      { ...all, beta: [1] },
    ])
      expect(judge([bad, cell(0.1)], { cells })).toMatchObject({ cells: 1, held: true });
    expect(judge([bad, cell(0.1)], { cells: all })).toMatchObject({ cells: 2, held: false });
  });
});

describe('stopping', () => {
  const good = [cell(0.1)];
  const bad = [cell(0.11)];
  const follow = (rounds: readonly (readonly Row[])[], change: Partial<PrecisionSpec> = {}): string[] => {
    const criterion = new Criterion(plan, { ...asked, ...change });
    return rounds.map((rows) => {
      const { blocks, decision } = feed(criterion, rows);
      return `${blocks} ${decision}`;
    });
  };

  it('takes two boundaries in a row', () => {
    expect(follow([good, good])).toEqual(['64 continue', '128 reached']);
    expect(follow([good, bad, good, good])).toEqual(['64 continue', '128 continue', '256 continue', '320 reached']);
    expect(follow([bad, good, good])).toEqual(['64 continue', '128 continue', '256 reached']);
  });

  it('ends with maxSamples', () => {
    expect(follow([good, bad, bad, good])).toEqual(['64 continue', '128 continue', '256 continue', '320 exhausted']);
    expect(follow([[], [], [], []]).at(-1)).toBe('320 exhausted');
  });

  it('waits for minSamples', () => {
    expect(follow([good, good, good], { minSamples: 128 * 64 + 1 })).toEqual([
      '64 continue',
      '128 continue',
      '256 reached',
    ]);
    const criterion = new Criterion(plan, { ...asked, minSamples: 128 * 64 + 1 });
    expect([feed(criterion, good).predictedBlocks, feed(criterion, good).predictedBlocks]).toEqual([256, 256]);
  });

  it('does not take a cell at its word that has come to steer only now', () => {
    const tamed = [...good, cell(0.01)];
    const wild = [...good, cell(0.01, { z_var_note: note('unreliable') })];
    expect(follow([wild, tamed, tamed])).toEqual(['64 continue', '128 continue', '256 reached']);
    expect(follow([wild, wild])).toEqual(['64 continue', '128 reached']);
    // Nor when another one has stopped steering meanwhile.
    const swapped = [cell(0.1, { z_var_note: note('unreliable') }), cell(0.01)];
    expect(follow([wild, swapped, swapped])).toEqual(['64 continue', '128 continue', '256 reached']);
  });

  it('gives rounds that are plain JSON, and none after the last', () => {
    const whole = new Criterion(plan, asked);
    const first = feed(whole, good);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    feed(whole, good);
    expect(whole.blocks).toBeNull();
    expect(() => whole.end()).toThrow('the last boundary is past');
  });

  it('does not depend on how the rows are cut', () => {
    const rows = [cell(0.15), cell(0.2), cell(0.2, { input: 1 }), cell(0, { initializer: 1 }), cell(0.01)];
    const expected = judge(rows);
    for (const cut of [1, 2, 4]) {
      const criterion = new Criterion(plan, asked);
      const parts = [rows.slice(0, cut), rows.slice(cut)];
      const values = parts.map((part) => {
        const batch = new Float64Array(part.length * ESTIMATE_COLUMNS.length).fill(Number.NaN);
        part.forEach((row, r) => {
          for (const [name, value] of Object.entries(row)) batch[columnIndex(name) * part.length + r] = value;
        });
        return batch;
      });
      for (const batch of values) criterion.rows(batch, batch.length / ESTIMATE_COLUMNS.length);
      expect(criterion.end()).toEqual(expected);
    }
  });
});

describe('rows of a real sweep', () => {
  it('steer but for zero weights, and the limiting cell is that of the largest relative error', () => {
    const sweep = simulateDirectly(new WasmKernel(), plan);
    const criterion = new Criterion(plan, { ...asked, target: { kind: 'relative', value: 0.01 } });
    let [worst, least] = [0, Number.POSITIVE_INFINITY];
    for (const input of [0, 1])
      for (const fanIn of [0, 1]) {
        const rows = sweep.rows(input, fanIn);
        criterion.rows(rows.values, rows.rows);
        for (let row = 0; row < rows.rows; row++) {
          const { value, mcse, note: why } = rows.entry('z_var', row);
          if (why !== null) continue;
          worst = Math.max(worst, (mcse as number) / (value as number));
          least = Math.min(least, (mcse as number) / (value as number));
        }
      }
    const round = criterion.end();
    expect(least).toBeGreaterThan(0.01);
    // 2 inputs × 2 fan-ins × 3 initializers × 2 activations. At fan-in 1 uniform × normal has K/N = 5.4/4096: unreliable.
    expect(round).toMatchObject({ cells: 24, constant: 8, blocked: 0, holding: 0 });
    expect(round.steering + round.unjudged).toBe(16);
    expect(round.limiting?.ratio).toBeCloseTo(worst / 0.01, 12);
  });
});

describe('what a person is told', () => {
  const relative = { ...asked, target: { kind: 'relative', value: 0.002 } } as const;
  const base = judge([cell(0.2), cell(1, { z_var_note: note('unreliable') })]);

  it.each<[Partial<Round>, string]>([
    [
      {},
      'z_var to 0.2% of its value: not yet at 4096 samples a cell (1 cell with heavy tails left out); 2 times the target in standard_uniform, normal, logistic, fan-in 16, β = 1; needs about 16000',
    ],
    [{ predictedBlocks: null }, 'needs about 16000, more than maxSamples (20480) allows'],
    [{ decision: 'reached' }, 'z_var to 0.2% of its value: reached in 1 cell at 4096 samples a cell (1 cell'],
    [{ decision: 'exhausted' }, 'not reached at 4096 samples a cell'],
    [{ limiting: null, unjudged: 0 }, 'not yet at 4096 samples a cell; no cell can be judged by its standard error'],
    [
      { limiting: judge([cell(0, { z_var_note: note('degenerate'), fan_out: 4 })]).limiting },
      '; standard_uniform, normal, logistic, fan-in 16, fan-out 4, β = 1 does not vary: leave it out with cells',
    ],
  ])('%#', (change, text) => {
    expect(roundText({ ...base, ...change }, relative)).toContain(text);
  });
});
