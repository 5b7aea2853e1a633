import { ACTIVATION_CODES, ACTIVATIONS, type ActivationKind } from '../../model/activations.ts';
import { jackknife } from '../../stats/jackknife.ts';
import type { Functional } from '../kernel.ts';

/** Weighted points; the weights sum to 1. */
export interface Atoms {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** Multiplied, as what reaches a table is: `**` is rounded as each engine likes. */
const square = (value: number): number => value * value;

const BY_CODE = ACTIVATION_CODES.map((name) => ACTIVATIONS.find((entry) => entry.name === name) as ActivationKind);

function expectation({ points, weights }: Atoms, f: (point: number) => number): number {
  let sum = 0;
  for (let i = 0; i < points.length; i++) sum += (weights[i] as number) * f(points[i] as number);
  return sum;
}

/** g and g′ at u = factor·(z + offset). */
function functions({ code, param, factor, offset }: Functional) {
  const activation = BY_CODE[code] as ActivationKind;
  return {
    g: (z: number) => activation.value(factor * (z + offset), param),
    d: (z: number) => activation.derivative(factor * (z + offset), param),
  };
}

/** Deviations up to this share of the size are rounding. */
const NO_SPREAD = 1e-13;

/** E g, Var g, E g′, E g′² and K of each: see `Kernel.expectations`. */
function moments(functional: Functional, { points, weights }: Atoms): Float64Array {
  const { g, d } = functions(functional);
  const values = points.map(g);
  const slopes = points.map(d);
  const mean = dot(weights, values);
  const deviations = values.map((value) => value - mean);
  const variance = dot(weights, deviations, deviations);
  const [slope, slopeSquare] = [dot(weights, slopes), dot(weights, slopes, slopes)];
  return Float64Array.of(
    ...[mean, variance, slope, slopeSquare],
    ...[heaviness(values, weights, mean, false), heaviness(values, weights, mean, true)],
    ...[heaviness(slopes, weights, 0, false), heaviness(slopes, weights, 0, true)],
  );
}

/**
 * ⅜ of the squared skewness of x = value − centre or of x²; NaN where all deviations are rounding. In units of the largest x, so that powers
 * of tiny ones survive. Plain loops: exact laws of many points have many cells.
 */
function heaviness(values: Float64Array, weights: Float64Array, centre: number, squared: boolean): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs((values[i] as number) - centre));
  const unit = largest > 0 ? largest : 1;
  const at = (i: number): number => {
    const x = ((values[i] as number) - centre) / unit;
    return squared ? x * x : x;
  };
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (weights[i] as number) * at(i);
  let second = 0;
  let third = 0;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = at(i) - mean;
    const part = (weights[i] as number) * deviation * deviation;
    second += part;
    third += part * deviation;
    most = Math.max(most, Math.abs(deviation));
  }
  const varies = most > NO_SPREAD * Math.abs(mean) && unit > NO_SPREAD * Math.abs(centre);
  return varies ? (0.375 * square(third / second)) / second : Number.NaN;
}

/** Σ weights·a·b. */
function dot(weights: Float64Array, a: Float64Array, b?: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++)
    sum += (weights[i] as number) * (a[i] as number) * (b === undefined ? 1 : (b[i] as number));
  return sum;
}

/** `Kernel.expectations`. */
export function expectations(
  points: Float64Array,
  weights: Float64Array,
  functionals: readonly Functional[],
): Float64Array {
  return Float64Array.from(functionals.flatMap((functional) => [...moments(functional, { points, weights })]));
}

/** {@link moments} of all blocks with their delete-one-block jackknife errors, from every atom of every block. */
export function momentsWithErrors(functional: Functional, all: Atoms, blocks: readonly Atoms[]): Float64Array {
  const { g, d } = functions(functional);
  const out = moments(functional, all);
  const [mean, , slope, slopeSquare] = out as unknown as [number, number, number, number];
  // Blocks are of one size. Centred on the estimate: (1, g − ĝ, (g − ĝ)², g′ − d̂, g′² − q̂).
  const rows = blocks.flatMap((atoms) => [
    1,
    expectation(atoms, (z) => g(z) - mean),
    expectation(atoms, (z) => square(g(z) - mean)),
    expectation(atoms, (z) => d(z) - slope),
    expectation(atoms, (z) => square(d(z)) - slopeSquare),
  ]);
  const average = (sums: Float64Array, i: number): number => (sums[i] as number) / (sums[0] as number);
  const statistics = [
    (sums: Float64Array) => average(sums, 1),
    (sums: Float64Array) => average(sums, 2) - square(average(sums, 1)),
    (sums: Float64Array) => average(sums, 3),
    (sums: Float64Array) => average(sums, 4),
  ];
  statistics.forEach((statistic, i) => {
    out[4 + i] = jackknife(Float64Array.from(rows), 5, statistic).mcse ?? Number.NaN;
  });
  return out;
}
