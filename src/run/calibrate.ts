import { deriveRows } from '../derive/rows.ts';
import { ensembleTheory } from '../derive/theory.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Input } from '../model/inputs.ts';
import type { Datasets } from '../model/spec.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import { readRecord, recordBytes, writeRecord, zeroTally } from '../stats/record.ts';
import { bandsOf, blockKeys, type LayerBand } from '../sweep/bands.ts';
import { blockCost, unitCost } from '../sweep/cost.ts';
import { groupsOf, type Unit } from '../sweep/groups.ts';
import { planSweep, rowsPerUnit, type SweepPlan } from '../sweep/plan.ts';
import { gaussianRule } from '../theory/gaussian.ts';

/** How fast this machine does this very sweep, measured on small pieces of its own work. */
export interface Calibration {
  /** Measured over modelled time of simulating ({@link blockCost}). */
  readonly simulate: number;
  /** The same of deriving rows ({@link unitCost}). */
  readonly derive: number;
  /** Bytes of a tally of weights that are not all zero, on average. */
  readonly tallyBytes: number;
}

/** Milliseconds to spend on simulating, on one piece of it, on deriving, and there until the code is compiled. */
const SIMULATE = 55;
const PIECE = 4;
const DERIVE = 75;
const WARM_UP = 30;
/** Rows of a unit that are derived; more are extrapolated along β. */
const ROWS = 256;
/** Fan-in of the unit that is derived, at most: its cost hardly depends on it, that of its draws does. */
const LARGEST_FAN_IN = 4096;

export function calibrate(kernel: Kernel, plan: SweepPlan, datasets: Datasets): Calibration {
  const sizes = new Sizes(plan.blockSamples);
  return {
    simulate: calibrateSimulation(kernel, plan, sizes),
    derive: calibrateDerivation(kernel, plan, datasets),
    tallyBytes: sizes.mean,
  };
}

/** Bands by descending cost, each cut to a piece, until the budget is spent: the costly ones decide the sum. */
function calibrateSimulation(kernel: Kernel, plan: SweepPlan, sizes: Sizes): number {
  const bands = groupsOf(plan)
    .slice(0, 64)
    .flatMap((group) => bandsOf(plan, group))
    .sort((a, b) => b.cost - a.cost);
  const [first] = bands;
  if (first === undefined) return 1;
  const start = performance.now();
  // The engine compiles what it finds hot: the first run of the kernel says little.
  simulatePiece(kernel, plan, cut(first));
  let [measured, modelled] = [0, 0];
  for (const band of bands) {
    const piece = cut(band);
    const time = Math.min(...[0, 1].map(() => simulatePiece(kernel, plan, piece, sizes)));
    // A ratio of times, weighted by what the band takes of the whole run.
    measured += (time / blockCost(piece.job)) * band.cost;
    modelled += band.cost;
    if (performance.now() - start > SIMULATE) break;
  }
  return measured / modelled;
}

/** The band with fewer panels, and, where one is too many, without the largest fan-ins. */
function cut(band: LayerBand): LayerBand {
  const limit = PIECE * 1e6;
  let piece = band;
  while (blockCost(piece.job) > limit && piece.job.panels > 1)
    piece = withPanels(piece, Math.ceil(piece.job.panels / 2));
  while (blockCost(piece.job) > limit) {
    const largest = Math.max(...piece.job.pairs.flatMap((pair) => pair.fanIns));
    const pairs = piece.job.pairs
      .map((pair) => ({ ...pair, fanIns: pair.fanIns.filter((fanIn) => fanIn < largest) }))
      .filter((pair) => pair.fanIns.length > 0);
    if (pairs.length === 0) break;
    piece = { ...piece, job: { ...piece.job, pairs } };
  }
  return piece;
}

function withPanels(band: LayerBand, panels: number): LayerBand {
  return { ...band, job: { ...band.job, panels } };
}

