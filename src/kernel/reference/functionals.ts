import { ACTIVATION_CODES, ACTIVATIONS, type ActivationKind } from '../../model/activations.ts';
import { jackknife } from '../../stats/jackknife.ts';
import { ANSWER, type Functional } from '../kernel.ts';

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

/** E g, Var g, E g′, E g′² and four zeros. */
export function moments(functional: Functional, atoms: Atoms): Float64Array {
  const { g, d } = functions(functional);
  const mean = expectation(atoms, g);
  const out = new Float64Array(ANSWER);
  out[0] = mean;
  out[1] = expectation(atoms, (z) => square(g(z) - mean));
  out[2] = expectation(atoms, d);
  out[3] = expectation(atoms, (z) => square(d(z)));
  return out;
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
