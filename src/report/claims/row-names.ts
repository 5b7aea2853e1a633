import { type EstimateRows, isLabel } from '../estimate-rows.ts';
import { formatNumber } from '../number-format.ts';

/** Facts of a row that name no level of an axis. */
const FACTS: readonly string[] = ['weight_std', 'samples', 'replicates', 'blocks'];

/**
 * Names rows of a table by the levels that vary in it: `bernoulli(p=0.1, raw), fan_in 64`. Axes are the columns without nulls that are
 * no facts; one that repeats another (square layers: fan_out) is left out.
 */
export function rowNames(table: EstimateRows): (row: number) => string {
  const seen = new Set<string>();
  const parts = table.fields
    .filter((field) => !field.nullable && !FACTS.includes(field.name))
    .flatMap((field): ((row: number) => string)[] => {
      const values = table.numbers(field.name);
      const key = isLabel(field) ? `${field.name} ${values.join()}` : values.join();
      if (values.every((level) => level === values[0]) || seen.has(key)) return [];
      seen.add(key);
      const labels = isLabel(field) ? table.labels(field.name) : null;
      return [(row) => labels?.[row] ?? `${field.name} ${formatNumber(values[row] as number)}`];
    });
  return (row) => parts.map((part) => part(row)).join(', ');
}
