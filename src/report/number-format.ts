/** What a table shows where a thing is undefined. */
export const NULL_TEXT = '–';

/** Powers of ten from here on are split off as an exponent. */
const LARGEST_PLAIN = 7;
/** What has more decimals is split so too, if it is less than this power of ten. */
const MOST_DECIMALS = 9;
const SMALLEST_PRECISE = -3;

/** The exponent of `value` in scientific notation after rounding to `digits` significant digits. */
function exponentOf(value: number, digits: number): number {
  return Number(value.toExponential(digits - 1).split('e')[1]);
}

/** Rounds to `decimals` places; to tens, hundreds, … where it is negative. */
function roundTo(value: number, decimals: number): string {
  if (decimals >= 0) return withoutNegativeZero(value.toFixed(decimals));
  const step = Number(`1e${-decimals}`);
  return withoutNegativeZero((Math.round(value / step) * step).toFixed(0));
}

function withoutNegativeZero(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/**
 * A number to `digits` significant digits without trailing zeros; `–` for null (NaN in flight).
 *
 * @example formatNumber(1 / 3) // '0.333333'
 */
export function formatNumber(value: number, digits = 6): string {
  if (Number.isNaN(value)) return NULL_TEXT;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  return withoutNegativeZero(String(Number(value.toPrecision(digits))));
}

/** A number to a fixed count of decimals; `–` for null. */
export function formatFixed(value: number, decimals: number): string {
  return Number.isFinite(value) && Math.abs(value) < 1e15 ? roundTo(value, decimals) : formatNumber(value);
}

/**
 * Decimal places that show `error` with two significant digits, or null where it has none to show (zero, undefined,
 * infinite).
 */
export function decimalsOf(error: number): number | null {
  return Number.isFinite(error) && error > 0 ? 1 - exponentOf(error, 2) : null;
}

/**
 * An estimate with its standard error, both rounded where the error has two significant digits.
 * Without an error (null) the value has six significant digits; an error of exactly 0 is shown as such.
 *
 * @example formatMeasured(0.3334127, 0.0001234) // '0.33341 ± 0.00012'
 * @example formatMeasured(1.23456e-9, 2.1e-12) // '(1.2346 ± 0.0021)e-9'
 */
export function formatMeasured(value: number, error: number): string {
  const decimals = decimalsOf(error);
  if (!Number.isFinite(value) || decimals === null)
    return error === 0 && Number.isFinite(value) ? `${formatNumber(value)} ± 0` : formatNumber(value);
  const largest = Math.max(Math.abs(value), error);
  const exponent = exponentOf(largest, 6);
  if (exponent < LARGEST_PLAIN && (decimals <= MOST_DECIMALS || exponent >= SMALLEST_PRECISE))
    return `${roundTo(value, decimals)} ± ${roundTo(error, decimals)}`;
  // Shift by the decimal exponent of the text: dividing by a power of ten would round twice.
  const places = Math.max(0, decimals + exponent);
  return `(${shifted(value, exponent, places)} ± ${shifted(error, exponent, places)})e${exponent}`;
}

/** value·10^−exponent to `places` decimals. */
function shifted(value: number, exponent: number, places: number): string {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  return withoutNegativeZero(Number(`${mantissa}e${Number(power) - exponent}`).toFixed(places));
}
