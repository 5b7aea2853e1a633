import { it } from 'vitest';
import { BinnedCdf } from '../../../src/stats/cdf.ts';
import { woodruff } from '../../../src/stats/quantiles.ts';
import { intervalFactor } from '../../../src/stats/holm.ts';
import { jackknifeError } from '../../../src/stats/jackknife.ts';
import { mergeTallies } from '../../../src/stats/histogram.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';
const Q: Record<number, number> = { 0.01: -2.3263478740408408, 0.5: 0, 0.05: -1.6448536269514722 };
it('probe', () => {
  const t = intervalFactor(64);
  for (const size of [16, 64, 256]) {
    const reps = 1500;
    const hit: Record<string, number> = {};
    const start = performance.now();
    for (let s = 0; s < reps; s++) {
      const r = new TestRandom(1000 * size + s);
      const tallies = tallyBlocks(64, size, () => r.normal());
      const merged = BinnedCdf.ofTallies(tallies);
      const blocks = tallies.map((x) => BinnedCdf.ofTallies([x]));
      for (const p of [0.01, 0.05, 0.5]) {
        const w = woodruff(p, merged, blocks, t)!;
        if (w.low <= Q[p]! && Q[p]! <= w.high) hit[`w${p}`] = (hit[`w${p}`] ?? 0) + 1;
        if (Math.abs(w.value - Q[p]!) <= t * w.mcse) hit[`m${p}`] = (hit[`m${p}`] ?? 0) + 1;
        if (s < 500) {
        const shifts = Float64Array.from(tallies, (_, b) => BinnedCdf.ofTallies(tallies.filter((_, i) => i !== b)).quantile(p) - w.value);
        if (Math.abs(w.value - Q[p]!) <= t * jackknifeError(shifts)) hit[`j${p}`] = (hit[`j${p}`] ?? 0) + 3;
        }
      }
    }
    console.log(size, performance.now() - start, Object.fromEntries(Object.entries(hit).map(([k, v]) => [k, v / reps])));
  }
}, 600000);
