/**
 * One double and its bits, little-endian halves: `words[0]` low, `words[1]` high. Shared scratch space; nothing keeps
 * a value in it across a call.
 */
export const double = new Float64Array(1);
export const words = new Uint32Array(double.buffer);

/** 2^k from its exponent bits, k = −1022 … 1023. */
const POWERS = Float64Array.from({ length: 2046 }, (_, i) => {
  words[0] = 0;
  words[1] = (i + 1) << 20;
  return double[0] as number;
});

/**
 * 2^k for an integer −1022 ≤ k ≤ 1023. From a table: a double read right after its halves were written waits for the memory
 * (measured: half the time of `exp`).
 */
export function powerOfTwo(k: number): number {
  return POWERS[k + 1022] as number;
}
