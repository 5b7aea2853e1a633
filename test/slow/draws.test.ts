import { describe, expect, it } from 'vitest';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { erf, normalCdf, studentTCdf } from '../../src/numeric/special.ts';
import type { Sampler } from '../../src/random/sampler.ts';
import { streamKey } from '../../src/random/stream.ts';
import { BitHistogram } from '../support/bit-histogram.ts';
import { chiSquareScore, kolmogorovScore, poissonTail } from '../support/goodness.ts';
import { sampler, tableSampler } from '../support/jobs.ts';

/*
 * A hundred million draws of every kind against the exact law. False alarms for each law: chi-square score above 6: 1e-9;
 * Kolmogorov–Smirnov above 3.5: 5e-11; four moments beyond 6 standard errors: 8e-9; eight tails: 8e-9. Seeds are fixed, so a
 * pass stays a pass.
 */
const DRAWS = 12_500 * 128 * 64;
const SCORE = 6;
const KOLMOGOROV = 3.5;
const TAIL_ALARM = 1e-9;

const kernel = new WasmKernel();

const keyOf = (id: unknown): Uint32Array =>
  streamKey({ kernel: '1', seed: 'slow', role: 'inputs', id, band: 1, block: 0 });

interface Law {
  readonly sampler: Sampler;
  /** P(x < edge). */
  readonly below: (x: number) => number;
  /** E x^k, k = 1 … 8. */
  readonly moments?: readonly number[];
  /** Turns the draws of one run into independent draws of the law, where they are not. */
  readonly of?: (draws: Float32Array) => Float32Array;
  /** Indices of a run; 1 where all indices of a column belong together. */
  readonly indices?: number;
}

const powers = (moment: (k: number) => number): number[] => Array.from({ length: 8 }, (_, i) => moment(i + 1));
const even = (moment: (k: number) => number): number[] => powers((k) => (k % 2 === 1 ? 0 : moment(k)));
const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
const odd = (k: number): number => (k <= 1 ? 1 : k * odd(k - 2));
const NORMAL = even((k) => odd(k - 1));
const step = (x: number): number => (x > 0 ? 1 : 0);

