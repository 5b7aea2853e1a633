import { COLUMNS, type LayerJob, RUN } from '../kernel/kernel.ts';
import { isCentred } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import type { SamplerKind } from '../random/sampler.ts';
import { latticeSize } from '../theory/exact.ts';
import { gaussianPair } from '../theory/pairs.ts';
import type { Unit } from './groups.ts';
import { rowsPerUnit, type SweepPlan } from './plan.ts';

// Nanoseconds as once measured on an EPYC; only their ratios matter for cutting tasks, and
// `plan` scales them by a quick calibration.

/** One draw. */
const DRAW: Readonly<Record<SamplerKind, number>> = {
  constant: 0.1,
  uniform: 0.42,
  normal: 1.4,
  truncated_normal: 2.2,
  sign: 0.5,
  bernoulli: 0.5,
  sparse: 1.9,
  exponential: 1.4,
  laplace: 1.4,
  lognormal: 2.5,
  student_t: 4.4,
  table: 1.5,
  equicorrelated: 1.6,
  ar1: 1.7,
  rows: 1,
  squared_normal: 1.6,
};
/** One multiplication and addition of the running sums. */
const product = (side: number): number => (side >= 8 ? 0.037 : side === 4 ? 0.095 : 0.075);
/** One value into a histogram. */
const TALLY = 0.8;
/** Keying one run of one sampler. */
const KEY = 250;
/** Emptying one histogram. */
const EXTRACT = 9_000;
/** One block merged for one (ensemble, fan-in). */
const MERGE = 22_000;
/** One cell. */
const CELL = 14_000;
/** One point of a lattice, or node of a quadrature, in the theory of one cell. */
const POINT = 140;
/** Nodes of a quadrature of a Gaussian whose mean is not 0. */
const NODES = 480;

/** Nanoseconds of one block of a band. */
export function blockCost(job: LayerJob): number {
  const { side } = job;
  const last = job.samplers.map((_, s) =>
    Math.max(0, ...job.pairs.filter((p) => p.weights === s || p.inputs === s).map((p) => p.fanIns.at(-1) as number)),
  );
  const draws = job.samplers.reduce(
    (sum, sampler, s) =>
      sum + (last[s] as number) * COLUMNS * DRAW[sampler.kind] + Math.ceil((last[s] as number) / RUN) * KEY,
    0,
  );
  const values = COLUMNS * side;
  const sums = job.pairs.reduce((sum, pair) => sum + (pair.fanIns.at(-1) as number) * values * product(side), 0);
  const fanIns = job.pairs.reduce((sum, pair) => sum + pair.fanIns.length, 0);
  return job.panels * (draws + sums + fanIns * values * TALLY) + fanIns * EXTRACT;
}

/** Nanoseconds of the rows of one (input, fan-in) from so many blocks. */
export function unitCost(plan: SweepPlan, { input, fanIn }: Unit, blocks = plan.blocks): number {
  const { initializers, inputs, shapes, spec } = plan;
  const points = initializers.reduce(
    (sum, { shape }) => sum + theoryPoints(shape, inputs[input] as Input, spec.fanIn[fanIn] as number),
    0,
  );
  return shapes.length * blocks * MERGE + rowsPerUnit(plan) * (CELL + (points / initializers.length) * POINT);
}

/** Points at which the theory of one cell is worked out by itself: that of a Gaussian about 0 is kept for many. */
function theoryPoints(shape: Shape, input: Input, fanIn: number): number {
  if (!gaussianPair(shape, input)) return latticeSize(shape, input, fanIn);
  return isCentred(shape, input) && input.moments[1] !== 0 ? NODES : 0;
}
