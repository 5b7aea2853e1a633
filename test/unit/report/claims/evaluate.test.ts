import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import type { ExpectSpec } from '../../../../src/model/expect-spec.ts';
import { evaluateExpectation, type Outcome } from '../../../../src/report/claims/evaluate.ts';
import { type EstimateCells, estimateRows } from '../../../support/estimate-rows.ts';

const BASE = { initializer: 'he_normal', input: 'normal', activation: 'tanh', blocks: 64 };

const row = (cells: EstimateCells): EstimateCells => ({ ...BASE, ...cells });

/** z_var is 2 ± 0.01 at every fan-in, but for what `changes` says of the k-th. */
const flat = (count: number, changes: Readonly<Record<number, EstimateCells>> = {}): EstimateCells[] =>
  Array.from({ length: count }, (_, k) =>
    row({ fan_in: 2 ** k, fan_out: 2 ** k, z_var: 2, z_var_mcse: 0.01, ...changes[k] }),
  );

const evaluate = (cells: readonly EstimateCells[], expectation: Partial<ExpectSpec>): Outcome => {
  const expect: ExpectSpec = {
    shows: 'claim',
    statistic: 'z_var',
    relation: 'equals',
    tolerance: 4,
    ...(expectation.along === undefined ? { value: 2 } : {}),
    ...expectation,
  };
  return evaluateExpectation(expect, 'expect[1]', { rows: estimateRows(cells), blocks: 64 });
};

describe('equals', () => {
  it('is met within the tolerance, and names the row furthest off', () => {
    const outcome = evaluate(flat(3, { 1: { z_var: 2.03 } }), {});
    expect(outcome).toMatchObject({ rows: 3, failed: 0, met: true });
    expect(outcome.worst).toMatchObject({ name: 'fan_in 2', value: 2.03, error: 0.01, wanted: 2 });
    expect(outcome.worst.score).toBeCloseTo(3, 10);
  });

  it('is not met by a row that is further off, in either direction', () => {
    for (const z_var of [2.05, 1.95])
      expect(evaluate(flat(1, { 0: { z_var } }), {})).toMatchObject({ rows: 1, failed: 1, met: false });
    expect(evaluate(flat(3, { 1: { z_var: 2.06 } }), {})).toMatchObject({ failed: 1, worst: { name: 'fan_in 2' } });
  });

  it('allows more errors the fewer blocks they come from, and the most extreme of many rows more than one alone', () => {
    // t.isf(norm.sf(4), 63), t.isf(norm.sf(4), 31), and t.isf(norm.sf(4)/100, …) of SciPy 1.
    expect(evaluate(flat(1), {}).limit).toBeCloseTo(4.286747554, 8);
    expect(evaluate(flat(1, { 0: { blocks: 32 } }), {}).limit).toBeCloseTo(4.621632085, 8);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, k) => [k, { z_var: 2 + k * 1e-6 }]));
    expect(evaluate(flat(100, many), {}).limit).toBeCloseTo(5.539430165, 8);
    expect(evaluate(flat(100, { ...many, 7: { z_var: 2.000007, blocks: 32 } }), {}).limit).toBeCloseTo(6.232986993, 8);
    expect(evaluate(flat(100, { ...many, 5: { z_var: 2.055 } }), {}).met).toBe(true);
    expect(evaluate(flat(100, { ...many, 5: { z_var: 2.056 } }), {}).met).toBe(false);
    // One measurement a hundred times.
    expect(evaluate(flat(100), {}).limit).toBeCloseTo(4.286747554, 8);
  });

  it.each([
    ['above', { value: 1.93 }],
    ['below', { value: 2.07 }],
    ['differs', { value: 1.93 }],
    ['equals', { value: 2, within: 0.07 }],
    ['increases', { along: 'fan_in' }],
  ] as const)('shows nothing by a few errors of 2 blocks: %s', (relation, changes) => {
    // 7 errors, each way; of two blocks t.isf(norm.sf(4), 1) = 10050 are as rare as 4 of a normal distribution.
    const met = (blocks: number) =>
      evaluate(flat(2, { 0: { blocks, z_var: 2 }, 1: { blocks, z_var: 2 + (relation === 'increases' ? 0.14 : 0) } }), {
        relation,
        ...changes,
      }).met;
    expect([2, 64].map(met)).toEqual([false, true]);
  });

  it('with within, has to be as precise as that', () => {
    expect(evaluate(flat(2), { within: 0.05 })).toMatchObject({ met: true, worst: { margin: 0.05 } });
    expect(evaluate(flat(2), { within: 0.03 })).toMatchObject({ met: false });
    expect(evaluate(flat(2, { 1: { z_var: 2.02 } }), { within: 0.05 })).toMatchObject({ failed: 1 });
    expect(evaluate(flat(2), { within: '0.03*fan_in' })).toMatchObject({ failed: 1, worst: { name: 'fan_in 1' } });
    // Row 1 is 3 errors off, row 2 none, but a difference of 0.43 cannot be ruled out there.
    const vague = flat(3, { 1: { z_var: 2.03 }, 2: { z_var_mcse: 0.1 } });
    expect(evaluate(vague, { within: 0.5 })).toMatchObject({ met: true, worst: { name: 'fan_in 4' } });
    expect(evaluate(vague, { within: 0.01 })).toMatchObject({ failed: 3, worst: { name: 'fan_in 4' } });
    expect(evaluate(flat(2), { within: 1e-10, tolerance: 0 })).toMatchObject({ met: true });
  });

  it('without any error, is exact but for rounding', () => {
    const exact = (z_var: number) => evaluate(flat(1, { 0: { z_var, z_var_mcse: 0 } }), {}).met;
    expect([2, 2 + 1e-13, 2 + 1e-9].map(exact)).toEqual([true, true, false]);
    const zero = (z_var: number) => evaluate(flat(1, { 0: { z_var, z_var_mcse: 0 } }), { value: 0 }).met;
    expect([0, -0, 1e-300].map(zero)).toEqual([true, true, false]);
    // A column that has no error at all.
    expect(evaluate(flat(1, { 0: { z_absmax: 3 } }), { statistic: 'z_absmax', value: 3 }).met).toBe(true);
    expect(evaluate(flat(1, { 0: { z_absmax: 3.01 } }), { statistic: 'z_absmax', value: 3 }).met).toBe(false);
  });
});

