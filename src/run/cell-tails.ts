import { activationTails, isBounded } from '../derive/activation-tails.ts';
import {
  type EnsembleTheory,
  ensembleTheory,
  expectedActivations,
  FORMULAS,
  functionalOffset,
} from '../derive/theory.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { effectiveSize } from '../stats/guards.ts';
import { type SweepPlan, sideOf } from '../sweep/plan.ts';
import type { EstimateTable } from '../tables/estimate-reader.ts';
import { inflation } from '../theory/inflation.ts';
import type { CellStatistic } from './cell-tests.ts';
import { rowLevelsOf } from './row-levels.ts';

/** Whether K/N_e of a statistic in a row of the table is small enough for `verify`. */
export type Verifiable = (row: number, statistic: CellStatistic) => boolean;

/** Those that have a K; what a share lacks is events, and its note tells. */
const STATISTICS = ['a_mean', 'a_var', 'd_mean', 'd_sq_mean'] as const satisfies readonly CellStatistic[];
/** Bit of {@link STATISTICS} i: 1 << i; above them, that the row was worked out. */
const KNOWN = 1 << STATISTICS.length;

/** {@link Verifiable} of the rows of a table, from the theory of the plan; each row is worked out once, when it is asked for. */
export function verifiableOf(plan: SweepPlan, table: Pick<EstimateTable, 'rows' | 'numbers'>): Verifiable {
  const levelsOf = rowLevelsOf(plan, table);
  const known = new Uint8Array(table.rows);
  let unit: Unit | null = null;

  const workOut = (row: number): number => {
    const levels = levelsOf(row);
    if (levels === null) return KNOWN;
    const { initializer, input, activation, fanIn, fanOut, beta, samples } = levels;
    if (unit === null || unit.input !== input || unit.fanIn !== fanIn) unit = new Unit(plan, input, fanIn);
    const { theory, inflated } = unit.ensemble(initializer.shape);
    const factor = beta * initializer.scale(fanIn, fanOut);
    const offset = functionalOffset(theory, activation, factor, fanIn);
    const { code, param } = activation;
    const expected = expectedActivations(FORMULAS, theory, [{ code, param, factor, offset }]);
    const effective = effectiveSize(samples, inflated);
    const tails = activationTails(isBounded(activation), theory.z, effective, expected);
    return STATISTICS.reduce((bits, name, i) => bits | (tails[name]?.verifiable === false ? 0 : 1 << i), KNOWN);
  };
  return (row, statistic) => {
    const bit = STATISTICS.indexOf(statistic as (typeof STATISTICS)[number]);
    if (bit < 0) return true;
    if (known[row] === 0) known[row] = workOut(row);
    return ((known[row] as number) & (1 << bit)) !== 0;
  };
}

interface Ensemble {
  readonly theory: EnsembleTheory;
  /** Of the variance, against independent draws; null when unknown. */
  readonly inflated: number | null;
}

/** What is worked out for one (input, fan-in): its rows follow each other in the table. */
class Unit {
  readonly input: Input;
  readonly fanIn: number;
  readonly #plan: SweepPlan;
  readonly #ensembles = new Map<Shape, Ensemble>();

  constructor(plan: SweepPlan, input: Input, fanIn: number) {
    this.#plan = plan;
    this.input = input;
    this.fanIn = fanIn;
  }

  ensemble(shape: Shape): Ensemble {
    let known = this.#ensembles.get(shape);
    if (known === undefined) {
      const side = sideOf(this.#plan, shape, this.input, this.fanIn);
      known = {
        theory: ensembleTheory(shape, this.input, this.fanIn),
        inflated: inflation(shape, this.input, this.fanIn, side, 'variance'),
      };
      this.#ensembles.set(shape, known);
    }
    return known;
  }
}
