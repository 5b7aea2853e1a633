import { describe, expect, it } from 'vitest';
import type { Functional } from '../../src/kernel/kernel.ts';
import { expectations } from '../../src/kernel/reference/functionals.ts';
import { ReferenceKernel } from '../../src/kernel/reference.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { ACTIVATION_CODES } from '../../src/model/activations.ts';
import { binAtoms, mergeTallies } from '../../src/stats/histogram.ts';
import { readRecord } from '../../src/stats/record.ts';
import { allFunctionals, answersOf, direct, type Ensemble, type Sample, sampleOf } from '../support/derived.ts';
import { sampler, tableSampler } from '../support/jobs.ts';

const wasm = new WasmKernel();
const reference = new ReferenceKernel();

const CONTINUOUS: Readonly<Record<string, Ensemble>> = {
  'uniform × normal, n = 64': { weights: sampler('uniform'), inputs: sampler('normal'), fanIn: 64, side: 8 },
  'normal × normal, n = 1': { weights: sampler('normal'), inputs: sampler('normal'), fanIn: 1 },
  'normal × Student-t(3), n = 32': { weights: sampler('normal'), inputs: sampler('student_t', 3), fanIn: 32 },
  'uniform × Student-t(2.1), n = 1': { weights: sampler('uniform'), inputs: sampler('student_t', 2.1), fanIn: 1 },
  'uniform × lognormal, n = 8': { weights: sampler('uniform'), inputs: sampler('lognormal', 1), fanIn: 8 },
  'orthogonal × uniform, n = 16': {
    weights: sampler('normal'),
    inputs: sampler('uniform'),
    fanIn: 16,
    side: 4,
    orthogonal: true,
  },
};

const LATTICES: Readonly<Record<string, Ensemble>> = {
  'sign × rademacher, n = 1': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 1 },
  'sign × rademacher, n = 16': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 16 },
  'sign × rademacher, n = 33': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 33 },
  'sign × rademacher, n = 256': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 256, side: 16 },
  'constant × Bernoulli(.1), n = 100': {
    weights: sampler('constant'),
    inputs: sampler('bernoulli', 0.1),
    fanIn: 100,
  },
  'uniform × sparse(.1), n = 2': { weights: sampler('uniform'), inputs: sampler('sparse', 0.1), fanIn: 2 },
};

const ODD: ReadonlySet<string> = new Set(['identity', 'tanh', 'erf']);

type Answered = ReturnType<typeof answers>[number];

const samples = new Map<Ensemble, Sample>();

/** Both kernels' answers about one sample. */
function answers(ensemble: Ensemble, functionals: readonly Functional[]) {
  const sample = samples.get(ensemble) ?? sampleOf(wasm, ensemble);
  samples.set(ensemble, sample);
  const offset = functionals[0]?.offset ?? 0;
  const centre = offset === 0 ? null : -offset;
  const own = answersOf(wasm.merge(sample.records, centre).derive(functionals), functionals);
  const full = answersOf(reference.merge(sample.records, centre).derive(functionals), functionals);
  let truths: number[] | null = null;
  return own.map((answer, i) => {
    const at = (j: number): number => full[i - (i % 4) + j]?.value as number;
    return {
      ...answer,
      reference: full[i] as typeof answer,
      /** The statistic of the values themselves. */
      truth: (): number => {
        truths ??= functionals.flatMap((functional) => direct(functional, sample));
        return truths[i] as number;
      },
      /** √E g² or √E g′²: what the rounding errors of sums are measured against. */
      size: Math.sqrt(i % 4 < 2 ? at(0) ** 2 + at(1) : at(3)),
      /** E g of an odd g: 0 for every z that is symmetric, and next to it in a sample. */
      zero: i % 4 === 0 && ODD.has(ACTIVATION_CODES[functionals[i >> 2]?.code as number] as string),
    };
  });
}

/** Answers off by more than the guide promises. */
function inaccurate(all: readonly Answered[]): Answered[] {
  return all.filter(({ value, truth, zero, reference: { mcse } }) => {
    const error = Math.abs(value - truth());
    return !(error <= 1e-6 * Math.abs(truth()) || (zero && error <= 1e-3 * mcse));
  });
}

describe.each(Object.entries({ ...CONTINUOUS, ...LATTICES }))('two atoms a bin of %s', (_, ensemble) => {
  const all = answers(ensemble, allFunctionals());

  it('give every activation statistic to 1e-6 relative, or to 1e-3 mcse where it is 0', () => {
    expect(inaccurate(all)).toEqual([]);
  });

  it('are summed alike by both kernels', () => {
    // The slope of tanh is good to 1e-15 of its maximum, not of itself (elementary.test.ts).
    const off = all.filter(
      ({ value, reference: { value: full }, size }) => !(Math.abs(value - full) <= 1e-12 * size + 1e-15),
    );
    expect(off).toEqual([]);
  });
});

