import { describe, expect, it } from 'vitest';
import { describeRange, isAllowed, labelOf, type Parameter } from '../../../src/model/parameters.ts';

const share: Parameter = { name: 'p', doc: '', default: 0.5, exclusiveMin: 0, max: 1 };
const count: Parameter = { name: 'n', doc: '', default: null, min: 1, exclusiveMax: 5, integer: true };

describe('parameters', () => {
  it('describe their range and hold to it', () => {
    expect(describeRange(share)).toBe('a number > 0 and ≤ 1');
    expect(describeRange(count)).toBe('an integer ≥ 1 and < 5');
    expect(describeRange({ name: 'x', doc: '', default: 0 })).toBe('a number');
    expect([0, 1e-9, 1, 1.1, Number.NaN].map((v) => isAllowed(share, v))).toEqual([false, true, true, false, false]);
    expect([0, 1, 2.5, 4, 5].map((v) => isAllowed(count, v))).toEqual([false, true, false, true, false]);
  });

  it('appear in a label where they differ from the default, in registry order, before flags', () => {
    expect(labelOf('kind', [share, count], { n: 2, p: 0.5 })).toBe('kind(n=2)');
    expect(labelOf('kind', [share, count], { n: 2, p: 0.25 }, ['raw'])).toBe('kind(p=0.25, n=2, raw)');
    expect(labelOf('kind', [share], { p: 0.5 })).toBe('kind');
  });
});
