import type { ShapeKind } from '../model/shapes.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { zMoments } from '../theory/moments.ts';
import type { LimitError } from './cell-rows.ts';
import type { CellStatistic } from './cell-tests.ts';
import { limitErrors } from './edgeworth.ts';

/** Shapes under which z has a density: on a lattice (sign weights) Edgeworth's series fails for shares and steps. */
const CONTINUOUS: ReadonlySet<ShapeKind> = new Set<ShapeKind>(['uniform', 'normal', 'truncated_normal', 'orthogonal']);

/** A cell whose squared excess and skewness exceed this, over √samples, fails the test of rule 6 whatever its functional. */
const WORTH_A_LOOK = 0.5;

/**
 * {@link LimitError} of the rows of a table, by Edgeworth's series. Rows that come to the same β·s(n) are worked out once; rows
 * far from the limit not at all.
 */
export function limitErrorOf(plan: SweepPlan, table: Pick<EstimateTable, 'rows' | 'numbers'>): LimitError {
  const [initializers, inputs, activations] = [
    table.numbers('initializer'),
    table.numbers('input'),
    table.numbers('activation'),
  ];
  const [fanIns, fanOuts] = [table.numbers('fan_in'), table.numbers('fan_out')];
  const [betas, samples] = [table.numbers('beta'), table.numbers('samples')];
  const moments = new Map<string, ReturnType<typeof zMoments>>();
  const known = new Map<string, ReadonlyMap<CellStatistic, number> | null>();
  return (row, statistic) => {
    const initializer = plan.initializers[initializers[row] as number];
    const input = plan.inputs[inputs[row] as number];
    const activation = plan.activations[activations[row] as number];
    const fanIn = fanIns[row] as number;
    const beta = betas[row] as number;
    if (initializer === undefined || input === undefined || activation === undefined) return null;
    if (!CONTINUOUS.has(initializer.shape.kind)) return null;
    const ensemble = `${initializer.shape.kind} ${inputs[row]} ${fanIn}`;
    const z = moments.get(ensemble) ?? zMoments(initializer.shape, input, fanIn);
    moments.set(ensemble, z);
    const square = (z.excess ?? 1) * (z.excess ?? 1) + (z.skewness ?? 1) * (z.skewness ?? 1);
    if (!(square * Math.sqrt(samples[row] as number) < WORTH_A_LOOK)) return null;
    const factor = beta * initializer.scale(fanIn, fanOuts[row] as number);
    const key = `${ensemble} ${activations[row]} ${factor} ${beta}`;
    let errors = known.get(key);
    if (errors === undefined) {
      errors = limitErrors(z, { activation, factor, beta, saturation: plan.spec.saturation });
      known.set(key, errors);
    }
    return errors?.get(statistic) ?? null;
  };
}