/** Nanoseconds of one block. */
function simulatePiece(kernel: Kernel, plan: SweepPlan, band: LayerBand, sizes?: Sizes): number {
  const simulate = kernel.simulator(band.job);
  const keys = blockKeys(plan, band)(0);
  const start = performance.now();
  simulate(keys, (_pair, _fanIn, record) => sizes?.add(record));
  return (performance.now() - start) * 1e6;
}

/**
 * Units from all over the grid, derived from tallies of a few blocks taken again and again, until the budget is spent. Expectations
 * under a Gaussian are computed once for each β·s·sd (`gaussian-expectations.ts`): their cost is measured by itself, and counted
 * for the share of cells that need a new one.
 */
function calibrateDerivation(kernel: Kernel, plan: SweepPlan, datasets: Datasets): number {
  const start = performance.now();
  const expectations = rowsPerUnit(plan) * newExpectations(plan) * expectationTime(kernel, plan);
  let [measured, modelled] = [0, 0];
  for (const unit of spread(plan)) {
    // The engine compiles what it finds hot: the first unit is derived until that has happened.
    measured += unitTime(kernel, plan, datasets, unit, modelled === 0 ? WARM_UP : 0) + expectations;
    modelled += unitCost(plan, unit);
    if (performance.now() - start > DERIVE) break;
  }
  return measured / modelled;
}

/** Share of cells whose β·s·sd did not come up before, from one cell of each initializer in many units. */
function newExpectations(plan: SweepPlan): number {
  const seen = new Set<string>();
  let count = 0;
  for (const { input, fanIn } of spread(plan, 1000)) {
    const n = plan.spec.fanIn[fanIn] as number;
    for (const { shape, scale } of plan.initializers) {
      const { z, law, offset } = ensembleTheory(shape, plan.inputs[input] as Input, n);
      if (law?.kind !== 'gaussian' || law.sd === 0) continue;
      seen.add(`${scale(n, n) * law.sd} ${offset / law.sd}`);
      count += z.variance > 0 ? 1 : 0;
    }
  }
  const units = plan.inputs.length * plan.spec.fanIn.length;
  // Cells without a Gaussian theory need none.
  return seen.size / Math.max(1, Math.min(units, 1000) * plan.initializers.length, count);
}

/** Nanoseconds of the expectations of one cell. */
function expectationTime(kernel: Kernel, plan: SweepPlan): number {
  const { nodes, weights } = gaussianRule();
  const functionals = plan.spec.beta
    .slice(-8)
    .flatMap((beta) => plan.activations.map(({ code, param }) => ({ code, param, factor: beta, offset: 0 })));
  const start = performance.now();
  kernel.expectations(nodes, weights, functionals);
  return ((performance.now() - start) * 1e6) / functionals.length;
}

/** Up to `most` different (input, fan-in), neighbours far apart. */
function* spread(plan: SweepPlan, most = 64): Generator<Unit> {
  const small = plan.spec.fanIn.flatMap((fanIn, f) => (fanIn <= LARGEST_FAN_IN ? [f] : []));
  const fanIns = small.length > 0 ? small : [plan.spec.fanIn.indexOf(Math.min(...plan.spec.fanIn))];
  const units = plan.inputs.length * fanIns.length;
  // Steps of about the golden ratio visit all units, once each, when they have no divisor in common with their number.
  let step = Math.max(1, Math.floor(units * 0.6180339887));
  while (divisor(step, units) > 1) step++;
  for (let k = 0; k < Math.min(most, units); k++) {
    const unit = (k * step + Math.floor(units / 2)) % units;
    yield { input: unit % plan.inputs.length, fanIn: fanIns[Math.floor(unit / plan.inputs.length)] as number };
  }
}

/** The greatest common divisor of two whole numbers. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/**
 * Nanoseconds of one (input, fan-in); rows that are too many are extrapolated from two shorter β axes.
 *
 * @param warmUp milliseconds to spend on fewer rows first
 */
