import { didYouMean } from '../config/suggest.ts';
import { UsageError } from '../errors.ts';
import type { EstimateField, EstimateTable } from '../tables/estimate-reader.ts';

/** What a report reads of an estimates table. */
export type EstimateRows = Pick<EstimateTable, 'rows' | 'columns' | 'fields' | 'numbers' | 'labels'>;

/** Column by name, or undefined. */
export function findField({ fields }: Pick<EstimateRows, 'fields'>, name: string): EstimateField | undefined {
  return fields.find((field) => field.name === name);
}

/**
 * Column by name.
 *
 * @param where the option that asks for it, for the message
 * @throws UsageError when there is no such column
 */
export function getField(table: Pick<EstimateRows, 'fields' | 'columns'>, name: string, where: string): EstimateField {
  const field = findField(table, name);
  if (field === undefined)
    throw new UsageError({
      where,
      received: JSON.stringify(name),
      allowed: 'a column of the table',
      remedy: didYouMean(name, table.columns) ?? `columns are ${table.columns.join(', ')}`,
    });
  return field;
}

/** Whether a column holds labels (a dictionary), not numbers. */
export function isLabel(field: Pick<EstimateField, 'values'>): boolean {
  return field.values !== undefined;
}
