import { axisFields } from '../axis-fields.ts';
import { type EstimateRows, isLabel } from '../estimate-rows.ts';
import { formatNumber, NULL_TEXT } from '../number-format.ts';

/**
 * Names rows of a table by the levels that vary in it: `bernoulli(p=0.1, raw), fan_in 64`. An axis that repeats another (square layers:
 * fan_out) is left out.
 */
export function rowNames(table: EstimateRows): (row: number) => string {
  const axes: Float64Array[] = [];
  const parts = axisFields(table).flatMap((field): ((row: number) => string)[] => {
    const values = table.numbers(field.name);
    if (values.every((level) => level === values[0])) return [];
    if (isLabel(field)) {
      const labels = table.labels(field.name);
      return [(row) => labels[row] ?? NULL_TEXT];
    }
    if (axes.some((axis) => axis.every((level, row) => level === values[row]))) return [];
    axes.push(values);
    return [(row) => `${field.name} ${formatNumber(values[row] as number)}`];
  });
  return (row) => parts.map((part) => part(row)).join(', ');
}
