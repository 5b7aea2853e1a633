import { configOf, EXPERIMENTS, experimentIn } from './config-of.ts';
import type { Problem } from './problems.ts';

/** Says of an unknown key that other experiments have it: `precision` is spelt right, and yet nothing that every config may have. */
export function explainForeignKeys(problems: readonly Problem[], config: unknown): readonly Problem[] {
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
