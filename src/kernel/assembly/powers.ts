// Powers of two that keep what shrinks or grows from layer to layer in the range of single precision; scaling by them is exact.

/** Largest step of an exponent at once: its power of two and the product with a scaled number stay normal singles. */
const LARGEST_STEP = 100;

/** The power of two nearest below √mean, as its exponent. */
// @ts-ignore: decorator
@inline
export function halfExponent(mean: f64): i32 {
  if (mean == 0) return 0;
  const exponent = <i32>((reinterpret<u64>(mean) >> 52) & 0x7ff) - 1023;
  return max(-LARGEST_STEP, min(LARGEST_STEP, exponent >> 1));
}

/** 2^−k. */
// @ts-ignore: decorator
@inline
export function inversePower(k: i32): f32 {
  return reinterpret<f32>((127 - k) << 23);
}

/** Multiplies all rows of a batch. */
export function scaleAll(at: usize, by: f32, width: i32, stride: usize, strips: usize): void {
  const factor = f32x4.splat(by);
  for (let strip: usize = 0; strip < strips; strip++, at += stride) {
    for (let i: usize = 0; i < <usize>width << 4; i += 16) v128.store(at + i, f32x4.mul(v128.load(at + i), factor));
  }
}
