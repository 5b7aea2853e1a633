import type { Spec } from '../model/experiment-spec.ts';
import type { Datasets } from '../model/spec.ts';
import type { Plan } from '../sweep/plan.ts';
import { DEPTH } from './depth.ts';
import type { Experiment } from './experiment.ts';
import { LAYER } from './layer.ts';
import { TRAINING } from './training.ts';

/** Each is given sweeps and plans of its own only, whatever their type says here. */
const EXPERIMENTS = { layer: LAYER, depth: DEPTH, training: TRAINING } as unknown as Readonly<
  Record<Spec['experiment'], Experiment>
>;

/** What a plan is to do. */
export function experimentOf({ spec }: { readonly spec: Pick<Spec, 'experiment'> }): Experiment {
  return EXPERIMENTS[spec.experiment];
}

/** The plan of a sweep of any experiment. */
export function planOf(spec: Spec, datasets?: Datasets): Plan {
  return experimentOf({ spec }).plan(spec, datasets);
}
