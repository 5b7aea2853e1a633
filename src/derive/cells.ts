import type { Functional } from '../kernel/kernel.ts';
import type { Activation } from '../model/activations.ts';
import type { ResolvedInitializer } from '../model/initializers.ts';
import { fanOutsOf, rowsPerUnit, type SweepPlan } from '../sweep/plan.ts';

/** One row of the table: positions on the axes and what follows from them at this fan-in. */
export interface Cell {
  readonly initializer: number;
  readonly activation: number;
  readonly beta: number;
  readonly fanOut: number;
  /** Factor on the unit weight shape. */
  readonly scale: number;
  readonly weightVariance: number;
  readonly functional: Functional;
}

/**
 * Cells [from, to) of one (input, fan-in), in row order: fan-out, initializer, activation, slope, the last the fastest.
 *
 * @param offset what is added to a tallied z, which is centred, under β·scale = factor
 */
export function cellsOf(
  plan: SweepPlan,
  fanIn: number,
  from: number,
  to: number,
  offset: (initializer: ResolvedInitializer, activation: Activation, factor: number) => number,
): Cell[] {
  const { beta: slopes } = plan.spec;
  const fanOuts = fanOutsOf(plan, fanIn);
  const cells: Cell[] = [];
  for (let row = from; row < Math.min(to, rowsPerUnit(plan)); row++) {
    let rest = row;
    const next = (size: number): number => {
      const position = rest % size;
      rest = (rest - position) / size;
      return position;
    };
    const beta = slopes[next(slopes.length)] as number;
    const a = next(plan.activations.length);
    const i = next(plan.initializers.length);
    const fanOut = fanOuts[rest] as number;
    const initializer = plan.initializers[i] as ResolvedInitializer;
    const activation = plan.activations[a] as Activation;
    const scale = initializer.scale(fanIn, fanOut);
    cells.push({
      initializer: i,
      activation: a,
      beta,
      fanOut,
      scale,
      weightVariance: scale * scale * initializer.shape.variance,
      functional: {
        code: activation.code,
        param: activation.param,
        factor: beta * scale,
        offset: offset(initializer, activation, beta * scale),
      },
    });
  }
  return cells;
}
