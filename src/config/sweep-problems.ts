import { resolveActivation } from '../model/activations.ts';
import { resolveInitializer } from '../model/initializers.ts';
import { resolveInput } from '../model/inputs.ts';
import type { ModelSpec, SweepSpec } from '../model/spec.ts';
import type { Problem } from './problems.ts';
import { roundProblems } from './rounds.ts';

/** Cells of one sweep, at most. */
export const CELL_LIMIT = 10_000_000;

/**
 * What is wrong with checked axes put together.
 * @param allInputs whether the facts of every data file are there
 */
export function sweepProblems(spec: SweepSpec, allInputs = true): readonly Problem[] {
  return [...sizeProblems(spec), ...repeatedModels(spec, allInputs), ...roundProblems(spec)];
}

function sizeProblems(spec: SweepSpec): readonly Problem[] {
  const axes = {
    fanIn: spec.fanIn.length,
    fanOut: spec.fanOut === 'fanIn' ? 1 : spec.fanOut.length,
    inputs: spec.inputs.length,
    initializers: spec.initializers.length,
    activations: spec.activations.length,
    beta: spec.beta.length,
  };
  const cells = Object.values(axes).reduce((product, length) => product * length, 1);
  if (cells <= CELL_LIMIT) return [];
  const product = Object.entries(axes).map(([name, length]) => `${length} ${name}`);
  return [
    {
      path: [],
      received: `${cells} cells (${product.join(' × ')})`,
      allowed: `at most ${CELL_LIMIT} cells`,
      remedy: 'shorten an axis, or split the sweep in two',
    },
  ];
}

/** Levels are told apart by their labels, so that each may stand only once on its axis. */
export function repeatedModels(
  spec: Pick<SweepSpec, 'inputs' | 'initializers' | 'activations'>,
  allInputs: boolean,
): readonly Problem[] {
  return [
    // A label needs the facts of its data file.
    ...(allInputs ? repeats(spec.inputs, 'inputs', (input) => resolveInput(input).label) : []),
    ...repeats(spec.initializers, 'initializers', (model) => resolveInitializer(model).label),
    ...repeats(spec.activations, 'activations', (model) => resolveActivation(model).label),
  ];
}

function repeats<Spec extends ModelSpec>(
  models: readonly Spec[],
  axis: string,
  label: (model: Spec) => string,
): readonly Problem[] {
  const seen = new Map<string, number>();
  return models.flatMap((model, i): readonly Problem[] => {
    const name = label(model);
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, i);
      return [];
    }
    return [
      { path: [axis, i], received: name, allowed: 'each level once', remedy: `the same as [${first}]; remove one` },
    ];
  });
}
