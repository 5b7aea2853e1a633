import type { DepthSpec } from './depth-spec.ts';
import type { SweepSpec } from './spec.ts';
import type { TrainingSpec } from './training-spec.ts';

/** A validated, frozen sweep of any experiment: plain JSON with defaults filled in, axes expanded, aliases resolved. */
export type Spec = SweepSpec | DepthSpec | TrainingSpec;
