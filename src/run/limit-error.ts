import type { Input } from '../model/inputs.ts';
import type { Shape, ShapeKind } from '../model/shapes.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { type ZMoments, zMoments } from '../theory/moments.ts';
import type { LimitError } from './cell-rows.ts';
import { type CellFunction, type LimitErrors, limitErrors } from './edgeworth.ts';
import { rowLevelsOf } from './row-levels.ts';

/** Shapes under which z has a density: on a lattice (sign weights) Edgeworth's series fails for shares and steps. */
const CONTINUOUS: ReadonlySet<ShapeKind> = new Set<ShapeKind>(['uniform', 'normal', 'truncated_normal', 'orthogonal']);

/** A cell whose squared excess and skewness exceed this, over √samples, is too far from the limit to be tested, whatever its functional. */
const WORTH_A_LOOK = 0.5;

/**
 * {@link LimitError} of the rows of a table, by Edgeworth's series. Rows of one (input, fan-in) that come to the same β·s(n) are
 * worked out once; rows far from the limit not at all.
 */
export function limitErrorOf(plan: SweepPlan, table: Pick<EstimateTable, 'rows' | 'numbers'>): LimitError {
  const levelsOf = rowLevelsOf(plan, table);
  const knownRows = new Map<number, LimitErrors | null>();
  let unit: Unit | null = null;

  const errorsOf = (row: number): LimitErrors | null => {
    const levels = levelsOf(row);
    if (levels === null) return null;
    const { initializer, input, activation, fanIn, fanOut, beta, samples } = levels;
    if (!CONTINUOUS.has(initializer.shape.kind)) return null;
    if (unit === null || unit.input !== input || unit.fanIn !== fanIn) unit = new Unit(input, fanIn);
    const z = unit.moments(initializer.shape);
    const square = (z.excess ?? 1) * (z.excess ?? 1) + (z.skewness ?? 1) * (z.skewness ?? 1);
    if (!(square * Math.sqrt(samples) < WORTH_A_LOOK)) return null;
    const factor = beta * initializer.scale(fanIn, fanOut);
    return unit.errors(initializer.shape, { activation, factor, beta, saturation: plan.spec.saturation });
  };
  return (row, statistic) => {
    let errors = knownRows.get(row);
    if (errors === undefined) {
      errors = errorsOf(row);
      knownRows.set(row, errors);
    }
    return errors?.[statistic] ?? null;
  };
}

/** What is worked out for one (input, fan-in): its rows follow each other in the table. */
class Unit {
  readonly input: Input;
  readonly fanIn: number;
  readonly #moments = new Map<Shape, ZMoments>();
  readonly #errors = new Map<string, LimitErrors | null>();

  constructor(input: Input, fanIn: number) {
    this.input = input;
    this.fanIn = fanIn;
  }

  moments(shape: Shape): ZMoments {
    const z = this.#moments.get(shape) ?? zMoments(shape, this.input, this.fanIn);
    this.#moments.set(shape, z);
    return z;
  }

  errors(shape: Shape, cell: CellFunction): LimitErrors | null {
    const key = `${shape.kind} ${cell.activation.label} ${cell.factor} ${cell.beta}`;
    let errors = this.#errors.get(key);
    if (errors === undefined) {
      errors = limitErrors(this.moments(shape), cell);
      this.#errors.set(key, errors);
    }
    return errors;
  }
}
