/** What is asked of values that a file may hold: somebody may have written anything into it. */

const LONGEST = 10_000;

/** A text that may stand in a message. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST;

/** A text of any length: what an error said. */
export const isLongText = (value: unknown): value is string => typeof value === 'string';

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A whole number from 0. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Lower-case hexadecimal SHA-256. */
export const isDigest = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isListOf<T>(item: (value: unknown) => value is T): (value: unknown) => value is readonly T[] {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(item);
}

/** Whether a record has all these keys, with values that pass. */
export function has(value: unknown, keys: readonly string[], passes: (value: unknown) => boolean): boolean {
  return isRecord(value) && keys.every((key) => passes(value[key]));
}

/** Whether it is one of several shares. */
export function isShard(value: unknown): boolean {
  return (
    has(value, ['index', 'of'], isCount) &&
    (value as { index: number; of: number }).index < (value as { of: number }).of
  );
}
