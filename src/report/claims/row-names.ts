import { axisFields } from '../axis-fields.ts';
import { type EstimateRows, isLabel } from '../estimate-rows.ts';
import { formatNumber } from '../number-format.ts';

/**
 * Names rows of a table by the levels that vary in it: `bernoulli(p=0.1, raw), fan_in 64`. An axis that repeats another (square layers:
 * fan_out) is left out.
 */
export function rowNames(table: EstimateRows): (row: number) => string {
  const seen = new Set<string>();
  const parts = axisFields(table).flatMap((field): ((row: number) => string)[] => {
    const values = table.numbers(field.name);
    const key = isLabel(field) ? `${field.name} ${values.join()}` : values.join();
    if (values.every((level) => level === values[0]) || seen.has(key)) return [];
    seen.add(key);
    const labels = isLabel(field) ? table.labels(field.name) : null;
    return [(row) => labels?.[row] ?? `${field.name} ${formatNumber(values[row] as number)}`];
  });
  return (row) => parts.map((part) => part(row)).join(', ');
}
