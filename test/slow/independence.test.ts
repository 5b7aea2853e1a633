import { describe, expect, it } from 'vitest';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { type StreamIdentity, streamKey } from '../../src/random/stream.ts';
import { chiSquareScore } from '../support/goodness.ts';
import { drawIndices, sampler } from '../support/jobs.ts';

/*
 * Independence of draws: of columns, indices, runs, panels, blocks and roles; of values and of their squares. Correlations of n
 * pairs are N(0, 1/n); some 20,000 scores in all, of which one beyond 7 is a false alarm of 5e-8.
 */
const LIMIT = 7;

const kernel = new WasmKernel();
const NORMAL = sampler('normal');
const COLUMNS = 64;
const ROWS = 128;

const keyOf = (change: Partial<StreamIdentity> = {}): Uint32Array =>
  streamKey({ kernel: '1', seed: 'slow', role: 'inputs', id: 'independence', band: 1, block: 0, ...change });

interface Form {
  /** Of mean 0 and variance 1. */
  readonly of: (x: number) => number;
  /** x, made to depend on y. */
  readonly spoil: (x: number, y: number, strength: number) => number;
}

const FORMS: Readonly<Record<string, Form>> = {
  values: { of: (x) => x, spoil: (x, y, strength) => x + strength * y },
  // Sizes go together, values stay uncorrelated.
  squares: { of: (x) => (x * x - 1) / Math.SQRT2, spoil: (x, y, strength) => x * (1 + strength * (y * y - 1)) },
};

/** √n times the correlation of two equally long series of mean 0 and variance 1. */
function score(a: Float32Array, b: Float32Array, form: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += form(a[i] as number) * form(b[i] as number);
  return sum / Math.sqrt(a.length);
}

const panels = (count: number, key = keyOf(), run = 0): Float32Array[] =>
  Array.from({ length: count }, (_, panel) => kernel.draw(NORMAL, key, panel, run, ROWS));

const join = (parts: readonly Float32Array[]): Float32Array => {
  const out = new Float32Array(parts.length * ROWS * COLUMNS);
  parts.forEach((part, i) => {
    out.set(part, i * ROWS * COLUMNS);
  });
  return out;
};

/** Scores of all pairs of columns at the same index, and of a column with every other `lag` indices later. */
function columnScores(data: readonly Float32Array[], lag: number, form: (x: number) => number): number[] {
  const sums = new Float64Array(COLUMNS * COLUMNS);
  for (const panel of data) {
    const values = Float64Array.from(panel, form);
    for (let i = 0; i + lag < ROWS; i++)
      for (let a = 0; a < COLUMNS; a++) {
        const x = values[i * COLUMNS + a] as number;
        const later = (i + lag) * COLUMNS;
        for (let b = lag === 0 ? a + 1 : 0; b < COLUMNS; b++)
          sums[a * COLUMNS + b] = (sums[a * COLUMNS + b] as number) + x * (values[later + b] as number);
      }
  }
  const n = data.length * (ROWS - lag);
  return Array.from(sums, (sum) => sum / Math.sqrt(n));
}

const largest = (scores: readonly number[]): number => Math.max(...scores.map(Math.abs));

