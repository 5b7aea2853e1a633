import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COLUMNS, KERNEL_VERSION } from '../../../src/kernel/kernel.ts';
import { streamKey } from '../../../src/random/stream.ts';
import { bandOf, bandsOf, blockKeys } from '../../../src/sweep/bands.ts';
import { type Group, groupsOf } from '../../../src/sweep/groups.ts';
import { blockSize } from '../../../src/sweep/plan.ts';
import { layerSide } from '../../../src/theory/inflation.ts';
import { scratch } from '../../support/cli.ts';
import { planOf, reseeded } from '../../support/direct-sweep.ts';
import { hex } from '../../support/kat.ts';

const plan = await planOf({
  fanIn: [300, 1, 16, 64, 129, 15, 512],
  inputs: [
    'normal',
    'lognormal',
    { kind: 'bernoulli', p: 0.3, standardize: false },
    { kind: 'equicorrelated', rho: 0.5 },
    { kind: 'student_t', df: 3 },
  ],
  initializers: ['standard_uniform', 'he_uniform', 'orthogonal', { kind: 'constant', value: -2 }, 'zeros', 'he_normal'],
  samples: 65_536,
});
const whole: Group = { inputs: [0, plan.inputs.length], fanIns: [0, plan.spec.fanIn.length], blocks: [0, plan.blocks] };

describe('bands', () => {
  it.each([6400, 600, 64])(
    'hold each (shape, input, fan-in) once, with the side of its layers (groups of %i)',
    (largest) => {
      const found = new Map<string, number>();
      for (const group of groupsOf(plan, [0, plan.blocks], largest))
        for (const { id: side, pairs, job } of bandsOf(plan, group)) {
          expect(job.side).toBe(side);
          pairs.forEach(({ shape, input, fanIns }, p) => {
            expect(job.pairs[p]?.fanIns).toEqual(fanIns.map((f) => plan.spec.fanIn[f] as number).sort((a, b) => a - b));
            for (const f of fanIns) {
              const key = `${shape} ${input} ${f}`;
              expect(found.has(key)).toBe(false);
              found.set(key, side);
            }
          });
        }
      plan.shapes.forEach((shape, s) => {
        plan.inputs.forEach((input, i) => {
          plan.spec.fanIn.forEach((fanIn, f) => {
            const expected =
              shape.kind === 'zero'
                ? undefined
                : layerSide(shape, input, fanIn, blockSize(plan.spec.samples, plan.spec.blocks).largestSide);
            expect(found.get(`${s} ${i} ${f}`)).toBe(expected);
          });
        });
      });
      expect(new Set(found.values()).size).toBeGreaterThan(3);
    },
  );

  it('name each sampler once, its stream beside it, and divide a block into whole panels', () => {
    for (const { id: side, job, streams, pairs } of bandsOf(plan, whole)) {
      expect(streams).toHaveLength(job.samplers.length);
      expect(job.panels * COLUMNS * side).toBe(plan.blockSamples);
      expect(new Set(job.samplers.map((s, i) => JSON.stringify([s, streams[i]]))).size).toBe(job.samplers.length);
      job.pairs.forEach(({ weights, inputs, orthogonal }, p) => {
        const { shape, input } = pairs[p] as (typeof pairs)[number];
        expect(streams[weights]).toEqual({ role: 'weights', id: plan.shapes[shape]?.kind });
        expect(streams[inputs]).toMatchObject({ role: 'inputs', id: { kind: plan.spec.inputs[input]?.kind } });
        expect(orthogonal).toBe(plan.shapes[shape]?.kind === 'orthogonal');
      });
    }
  });

  it('centre what constant weights see, from the same stream as the others', () => {
    const { job, pairs, streams } = bandOf(plan, whole, 1);
    const bernoulli = pairs.flatMap(({ shape, input }, p) => (input === 2 ? [{ shape, pair: job.pairs[p] }] : []));
    const shifts = bernoulli.map(({ shape, pair }) => [
      plan.shapes[shape]?.kind,
      job.samplers[pair?.inputs as number]?.shift,
    ]);
    expect(shifts).toContainEqual(['constant', -0.3]);
    expect(shifts.filter(([kind]) => kind !== 'constant').every(([, shift]) => shift === 0)).toBe(true);
    const ids = bernoulli.map(({ pair }) => JSON.stringify(streams[pair?.inputs as number]));
    expect(new Set(ids).size).toBe(1);
  });

  it('centre whole rows by the means of their columns', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'rows.csv'), 'a,b,c\n1,-5,1000\n3,-6,1003');
    const rows = { kind: 'empirical', file: join(folder, 'rows.csv'), draw: 'rows', standardize: false };
    const own = await planOf({ fanIn: [3], inputs: [rows], initializers: ['ones', 'he_normal'] });
    const { job, streams } = bandOf(own, { inputs: [0, 1], fanIns: [0, 1], blocks: [0, 1] }, 1);
    const [constant, random] = job.pairs.map(({ inputs }) => [job.samplers[inputs]?.table, streams[inputs]]);
    expect(constant?.[0]).toEqual(Float32Array.of(-1, 0.5, -1.5, 1, -0.5, 1.5));
    expect(random?.[0]).toEqual(Float32Array.of(1, -5, 1000, 3, -6, 1003));
    expect(constant?.[1]).toEqual(random?.[1]);
  });

  it('give every block, band and seed its own keys', () => {
    const keys = new Set<string>();
    let count = 0;
    for (const seed of ['initsweep', 'another'])
      for (const band of bandsOf(plan, whole))
        for (const block of [0, 1, 63]) {
          const own = blockKeys(reseeded(plan, seed), band)(block);
          // Centred inputs share the stream of the others: one key for each stream, not for each sampler.
          count += new Set(band.streams.map((stream) => JSON.stringify(stream))).size;
          own.forEach((key, s) => {
            const { role, id } = band.streams[s] as (typeof band.streams)[number];
            expect(hex(key)).toBe(hex(streamKey({ kernel: KERNEL_VERSION, seed, role, id, band: band.id, block })));
            keys.add(hex(key));
          });
        }
    expect(keys.size).toBe(count);
  });
});
