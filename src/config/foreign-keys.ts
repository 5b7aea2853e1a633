import { configOf, EXPERIMENTS, experimentIn } from './config-of.ts';
import type { Problem } from './problems.ts';
import { didYouMean } from './suggest.ts';

/**
 * Says of an unknown key that other experiments have it: `precision` is spelt right, and yet nothing that every config may have.
 * Where it is not known which experiment is meant, that is all there is to say.
 */
export function explainForeignKeys(problems: readonly Problem[], config: unknown): readonly Problem[] {
  const unknown = problems.find(({ path: [key, ...below] }) => key === 'experiment' && below.length === 0);
  if (unknown !== undefined) {
    const remedy = didYouMean((config as { readonly experiment?: unknown }).experiment, EXPERIMENTS);
    return [remedy === undefined ? unknown : { ...unknown, remedy }];
  }
  const own = experimentIn(config);
  return problems.map((problem) => {
    const [key, ...below] = problem.path;
    if (problem.key !== true || below.length > 0) return problem;
    const owners = EXPERIMENTS.filter((experiment) => hasKey(experiment, String(key)));
    if (owners.length === 0) return problem;
    return { ...problem, received: `a key of experiment ${owners.join(' and ')}, not of ${own}` };
  });
}

function hasKey(experiment: string, key: string): boolean {
  return Object.hasOwn(configOf({ experiment }).schema().shape, key);
}
