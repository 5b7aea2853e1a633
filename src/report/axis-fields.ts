import type { EstimateField } from '../tables/estimate-reader.ts';
import type { EstimateRows } from './estimate-rows.ts';

/** Columns without nulls that say how a row was made, not which one it is. */
const FACTS: readonly string[] = ['weight_std', 'samples', 'replicates', 'blocks'];

/** The columns of a table that tell its rows apart: those without nulls, but for facts. */
export function axisFields({ fields }: Pick<EstimateRows, 'fields'>): EstimateField[] {
  return fields.filter(({ name, nullable }) => !nullable && !FACTS.includes(name));
}
