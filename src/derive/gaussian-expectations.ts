import { ANSWER, type Functional, type Kernel } from '../kernel/kernel.ts';
import { type GaussianRule, gaussianRule, STEEP } from '../theory/gaussian.ts';

/** What evaluates functionals over weighted points. */
type Evaluator = Pick<Kernel, 'expectations'>;

/** Answers kept for each evaluator; then all are forgotten and it starts again. */
const MOST = 65536;

const memos = new WeakMap<Evaluator, Map<string, Float64Array>>();

/**
 * E g, Var g, E g′, E g′² of many functionals of z ~ N(0, sd²): {@link ANSWER} doubles each.
 *
 * Everything depends on β·s·sd and offset/sd alone, and these come up again and again: at every fan-in under a rule that keeps
 * the variance, under every input of variance 1. So answers are computed in standard units and kept.
 */
export function gaussianExpectations(
  evaluator: Evaluator,
  sd: number,
  offset: number,
  functionals: readonly Functional[],
): Float64Array {
  const memo = memoOf(evaluator);
  const centre = offset / sd;
  const standard = functionals.map((f) => ({ ...f, factor: f.factor * sd, offset: centre }));
  const keys = standard.map(({ code, param, factor }) => `${code} ${param} ${factor} ${centre}`);
  const missing = new Map<GaussianRule, Map<string, Functional>>();
  keys.forEach((key, i) => {
    if (memo.has(key)) return;
    const functional = standard[i] as Functional;
    // All kinks and steep spots of the activations are at u = 0, that is at −offset. Elsewhere than at 0 most slopes share one rule.
    const rule = gaussianRule(-centre, Math.max(Math.abs(functional.factor), centre === 0 ? 0 : STEEP));
    const alike = missing.get(rule) ?? new Map<string, Functional>();
    missing.set(rule, alike.set(key, functional));
  });
  for (const [rule, alike] of missing) {
    const found = evaluator.expectations(rule.nodes, rule.weights, [...alike.values()]);
    [...alike.keys()].forEach((key, i) => {
      memo.set(key, found.slice(ANSWER * i, ANSWER * (i + 1)));
    });
  }
  const answers = new Float64Array(ANSWER * functionals.length);
  keys.forEach((key, i) => {
    answers.set(memo.get(key) as Float64Array, ANSWER * i);
  });
  return answers;
}

function memoOf(evaluator: Evaluator): Map<string, Float64Array> {
  const known = memos.get(evaluator);
  if (known !== undefined && known.size <= MOST) return known;
  const memo = new Map<string, Float64Array>();
  memos.set(evaluator, memo);
  return memo;
}
