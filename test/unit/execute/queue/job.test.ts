import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../../../src/config/load.ts';
import {
  fieldOf,
  idOf,
  jobOf,
  mostBlocksOf,
  orderOf,
  type QueueJob,
  readJob,
} from '../../../../src/execute/queue/job.ts';
import type { SweepSpec } from '../../../../src/model/spec.ts';
import { cutBlocks } from '../../../../src/run/cutting.ts';
import { talliesOf } from '../../../../src/sweep/band.ts';
import { bandsOf } from '../../../../src/sweep/bands.ts';
import { groupsOf } from '../../../../src/sweep/groups.ts';
import { planSweep } from '../../../../src/sweep/plan.ts';
import { smallSweep } from '../../../support/small-sweep.ts';

const { spec, datasets } = await smallSweep();
const plan = planSweep(spec, datasets);
const [group] = groupsOf(plan);
if (group === undefined) throw new Error('no group');
const [band] = bandsOf(plan, group);
if (band === undefined) throw new Error('no band');
const task = { kind: 'simulate', group, band: band.id, firstBlock: 8, lastBlock: 16 } as const;
const job = jobOf(plan, { ...task, arena: new SharedArrayBuffer(8) });

describe('the job of a task', () => {
  it('is names and numbers, and read back as it was', () => {
    expect(readJob(JSON.parse(JSON.stringify(job)))).toEqual(job);
    expect(
      Object.values(job)
        .flat()
        .every((value) => ['string', 'number'].includes(typeof value)),
    ).toBe(true);
  });

  it('has an id that BullMQ takes, with its plan and its field', () => {
    expect(idOf(job)).toBe(`p${plan.hash}-${fieldOf(job)}`);
    expect(idOf(job)).toMatch(/^[a-z][\w-]*$/);
  });

  it('means the tallies of its blocks', () => {
    const order = orderOf(plan, job);
    expect(new Set(order?.positions.map(({ block }) => block))).toEqual(new Set([8, 9, 10, 11, 12, 13, 14, 15]));
    expect(order?.positions).toHaveLength(8 * band.pairs.reduce((sum, { fanIns }) => sum + fanIns.length, 0));
  });
});

describe('a job that is none', () => {
  it('is whatever is not exactly one', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(readJob(data)).toBeNull();
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('is one with anything wrong in it', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.double()),
      fc.object(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(job) as (keyof QueueJob)[])), anything, (key, value) => {
        const read = readJob({ ...job, [key]: value });
        // A number may happen to be a band, a text a version: then it is another job.
        expect(read === null || JSON.stringify(read[key]) === JSON.stringify(value)).toBe(true);
      }),
      { seed: 4, numRuns: 500 },
    );
    for (const wrong of [[0], [0, 1, 2], [3, 3], [4, 1], [-1, 2], [0.5, 2], ['0', 2], [0, Number.NaN], { 0: 0, 1: 2 }])
      expect(readJob({ ...job, blocks: wrong })).toBeNull();
    expect(readJob({ ...job, more: 1 })).toBeNull();
  });

  it('is one that asks for more than the plan has, or than a worker should do', () => {
    expect(orderOf(plan, { ...job, inputs: [0, plan.inputs.length + 1] })).toBeNull();
    expect(orderOf(plan, { ...job, fanIns: [0, spec.fanIn.length + 1] })).toBeNull();
    expect(orderOf(plan, { ...job, blocks: [0, plan.blocks + 1] })).toBeNull();
    expect(orderOf(plan, { ...job, band: 64 })).toBeNull();
    expect(orderOf({ ...plan, blocks: 1e9 }, { ...job, blocks: [0, 1e8] })).toBeNull();
  });
});

describe('the jobs of a coordinator', () => {
  it.each([
    // One fan-in of it is a group of 24,576 tallies: such a group is not cut.
    ['many small tallies', 262_144, 4096, undefined],
    ['tallies of 1 MB', 2 ** 26, 512, 2 ** 20],
  ])('are no larger than a worker takes them: %s', async (_, samples, blocks, tallyRoom) => {
    const initializers = ['he_normal', 'he_uniform', 'standard_uniform', 'lecun_normal', 'glorot_normal', 'orthogonal'];
    const config = { fanIn: [16, 64], inputs: ['normal'], initializers, activations: ['relu'], samples, blocks };
    const loaded = await sweepFromObject({ name: 'large', ...config }, { directory: '.' });
    const planned = planSweep(loaded.spec as SweepSpec, loaded.datasets);
    const large = { ...planned, tallyRoom: tallyRoom ?? planned.tallyRoom };
    for (const group of groupsOf(large)) {
      for (const band of bandsOf(large, group)) {
        const cuts = cutBlocks(group.blocks, band.cost, 1e15, mostBlocksOf(large, band));
        for (const [firstBlock, lastBlock] of cuts) {
          const task = { kind: 'simulate', group, band: band.id, firstBlock, lastBlock } as const;
          const job = jobOf(large, { ...task, arena: new SharedArrayBuffer(8) });
          expect(orderOf(large, job)?.positions).toHaveLength((lastBlock - firstBlock) * talliesOf(band));
        }
        expect(cuts.length > 1).toBe(tallyRoom !== undefined);
      }
    }
  });
});
