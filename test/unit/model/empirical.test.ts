import { describe, expect, it } from 'vitest';
import { centredSampler } from '../../../src/model/centring.ts';
import { resolveInput } from '../../../src/model/inputs.ts';
import { SHAPES } from '../../../src/model/shapes.ts';
import type { DatasetFacts, InputSpec, RowMoments } from '../../../src/model/spec.ts';

const facts: DatasetFacts = {
  file: 'data/pixels.csv',
  column: 'value',
  draw: 'values',
  digest: 'abc',
  rows: 2,
  columns: 1,
  location: 0.5,
  spread: 2,
  moments: [1, 0, 1, 0, 1, 0, 1, 0, 1],
  central: [1, 0, 1, 0, 1, 0, 1, 0, 1],
  rowMoments: null,
};
const rowMoments: RowMoments[] = [
  {
    fanIn: 2,
    norm2: 2,
    norm4: 4,
    norm8: 16,
    sumFourth: 2,
    sumCentre: 0,
    sumMean: 0,
    sumCentral: [1, 0, 2, 0, 4, 0, 8, 0, 16],
  },
];
const rowFacts: DatasetFacts = {
  ...facts,
  column: null,
  draw: 'rows',
  columns: 2,
  moments: null,
  central: null,
  rowMoments,
};
const spec = (dataset: DatasetFacts | null, standardize = true): InputSpec => ({
  kind: 'empirical',
  params: {},
  standardize,
  dataset,
});

describe('empirical input', () => {
  it('draws values from the table with the digest', () => {
    const table = Float32Array.of(-1, 1);
    const input = resolveInput(spec(facts), new Map([['abc', table]]));
    expect(input.label).toBe('empirical(file=data/pixels.csv, column=value)');
    expect(input.sampler).toEqual({ kind: 'table', params: [], scale: 1, shift: 0, table });
    expect(input.moments).toBe(facts.moments);
    expect(input.dependence).toEqual({ kind: 'iid' });
  });

  it('needs no table for theory', () => {
    expect(resolveInput(spec(facts)).sampler).toEqual({ kind: 'table', params: [], scale: 1, shift: 0 });
  });

  it('draws whole rows, of which only row moments are known', () => {
    const input = resolveInput(spec(rowFacts, false));
    expect(input.label).toBe('empirical(file=data/pixels.csv, rows, raw)');
    expect(input.sampler.kind).toBe('rows');
    expect(input.sampler.params).toEqual([2]);
    expect(input.moments[0]).toBe(1);
    expect(input.moments.slice(1).every(Number.isNaN)).toBe(true);
    expect(input.central.slice(1).every(Number.isNaN)).toBe(true);
    expect(input.dependence).toEqual({ kind: 'rows', moments: rowMoments });
  });

  it('refuses a spec without its file', () => {
    expect(() => resolveInput(spec(null))).toThrow(/data set/);
  });

  it('is centred exactly under constant weights, by value or by column', () => {
    // As a shift in single precision, the mean 2²⁴ + 2.5 would be 2²⁴ + 2.
    const table = Float32Array.from([0, 4, 4, 2], (x) => 2 ** 24 + x);
    const datasets = new Map([['abc', table]]);
    const moments = [1, 2 ** 24 + 2.5, ...Array<number>(7).fill(Number.NaN)];
    const values = resolveInput(spec({ ...facts, moments }, false), datasets);
    const rows = resolveInput(spec(rowFacts, false), datasets);
    const ones = SHAPES.constant;
    expect(centredSampler(ones, rows)).toMatchObject({ shift: 0, table: Float32Array.of(-2, 1, 2, -1) });
    expect(centredSampler(ones, values)).toMatchObject({ shift: 0, table: Float32Array.of(-2.5, 1.5, 1.5, -0.5) });
    expect(centredSampler(SHAPES.uniform, values)).toBe(values.sampler);
    expect(table[0]).toBe(2 ** 24);
  });
});
