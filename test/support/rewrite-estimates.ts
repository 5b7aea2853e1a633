import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { EstimateWriter } from '../../src/tables/estimate-writer.ts';

/** Changes one column of an estimates table in place; everything else of the file stays. */
export function rewriteEstimates(path: string, column: string, change: (value: number, row: number) => number): void {
  const table = readEstimates(path);
  const values = new Float64Array(table.rows * ESTIMATE_COLUMNS.length);
  ESTIMATE_COLUMNS.forEach(({ name }, c) => {
    const numbers = table.numbers(name);
    values.set(name === column ? numbers.map(change) : numbers, c * table.rows);
  });
  const labels = (name: string) => table.fields.find((field) => field.name === name)?.values ?? [];
  const writer = new EstimateWriter(
    path,
    { initializer: labels('initializer'), input: labels('input'), activation: labels('activation') },
    Object.fromEntries(table.metadata),
  );
  writer.append(values, table.rows);
  writer.close();
}
