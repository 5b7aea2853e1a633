import type { SamplerKind } from '../random/sampler.ts';
import type { DepthCell, DepthPlan } from './depth-plan.ts';
import { partsOf } from './network-job.ts';

// Nanoseconds as measured on an EPYC; only their ratios matter for cutting tasks, and `plan` scales them by a quick calibration.

/** One multiplication and addition of a product. */
const PRODUCT = 0.05;
/** One weight drawn: uniforms and signs, and what is made from normals. */
const FAST_DRAW = 0.5;
const DRAW = 1.6;
/** One pre-activation: activation, sums, both ways. */
const VALUE = 9;
/** One multiplication of the singular values of a matrix, which takes some width³ of them. */
const SINGULAR = 5;

const FAST: readonly SamplerKind[] = ['constant', 'uniform', 'sign'];

/** Nanoseconds of one block of a cell. */
export function depthCost(plan: DepthPlan, cell: DepthCell): number {
  const { width, initializer } = partsOf(plan, cell);
  const { depth, batch, jacobian } = plan.spec;
  const square = width * width;
  const draw = FAST.includes(initializer.shape.sampler.kind) ? FAST_DRAW : DRAW;
  const layer = square * (draw + 2 * batch * PRODUCT) + width * batch * VALUE;
  const following = jacobian ? depth * square * width * PRODUCT + square * width * SINGULAR : 0;
  return plan.blockSamples * (depth * layer + following);
}
