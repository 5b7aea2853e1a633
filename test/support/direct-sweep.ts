import { sweepFromObject } from '../../src/config/load.ts';
import { deriveRows, type RecordSource } from '../../src/derive/rows.ts';
import { perform, recordSource } from '../../src/execute/perform.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { Arena } from '../../src/memory/arena.ts';
import { columnIndex, ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { NOTES, THEORY_KINDS } from '../../src/stats/statistics.ts';
import { bandsOf } from '../../src/sweep/bands.ts';
import { type Group, slotCount } from '../../src/sweep/groups.ts';
import { planSweep, rowsPerUnit, type SweepPlan } from '../../src/sweep/plan.ts';
import { layerSweep } from './layer-sweep.ts';

/** The plan of a config given as an object; name and activation are filled in. */
export async function planOf(config: Readonly<Record<string, unknown>>): Promise<SweepPlan> {
  const sweep = await sweepFromObject({ name: 'direct', activations: ['logistic'], ...config });
  const { spec, datasets } = layerSweep(sweep);
  return planSweep(spec, datasets);
}

/** A plan under another seed: all else, and so all that was worked out for it, stays. */
export function reseeded(plan: SweepPlan, seed: string): SweepPlan {
  return { ...plan, spec: { ...plan.spec, seed } };
}

/** Every layer of the plan with one side, whatever is best. */
export function withSide(plan: SweepPlan, side: number): SweepPlan {
  return { ...plan, sides: plan.sides.map((inputs) => inputs.map((fanIns) => fanIns.map(() => side))) };
}

/** One statistic of one row as the table holds it. */
export interface Entry {
  readonly value: number | null;
  readonly mcse: number | null;
  readonly upper: number | null;
  readonly theory: number | null;
  readonly kind: (typeof THEORY_KINDS)[number] | null;
  readonly zscore: number | null;
  readonly note: (typeof NOTES)[number] | null;
}

const AT = new Map(ESTIMATE_COLUMNS.map(({ name }, i) => [name, i]));

/** Rows of `estimates.arrow` in memory. */
export class DirectRows {
  readonly rows: number;
  /** Column-major over ESTIMATE_COLUMNS. */
  readonly values: Float64Array;

  constructor(values: Float64Array) {
    this.rows = values.length / ESTIMATE_COLUMNS.length;
    this.values = values;
  }

  axis(name: string, row: number): number {
    return this.values[columnIndex(name) * this.rows + row] as number;
  }

  entry(statistic: string, row: number): Entry {
    const get = (suffix: string): number | null => {
      const at = AT.get(statistic + suffix);
      const value = at === undefined ? Number.NaN : (this.values[at * this.rows + row] as number);
      return Number.isNaN(value) ? null : value;
    };
    const word = <T>(words: readonly T[], at: number | null): T | null => (at === null ? null : (words[at] as T));
    return {
      value: get(''),
      mcse: get('_mcse'),
      upper: get('_upper'),
      theory: get('_theory'),
      kind: word(THEORY_KINDS, get('_theory_kind')),
      zscore: get('_zscore'),
      note: word(NOTES, get('_note')),
    };
  }
}

/** A sweep simulated on this thread, as one group, without files. */
export interface DirectSweep {
  readonly plan: SweepPlan;
  readonly source: RecordSource;
  /** All rows of one (input, fan-in), given by position, in row order. */
  rows(input: number, fanIn: number): DirectRows;
}

/** Bytes for each tally: 48 and 22 a bin, of which no sweep of a test occupies 2,000. */
const ROOM = 48 * 1024;

export function simulateDirectly(kernel: Kernel, plan: SweepPlan): DirectSweep {
  const group: Group = {
    inputs: [0, plan.inputs.length],
    fanIns: [0, plan.spec.fanIn.length],
    blocks: [0, plan.blocks],
  };
  const arena = Arena.allocate(slotCount(plan, group), slotCount(plan, group) * ROOM);
  for (const { id } of bandsOf(plan, group))
    perform(kernel, plan, {
      kind: 'simulate',
      group,
      band: id,
      firstBlock: 0,
      lastBlock: plan.blocks,
      arena: arena.buffer,
    });
  return directSweep(kernel, plan, recordSource(plan, group, arena));
}

/** Rows from records that may come from anywhere. */
export function directSweep(kernel: Kernel, plan: SweepPlan, source: RecordSource): DirectSweep {
  const count = rowsPerUnit(plan);
  return {
    plan,
    source,
    rows(input, fanIn) {
      const values = new Float64Array(count * ESTIMATE_COLUMNS.length);
      deriveRows(kernel, plan, source, input, fanIn, 0, count, values);
      return new DirectRows(values);
    },
  };
}