describe.each(Object.entries(CONTINUOUS))('one atom a bin of %s', (_, ensemble) => {
  it('is not enough: means without variances are off in Var g, or E g′ (negative control)', () => {
    const functionals = allFunctionals();
    const all = answers(ensemble, functionals);
    const { records } = samples.get(ensemble) as Sample;
    const merged = mergeTallies(records.map((record) => readRecord(Uint8Array.from(record).buffer, 0)));
    const shares = merged.counts.map((count) => count / merged.count);
    const single = answersOf(expectations(binAtoms(merged).means, shares, functionals), functionals);
    const off = inaccurate(all.map((answer, i) => ({ ...answer, value: single[i]?.value as number })));
    expect(off.length).toBeGreaterThan(all.length / 4);
  });
});

/** Of smaller errors the reference loses the squares. */
const SUBNORMAL = 1e-150;

/** Answers whose error is off by more than `tolerance` of it; what is next to nothing beside `size` is left out. */
function wrongErrors(all: readonly Answered[], tolerance: number, nothing: number): Answered[] {
  return all.filter(
    ({ mcse, reference: { mcse: full }, size }) =>
      !(Math.abs(mcse - full) <= tolerance * full + nothing * size + SUBNORMAL),
  );
}

describe('standard errors from coarse nodes', () => {
  // Measured: 1.2e-3 at most.
  it.each(Object.keys(CONTINUOUS))('%s: those from every atom of every block, to 2e-3', (name) => {
    expect(wrongErrors(answers(CONTINUOUS[name] as Ensemble, allFunctionals()), 2e-3, 1e-9)).toEqual([]);
  });

  // Three nodes of half an octave cannot stand for one or two lattice points: these take every atom of every block.
  it.each(Object.keys(LATTICES))('%s: the same to 1e-3', (name) => {
    expect(wrongErrors(answers(LATTICES[name] as Ensemble, allFunctionals()), 1e-3, 1e-9)).toEqual([]);
  });

  it('of relu′ where z is often 0: 0 counts as not active', () => {
    // Constant weights on a table of −1, 0, 0 and 0: z ≤ 0, so nothing is ever active.
    const ensemble = { weights: sampler('constant'), inputs: tableSampler(-1, 0, 0, 0), fanIn: 2 };
    const [, , slope, square] = answers(ensemble, allFunctionals(0, [1]).slice(3, 4));
    expect([slope?.value, slope?.mcse, square?.value, square?.mcse]).toEqual([0, 0, 0, 0]);
  });

  it('would notice a percent (negative control)', () => {
    const ensemble = CONTINUOUS['uniform × normal, n = 64'] as Ensemble;
    const all = answers(ensemble, allFunctionals()).map((answer) => ({ ...answer, mcse: 1.01 * answer.mcse }));
    expect(wrongErrors(all, 2e-3, 1e-9).length).toBeGreaterThan(all.length / 2);
  });
});

