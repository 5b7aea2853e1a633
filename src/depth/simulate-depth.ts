import type { Kernel } from '../kernel/kernel.ts';
import { LAYER_SUMS, type NetworkJob, type NetworkResult, SUM } from '../kernel/network.ts';
import { log } from '../numeric/elementary.ts';
import { seedOf } from '../sweep/plan.ts';
import type { DepthCell, DepthPlan } from './depth-plan.ts';
import { depthRecordLength, JACOBIAN, LAYER_FIELDS, RECORD } from './layer-record.ts';
import { networkJob, networkKeys } from './network-job.ts';
import { jacobianSpectrum, NO_SPECTRUM } from './spectrum.ts';

/**
 * One block of one cell: {@link DepthPlan.blockSamples} random networks.
 *
 * @param beat called after every network
 * @returns its record, see `layer-record.ts`
 */
export function simulateDepth(
  kernel: Kernel,
  plan: DepthPlan,
  position: DepthCell & { readonly block: number },
  beat: () => void,
): Float64Array {
  const job = networkJob(plan, position);
  const simulate = kernel.networks(job);
  const own = seedOf(plan.spec, position.block);
  const keys = networkKeys(plan, position, own.seed)(own.block);
  const record = new Float64Array(depthRecordLength(plan.spec));
  for (let replicate = 0; replicate < plan.blockSamples; replicate++) {
    const { sums, jacobian } = simulate(keys, replicate);
    const lost = overflow(sums, job.depth);
    addLayers(record, job, sums, lost);
    if (jacobian !== null) addJacobian(record, job, jacobian, lost);
    beat();
  }
  // One bit pattern for what is no number, so that records are equal everywhere.
  return record.map((value) => (Number.isFinite(value) ? value : Number.NaN));
}

/** What comes back through the layers above. */
const BACKWARD: ReadonlySet<string> = new Set(['gradient', 'logGradient', 'weightGradient']);

/** The first layer whose pre-activations left single precision; `depth` where none did. What saturates hides it from later ones. */
function overflow(sums: Float64Array, depth: number): number {
  for (let layer = 0; layer < depth; layer++)
    if (!Number.isFinite(sums[layer * LAYER_SUMS + SUM.zSquare])) return layer;
  return depth;
}

/** @param lost see {@link overflow} */
function addLayers(record: Float64Array, { width, batch, depth }: NetworkJob, sums: Float64Array, lost: number): void {
  const values = width * batch;
  for (let layer = 0; layer < depth; layer++) {
    const sum = (name: keyof typeof SUM): number => sums[layer * LAYER_SUMS + SUM[name]] as number;
    const add = (name: keyof typeof RECORD, value: number): void => {
      const at = layer * LAYER_FIELDS + RECORD[name];
      const known = layer < lost && (lost === depth || !BACKWARD.has(name));
      record[at] = (record[at] as number) + (known ? value : Number.NaN);
    };
    for (const name of ['z', 'zSquare', 'a', 'aSquare', 'slopeSquare', 'saturated'] as const)
      add(name, sum(name) / values);
    add('zPairs', (2 * sum('zPairs')) / values);
    const gradient = sum('gradient') / values;
    add('gradient', scaled(gradient, 2 * sum('gradientExponent')));
    add('logGradient', log(gradient) + 2 * sum('gradientExponent') * Math.LN2);
    add('weightGradient', scaled(sum('weight') / (values * width), 2 * sum('weightExponent')));
  }
}

/** The singular values of a network whose layers overflowed are those of no matrix: NaN. */
function addJacobian(
  record: Float64Array,
  { width, depth }: NetworkJob,
  jacobian: NonNullable<NetworkResult['jacobian']>,
  lost: number,
) {
  const { largest, median, smallest, meanSquare } =
    lost < depth ? NO_SPECTRUM : jacobianSpectrum(jacobian.matrix, width, depth);
  const add = (name: keyof typeof JACOBIAN, value: number): void => {
    const at = depth * LAYER_FIELDS + JACOBIAN[name];
    record[at] = (record[at] as number) + value;
  };
  add('largest', scaled(largest, jacobian.exponent));
  add('meanSquare', scaled(meanSquare, 2 * jacobian.exponent));
  add('median', scaled(median ?? 0, jacobian.exponent));
  add('smallest', scaled(smallest ?? 0, jacobian.exponent));
  add('medians', median === null ? 0 : 1);
  add('smallests', smallest === null ? 0 : 1);
}

/** value·2^exponent in steps that leave no double's range before the result does. */
function scaled(value: number, exponent: number): number {
  let result = value;
  let rest = exponent;
  while (rest !== 0) {
    const step = Math.max(-1000, Math.min(1000, rest));
    result *= 2 ** step;
    rest -= step;
  }
  return result;
}
