import type { Kernel } from '../kernel/kernel.ts';
import type { TableRows } from '../stats/estimate-column.ts';
import { bytesOf, vectorOf } from '../stats/vector.ts';
import type { Band } from '../sweep/band.ts';
import { type Group, type TallyPosition, type Unit, unitsOf } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';
import type { Experiment } from './experiment.ts';

/** One series at one (input, fan-in): what a task of these experiments is about. */
export interface SeriesBand extends Band {
  readonly position: Omit<TallyPosition, 'block'>;
}

/** The vectors of one series at one (input, fan-in), by block; null where a block failed. */
export type VectorsOf = (series: number) => readonly (Float64Array | null)[];

/** An experiment whose tallies are lists of numbers, each series simulated by itself. */
export interface VectorExperiment<P extends Plan> extends Pick<Experiment<P>, 'plan' | 'tables' | 'labelsOf'> {
  /** Nanoseconds of one block. */
  readonly costOf: (plan: P, position: SeriesBand['position']) => number;
  /** Doubles of a tally. */
  readonly lengthOf: (plan: P) => number;
  readonly simulate: (kernel: Kernel, plan: P, position: TallyPosition, beat: () => void) => Float64Array;
  /** Rows of one (input, fan-in) in each table. */
  readonly rowsPerUnit: (plan: P) => readonly [number, ...number[]];
  readonly rowsOf: (plan: P, unit: Unit, vectors: VectorsOf) => readonly TableRows[];
}

/** Nanoseconds of deriving one row from one block. */
const ROW = 1_000;

export function vectorExperiment<P extends Plan>(own: VectorExperiment<P>): Experiment<P, SeriesBand> {
  const bandAt = (plan: P, input: number, fanIn: number, shape: number): SeriesBand => {
    const { fanIns, series } = plan.grid;
    const position = { input, fanIn, shape };
    return {
      id: (input * fanIns.length + fanIn) * series.length + shape,
      cost: own.costOf(plan, position),
      pairs: [{ shape, input, fanIns: [fanIn] }],
      position,
    };
  };
  return {
    plan: own.plan,
    bandsOf: (plan, group) =>
      unitsOf(group).flatMap(({ input, fanIn }) =>
        plan.grid.series.map((_, series) => bandAt(plan, input, fanIn, series)),
      ),
    bandOf(plan, group, id) {
      const { fanIns, series } = plan.grid;
      const unit = Math.floor(id / series.length);
      const [input, fanIn] = [Math.floor(unit / fanIns.length), unit % fanIns.length];
      return isIn(group, input, fanIn) ? bandAt(plan, input, fanIn, id % series.length) : null;
    },
    simulator:
      (kernel, plan, { position }) =>
      (block, publish, beat) => {
        const at = { ...position, block };
        publish(at, bytesOf(own.simulate(kernel, plan, at, beat)));
      },
    isTally: (plan, _series, bytes) => bytes.byteLength === 8 * own.lengthOf(plan),
    constantTally: () => null,
    rowCounts(plan) {
      const units = plan.grid.inputs.length * plan.grid.fanIns.length;
      const [first, ...more] = own.rowsPerUnit(plan);
      return [units * first, ...more.map((rows) => units * rows)];
    },
    unitCost: (plan, _unit, blocks) => own.rowsPerUnit(plan)[0] * blocks * ROW,
    tables: own.tables,
    labelsOf: own.labelsOf,
    rowsOf: (plan, unit, tallies) =>
      own.rowsOf(plan, unit, (series) => tallies(series).map((bytes) => bytes && vectorOf(bytes))),
  };
}

function isIn({ inputs, fanIns }: Group, input: number, fanIn: number): boolean {
  return inputs[0] <= input && input < inputs[1] && fanIns[0] <= fanIn && fanIn < fanIns[1];
}
