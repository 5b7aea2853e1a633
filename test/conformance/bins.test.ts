import { describe, expect, it } from 'vitest';
import { estimateEnsemble, QUANTILES } from '../../src/derive/ensemble.ts';
import { saturatedSet, saturatedShare } from '../../src/derive/saturation.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { resolveActivation } from '../../src/model/activations.ts';
import type { Estimate } from '../../src/stats/jackknife.ts';
import { columnTotals, POWER_SUMS } from '../../src/stats/moments.ts';
import { type Ensemble, sampleOf } from '../support/derived.ts';
import { sampler } from '../support/jobs.ts';

const kernel = new WasmKernel();

const ENSEMBLES: Readonly<Record<string, Ensemble>> = {
  'uniform × normal, n = 64': { weights: sampler('uniform'), inputs: sampler('normal'), fanIn: 64, side: 8 },
  'constant × exponential, n = 4': {
    weights: sampler('constant'),
    inputs: { ...sampler('exponential'), shift: -1 },
    fanIn: 4,
  },
  'sign × rademacher, n = 33': { weights: sampler('sign'), inputs: sampler('sign'), fanIn: 33 },
};

const SATURATING = [
  ['logistic', 2],
  ['tanh', 0.5],
  ['gelu', 2],
] as const;

describe.each(Object.entries(ENSEMBLES))('the bins of %s', (name, ensemble) => {
  const { records, values } = sampleOf(kernel, ensemble);
  const { skewness, excess, quantiles, cdf, merged } = estimateEnsemble(kernel, records, 0);
  const z = Float64Array.from(values.flatMap((block) => [...block])).sort();
  const meanOf = (of: (z: number) => number) => z.reduce((sum, value) => sum + of(value), 0) / z.length;

  it('give Σz³ and Σz⁴ to 1e-6 relative', () => {
    const totals = columnTotals(merged.powers, POWER_SUMS);
    for (const k of [3, 4]) {
      const size = meanOf((x) => Math.abs(x) ** k);
      expect(Math.abs((totals[k] as number) / z.length - meanOf((x) => x ** k))).toBeLessThanOrEqual(1e-6 * size);
    }
  });

  it('give skewness and kurtosis to 1e-6 relative, or to 1e-3 mcse', () => {
    const mean = meanOf((x) => x);
    const [m2, m3, m4] = [2, 3, 4].map((k) => meanOf((x) => (x - mean) ** k)) as [number, number, number];
    const off = ({ value, mcse }: Estimate, truth: number) =>
      Math.abs((value as number) - truth) / Math.max(1e-6 * Math.abs(truth), 1e-3 * (mcse as number));
    expect(off(skewness, m3 / m2 ** 1.5)).toBeLessThanOrEqual(1);
    expect(off(excess, m4 / m2 ** 2 - 3)).toBeLessThanOrEqual(1);
  });

  // Where in their bin the values lie that a quantile or a threshold cuts apart, is known from its mean alone.
  it('give quantiles to half an error, and to less than half a bin', () => {
    QUANTILES.forEach((p, i) => {
      const { value, mcse } = quantiles[i] as { value: number; mcse: number };
      const truth = z[Math.ceil(p * z.length) - 1] as number;
      expect(Math.abs(value - truth)).toBeLessThanOrEqual(0.5 * mcse);
      // Negative control.
      if (p !== 0.5) expect(Math.abs(value * (1 + 1 / 32) - truth)).toBeGreaterThan(0.5 * mcse);
    });
  });

  it.each(SATURATING)('give the share in which %s is saturated at β = %d to half an error', (kind, beta) => {
    const set = saturatedSet(resolveActivation({ kind, params: {} }), 0.1);
    const truth = meanOf((x) => (set.includes(beta * x) ? 1 : 0));
    const error = Math.sqrt((truth * (1 - truth)) / z.length);
    const off = (factor: number) => Math.abs(saturatedShare(set, factor, 0, cdf) - truth);
    expect(off(beta)).toBeLessThanOrEqual(0.5 * error + 1e-15);
    if (!name.startsWith('sign')) expect(off(beta * (1 + 1 / 32))).toBeGreaterThan(0.5 * error);
  });
});
