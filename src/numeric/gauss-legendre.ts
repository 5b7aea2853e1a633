/** A quadrature rule on [−1, 1]: Σ weights·f(nodes) ≈ ∫ f. Nodes ascend. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules = new Map<number, Quadrature>();

/**
 * Gauss–Legendre nodes and weights on [−1, 1], exact for polynomials of degree 2·points − 1.
 *
 * Newton's method on P_n from the guess cos(π(i + ¾)/(n + ½)) (Abramowitz & Stegun 22.16.6), weights 2/((1 − x²)P_n′(x)²)
 * (25.4.29). Only + − × ÷: the same bits on every engine.
 *
 * @param points number of nodes, at least 1. Rules are cached: don't write to the arrays.
 */
export function gaussLegendre(points: number): Quadrature {
  const cached = rules.get(points);
  if (cached) return cached;
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let i = 0; i < points - i; i++) {
    const middle = 2 * i + 1 === points;
    const x = middle ? 0 : newton(points, roughCosine((Math.PI * (i + 0.75)) / (points + 0.5)));
    const { derivative } = legendre(points, x);
    nodes[i] = -x;
    nodes[points - 1 - i] = x;
    weights[i] = weights[points - 1 - i] = 2 / ((1 - x * x) * derivative * derivative);
  }
  const rule = { nodes, weights };
  rules.set(points, rule);
  return rule;
}

function newton(degree: number, guess: number): number {
  let x = guess;
  for (let iteration = 0; iteration < 20; iteration++) {
    const { value, derivative } = legendre(degree, x);
    const step = value / derivative;
    x -= step;
    if (Math.abs(step) < 1e-16) break;
  }
  return x;
}

/** P_n(x) and P_n′(x) by the three-term recurrence. */
function legendre(degree: number, x: number): { value: number; derivative: number } {
  let previous = 0;
  let value = 1;
  for (let k = 1; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
    previous = value;
    value = next;
  }
  return { value, derivative: (degree * (x * value - previous)) / (x * x - 1) };
}

/** cos on [0, π/2] by its Taylor series to x¹², 7e-9 off at most: only a starting guess. */
function roughCosine(angle: number): number {
  const s = angle * angle;
  return 1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - s / 132)))));
}
