import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';

/** Whether z is exactly Gaussian at every fan-in. Scale mixtures and sums of a normal by a fixed |factor|. */
export function gaussianPair(shape: Shape, input: Input): boolean {
  switch (shape.kind) {
    case 'constant':
      return normalInput(input);
    case 'orthogonal':
      // Rotation invariance of x needs a mean of 0; of w given x, ‖x‖ would have to be fixed *and* w normal.
      return independentNormal(input) && input.moments[1] === 0;
    case 'sign':
      return independentNormal(input) && input.moments[1] === 0;
    case 'normal':
      return fixedMagnitude(input) !== null;
    default:
      return false;
  }
}

/** |x| where it is the same for every component (±c, or a constant c), else null. */
export function fixedMagnitude(input: Input): number | null {
  const second = input.moments[2] as number;
  const fourth = input.moments[4] as number;
  if (input.dependence.kind !== 'iid' || !(second > 0 && second < Infinity)) return null;
  // E x⁴ ≥ (E x²)², with equality only for a fixed |x|; a rounded moment must not hide it.
  return fourth <= second * second * (1 + 1e-12) ? Math.sqrt(second) : null;
}

function independentNormal(input: Input): boolean {
  return input.dependence.kind === 'iid' && input.sampler.kind === 'normal';
}

function normalInput(input: Input): boolean {
  const kind = input.dependence.kind;
  return kind === 'equicorrelated' || kind === 'ar1' || independentNormal(input);
}
