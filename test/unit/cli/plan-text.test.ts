import { describe, expect, it } from 'vitest';
import { planLines } from '../../../src/cli/plan-text.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const COST = { seconds: 3.21, memoryBytes: 150e6, tallyFileBytes: 64e6, estimateFileBytes: 12_500 };

describe('planLines', () => {
  it('says what will be done', async () => {
    const plan = planSweep((await smallSweep({ fanIn: [1, 2, 3, 4, 5, 16], fanOut: [8, 64], samples: 100_000 })).spec);
    expect(planLines(plan, COST, 1)).toEqual([
      `small (seed "unit", plan ${plan.hash.slice(0, 12)})`,
      '  cells      72 = 2 inputs × 6 fan-ins × 2 fan-outs × 3 initializers × 1 activation × 1 slope',
      '  ensembles  6 = 3 weight shapes (uniform, zero, normal) × 2 inputs',
      '  bands      layers of 1 × 1: fan-in 1 … 5 (4 ensembles)',
      '             layers of 8 × 8: fan-in 16 (4 ensembles)',
      '  blocks     64 of 2048 samples = 131072 a cell (100000 rounded up to whole blocks)',
      '  groups     1 group of tallies in memory at once',
      '  time       about 3.2 s with 1 thread (measured on a sample of the work)',
      '  memory     about 150 MB',
      '  files      tallies.arrow about 64.0 MB, estimates.arrow 12.5 kB',
    ]);
  });

  it('says where a sweep with a precision may stop', async () => {
    const precision = { statistic: 'z_var', relative: 0.02, minSamples: 8193, maxSamples: 40_000 };
    const plan = planSweep((await smallSweep({ precision })).spec);
    expect(planLines(plan, COST, 1)).toContain(
      '  precision  z_var to 2% of its value: begins with 64 blocks, may stop at 256, 512, 625; the costs are those of 64',
    );
  });

  it('says so when tallies do not fit in memory at once, and nothing of bands when nothing is simulated', async () => {
    const { spec } = await smallSweep({ fanIn: { from: 1, to: 300, step: 1 }, initializers: ['zeros'] });
    const lines = planLines(planSweep(spec), { ...COST, seconds: 7300 }, 16);
    expect(lines.join('\n')).not.toContain('layers of');
    expect(lines).toContain('  groups     6 groups of tallies in memory by turns');
    expect(lines).toContain('  time       about 2 h 2 min with 16 threads (measured on a sample of the work)');
  });
});
