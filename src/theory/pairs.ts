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
  const [, , variance, third, fourth] = input.central as unknown as readonly [number, number, number, number, number];
  if (input.dependence.kind !== 'iid' || !(second > 0 && fourth < Infinity)) return null;
  // Var x² is 0 for a fixed |x| only, but for rounding. From central moments: those about 0 hide the spread of an x far from it.
  const mean = input.moments[1] as number;
  const [above, beyond] = [4 * mean * mean * variance + fourth, variance * variance];
  return above + 4 * mean * third - beyond <= 1e-12 * (above + beyond) ? Math.sqrt(second) : null;
}

function independentNormal(input: Input): boolean {
  return input.dependence.kind === 'iid' && input.sampler.kind === 'normal';
}

function normalInput(input: Input): boolean {
  const kind = input.dependence.kind;
  return kind === 'equicorrelated' || kind === 'ar1' || independentNormal(input);
}