describe('the other relations', () => {
  it('differs only where the difference is beyond the tolerance, in every row', () => {
    expect(evaluate(flat(3), { relation: 'differs', value: 1.9 })).toMatchObject({
      met: true,
      limit: expect.closeTo(4.2867, 4),
    });
    expect(evaluate(flat(3), { relation: 'differs', value: 1.97 })).toMatchObject({ failed: 3 });
    expect(evaluate(flat(3, { 2: { z_var: 1.92 } }), { relation: 'differs', value: 1.9 })).toMatchObject({
      failed: 1,
      worst: { name: 'fan_in 4' },
    });
  });

  it.each([
    ['above', 1.9, true],
    ['above', 1.97, false],
    ['above', 2.1, false],
    ['below', 2.1, true],
    ['below', 2.03, false],
    ['below', 1.9, false],
  ] as const)('is %s %d: %s', (relation, value, met) => {
    expect(evaluate(flat(4), { relation, value }).met).toBe(met);
  });

  it('says that a share too rare for an error is small, by its upper limit', () => {
    const rare = flat(1, { 0: { saturated: 0, saturated_upper: 0.003, saturated_note: 'rare' } });
    const small = (value: number, relation: ExpectSpec['relation'] = 'below') =>
      evaluate(rare, { statistic: 'saturated', relation, value });
    expect(small(0.01)).toMatchObject({ met: true });
    expect(small(0.001)).toMatchObject({ met: false, worst: { problem: expect.stringContaining('upper limit') } });
    expect(small(0, 'equals')).toMatchObject({ met: false, worst: { problem: 'no standard error: rare' } });
  });

  it('shows the share too rare for an error whose upper limit is nearest, where no other row is nearer to failing', () => {
    const rare = (upper: number) => ({ saturated: 0, saturated_upper: upper, saturated_note: 'rare' });
    const judged = (third: EstimateCells) =>
      evaluate(flat(3, { 0: rare(0.003), 1: rare(0.009), 2: third }), {
        statistic: 'saturated',
        relation: 'below',
        value: 0.01,
      });
    const far = judged({ saturated: 0.001, saturated_mcse: 0.0001 });
    expect(far).toMatchObject({ met: true, worst: { name: 'fan_in 2', upper: 0.009 } });
    // 4.4 errors below, where 4.3 are needed; the upper limit is 0.9 of what it may be.
    expect(judged({ saturated: 0.00956, saturated_mcse: 0.0001 })).toMatchObject({
      met: true,
      worst: { name: 'fan_in 4' },
    });
    expect(judged({ saturated: 0.0098, saturated_mcse: 0.0001 })).toMatchObject({
      met: false,
      worst: { name: 'fan_in 4' },
    });
  });

  it('follows an axis, in order, by more than both errors together', () => {
    const rising = [4, 2, 1].map((fan_in, k) => row({ fan_in, z_var: [4, 2, 1][k] as number, z_var_mcse: 0.1 }));
    const along = (relation: ExpectSpec['relation'], tolerance: number) =>
      evaluate(rising, { relation, along: 'fan_in', tolerance });
    expect(along('increases', 4)).toMatchObject({
      met: true,
      rows: 2,
      worst: { name: 'fan_in 1 → 2', wanted: 1, value: 2 },
    });
    // 1 is five times 0.1 + 0.1.
    expect(along('increases', 5.1)).toMatchObject({ met: false, failed: 1 });
    expect(along('decreases', 4)).toMatchObject({ met: false, failed: 2 });
  });
});

