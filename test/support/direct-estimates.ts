import { columnIndex } from '../../src/stats/columns.ts';
import type { EstimateTable } from '../../src/tables/estimate-reader.ts';
import type { DirectSweep } from './direct-sweep.ts';

/** All rows of a sweep in memory as a reader of `estimates.arrow` would give them. */
export function estimatesOf({ plan, rows }: DirectSweep): Pick<EstimateTable, 'rows' | 'numbers'> {
  const units = plan.spec.fanIn.flatMap((_, fanIn) => plan.inputs.map((_, input) => rows(input, fanIn)));
  return {
    rows: units.reduce((sum, unit) => sum + unit.rows, 0),
    numbers: (name) => {
      const at = columnIndex(name);
      return Float64Array.from(
        units.flatMap((unit) => [...unit.values.subarray(at * unit.rows, (at + 1) * unit.rows)]),
      );
    },
  };
}
