import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { exp } from '../numeric/elementary.ts';
import { gaussLegendre } from '../numeric/gauss-legendre.ts';
import { gaussianRule } from './gaussian.ts';
import { zMoments } from './moments.ts';
import { gaussianPair } from './pairs.ts';

/**
 * E cos(ω(z − E z)) at unit weight scale: the real part of the characteristic function, which exists whatever the tails.
 *
 * Independent components: (E_w φ_x(ωw))ⁿ, the expectation over a weight by quadrature. Exactly Gaussian z: exp(−ω²Var(z)/2).
 *
 * @returns null where no closed form is known (correlated inputs, orthogonal rows, inputs without one, skewed inputs under
 * constant weights)
 */
export function characteristic(shape: Shape, input: Input, fanIn: number, omega: number): number | null {
  if (shape.kind === 'zero') return 1;
  if (gaussianPair(shape, input)) return exp(-0.5 * omega * omega * zMoments(shape, input, fanIn).variance);
  const component = input.characteristic;
  if (component === null || input.dependence.kind !== 'iid') return null;
  // Under symmetric weights only the real part of φ_x survives the average.
  const term = averageOverWeight(shape, symmetric(input), (w) => component(omega * w), Math.abs(omega));
  return term === null ? null : integerPower(term, fanIn);
}

function averageOverWeight(
  shape: Shape,
  inputSymmetric: boolean,
  f: (w: number) => number,
  omega: number,
): number | null {
  switch (shape.kind) {
    case 'sign':
      return f(1);
    case 'constant':
      return inputSymmetric ? f(1) : null;
    case 'uniform':
      return panelMean(f, 1, omega, () => 1);
    case 'truncated_normal':
      return panelMean(f, 2, omega, (w) => exp(-0.5 * w * w));
    case 'normal': {
      const { nodes, weights } = gaussianRule();
      return nodes.reduce((sum, w, i) => sum + (weights[i] as number) * f(w), 0);
    }
    default:
      return null;
  }
}

/** Mean of an even f under a density on (0, end]: half the line, so a kink of f at 0 (Student-t) does no harm. */
function panelMean(f: (w: number) => number, end: number, omega: number, density: (w: number) => number): number {
  const panels = Math.min(64, 4 + Math.ceil(omega * end));
  const { nodes, weights } = gaussLegendre(16);
  let sum = 0;
  let total = 0;
  for (let panel = 0; panel < panels; panel++) {
    for (let i = 0; i < nodes.length; i++) {
      const w = (end * (panel + 0.5 * (1 + (nodes[i] as number)))) / panels;
      const weight = (weights[i] as number) * density(w);
      sum += weight * f(w);
      total += weight;
    }
  }
  return sum / total;
}

const SYMMETRIC = new Set(['uniform', 'normal', 'truncated_normal', 'sign', 'sparse', 'laplace', 'student_t']);

/** Whether a component is symmetric about 0, so that its characteristic function is real. */
function symmetric(input: Input): boolean {
  return SYMMETRIC.has(input.sampler.kind) && input.sampler.shift === 0;
}

/** base^n by repeated squaring: the same bits everywhere. */
function integerPower(base: number, n: number): number {
  let result = 1;
  let square = base;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
