// What the key of a bin says of it; the key is the top bits of |z| (src/stats/tally.ts).

/** The unit in the last place of bin `key`: 2^(e − 150) for biased exponent e ≥ 1. */
// @ts-ignore: decorator
@inline
export function ulp(key: u32): f64 {
  return reinterpret<f64>(<u64>(max<u32>(1, key >> 4) - 150 + 1023) << 52);
}
