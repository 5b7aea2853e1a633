import { type EstimateRows, findField } from './estimate-rows.ts';

const AXES = ['initializer', 'input', 'activation', 'fan_in', 'fan_out', 'beta'] as const;

/** Simulation and theory beside each other, for what a reader asks first. */
const FIRST = ['z_var', 'z_var_theory', 'z_var_zscore', 'd_mean', 'd_mean_theory', 'saturated', 'saturated_theory'];

/**
 * The columns that `show` picks by itself: the axes that vary in the table, and the first statistics with their theory.
 * `fan_out` counts as varying only where it is not just `fan_in`.
 */
export function defaultColumns(table: EstimateRows): string[] {
  const present = (name: string): boolean => findField(table, name) !== undefined;
  const axes = AXES.filter((name) => present(name) && varies(table, name));
  const levels = axes.length === 0 ? AXES.filter(present) : axes;
  return [...levels, ...FIRST.filter(present)];
}

function varies(table: EstimateRows, name: (typeof AXES)[number]): boolean {
  const values = table.numbers(name);
  if (name === 'fan_out') {
    const fanIn = table.numbers('fan_in');
    return values.some((value, row) => value !== fanIn[row]);
  }
  return values.some((value) => value !== values[0]);
}
