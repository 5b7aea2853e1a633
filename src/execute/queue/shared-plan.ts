import { planOf } from '../../experiment/plan-of.ts';
import { dataDigests } from '../../model/data-digests.ts';
import type { Spec } from '../../model/experiment-spec.ts';
import type { Datasets, InputSpec, SweepSpec } from '../../model/spec.ts';
import type { Plan } from '../../sweep/plan.ts';

/**
 * A plan as others on the queue see it: its data files are numbered, because where they lie is the business of this machine alone. Its
 * tallies, and where they belong, are those of the plan itself.
 */
export function sharedPlan(plan: Plan, datasets: Datasets): Plan {
  return dataDigests(plan.spec).length === 0 ? plan : planOf(withoutPaths(plan.spec), datasets);
}

function withoutPaths(spec: Spec): Spec {
  switch (spec.experiment) {
    case 'layer':
      return { ...spec, inputs: spec.inputs.map(numbered), precision: precisionWithoutInputs(spec) };
    case 'depth':
      return { ...spec, inputs: spec.inputs.map(numbered) };
    case 'training':
      return spec.data.kind === 'file' ? { ...spec, data: { ...spec.data, file: 'data' } } : spec;
  }
}

/** By its place among the inputs: two of one file stay two. */
function numbered(input: InputSpec, index: number): InputSpec {
  return input.dataset === null ? input : { ...input, dataset: { ...input.dataset, file: `data ${index}` } };
}

/** Which inputs have to be precise, by names that have paths in them, only the coordinator needs to know. */
function precisionWithoutInputs({ precision }: SweepSpec): SweepSpec['precision'] {
  return precision && { ...precision, cells: { ...precision.cells, inputs: null } };
}
