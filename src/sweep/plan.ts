import { createHash } from 'node:crypto';
import { COLUMNS, KERNEL_VERSION, SIDES } from '../kernel/kernel.ts';
import { type Activation, resolveActivation } from '../model/activations.ts';
import type { Spec } from '../model/experiment-spec.ts';
import { type ResolvedInitializer, resolveInitializer } from '../model/initializers.ts';
import { type Input, resolveInput } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import type { Datasets, SeedShare, SweepSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { recordBytes } from '../stats/record.ts';
import { layerSide } from '../theory/inflation.ts';
import { inputId } from './input-id.ts';

/** Everything about a sweep that is fixed before it runs, of any experiment: the same config gives the same plan on every machine. */
export interface Plan {
  readonly spec: Spec;
  /** SHA-256 of the canonical spec, the block size and the kernel version: the identity of a run's results. */
  readonly hash: string;
  /**
   * SHA-256 of all that a tally depends on besides its position: two plans of the same draws have the same tally wherever both have
   * the block.
   */
  readonly draws: string;
  readonly grid: Grid;
  readonly blocks: number;
  /** Samples of each cell in one block: pre-activations of a layer, networks of a depth, initialisations of an arm. */
  readonly blockSamples: number;
  /** Bytes of a tally, on average at most. */
  readonly tallyRoom: number;
}

/** The axes on which tallies lie, besides the blocks, as the tables name their levels. */
export interface Grid {
  readonly inputs: readonly string[];
  /** Fan-ins of a layer, widths of a network. */
  readonly fanIns: readonly number[];
  /** What is simulated at each (input, fan-in): weight shapes, networks, arms. */
  readonly series: readonly string[];
}

/** The plan of a layer experiment. */
export interface SweepPlan extends Plan {
  readonly spec: SweepSpec;
  readonly initializers: readonly ResolvedInitializer[];
  readonly inputs: readonly Input[];
  readonly activations: readonly Activation[];
  /** Distinct weight shapes, in order of first use. */
  readonly shapes: readonly Shape[];
  /** Pre-activations of each cell in one block; a multiple of 64 times the largest side. */
  readonly blockSamples: number;
  /** Layer side by shape, input and position on the fan-in axis. */
  readonly sides: readonly (readonly (readonly number[])[])[];
}

/** Bytes of an arena for each tally, on average at most. Pages that nothing is written to cost no memory. */
const TALLY_ROOM = 48 * 1024;

/** Replicates that a block must hold, so that blocks are not single layers (docs/decisions/002-layer-side.md). */
const LEAST_REPLICATES = 4;

export function planSweep(spec: SweepSpec, datasets?: Datasets): SweepPlan {
  const inputs = spec.inputs.map((input) => resolveInput(input, datasets));
  const initializers = spec.initializers.map(resolveInitializer);
  const shapes = [...new Set(initializers.map(({ shape }) => shape))];
  const { blockSamples, largestSide } = blockSize(spec.samples, spec.blocks);
  return {
    spec,
    hash: digest({ spec, blockSamples, kernel: KERNEL_VERSION }),
    draws: digest({
      kernel: KERNEL_VERSION,
      seed: spec.seed,
      fanIn: spec.fanIn,
      inputs: spec.inputs.map(inputId),
      shapes: shapes.map(({ kind }) => kind),
      blockSamples,
    }),
    initializers,
    inputs,
    activations: spec.activations.map(resolveActivation),
    shapes,
    grid: {
      inputs: inputs.map(({ label }) => label),
      fanIns: spec.fanIn,
      series: shapes.map(({ kind }) => kind),
    },
    blocks: spec.blocks,
    blockSamples,
    // A tally has no more bins than values.
    tallyRoom: Math.min(TALLY_ROOM, 8 + recordBytes(blockSamples)),
    sides: shapes.map((shape) =>
      inputs.map((input) => spec.fanIn.map((fanIn) => layerSide(shape, input, fanIn, largestSide))),
    ),
  };
}

/** SHA-256 of plain data, whatever the order of its keys. */
export function digest(identity: object): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex');
}

/** The seeds of a sweep and the blocks of each, which follow each other. */
export function seedsOf({ seed }: Pick<Spec, 'seed'>): readonly SeedShare[] {
  return typeof seed === 'string' ? [{ seed, blocks: Number.POSITIVE_INFINITY }] : seed;
}

/** A block as its seed counts it. */
export interface SeedBlock {
  readonly seed: string;
  readonly block: number;
}

/** The seed that a block of a sweep is drawn from. @throws RangeError when the seeds have fewer blocks */
export function seedOf(spec: Pick<Spec, 'seed'>, block: number): SeedBlock {
  let local = block;
  for (const { seed, blocks } of seedsOf(spec)) {
    if (local < blocks) return { seed, block: local };
    local -= blocks;
  }
  throw new RangeError(`no seed for block ${block}`);
}

/**
 * Rounds `samples / blocks` up to whole panels: 64·t divides a block for its largest side t and all smaller ones. That side leaves four
 * replicates a block, and two panels, so that rounding adds no more than half from 128 samples a block on.
 */
export function blockSize(samples: number, blocks: number): { blockSamples: number; largestSide: number } {
  const asked = Math.ceil(samples / blocks);
  const panel = COLUMNS * sideThatFits(asked);
  const blockSamples = Math.ceil(asked / panel) * panel;
  // Where rounding up opens the next side, it has come to whole panels of that too.
  return { blockSamples, largestSide: sideThatFits(blockSamples) };
}

function sideThatFits(blockSamples: number): number {
  const fits = (side: number) => LEAST_REPLICATES * side * side <= blockSamples && 2 * COLUMNS * side <= blockSamples;
  return SIDES.findLast(fits) ?? 1;
}

/** Fan-outs that go with a fan-in. */
export function fanOutsOf(plan: SweepPlan, fanIn: number): readonly number[] {
  return plan.spec.fanOut === 'fanIn' ? [fanIn] : plan.spec.fanOut;
}

/** Rows of one (input, fan-in): fan-outs × initializers × activations × slopes. */
export function rowsPerUnit(plan: SweepPlan): number {
  const { spec } = plan;
  const fanOuts = spec.fanOut === 'fanIn' ? 1 : spec.fanOut.length;
  return fanOuts * spec.initializers.length * spec.activations.length * spec.beta.length;
}

/** Cells of the sweep: rows of `estimates.arrow`. */
export function cellCount(plan: SweepPlan): number {
  return plan.inputs.length * plan.spec.fanIn.length * rowsPerUnit(plan);
}

/** Labels of the levels, as the tables' dictionaries hold them. */
export function labelsOf(plan: SweepPlan): Record<'initializer' | 'input' | 'activation' | 'shape', readonly string[]> {
  return {
    initializer: plan.initializers.map(({ label }) => label),
    input: plan.inputs.map(({ label }) => label),
    activation: plan.activations.map(({ label }) => label),
    shape: plan.shapes.map(({ kind }) => kind),
  };
}
