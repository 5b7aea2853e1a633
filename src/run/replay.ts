import { UsageError } from '../errors.ts';
import { COLUMNS, type Kernel } from '../kernel/kernel.ts';
import { WasmKernel } from '../kernel/wasm.ts';
import type { Sampler } from '../random/sampler.ts';
import { readRecord } from '../stats/record.ts';
import type { Tally } from '../stats/tally.ts';
import { bandOf, blockKeys, type LayerBand, zeroRecord } from '../sweep/bands.ts';
import type { Range, TallyPosition } from '../sweep/groups.ts';
import { planSweep, type SeedBlock, type SweepPlan, seedOf } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { datasetsOf } from './data-files.ts';
import { ensembleLabel } from './ensemble-parts.ts';
import type { FailedBlock } from './faults.ts';
import { estimatesOf, talliesOf } from './finished-tables.ts';
import { openRunWithTables, type RunDirectory, requireLayer } from './run-directory.ts';
import { type TallyDifference, tallyDifference } from './tally-difference.ts';

/** Draws that a replay shows. */
const SHOWN = 8;

/** One (input, fan-in, weight shape): positions on the plan's axes, and a cell of it. */
export interface ReplayChoice extends Omit<TallyPosition, 'block'> {
  /** As expression: what picks cells of this one alone. */
  readonly cell: string;
}

/** One more index of weight vector 0 and input vector 0 of the block's first panel. */
export interface ReplayDraw {
  /** At unit scale. */
  readonly weight: number;
  readonly input: number;
  /** The pre-activation if the fan-in ended here. */
  readonly z: number;
}

/** How the tally of a replay was made; null for weights that are all zero, for which nothing is drawn. */
export interface ReplayLayer {
  /** A replicate is a layer of side × side. */
  readonly side: number;
  readonly panels: number;
  /** Four words each. */
  readonly weightsKey: Uint32Array;
  readonly inputsKey: Uint32Array;
  /** Whether inputs are drawn less their mean, and z is less its own. */
  readonly centred: boolean;
  readonly orthogonal: boolean;
  readonly draws: readonly ReplayDraw[];
}

/** A block done again. */
export interface Replay {
  readonly ensemble: string;
  readonly fanIn: number;
  readonly block: number;
  /** Those of the run. */
  readonly blocks: Range;
  readonly seed: SeedBlock;
  readonly layer: ReplayLayer | null;
  readonly tally: Tally;
  /** The tally of the table, null when it has none. */
  readonly stored: Tally | null;
  /** Null when the two are equal, or there is no stored one. */
  readonly difference: TallyDifference | null;
  /** Why the run has no such tally, where it says so. */
  readonly failed: FailedBlock | null;
}

/** A run whose blocks can be replayed, and where to find its cells. @throws RunDirectoryError as {@link openRunWithTables} */
export function openReplayable(path: string): {
  readonly run: RunDirectory<SweepPlan>;
  readonly estimates: EstimateTable;
} {
  const run = requireLayer(openRunWithTables(path), 'replay');
  return { run, estimates: estimatesOf(run) };
}

/** The different (input, fan-in, weight shape) of the rows that match, in row order. */
export function replayChoices(
  plan: SweepPlan,
  estimates: Pick<EstimateTable, 'rows' | 'numbers'>,
  matches: (row: number) => boolean,
): ReplayChoice[] {
  const choices = new Map<string, ReplayChoice>();
  const [initializers, inputs] = [estimates.numbers('initializer'), estimates.numbers('input')];
  const fanIns = estimates.numbers('fan_in');
  for (let row = 0; row < estimates.rows; row++) {
    if (!matches(row)) continue;
    const initializer = plan.initializers[initializers[row] as number];
    const input = inputs[row] as number;
    const fanIn = plan.spec.fanIn.indexOf(fanIns[row] as number);
    const label = plan.inputs[input]?.label;
    // A damaged row: the sweep has no such cell.
    if (initializer === undefined || label === undefined || fanIn < 0) continue;
    const shape = plan.shapes.indexOf(initializer.shape);
    const key = [input, fanIn, shape].join();
    if (choices.has(key)) continue;
    const cell = `input = ${quoted(label)} and fan_in = ${fanIns[row]} and initializer = ${quoted(initializer.label)}`;
    choices.set(key, { input, fanIn, shape, cell });
  }
  return [...choices.values()];
}

function quoted(label: string): string {
  return label.includes("'") ? `"${label}"` : `'${label}'`;
}

/**
 * Simulates one block of one (input, fan-in, weight shape) anew, from nothing but its streams, and compares it with what the
 * table holds.
 *
 * @throws UsageError when the run has no such block, RunDirectoryError when its tallies or data files are missing or damaged
 */
