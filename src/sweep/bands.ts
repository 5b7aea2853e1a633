import { COLUMNS, KERNEL_VERSION, type LayerJob, SIDES } from '../kernel/kernel.ts';
import { centredSampler } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { InputSpec } from '../model/spec.ts';
import type { Sampler } from '../random/sampler.ts';
import { blockStream, type StreamIdentity } from '../random/stream.ts';
import { writeRecord, zeroTally } from '../stats/record.ts';
import type { Band } from './band.ts';
import { blockCost } from './cost.ts';
import type { Group } from './groups.ts';
import { inputId } from './input-id.ts';
import { type SweepPlan, seedOf, seedsOf } from './plan.ts';

/** What a layer side, its `id`, simulates for a group: one pair for each of the kernel's job. */
export interface LayerBand extends Band {
  readonly job: LayerJob;
  readonly streams: readonly Pick<StreamIdentity, 'role' | 'id'>[];
}

/** The bands of a group, by ascending side. Weights that are all zero need no simulation and belong to none. */
export function bandsOf(plan: SweepPlan, group: Group): LayerBand[] {
  return SIDES.map((side) => bandOf(plan, group, side)).filter((band) => band.pairs.length > 0);
}

export function bandOf(plan: SweepPlan, group: Group, side: number): LayerBand {
  const samplers: Sampler[] = [];
  const streams: LayerBand['streams'][number][] = [];
  const known = new Map<Sampler, number>();
  const add = (sampler: Sampler, stream: LayerBand['streams'][number]): number => {
    const at = known.get(sampler) ?? samplers.length;
    if (at === samplers.length) {
      known.set(sampler, at);
      samplers.push(sampler);
      streams.push(stream);
    }
    return at;
  };
  const pairs: LayerBand['pairs'][number][] = [];
  const jobPairs: LayerJob['pairs'][number][] = [];
  plan.shapes.forEach((shape, s) => {
    if (shape.kind === 'zero') return;
    for (let i = group.inputs[0]; i < group.inputs[1]; i++) {
      const fanIns: number[] = [];
      for (let f = group.fanIns[0]; f < group.fanIns[1]; f++) if (plan.sides[s]?.[i]?.[f] === side) fanIns.push(f);
      if (fanIns.length === 0) continue;
      const input = plan.inputs[i] as Input;
      pairs.push({ shape: s, input: i, fanIns });
      jobPairs.push({
        weights: add(shape.sampler, { role: 'weights', id: shape.kind }),
        inputs: add(centredSampler(shape, input), {
          role: 'inputs',
          id: inputId(plan.spec.inputs[i] as InputSpec),
        }),
        orthogonal: shape.kind === 'orthogonal',
        // Levels of an axis may stand in any order; the kernel reads them off upwards.
        fanIns: fanIns.map((f) => plan.spec.fanIn[f] as number).sort((a, b) => a - b),
      });
    }
  });
  const job = { side, panels: plan.blockSamples / (COLUMNS * side), samplers, pairs: jobPairs };
  return { id: side, cost: blockCost(job), job, pairs, streams };
}

/** The tally that every block of weights that are all zero has. */
export function zeroRecord(plan: SweepPlan): Uint8Array {
  return writeRecord(zeroTally(plan.blockSamples));
}

/** The keys of a block's streams, in the order of the band's samplers. */
export function blockKeys(plan: SweepPlan, band: LayerBand): (block: number) => Uint32Array[] {
  const streams = new Map(
    seedsOf(plan.spec).map(({ seed }) => [
      seed,
      band.streams.map((stream) => blockStream({ kernel: KERNEL_VERSION, seed, band: band.id, ...stream })),
    ]),
  );
  return (block) => {
    const own = seedOf(plan.spec, block);
    return (streams.get(own.seed) ?? []).map((stream) => stream(own.block));
  };
}
