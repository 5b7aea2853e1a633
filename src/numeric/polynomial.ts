/**
 * c₀ + c₁x + c₂x² + … by Horner's rule, highest coefficient first: one multiplication and one addition a step, rounded
 * after each (no fused multiply-add), so that a SIMD kernel can repeat it bit for bit.
 */
export function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + (coefficients[i] as number);
  return sum;
}
