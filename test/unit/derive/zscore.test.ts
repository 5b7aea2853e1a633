import { expect, it } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { STATISTICS } from '../../../src/stats/statistics.ts';
import { planOf, simulateDirectly } from '../../support/direct-sweep.ts';

it('a z-score of the table is (value − theory)/mcse of the same row, to the bit', async () => {
  const plan = await planOf({
    ...{ samples: 32_768, blocks: 64, seed: 'z-scores', fanIn: [8] },
    inputs: ['normal', 'rademacher'],
    initializers: ['ones', { kind: 'sign', std: 0.3 }, 'zeros'],
    activations: ['logistic', 'relu'],
    beta: [0.01, 1],
  });
  const sweep = simulateDirectly(new WasmKernel(), plan);
  const seen = new Set<string>();
  for (const input of [0, 1]) {
    const rows = sweep.rows(input, 0);
    for (let row = 0; row < rows.rows; row++)
      for (const { name } of STATISTICS) {
        const { value, mcse, theory, zscore, note } = rows.entry(name, row);
        if (zscore === null) continue;
        const quotient = ((value as number) - (theory as number)) / (mcse as number);
        expect(zscore, `${name}, row ${row}`).toBe(note === 'degenerate' ? 0 : quotient);
        seen.add(name);
      }
  }
  for (const name of ['z_mean', 'z_var', 'z_p50', 'a_mean', 'd_sq_mean', 'saturated']) expect(seen).toContain(name);
});
