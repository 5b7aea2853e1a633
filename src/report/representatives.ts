import type { EstimateRows } from './estimate-rows.ts';

/** Rows of one initializer that a summary shows. */
export interface Group {
  /** Index of the initializer's label. */
  readonly initializer: number;
  readonly rows: readonly number[];
}

export interface Representatives {
  /** Index of the activation's label. */
  readonly activation: number;
  readonly beta: number;
  readonly groups: readonly Group[];
  /** Initializers that found no room. */
  readonly left: number;
}

const MOST_FAN_INS = 4;

/**
 * Picks the rows that stand for a whole sweep: the first activation, the slope nearest 1, the first fan-out; every input at
 * up to four fan-ins spread over the axis, as many initializers as fit into `lines` (each takes a heading line as well).
 */
export function representatives(table: EstimateRows, lines: number): Representatives {
  const [activations, betas] = [table.numbers('activation'), table.numbers('beta')];
  const [initializers, inputs, fanIns] = ['initializer', 'input', 'fan_in'].map((name) => table.numbers(name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const activation = activations[0] as number;
  const beta = nearest(betas, 1);
  const seen = new Set<string>();
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (activations[row] !== activation || betas[row] !== beta) continue;
    const cell = `${initializers[row]} ${inputs[row]} ${fanIns[row]}`;
    if (!seen.has(cell)) rows.push(row);
    seen.add(cell);
  }
  const rules = distinct(rows, initializers);
  const room = Math.floor((lines / rules.length - 1) / distinct(rows, inputs).length);
  const shown = spread(distinct(rows, fanIns), Math.max(1, Math.min(MOST_FAN_INS, room)));
  const groups: Group[] = [];
  let used = 0;
  for (const initializer of rules) {
    const mine = rows.filter((row) => initializers[row] === initializer && shown.has(fanIns[row] as number));
    used += 1 + mine.length;
    if (used > lines && groups.length > 0) break;
    groups.push({ initializer, rows: mine.slice(0, Math.max(1, lines - 1)) });
  }
  return { activation, beta, groups, left: rules.length - groups.length };
}

function nearest(values: Float64Array, target: number): number {
  let best = values[0] as number;
  for (const value of values) if (Math.abs(value - target) < Math.abs(best - target)) best = value;
  return best;
}

function distinct(rows: readonly number[], values: Float64Array): number[] {
  return [...new Set(rows.map((row) => values[row] as number))];
}

/** `count` of the levels, evenly over their ascending order, the largest always among them. */
function spread(levels: readonly number[], count: number): Set<number> {
  const ascending = [...levels].sort((a, b) => a - b);
  const last = ascending.length - 1;
  const picked = Array.from({ length: count }, (_, i) => Math.round(last - (i * last) / Math.max(1, count - 1)));
  return new Set(picked.map((i) => ascending[i] as number));
}
