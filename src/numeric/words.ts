/**
 * One double and its bits, little-endian halves: `words[0]` low, `words[1]` high. Shared scratch space; nothing keeps
 * a value in it across a call.
 */
export const double = new Float64Array(1);
export const words = new Uint32Array(double.buffer);

/** 2^k for an integer −1022 ≤ k ≤ 1023, from its exponent bits. */
export function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return double[0] as number;
}
