import { ANSWER, type Functional, type Kernel } from '../kernel/kernel.ts';
import { symmetricMean } from '../model/activations/symmetry.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { effectiveSize } from '../stats/guards.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { inflation } from '../theory/inflation.ts';
import { type ActivationFacts, activationStatistics, type CellContext } from './activation-statistics.ts';
import { isBounded } from './activation-tails.ts';
import { type Cell, cellsOf } from './cells.ts';
import { estimateEnsemble } from './ensemble.ts';
import { type Axes, RowWriter } from './row-writer.ts';
import { saturatedSet } from './saturation.ts';
import { ensembleTheory, expectedActivations, functionalOffset } from './theory.ts';
import { zStatistics } from './z-statistics.ts';

/** The records of all blocks that there are, in block order, of (shape, input, fan-in) given by position. */
export type RecordSource = (shape: number, input: number, fanIn: number) => readonly Uint8Array[];

/** Blocks without which there is no standard error: rows of fewer hold their axes alone. */
const LEAST_BLOCKS = 2;

const knownFacts = new WeakMap<SweepPlan, readonly ActivationFacts[]>();

function activationFacts(plan: SweepPlan): readonly ActivationFacts[] {
  const known = knownFacts.get(plan);
  if (known !== undefined) return known;
  const facts = plan.activations.map((activation) => ({
    activation,
    set: saturatedSet(activation, plan.spec.saturation),
    symmetricMean: symmetricMean(activation),
    bounded: isBounded(activation),
  }));
  knownFacts.set(plan, facts);
  return facts;
}

/**
 * Fills `values` with rows [from, to) of one (input, fan-in): every number beside its error and its theory.
 *
 * @param values column-major over ESTIMATE_COLUMNS, (to − from) rows
 */
export function deriveRows(
  kernel: Kernel,
  plan: SweepPlan,
  source: RecordSource,
  inputIndex: number,
  fanInIndex: number,
  from: number,
  to: number,
  values: Float64Array,
): void {
  const rows = new RowWriter(values, to - from);
  const input = plan.inputs[inputIndex] as Input;
  const fanIn = plan.spec.fanIn[fanInIndex] as number;
  const theories = new Map(plan.shapes.map((shape) => [shape, ensembleTheory(shape, input, fanIn)]));
  const theoryOf = (shape: Shape) => theories.get(shape) as ReturnType<typeof ensembleTheory>;
  const cells = cellsOf(plan, fanIn, from, to, ({ shape }, activation, factor) =>
    functionalOffset(theoryOf(shape), activation, factor, fanIn),
  );
  const facts = activationFacts(plan);
  plan.shapes.forEach((shape, s) => {
    const own = cells.flatMap((cell, row) =>
      plan.initializers[cell.initializer]?.shape === shape ? [{ cell, row }] : [],
    );
    if (own.length === 0) return;
    const side = plan.sides[s]?.[inputIndex]?.[fanInIndex] as number;
    const axesOf = (cell: Cell, samples: number, blocks: number): Axes => ({
      initializer: cell.initializer,
      input: inputIndex,
      activation: cell.activation,
      fanIn,
      fanOut: cell.fanOut,
      beta: cell.beta,
      weightStd: Math.sqrt(cell.weightVariance),
      samples,
      replicates: samples / (side * side),
      blocks,
    });
    const records = source(s, inputIndex, fanInIndex);
    if (records.length < LEAST_BLOCKS) {
      for (const { cell, row } of own) rows.axes(row, axesOf(cell, records.length * plan.blockSamples, records.length));
      return;
    }
    const theory = theoryOf(shape);
    const { functionals, places } = distinct(own.map(({ cell }) => cell.functional));
    const expected = expectedActivations(kernel, theory, functionals);
    const estimate = estimateEnsemble(kernel, records, theory.offset);
    const answers = estimate.merged.derive(functionals);
    const replicates = estimate.samples / (side * side);
    const effectiveOf = (statistic: 'mean' | 'variance') =>
      effectiveSize(estimate.samples, inflation(shape, input, fanIn, side, statistic));
    const effective = { mean: effectiveOf('mean'), variance: effectiveOf('variance') };
    const rowOfScale = new Map<number, number>();
    own.forEach(({ cell, row }, i) => {
      rows.axes(row, axesOf(cell, estimate.samples, records.length));
      const like = rowOfScale.get(cell.scale);
      const at = ANSWER * (places[i] as number);
      if (like === undefined) {
        zStatistics(rows, row, cell.scale, estimate, theory, effective);
        rowOfScale.set(cell.scale, row);
      } else rows.copyZ(like, row);
      const context: CellContext = {
        cell,
        fanIn,
        facts: facts[cell.activation] as ActivationFacts,
        estimate,
        theory,
        effective: effective.variance,
        replicates,
        answer: answers.subarray(at, at + ANSWER),
        expected: expected?.subarray(at, at + ANSWER) ?? null,
      };
      activationStatistics(rows, row, context);
    });
  });
}

/** Functionals without repetition, and the place of each among them: fan-outs, and scales that agree at a fan-in, share theirs. */
function distinct(all: readonly Functional[]): { functionals: Functional[]; places: number[] } {
  const seen = new Map<string, number>();
  const functionals: Functional[] = [];
  const places = all.map((functional) => {
    const { code, param, factor, offset } = functional;
    const key = `${code} ${param} ${factor} ${offset}`;
    const known = seen.get(key) ?? seen.size;
    if (known === functionals.length) functionals.push(functional);
    seen.set(key, known);
    return known;
  });
  return { functionals, places };
}