describe('what is measured and compared', () => {
  it('may be calculated from the row', () => {
    const cells = flat(3).map((cell) => ({
      ...cell,
      z_var: 2 / Number(cell.fan_in),
      z_var_mcse: 0.01 / Number(cell.fan_in),
    }));
    expect(evaluate(cells, { value: '2/fan_in' })).toMatchObject({ met: true });
    const scaled = evaluate(cells, { statistic: '10 - z_var*fan_in', value: 8 });
    expect(scaled).toMatchObject({ met: true });
    expect(scaled.worst.error).toBeCloseTo(0.01, 12);
    expect(evaluate(cells, { statistic: 'z_var*fan_in', value: 2.05 })).toMatchObject({ failed: 3 });
    // To first order: sqrt(2 ± 0.01).
    expect(evaluate(flat(1), { statistic: 'sqrt(z_var)', value: 'sqrt(2)' }).worst.error).toBeCloseTo(
      0.01 / (2 * Math.SQRT2),
      5,
    );
  });

  it.each([
    ['abs(z_mean)', 'below', 0.01],
    ['z_mean*z_mean', 'below', 0.5],
    ['exp(-z_mean*z_mean)', 'above', 0.9],
  ] as const)('has an error where an expression turns: %s %s %d', (statistic, relation, value) => {
    const met = (z_mean_mcse: number) =>
      evaluate(flat(1, { 0: { z_mean: 1e-5, z_mean_mcse } }), { statistic, relation, value }).met;
    expect([1, 1e-6].map(met)).toEqual([false, true]);
    const bottom = flat(1, { 0: { z_mean: 0, z_mean_mcse: 1 } });
    expect(evaluate(bottom, { statistic, relation, value }).worst.error).toBeGreaterThan(0.5);
  });

  it('may be a theory, but nothing with an error of its own', () => {
    expect(
      evaluate(flat(2, { 0: { z_var_theory: 2 }, 1: { z_var_theory: 2.01 } }), { value: 'z_var_theory' }).met,
    ).toBe(true);
    expect(() => evaluate(flat(2), { value: 'z_mean' })).toThrow(
      'expect[1].value: received z_mean, which has a standard error',
    );
    expect(() => evaluate(flat(2), { statistic: 'z_var - d_mean' })).toThrow(
      'expect[1].statistic: received z_var and d_mean, whose errors are not independent',
    );
  });

  it.each([
    [{ z_var: null }, 'null in the table'],
    [{ z_var_mcse: null, z_var_note: 'infinite' }, 'no standard error: infinite'],
    [{ z_var_mcse: null }, 'no standard error'],
    [{ z_var_mcse: Number.POSITIVE_INFINITY }, 'no standard error'],
    [{ z_var_note: 'unreliable' }, 'an unreliable standard error'],
  ] as const)('cannot be judged from %j', (cells, problem) => {
    for (const relation of ['equals', 'differs', 'above', 'below'] as const)
      expect(evaluate(flat(3, { 1: cells }), { relation })).toMatchObject({
        met: false,
        worst: { problem, name: 'fan_in 2' },
      });
    expect(evaluate(flat(3, { 1: cells }), { where: 'fan_in != 2' }).met).toBe(true);
  });

  it.each([
    [{ where: 'fan_in = 3' }, 'expect[1].where: received fan_in = 3; allowed: an expression that some row'],
    [{ where: 'fanin = 3' }, 'expect[1].where, column 1: received fanin'],
    [{ statistic: 'z_vr' }, 'expect[1].statistic, column 1: received z_vr'],
    [{ statistic: 'input' }, 'a number or a number column'],
    [{ value: '1/(3*fan_inn)' }, 'expect[1].value, column 6: received fan_inn'],
    [{ value: '1/' }, 'expect[1].value, column 3: received the end'],
    [{ relation: 'increases', along: 'input' }, 'expect[1].along: received "input"'],
    [{ relation: 'increases', along: 'z_mean' }, 'expect[1].along: received "z_mean"; allowed: a number column'],
    [{ relation: 'increases', along: 'fan_in', where: 'fan_in = 1' }, 'received one row'],
    [{ relation: 'increases', along: 'blocks' }, 'received several rows at blocks 64'],
  ] as const)('does not fit the table: %j', (expectation, message) => {
    expect(() => evaluate(flat(3), expectation)).toThrow(UsageError);
    expect(() => evaluate(flat(3), expectation)).toThrow(message);
  });
});