describe.each(Object.entries(FORMS))('%s are uncorrelated', (_, { of: form, spoil }) => {
  const data = panels(1000);
  const all = join(data);

  it.each([0, 1, 2])('between all pairs of columns, %i indices apart', (lag) => {
    expect(largest(columnScores(data, lag, form))).toBeLessThan(LIMIT);
  });

  it('along the index, at any lag', () => {
    const scores = [1, 2, 3, 4, 5, 7, 8, 16, 32, 64].map((lag) =>
      score(all.subarray(0, all.length - lag * COLUMNS), all.subarray(lag * COLUMNS), form),
    );
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('between draws of neighbouring columns and lanes, in the order of the words', () => {
    const scores = Array.from({ length: 130 }, (__, i) => i + 1).map((lag) =>
      score(all.subarray(0, 1e6), all.subarray(lag, 1e6 + lag), form),
    );
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('between runs', () => {
    const scores = [1, 2, 3, 4, 8, 31].map((run) => score(all, join(panels(1000, keyOf(), run)), form));
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('between panels', () => {
    const scores = [1, 2, 4, 8, 64, 256].map((apart) => {
      const shift = apart * ROWS * COLUMNS;
      return score(all.subarray(0, all.length - shift), all.subarray(shift), form);
    });
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('between blocks, roles, bands and seeds', () => {
    const others = [{ block: 1 }, { block: 2 }, { role: 'weights' }, { band: 2 }, { seed: 'slow2' }] as const;
    const scores = others.map((change) => score(all, join(panels(1000, keyOf(change))), form));
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('between keys that differ in one bit', () => {
    const scores = Array.from({ length: 128 }, (__, bit) => {
      const key = keyOf();
      key[bit >> 5] = (key[bit >> 5] as number) ^ (1 << (bit & 31));
      return score(all.subarray(0, 40 * ROWS * COLUMNS), join(panels(40, key)), form);
    });
    expect(largest(scores)).toBeLessThan(LIMIT);
  });

  it('and would not be with a hundredth in common (negative control)', () => {
    const other = join(panels(1000, keyOf({ block: 1 })));
    expect(
      score(
        all,
        other.map((x, i) => spoil(x, all[i] as number, 0.01)),
        form,
      ),
    ).toBeGreaterThan(LIMIT);
    const columns = data.map((panel) =>
      panel.map((x, i) => (i % COLUMNS === 5 ? spoil(x, panel[i + 1] as number, 0.1) : x)),
    );
    expect(largest(columnScores(columns, 0, form))).toBeGreaterThan(LIMIT);
  });
});

/** Octants of the pairs that one radius and one angle make: columns c and c + 8 of each sixteen. */
function pairCells(data: readonly Float32Array[]): { octants: number[]; angles: number[]; joint: number[] } {
  const angles = new Float64Array(8 * 64);
  const joint = new Float64Array(8 * 16);
  const octants = new Float64Array(8);
  for (const panel of data)
    for (let i = 0; i < panel.length; i++) {
      if ((i & 8) !== 0) continue;
      const [x, y] = [panel[i] as number, panel[i + 8] as number];
      const [a, b] = [Math.abs(x), Math.abs(y)];
      const octant = (x < 0 ? 1 : 0) + (y < 0 ? 2 : 0) + (a < b ? 4 : 0);
      const ratio = Math.min(63, Math.floor((64 * Math.min(a, b)) / Math.max(a, b, 1e-30)));
      // The radius exceeds √(2·k·ln 2) with probability 2^(−k).
      const radius = Math.min(15, Math.floor((x * x + y * y) / (2 * Math.LN2)));
      octants[octant] = (octants[octant] as number) + 1;
      angles[octant * 64 + ratio] = (angles[octant * 64 + ratio] as number) + 1;
      joint[octant * 16 + radius] = (joint[octant * 16 + radius] as number) + 1;
    }
  return { octants: [...octants], angles: [...angles], joint: [...joint] };
}

const EIGHTH = Array<number>(8).fill(1 / 8);
const ANGLES = EIGHTH.flatMap((p) =>
  Array.from({ length: 64 }, (_, k) => (p * (Math.atan((k + 1) / 64) - Math.atan(k / 64))) / (Math.PI / 4)),
);
const JOINT = EIGHTH.flatMap((p) => Array.from({ length: 16 }, (_, k) => p * (k === 15 ? 2 ** -15 : 2 ** -(k + 1))));

describe('Box–Muller pairs', () => {
  // Chi-square scores; beyond 6 is a false alarm of 1e-9.
  const scores = (data: readonly Float32Array[]): number[] => {
    const { octants, angles, joint } = pairCells(data);
    return [chiSquareScore(octants, EIGHTH), chiSquareScore(angles, ANGLES), chiSquareScore(joint, JOINT)];
  };

  it('fall on all octants and angles alike, at every radius', () => {
    expect(largest(scores(panels(8000, keyOf({ id: 'octants' }))))).toBeLessThan(6);
  });

  const data = panels(500, keyOf({ id: 'octants' }));
  const second = (change: (y: number, x: number) => number) =>
    data.map((panel) => panel.map((y, i) => ((i & 8) !== 0 ? change(y, panel[i - 8] as number) : y)));

  it.each([
    ['whose second never changes sign', (y: number) => Math.abs(y)],
    ['whose signs go together', (y: number, x: number) => Math.abs(y) * Math.sign(x)],
    ['that are never swapped', (y: number, x: number) => (Math.abs(y) > Math.abs(x) ? y / 2 : y)],
    ['one percent of which changes octant', (y: number, x: number) => (x > 2.33 ? Math.abs(y) : y)],
  ] as const)('%s are noticed (negative control)', (_, change) => {
    expect(largest(scores(second(change)))).toBeGreaterThan(6);
  });
});

describe('the other inputs', () => {
  it('carry an AR(1) process over runs with correlation φ', () => {
    const phi = 0.5;
    let [sum, n] = [0, 0];
    for (let panel = 0; panel < 3000; panel++) {
      const x = drawIndices(kernel, sampler('ar1', phi), keyOf(), panel, 129);
      // Index 127 ends the first run, 128 begins the second.
      for (let c = 0; c < COLUMNS; c++) sum += (x[127 * COLUMNS + c] as number) * (x[128 * COLUMNS + c] as number);
      n += COLUMNS;
    }
    // Var(xy) = 1 + φ². False alarm beyond 5 SE: 6e-7.
    const error = Math.sqrt((1 + phi ** 2) / n);
    expect(Math.abs(sum / n - phi) / error).toBeLessThan(5);
    expect(Math.abs(sum / n) / error).toBeGreaterThan(5);
  });

  it('share a common factor along the index, with correlation ρ, and not between columns', () => {
    const rho = 0.3;
    let [along, across, n] = [0, 0, 0];
    for (let panel = 0; panel < 20_000; panel++) {
      const x = kernel.draw(sampler('equicorrelated', rho), keyOf(), panel, 0, 2);
      for (let c = 0; c < COLUMNS; c++) {
        along += (x[c] as number) * (x[COLUMNS + c] as number);
        across += (x[c] as number) * (x[COLUMNS + ((c + 1) & 63)] as number);
        n++;
      }
    }
    const error = Math.sqrt((1 + rho ** 2) / n);
    expect(Math.abs(along / n - rho) / error).toBeLessThan(5);
    expect(Math.abs(across / n) / error).toBeLessThan(5);
    expect(Math.abs(along / n) / error).toBeGreaterThan(5);
  });
});