export function replayBlock(
  run: RunDirectory<SweepPlan>,
  position: TallyPosition,
  kernel: Kernel = new WasmKernel(),
): Replay {
  const { spec } = run.plan;
  const { blocks } = run.manifest;
  const { block } = position;
  if (!(block >= blocks[0] && block < blocks[1])) {
    throw new UsageError({
      where: '--block',
      received: String(block),
      allowed: `a block of the run: ${blocks[0]} … ${blocks[1] - 1}`,
    });
  }
  const plan = planSweep(spec, datasetsOf(run));
  const shape = at(plan.shapes, position.shape);
  const input = at(plan.inputs, position.input);
  const { layer, tally } = shape.kind === 'zero' ? zeros(plan) : simulate(kernel, plan, position);
  const stored = storedTally(run, position);
  return {
    ensemble: ensembleLabel(shape, input),
    fanIn: at(spec.fanIn, position.fanIn),
    block,
    blocks,
    seed: seedOf(spec, block),
    layer,
    tally,
    stored,
    difference: stored === null ? null : tallyDifference(tally, stored),
    failed: stored === null ? failureOf(run, position) : null,
  };
}

type Simulated = Pick<Replay, 'layer' | 'tally'>;

function zeros(plan: SweepPlan): Simulated {
  return { layer: null, tally: readRecord(zeroRecord(plan).buffer, 0) };
}

function simulate(kernel: Kernel, plan: SweepPlan, position: TallyPosition): Simulated {
  const band = bandOfOne(plan, position);
  const { job } = band;
  const [pair] = job.pairs as [(typeof job.pairs)[number]];
  const keys = blockKeys(plan, band)(position.block);
  let record = new Uint8Array();
  kernel.simulator(job)(keys, (_pair, _fanIn, bytes) => {
    record = bytes.slice();
  });
  const [weights, inputs] = [at(job.samplers, pair.weights), at(job.samplers, pair.inputs)];
  const [weightsKey, inputsKey] = [at(keys, pair.weights), at(keys, pair.inputs)];
  const count = Math.min(SHOWN, at(pair.fanIns, 0));
  const { side, panels } = job;
  const { orthogonal } = pair;
  const draws = firstSums(
    column(kernel, weights, weightsKey, count),
    column(kernel, inputs, inputsKey, count),
    orthogonal,
  );
  const centred = inputs !== at(plan.inputs, position.input).sampler;
  const layer: ReplayLayer = { side, panels, weightsKey, inputsKey, centred, orthogonal, draws };
  return { layer, tally: readRecord(record.buffer, 0) };
}

/** The band of one (input, fan-in, weight shape), without its neighbours: a pair has the same tally in whatever company. */
function bandOfOne(plan: SweepPlan, { input, fanIn, shape, block }: TallyPosition): LayerBand {
  const alone = { ...plan, shapes: [at(plan.shapes, shape)], sides: [at(plan.sides, shape)] };
  const group = { inputs: [input, input + 1], fanIns: [fanIn, fanIn + 1], blocks: [block, block + 1] } as const;
  return bandOf(alone, group, at(at(at(plan.sides, shape), input), fanIn));
}

/** The first draws of column 0 of panel 0. */
function column(kernel: Kernel, sampler: Sampler, key: Uint32Array, count: number): Float32Array {
  return kernel.draw(sampler, key, 0, 0, count).filter((_, i) => i % COLUMNS === 0);
}

/** Σ w·x in single precision, index by index, as kernels add it up; √n·Σ w·x / ‖w‖ where rows are orthogonal. */
function firstSums(weights: Float32Array, inputs: Float32Array, orthogonal: boolean): ReplayDraw[] {
  const f = Math.fround;
  let [sum, norm] = [0, 0];
  return Array.from(weights, (weight, i) => {
    const input = at(inputs, i);
    sum = f(sum + f(weight * input));
    norm = f(norm + f(weight * weight));
    const z = orthogonal && norm > 0 ? f(sum * f(f(Math.sqrt(i + 1)) / f(Math.sqrt(norm)))) : sum;
    return { weight, input, z };
  });
}

function storedTally(run: RunDirectory, { input, fanIn, shape, block }: TallyPosition): Tally | null {
  const level = run.plan.grid.fanIns[fanIn];
  for (const row of talliesOf(run))
    if (row.block === block && row.fanIn === level && row.shape === shape && row.input === input) return row.tally;
  return null;
}

function failureOf(
  { plan, manifest }: RunDirectory<SweepPlan>,
  { input, fanIn, shape, block }: TallyPosition,
): FailedBlock | null {
  const { label } = at(plan.inputs, input);
  const { kind } = at(plan.shapes, shape);
  const level = at(plan.spec.fanIn, fanIn);
  const found = manifest.failures.find(
    (failure) =>
      failure.block === block &&
      failure.inputs.includes(label) &&
      failure.weightShapes.includes(kind) &&
      failure.fanIns.includes(level),
  );
  return found ?? null;
}

function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`nothing at ${index} of ${list.length}`);
  return value;
}
