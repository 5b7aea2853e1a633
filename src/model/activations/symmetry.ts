import type { Activation } from '../activations.ts';

/** E g of an activation with g(u) + g(−u) constant is g(0) for every symmetric z: ½ for the logistic, 0 for odd functions. */
export function symmetricMean(activation: Activation): number | null {
  const middle = activation.value(0);
  const point = [0.5, 1.75, 4].every(
    (u) =>
      Math.abs(activation.value(u) + activation.value(-u) - 2 * middle) <= 1e-15 * (1 + Math.abs(activation.value(u))),
  );
  return point ? middle : null;
}
