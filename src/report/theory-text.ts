import type { EstimateRows } from './estimate-rows.ts';
import { decimalsOf, formatFixed, formatNumber, NULL_TEXT } from './number-format.ts';

/** Significant digits of a theory that has no error beside it to be rounded by. */
const WITHOUT_ERROR_DIGITS = 4;
/** Significant digits of a theory that would be rounded to 0. */
const FAR_BELOW_ERROR_DIGITS = 2;

/** Theory values, rounded where the simulation beside them is; `~` before those of a limit. */
export function theoryTexts(table: EstimateRows, name: string, rows: Uint32Array): string[] {
  const [values, errors] = [table.numbers(`${name}_theory`), table.numbers(`${name}_mcse`)];
  const kinds = table.labels(`${name}_theory_kind`);
  return Array.from(rows, (row) => {
    const value = values[row] as number;
    if (Number.isNaN(value)) return NULL_TEXT;
    const text = theoryText(value, decimalsOf(errors[row] as number));
    return kinds[row] === 'gaussian' ? `~${text}` : text;
  });
}

function theoryText(value: number, decimals: number | null): string {
  if (decimals === null || decimals > 9 || Math.abs(value) >= 1e7) return formatNumber(value, WITHOUT_ERROR_DIGITS);
  const rounded = formatFixed(value, decimals);
  return Number(rounded) === 0 && value !== 0 ? formatNumber(value, FAR_BELOW_ERROR_DIGITS) : rounded;
}
