import type { EstimateRows } from './estimate-rows.ts';
import { decimalsOf, formatFixed, formatNumber, NULL_TEXT } from './number-format.ts';

/** Significant digits of a theory that has no error beside it to be rounded by. */
const WITHOUT_ERROR_DIGITS = 4;

/** Theory values, rounded where the simulation beside them is; `~` before those of a limit. */
export function theoryTexts(table: EstimateRows, name: string, rows: Uint32Array): string[] {
  const [values, errors] = [table.numbers(`${name}_theory`), table.numbers(`${name}_mcse`)];
  const kinds = table.labels(`${name}_theory_kind`);
  return Array.from(rows, (row) => {
    const value = values[row] as number;
    if (Number.isNaN(value)) return NULL_TEXT;
    const decimals = decimalsOf(errors[row] as number);
    const text =
      decimals === null || decimals > 9 || Math.abs(value) >= 1e7
        ? formatNumber(value, WITHOUT_ERROR_DIGITS)
        : formatFixed(value, decimals);
    return kinds[row] === 'gaussian' ? `~${text}` : text;
  });
}
