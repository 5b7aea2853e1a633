import { axisFields } from './axis-fields.ts';
import { type EstimateRows, findField } from './estimate-rows.ts';

const AXES = ['initializer', 'input', 'activation', 'fan_in', 'fan_out', 'beta'] as const;

/** Simulation and theory beside each other, for what a reader asks first. */
const FIRST = ['z_var', 'z_var_theory', 'z_var_zscore', 'd_mean', 'd_mean_theory', 'saturated', 'saturated_theory'];

/**
 * The columns that `show` picks by itself: the axes that vary in the table, and the first statistics with their theory.
 * `fan_out` counts as varying only where it is not just `fan_in`. Of other tables than estimates: all axes that vary, and the first
 * {@link MOST_STATISTICS} statistics, among them the difference of each from the baseline where there is one.
 */
export function defaultColumns(table: EstimateRows): string[] {
  const present = (name: string): boolean => findField(table, name) !== undefined;
  // Training has fan-ins as well, and layers have z.
  if (!['fan_in', 'z_var'].every(present)) return otherColumns(table);
  const axes = AXES.filter((name) => present(name) && varies(table, name));
  const levels = axes.length === 0 ? AXES.filter(present) : axes;
  return [...levels, ...FIRST.filter(present)];
}

/** About as many as a line of a wide terminal has room for. */
const MOST_STATISTICS = 8;

/** What stands beside a statistic, and not for itself. */
const COMPANION = /_(?:mcse|upper|theory|theory_kind|zscore|note)$/;

const DIFFERENCE = '_difference';

function otherColumns(table: EstimateRows): string[] {
  const axes = axisFields(table).map(({ name }) => name);
  const varying = axes.filter((name) => varies(table, name));
  const shown = table.columns.filter(
    (name) => findField(table, name)?.nullable === true && !COMPANION.test(name) && hasValues(table, name),
  );
  const statistics = shown
    .filter((name) => !name.endsWith(DIFFERENCE))
    .flatMap((name) => [name, ...shown.filter((other) => other === `${name}${DIFFERENCE}`)]);
  return [...(varying.length > 0 ? varying : axes), ...statistics.slice(0, MOST_STATISTICS)];
}

/** A column of nulls, such as the inflated units of a training without any, has nothing to show. */
function hasValues(table: EstimateRows, name: string): boolean {
  return table.rows === 0 || table.numbers(name).some((value) => !Number.isNaN(value));
}

function varies(table: EstimateRows, name: string): boolean {
  const values = table.numbers(name);
  if (name === 'fan_out') {
    const fanIn = table.numbers('fan_in');
    return values.some((value, row) => value !== fanIn[row]);
  }
  return values.some((value) => value !== values[0]);
}
