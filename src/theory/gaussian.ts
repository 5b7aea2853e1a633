import { exp } from '../numeric/elementary.ts';
import { gaussLegendre } from '../numeric/gauss-legendre.ts';

/** E f(u) ≈ Σ weights·f(nodes) for u ~ N(0, 1); the weights sum to 1. */
export interface GaussianRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** P(|u| > 9) = 2e-19. */
const REACH = 9;
const POINTS = 15;
/** Panels shrink by 4 toward the centre, down to 4⁻²⁵ = 9e-16 at most; beyond 4 they are 2.5 wide. */
const GRADES = 25;
const WIDEST = 2.5;

/** The steepness, unless told: panels down to 4⁻¹¹ = 2.4e-7. */
export const STEEP = 1e6;

const centred = new Map<number, GaussianRule>();
/** The last rule about another centre: the cells of one ensemble ask for it one by one. */
let last: { readonly center: number; readonly grades: number; readonly rule: GaussianRule } | null = null;

/**
 * Quadrature for Gaussian expectations of functions with a kink or a steep spot at u = `center`: 15-point Gauss–Legendre panels,
 * graded geometrically toward it. On a panel [d, 4d] a function of τ·u with poles only on the imaginary axis converges like
 * 3⁻³⁰, whatever τ, and on the innermost one if its width is under 1/τ: good to 1e-12 for τ up to `steepness`.
 *
 * @param center in standard units; without effect outside ±9. For f(mean + sd·u) with a kink at f's argument k: (k − mean)/sd.
 * @param steepness largest τ; 2.8e14 and more give the finest rule there is
 */
export function gaussianRule(center = 0, steepness = STEEP): GaussianRule {
  let grades = 2;
  while (grades < GRADES && 2 ** (2 * grades - 2) < steepness) grades++;
  if (center !== 0 && Math.abs(center) < REACH) {
    if (last?.center !== center || last.grades !== grades) last = { center, grades, rule: build(center, grades) };
    return last.rule;
  }
  const known = centred.get(grades) ?? build(0, grades);
  centred.set(grades, known);
  return known;
}

function build(center: number, grades: number): GaussianRule {
  const left = boundaries(center + REACH, grades).map((distance) => center - distance);
  const right = boundaries(REACH - center, grades).map((distance) => center + distance);
  const edges = [...left.reverse(), ...right.slice(1)];
  const { nodes: points, weights: shares } = gaussLegendre(POINTS);
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const from = edges[i] as number;
    const half = ((edges[i + 1] as number) - from) / 2;
    for (let j = 0; j < POINTS; j++) {
      const u = from + half * (1 + (points[j] as number));
      nodes.push(u);
      weights.push(half * (shares[j] as number) * exp(-0.5 * u * u));
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { nodes: Float64Array.from(nodes), weights: Float64Array.from(weights, (weight) => weight / total) };
}

/** Panel edges by distance from the centre: 0, 4^−grades, …, ¼, 1, 4, 6.5, … up to `end`. */
function boundaries(end: number, grades: number): number[] {
  const distances = [0];
  for (let grade = -grades; grade <= 1; grade++) {
    const distance = 2 ** (2 * grade);
    if (distance < end) distances.push(distance);
  }
  let distance = 4;
  while (distance + WIDEST < end) {
    distance += WIDEST;
    distances.push(distance);
  }
  distances.push(end);
  return distances;
}

/** E f(z), z ~ N(mean, sd²). Give a rule graded toward f's kink if that is not at the mean. */
export function gaussianExpectation(
  f: (z: number) => number,
  mean: number,
  sd: number,
  rule: GaussianRule = gaussianRule(),
): number {
  let sum = 0;
  for (let i = 0; i < rule.nodes.length; i++)
    sum += (rule.weights[i] as number) * f(mean + sd * (rule.nodes[i] as number));
  return sum;
}

/**
 * Corrections to a rule's weights for a z that is not quite Gaussian: E f ≈ Σ (weights + corrections)·f, to order 1/n for a sum
 * of n terms (Edgeworth 1905; Hall 1992, eq. 2.17): skewness·He₃/6 + excess·He₄/24 + skewness²·He₆/72.
 */
export function edgeworthWeights(rule: GaussianRule, skewness: number, excess: number): Float64Array {
  return rule.weights.map((weight, i) => {
    const u = rule.nodes[i] as number;
    const s = u * u;
    const third = u * (s - 3);
    const fourth = s * (s - 6) + 3;
    const sixth = s * (s * (s - 15) + 45) - 15;
    return weight * ((skewness * third) / 6 + (excess * fourth) / 24 + (skewness * skewness * sixth) / 72);
  });
}