describe('slopes of a z that is never near 0', () => {
  const CASES: Readonly<Record<string, readonly [Ensemble, number[]]>> = {
    'sign × uniform[1, 2]': [
      { weights: sampler('sign'), inputs: { ...sampler('uniform'), scale: 0.5, shift: 1.5 }, fanIn: 1 },
      [5, 10, 25],
    ],
    'sign × uniform[20, 255]': [
      { weights: sampler('sign'), inputs: { ...sampler('uniform'), scale: 117.5, shift: 137.5 }, fanIn: 1 },
      [0.3, 1, 1.5],
    ],
  };
  const saturating = (slopes: number[]) =>
    allFunctionals(0, slopes).filter(({ code }) => ['logistic', 'tanh'].includes(ACTIVATION_CODES[code] as string));

  /** E g′ and E g′² of the very draws of each functional, with their errors. */
  function drawn(ensemble: Ensemble, functionals: readonly Functional[]) {
    const sample = samples.get(ensemble) ?? sampleOf(wasm, ensemble);
    samples.set(ensemble, sample);
    return functionals.flatMap((functional) => {
      const blocks = sample.values.map((values) => direct(functional, { ...sample, values: [values] }));
      return [2, 3].map((i) => {
        const own = blocks.map((block) => block[i] as number);
        const mean = own.reduce((sum, x) => sum + x) / own.length;
        const spread = own.reduce((sum, x) => sum + ((x - mean) / mean) ** 2, 0);
        return { mean, error: mean * Math.sqrt(spread / own.length / (own.length - 1)) };
      });
    });
  }

  // e^(−β|z|) falls by powers of e within a bin, whose values are known by mean and variance alone: that is what is left.
  it.each(Object.entries(CASES))(
    '%s: half an error off the very draws at most, errors to a third',
    (_, [ensemble, slopes]) => {
      const functionals = saturating(slopes);
      const truths = drawn(ensemble, functionals);
      for (const kernel of [wasm, reference]) {
        const all = answersOf(kernel.merge((samples.get(ensemble) as Sample).records).derive(functionals), functionals);
        const slopesOf = all.filter((_, i) => i % 4 > 1);
        const wrong = slopesOf.filter(({ value, mcse }, i) => {
          const { mean, error } = truths[i] as (typeof truths)[number];
          return !(Math.abs(value - mean) <= 0.5 * error && mcse > error / 1.35 && mcse < 1.35 * error);
        });
        expect(wrong).toEqual([]);
      }
    },
  );

  it.each(Object.entries(CASES))('%s: two atoms a bin are wrong (negative control)', (_, [ensemble, slopes]) => {
    const functionals = saturating(slopes);
    const truths = drawn(ensemble, functionals);
    const { records } = samples.get(ensemble) as Sample;
    const merged = mergeTallies(records.map((record) => readRecord(Uint8Array.from(record).buffer, 0)));
    const { means, spreads } = binAtoms(merged);
    const shares = merged.counts.map((count) => count / merged.count / 2);
    const points = Float64Array.of(
      ...means.map((m, i) => m - (spreads[i] as number)),
      ...means.map((m, i) => m + (spreads[i] as number)),
    );
    const blind = answersOf(expectations(points, Float64Array.of(...shares, ...shares), functionals), functionals);
    const off = blind.filter(({ value }, i) => {
      if (i % 4 < 2) return false;
      const { mean, error } = truths[2 * (i >> 2) + (i % 4) - 2] as (typeof truths)[number];
      return Math.abs(value - mean) > 0.5 * error;
    });
    expect(off.length).toBeGreaterThan(0);
  });
});

/**
 * Constant weights on raw inputs: z is tallied about its mean and u = β·(z + offset), so a kink or a steep spot lies inside bins away from
 * 0, whose width is a sixteenth of their distance. These are cut into pieces graded toward the spot.
 */
describe('tallies with an offset', () => {
  const CASES: readonly (readonly [string, Ensemble, number])[] = [
    ['constant × N(.3, 1), n = 33', { weights: sampler('constant'), inputs: sampler('normal'), fanIn: 33 }, 9.9],
    ['constant × N(1, 1), n = 10', { weights: sampler('constant'), inputs: sampler('normal'), fanIn: 10 }, 10],
    [
      'constant × exponential, n = 3',
      { weights: sampler('constant'), inputs: { ...sampler('exponential'), shift: -1 }, fanIn: 3 },
      3,
    ],
    [
      'constant × Bernoulli(.1), n = 33',
      { weights: sampler('constant'), inputs: { ...sampler('bernoulli', 0.1), shift: -0.1 }, fanIn: 33 },
      3.3,
    ],
  ];

  // A bin knows the mean of its values, not where in it they lie: a steep spot inside one is seen through the linear density,
  // whose answer differs from that of the very draws by about one standard error where few of them hit the spot.
  it.each(CASES)('%s: every statistic to two of its errors, gentle slopes to a tenth', (_, ensemble, offset) => {
    const wrong = (slopes: number[], share: number) =>
      answers(ensemble, allFunctionals(offset, slopes)).filter(
        ({ value, truth, reference: { mcse } }) =>
          !(Math.abs(value - truth()) <= share * mcse + 1e-6 * Math.abs(truth())),
      );
    expect(wrong([1, 10], 2)).toEqual([]);
    expect(wrong([0.01, 0.1], 0.1)).toEqual([]);
  });

  it.each(CASES)('%s: summed alike by both kernels, errors too', (_, ensemble, offset) => {
    const all = answers(ensemble, allFunctionals(offset));
    const wrong = all.filter(
      ({ value, reference: { value: full }, size }) => !(Math.abs(value - full) <= 1e-11 * size + 1e-15),
    );
    expect(wrong).toEqual([]);
    expect(wrongErrors(all, 1e-5, 1e-9)).toEqual([]);
  });

  it('would miss the spot without the pieces (negative control)', () => {
    const [, ensemble, offset] = CASES[1] as (typeof CASES)[number];
    const sample = sampleOf(wasm, ensemble);
    const functionals = allFunctionals(offset, [10]);
    const blind = answersOf(wasm.merge(sample.records).derive(functionals), functionals);
    const truths = functionals.flatMap((functional) => direct(functional, sample));
    expect(blind.some(({ value, mcse }, i) => Math.abs(value - (truths[i] as number)) > 3 * mcse)).toBe(true);
  });
});
