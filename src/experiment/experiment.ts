import type { Kernel } from '../kernel/kernel.ts';
import type { Datasets } from '../model/spec.ts';
import type { EstimateColumn, TableRows } from '../stats/estimate-column.ts';
import type { Band } from '../sweep/band.ts';
import type { Group, TallyPosition, Unit } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';

/** A table of rows that are derived from tallies; its file is `<name>.arrow`. */
export interface RowTable {
  readonly name: string;
  /** Rows in flight are one column-major `Float64Array` over these, NaN for null. */
  readonly columns: readonly EstimateColumn[];
}

/** The tallies of one series at one (input, fan-in), by block; null where a block failed. */
export type TalliesOf = (series: number) => readonly (Uint8Array | null)[];

/** Simulates one block; `publish` copies what it is given. `beat` is called now and then, as a sign of life. */
export type BlockSimulator = (
  block: number,
  publish: (position: TallyPosition, tally: Uint8Array) => void,
  beat: () => void,
) => void;

/**
 * What an experiment brings to the machinery that runs, keeps, distributes and merges sweeps: how tallies are made, and what is
 * derived from them. A tally is bytes, a function of (kernel version, seed, position) alone; what is in them only the experiment knows.
 */
export interface Experiment<P extends Plan = Plan, B extends Band = Band> {
  /** Everything about a sweep that is fixed before it runs. */
  plan(spec: P['spec'], datasets?: Datasets): P;
  /** The bands of a group, those left out for which there is nothing to simulate. */
  bandsOf(plan: P, group: Group): readonly B[];
  /** One of them; null when the group has no such band. */
  bandOf(plan: P, group: Group, id: number): B | null;
  /** Prepares a band; valid until the kernel's next job. */
  simulator(kernel: Kernel, plan: P, band: B): BlockSimulator;
  /** Whether bytes, which may be anything, are a tally of a series of the plan. They start at a multiple of 8. */
  isTally(plan: P, series: number, bytes: Uint8Array): boolean;
  /** The tally that every block of a series has, of those that nobody simulates. */
  constantTally(plan: P, series: number): Uint8Array | null;
  /** Rows of each of {@link tables}; those of the first are the cells of the sweep. */
  rowCounts(plan: P): readonly [number, ...number[]];
  /** Nanoseconds of deriving the rows of one (input, fan-in) from so many blocks. */
  unitCost(plan: P, unit: Unit, blocks: number): number;
  /** The tables of its rows, the main one first. */
  readonly tables: readonly [RowTable, ...RowTable[]];
  /** The labels of dictionary columns whose values are levels, by column. */
  labelsOf(plan: P): Readonly<Record<string, readonly string[]>>;
  /** The rows of one (input, fan-in), for each table; null where rows are derived by tasks. */
  readonly rowsOf: ((plan: P, unit: Unit, tallies: TalliesOf) => readonly TableRows[]) | null;
}
