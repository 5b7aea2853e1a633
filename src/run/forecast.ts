import { runsAlone } from '../execute/runs-alone.ts';
import { WasmKernel } from '../kernel/wasm.ts';
import type { Datasets } from '../model/spec.ts';
import { ESTIMATE_COLUMNS } from '../stats/columns.ts';
import type { EstimateColumn } from '../stats/estimate-column.ts';
import { recordBytes } from '../stats/record.ts';
import { bandsOf } from '../sweep/bands.ts';
import { unitCost } from '../sweep/cost.ts';
import { groupsOf, slotCount, unitsOf } from '../sweep/groups.ts';
import { cellCount, type SweepPlan } from '../sweep/plan.ts';
import { calibrate } from './calibrate.ts';

/** What a run would cost. */
export interface Forecast {
  /** Wall time of `initsweep run`, start to end. */
  readonly seconds: number;
  /** Most memory in use at once. */
  readonly memoryBytes: number;
  readonly tallyFileBytes: number;
  readonly estimateFileBytes: number;
}

/** Seconds before work begins and after it ends: Node, the config, the table library, the closing table. */
const START = 0.45;
/** Seconds until a pool's threads are ready, beyond what loading the table library hides. */
const POOL = 0.1;
/** Nanoseconds of writing one row of each table, on the main thread. */
const TALLY_ROW = 7_000;
const ESTIMATE_ROW = 3_000;
/** Bytes of the process before it does anything, and of each worker thread. */
const PROCESS = 120e6;
const WORKER = 28e6;
/** Bytes a row of `tallies.arrow` takes besides its bins: the flat columns and the offsets of four lists. */
const TALLY_ROW_BYTES = 2 * 2 + 4 * 2 + 8 * 6 + 4 * 2 + 4 * 4 + 8;
const RECORD_FLAT = recordBytes(0);
/** Headers, dictionaries and descriptions of `tallies.arrow`. */
const TALLY_FILE = 20_000;
/** The same of one column of a table of rows: its description is there twice. */
const ROW_COLUMN = 540;

/**
 * Predicts time, memory and file sizes from a calibration of some 150 ms on this machine. Runs nothing of the sweep to its end
 * and writes nothing.
 *
 * @param threads as given to `run`
 * @param cores that this process may keep busy
 */
export function forecast(plan: SweepPlan, datasets: Datasets, threads: number, cores: number): Forecast {
  const speed = calibrate(new WasmKernel(), plan, datasets);
  const groups = groupsOf(plan);
  const units = plan.inputs.length * plan.spec.fanIn.length;
  const tallies = units * plan.shapes.length * plan.blocks;
  const zero = plan.shapes.filter(({ kind }) => kind === 'zero').length / plan.shapes.length;
  const tallyBytes = zero * recordBytes(1) + (1 - zero) * speed.tallyBytes;

  const simulate = groups.reduce(
    (sum, group) => sum + bandsOf(plan, group).reduce((s, band) => s + plan.blocks * band.cost, 0),
    0,
  );
  const derive = groups.flatMap(unitsOf).reduce((sum, unit) => sum + unitCost(plan, unit), 0);
  const work = (simulate * speed.simulate + derive * speed.derive) / 1e9;
  const writing = (tallies * TALLY_ROW + cellCount(plan) * ESTIMATE_ROW) / 1e9;
  const inline = runsAlone(plan, threads);
  const pooled = POOL + Math.max(work / Math.min(threads, cores), (work + writing) / cores);
  const seconds = START + (inline ? work + writing : pooled);

  const arenas = groups
    .slice(0, 2)
    .reduce((sum, group) => sum + slotCount(plan, group) * ((1 - zero) * speed.tallyBytes + 8), 0);
  return {
    seconds,
    memoryBytes: PROCESS + arenas + (inline ? 0 : threads * WORKER),
    tallyFileBytes: TALLY_FILE + tallies * (tallyBytes - RECORD_FLAT + TALLY_ROW_BYTES),
    estimateFileBytes: rowFileBytes(ESTIMATE_COLUMNS, cellCount(plan)),
  };
}

/** Bytes of a table of so many rows, a bit for null in each column that has them. */
export function rowFileBytes(columns: readonly EstimateColumn[], rows: number): number {
  const widths = { f64: 8, u64: 8, u32: 4, dictionary: 2 } as const;
  const width = ({ type, values, nullable }: EstimateColumn) => (values ? 1 : widths[type]) + (nullable ? 1 / 8 : 0);
  return columns.reduce((sum, column) => sum + ROW_COLUMN + rows * width(column), 0);
}