function unitTime(kernel: Kernel, plan: SweepPlan, datasets: Datasets, { input, fanIn }: Unit, warmUp: number): number {
  const { spec } = plan;
  const fanOut = spec.fanOut === 'fanIn' ? spec.fanOut : spec.fanOut.slice(0, 1);
  const inputs = spec.inputs.slice(input, input + 1);
  const fanIns = [spec.fanIn[fanIn] as number];
  const smallPlan = (betas: number): SweepPlan =>
    planSweep({ ...spec, fanOut, inputs, fanIn: fanIns, beta: spec.beta.slice(-betas) }, datasets);
  const perBeta = spec.initializers.length * spec.activations.length;
  const slopes = Math.min(spec.beta.length, Math.max(2, Math.floor(ROWS / perBeta)));
  const betas = rowsPerUnit(plan) / perBeta;
  const [long, short] = [smallPlan(slopes), smallPlan(1)];
  const source = recordsOf(kernel, long);
  if (warmUp > 0) leastTime(kernel, short, source, warmUp);
  const longTime = leastTime(kernel, long, source, warmUp / 2);
  if (betas === slopes) return longTime;
  const slope = Math.max(0, longTime - leastTime(kernel, short, source, 0)) / Math.max(1, slopes - 1);
  return longTime + slope * (betas - slopes);
}

/** Nanoseconds of all rows: the least of at least two times, so that what is kept between units is there, and others' load is not. */
function leastTime(
  kernel: Kernel,
  plan: SweepPlan,
  source: (shape: number) => readonly Uint8Array[],
  milliseconds: number,
): number {
  const rows = rowsPerUnit(plan);
  const values = new Float64Array(rows * ESTIMATE_COLUMNS.length);
  const start = performance.now();
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 2 || performance.now() - start < milliseconds; k++) {
    const before = performance.now();
    deriveRows(kernel, plan, source, 0, 0, 0, rows, values);
    least = Math.min(least, performance.now() - before);
  }
  return least * 1e6;
}

/** Blocks that stand for all: of fewer, errors may come out so small that values seem to need more exact ways (`deriveDirect`). */
const DISTINCT = 8;

/** As many records of each shape as there are blocks, from some that are simulated. */
function recordsOf(kernel: Kernel, plan: SweepPlan): (shape: number) => readonly Uint8Array[] {
  const some = plan.shapes.map((): Uint8Array[] => []);
  for (const band of bandsOf(plan, { inputs: [0, 1], fanIns: [0, 1], blocks: [0, DISTINCT] })) {
    const piece = cut(band);
    const simulate = kernel.simulator(piece.job);
    const keys = blockKeys(plan, piece);
    for (let block = 0; block < DISTINCT; block++)
      simulate(keys(block), (pair, _fanIn, record) => {
        const shape = piece.pairs[pair]?.shape as number;
        some[shape]?.push(record.slice());
      });
  }
  const zero = writeRecord(zeroTally(plan.blockSamples));
  const all = some.map((records) =>
    Array.from({ length: plan.blocks }, (_, block) => records[block % Math.max(1, records.length)] ?? zero),
  );
  return (shape) => all[shape] as Uint8Array[];
}

/** Bins that twice the values of a continuous distribution occupy in addition, on each side of 0: an octave there, and some in the tail. */
const BINS_PER_DOUBLING = 18;
/** Fewer bins than this are the points of a lattice, whose number does not grow. */
const LATTICE = 48;

/** Lengths of records as they would be in full blocks. */
class Sizes {
  readonly #samples: number;
  #bytes = 0;
  #count = 0;

  constructor(samples: number) {
    this.#samples = samples;
  }

  add(record: Uint8Array): void {
    const { count, bins } = readRecord(record.buffer, record.byteOffset);
    let doublings = 0;
    for (let n = count; 2 * n <= this.#samples; n *= 2) doublings++;
    const sides = Number((bins[0] ?? 0) < 0) + Number((bins.at(-1) ?? -1) >= 0);
    const more = bins.length < LATTICE && count > 2 * LATTICE ? 0 : doublings * sides * BINS_PER_DOUBLING;
    this.#bytes += recordBytes(bins.length + more);
    this.#count++;
  }

  get mean(): number {
    return this.#count === 0 ? recordBytes(1) : this.#bytes / this.#count;
  }
}
