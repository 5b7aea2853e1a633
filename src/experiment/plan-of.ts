import type { Datasets, Spec } from '../model/spec.ts';
import type { Plan } from '../sweep/plan.ts';
import { planSweep } from '../sweep/plan.ts';
import type { Experiment } from './experiment.ts';
import { LAYER } from './layer.ts';

const EXPERIMENTS: Readonly<Record<Spec['experiment'], Experiment>> = {
  // Each is given plans of its own only.
  layer: LAYER as unknown as Experiment,
};

/** What a plan is to do. */
export function experimentOf({ spec }: Pick<Plan, 'spec'>): Experiment {
  return EXPERIMENTS[spec.experiment];
}

/** The plan of a sweep of any experiment. @throws RangeError as the experiment's own planner */
export function planOf(spec: Spec, datasets?: Datasets): Plan {
  return planSweep(spec, datasets);
}
