/** Values with mean 0 and variance 1, and what was taken out to get there. */
export interface Standardized {
  readonly values: Float64Array;
  readonly location: number;
  /** Population standard deviation: drawing from the values gives variance 1 exactly. */
  readonly spread: number;
}

/** (v − mean)/sd over all values, or null when they are all the same. */
export function standardizeValues(values: Float64Array): Standardized | null {
  const first = values[0];
  if (first === undefined || values.every((v) => v === first)) return null;
  let total = 0;
  for (const v of values) total += v;
  const location = total / values.length;
  let largest = 0;
  for (const v of values) largest = Math.max(largest, Math.abs(v - location));
  // Deviations are scaled before they are squared: their squares may underflow.
  let squares = 0;
  for (const v of values) {
    const d = (v - location) / largest;
    squares += d * d;
  }
  const spread = largest * Math.sqrt(squares / values.length);
  return { values: values.map((v) => (v - location) / spread), location, spread };
}
