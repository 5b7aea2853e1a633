import { centringError } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { TallyRow } from '../tables/tally-batch.ts';
import { characteristic } from '../theory/characteristic.ts';
import { inflation } from '../theory/inflation.ts';
import { zMoments } from '../theory/moments.ts';
import type { EnsembleFanIn } from './ensemble-tests.ts';

export function ensembleLabel(shape: Shape, input: Input): string {
  return `${shape.kind} × ${input.label}`;
}

/**
 * Tallies beside theory, one (ensemble, fan-in) in memory at a time. Rows of levels that the plan lacks are passed over.
 *
 * @param rows as the reader gives them: the blocks of one (input, fan-in, shape) follow each other
 */
export function* ensembleParts(plan: SweepPlan, rows: Iterable<TallyRow>): Generator<EnsembleFanIn> {
  let group: TallyRow[] = [];
  for (const row of rows) {
    const [first] = group;
    if (first && (first.shape !== row.shape || first.input !== row.input || first.fanIn !== row.fanIn)) {
      yield* ensemblePart(plan, group);
      group = [];
    }
    group.push(row);
  }
  yield* ensemblePart(plan, group);
}

function* ensemblePart(plan: SweepPlan, group: readonly TallyRow[]): Generator<EnsembleFanIn> {
  const [first] = group;
  if (first === undefined) return;
  const { fanIn } = first;
  const shape = plan.shapes[first.shape];
  const input = plan.inputs[first.input];
  const side = plan.sides[first.shape]?.[first.input]?.[plan.spec.fanIn.indexOf(fanIn)];
  if (shape === undefined || input === undefined || side === undefined) return;
  yield {
    ensemble: ensembleLabel(shape, input),
    fanIn,
    tallies: group.toSorted((a, b) => a.block - b.block).map((row) => row.tally),
    centre: first.centre,
    centringError: centringError(shape, input),
    theory: zMoments(shape, input, fanIn),
    inflation: {
      mean: inflation(shape, input, fanIn, side, 'mean'),
      variance: inflation(shape, input, fanIn, side, 'variance'),
    },
    characteristic: (omega) => characteristic(shape, input, fanIn, omega),
  };
}