const TRUNCATION = normalCdf(2) - normalCdf(-2);
function truncatedMoment(k: number): number {
  // By parts: E u^k = (k − 1)·E u^(k−2) − 2·2^(k−1)·φ(2)/P(|u| < 2).
  return k === 0 ? 1 : (k - 1) * truncatedMoment(k - 2) - (2 ** k * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / TRUNCATION;
}

const FREEDOM = 12;
function studentMoment(k: number): number {
  return k === 0 ? 1 : (studentMoment(k - 2) * FREEDOM * (k - 1)) / (FREEDOM - k);
}

/** Differences of neighbours, or innovations: independent standard normals. */
const contrast =
  (memory: number, sd: number, every: number) =>
  (draws: Float32Array): Float32Array => {
    const out: number[] = [];
    for (let i = 1; i < draws.length / 64; i += every)
      for (let column = 0; column < 64; column++)
        out.push(((draws[i * 64 + column] as number) - memory * (draws[(i - 1) * 64 + column] as number)) / sd);
    return Float32Array.from(out);
  };

const LAWS: Readonly<Record<string, Law>> = {
  uniform: {
    sampler: sampler('uniform'),
    below: (x) => Math.min(1, Math.max(0, (x + 1) / 2)),
    moments: even((k) => 1 / (k + 1)),
  },
  normal: { sampler: sampler('normal'), below: normalCdf, moments: NORMAL },
  truncated_normal: {
    sampler: sampler('truncated_normal'),
    below: (x) => Math.min(1, Math.max(0, (normalCdf(x) - normalCdf(-2)) / TRUNCATION)),
    moments: even(truncatedMoment),
  },
  // Moved to 1 and 3: an atom below 0 would lie on the wrong side of a bin's edge.
  sign: {
    sampler: { ...sampler('sign'), shift: 2 },
    below: (x) => (step(x - 1) + step(x - 3)) / 2,
    moments: powers((k) => (1 + 3 ** k) / 2),
  },
  'bernoulli(0.1)': {
    sampler: sampler('bernoulli', 0.1),
    below: (x) => 0.9 * step(x) + 0.1 * step(x - 1),
    moments: powers(() => 0.1),
  },
  'sparse(0.1)': {
    sampler: sampler('sparse', 0.1),
    below: (x) => 0.9 * step(x) + 0.1 * normalCdf(x),
    moments: NORMAL.map((moment) => 0.1 * moment),
  },
  exponential: {
    sampler: sampler('exponential'),
    below: (x) => (x > 0 ? -Math.expm1(-x) : 0),
    moments: powers(factorial),
  },
  laplace: {
    sampler: sampler('laplace'),
    below: (x) => (x > 0 ? 1 - Math.exp(-x) / 2 : Math.exp(x) / 2),
    moments: even(factorial),
  },
  squared_normal: {
    sampler: sampler('squared_normal'),
    below: (x) => (x > 0 ? erf(Math.sqrt(x / 2)) : 0),
    moments: powers((k) => odd(2 * k - 1)),
  },
  'lognormal(0.25)': {
    sampler: sampler('lognormal', 0.25),
    below: (x) => (x > 0 ? normalCdf(Math.log(x) / 0.25) : 0),
    moments: powers((k) => Math.exp((k * 0.25) ** 2 / 2)),
  },
  'lognormal(1)': {
    sampler: sampler('lognormal', 1),
    below: (x) => (x > 0 ? normalCdf(Math.log(x)) : 0),
  },
  'student_t(12)': {
    sampler: sampler('student_t', FREEDOM),
    below: (x) => studentTCdf(x, FREEDOM),
    moments: even(studentMoment),
  },
  'student_t(2.5)': { sampler: sampler('student_t', 2.5), below: (x) => studentTCdf(x, 2.5) },
  table: {
    sampler: tableSampler(1, 2, 3, 4, 5, 6, 7),
    below: (x) => Math.min(7, Math.max(0, Math.ceil(x) - 1)) / 7,
    moments: powers((k) => [1, 2, 3, 4, 5, 6, 7].reduce((sum, x) => sum + x ** k / 7, 0)),
  },
  'equicorrelated(0.5), one index': {
    sampler: sampler('equicorrelated', 0.5),
    below: normalCdf,
    moments: NORMAL,
    indices: 1,
  },
  'equicorrelated(0.5), differences along the index': {
    sampler: sampler('equicorrelated', 0.5),
    below: normalCdf,
    moments: NORMAL,
    of: contrast(1, 1, 2),
  },
  'ar1(0.9), first index': { sampler: sampler('ar1', 0.9), below: normalCdf, moments: NORMAL, indices: 1 },
  'ar1(0.9), innovations': {
    sampler: sampler('ar1', 0.9),
    below: normalCdf,
    moments: NORMAL,
    of: contrast(0.9, Math.sqrt(1 - 0.81), 1),
  },
  rows: {
    // Three numbers a row, of which the first says which row it is.
    sampler: { ...sampler('rows', 3), table: Float32Array.from({ length: 33 }, (_, i) => 1 + Math.floor(i / 3)) },
    below: (x) => Math.min(11, Math.max(0, Math.ceil(x) - 1)) / 11,
    moments: powers((k) => Array.from({ length: 11 }, (_, i) => i + 1).reduce((sum, x) => sum + x ** k / 11, 0)),
    indices: 1,
  },
};

function histogramOf(law: Law, name: string, draws = DRAWS): BitHistogram {
  const histogram = new BitHistogram();
  const key = keyOf(name);
  for (let panel = 0; histogram.count < draws; panel++) {
    const values = kernel.draw(law.sampler, key, panel, 0, law.indices ?? 128);
    histogram.add(law.of?.(values) ?? values);
  }
  return histogram;
}

/** Scores by name; those of a right law stay under {@link SCORE}. */
function scores(histogram: BitHistogram, { below, moments }: Law): Record<string, number> {
  const { edges, counts } = histogram.intervals();
  const cumulative = edges.map(below);
  const probabilities = [...cumulative, 1].map((p, i) => p - (cumulative[i - 1] ?? 0));
  const out: Record<string, number> = {
    'chi-square': counts.length > 1 ? chiSquareScore(counts, probabilities) : 0,
    'Kolmogorov–Smirnov': (SCORE / KOLMOGOROV) * kolmogorovScore(counts, cumulative),
  };
  const n = histogram.count;
  for (let k = 1; moments !== undefined && k <= 4; k++) {
    const moment = moments[k - 1] as number;
    const error = Math.sqrt(((moments[2 * k - 1] as number) - moment ** 2) / n);
    // A moment that does not vary (of signs) is exact.
    const off = Math.abs((histogram.powers[k - 1] as number) / n - moment);
    out[`moment ${k}`] = error === 0 ? off * 1e15 : off / error;
  }
  return out;
}

const large = (all: Record<string, number>): [string, number][] =>
  Object.entries(all).filter(([, score]) => !(Math.abs(score) < SCORE));

/** Thresholds whose tails hold too many or too few values: expected 10, 100, 1e4 and 1e6 on either side. */
function wrongTails(histogram: BitHistogram, { below }: Law): string[] {
  const { edges, counts } = histogram.intervals();
  const total = histogram.count;
  const wrong: string[] = [];
  const check = (side: string, edge: number, count: number, expected: number): void => {
    if (poissonTail(count, expected) < TAIL_ALARM) wrong.push(`${side} ${edge}: ${count} for ${expected}`);
  };
  for (const target of [10, 100, 1e4, 1e6]) {
    const low = edges.findIndex((edge) => total * below(edge) >= target);
    const high = edges.findLastIndex((edge) => total * (1 - below(edge)) >= target);
    const sum = (part: number[]): number => part.reduce((a, b) => a + b, 0);
    const lowEdge = edges[low] ?? 0;
    const highEdge = edges[high] ?? 0;
    if (low >= 0) check('below', lowEdge, sum(counts.slice(0, low + 1)), total * below(lowEdge));
    if (high >= 0) check('above', highEdge, sum(counts.slice(high + 1)), total * (1 - below(highEdge)));
  }
  return wrong;
}

describe.each(Object.entries(LAWS))('a hundred million draws of %s', (name, law) => {
  it('follow the exact law', () => {
    const histogram = histogramOf(law, name);
    expect(histogram.count).toBeGreaterThanOrEqual(1e8);
    expect(large(scores(histogram, law))).toEqual([]);
    expect(wrongTails(histogram, law)).toEqual([]);
  });
});

it('constant is always 1', () => {
  expect(new Set(kernel.draw(sampler('constant'), keyOf('constant'), 0, 0, 128))).toEqual(new Set([1]));
});

describe('the tails of half a thousand million normals', () => {
  const law = LAWS.normal as Law;
  const histogram = histogramOf(law, 'tails', 5e8);
  const { edges, counts } = histogram.intervals();
  const beyond = (threshold: number): number =>
    counts.reduce((sum, count, i) => {
      const [from, to] = [edges[i - 1] ?? -Infinity, edges[i] ?? Infinity];
      return from >= threshold || to <= -threshold ? sum + count : sum;
    }, 0);

  it.each([
    [1, 0.31731050786291415],
    [2, 0.04550026389635842],
    [3, 0.0026997960632601866],
    [4, 6.334248366623996e-5],
    [5, 5.733031437583866e-7],
    [5.5, 3.797991249317755e-8],
    [6, 1.973175290075396e-9],
  ])('P(|x| > %d)', (threshold, probability) => {
    // False alarm 1e-7 on either side.
    const expected = probability * histogram.count;
    expect(poissonTail(beyond(threshold), expected)).toBeGreaterThan(1e-7);
  });

  it('would notice a threshold that is off by one percent (negative control)', () => {
    const expected = 2 * normalCdf(-4 * 0.99) * histogram.count;
    expect(poissonTail(beyond(4), expected)).toBeLessThan(1e-7);
  });
});

describe('negative controls: the same tests refuse', () => {
  const law = LAWS.normal as Law;
  const spoiled = (spoil: (x: number, i: number) => number): Record<string, number> => {
    const of = (draws: Float32Array) => draws.map(spoil);
    return scores(histogramOf({ ...law, of }, 'spoiled', 3e7), law);
  };

  it('a scale that is off by 0.4 percent', () => {
    const all = spoiled((x) => 1.004 * x);
    expect(large(all).map(([name]) => name)).toEqual(expect.arrayContaining(['chi-square', 'moment 2', 'moment 4']));
  });

  it('a mean that is off by 0.002', () => {
    const all = spoiled((x) => x + 0.002);
    expect(large(all).map(([name]) => name)).toEqual(expect.arrayContaining(['Kolmogorov–Smirnov', 'moment 1']));
  });

  it('one sign in two hundred turned positive', () => {
    const all = spoiled((x, i) => (i % 200 === 0 ? Math.abs(x) : x));
    expect(large(all).map(([name]) => name)).toEqual(expect.arrayContaining(['moment 1', 'moment 3']));
  });

  it('draws rounded to 8 bits', () => {
    expect(large(spoiled((x) => Math.round(x * 256) / 256)).map(([name]) => name)).toContain('chi-square');
  });

  it('a missing tail', () => {
    const of = (draws: Float32Array) => draws.map((x) => (x > 4 ? 8 - x : x));
    const histogram = histogramOf({ ...law, of }, 'spoiled', 3e7);
    expect(wrongTails(histogram, law)).not.toEqual([]);
  });

  it('a single draw where there can be none', () => {
    const own = LAWS.truncated_normal as Law;
    const of = (draws: Float32Array) => draws.map((x) => (x > 1.99999 ? 2.00003 : x));
    expect(large(scores(histogramOf({ ...own, of }, 'spoiled', 3e6), own))).toEqual([['chi-square', Infinity]]);
  });

  it.each(Object.keys(LAWS))('%s, one draw in twenty moved by a fifth', (name) => {
    const own = LAWS[name] as Law;
    const of = (draws: Float32Array) => {
      const values = own.of?.(draws) ?? draws;
      return values.map((x, i) => (i % 20 === 7 ? (x === 0 ? 1 : 0.8 * x) : x));
    };
    expect(large(scores(histogramOf({ ...own, of }, name, 5e6), own))).not.toEqual([]);
  });
});
