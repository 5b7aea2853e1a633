import { describe, expect, it } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { normalCdf } from '../../../src/numeric/special.ts';
import { planOf, simulateDirectly, withSide } from '../../support/direct-sweep.ts';

const kernel = new WasmKernel();
const common = { samples: 32_768, blocks: 64, seed: 'facts', fanIn: [16], inputs: ['normal'] };

it('rows say what is behind them: the spread of a weight, pre-activations, layers, blocks', async () => {
  const plan = withSide(await planOf({ ...common, initializers: ['he_normal', { kind: 'constant', value: 3 }] }), 8);
  const rows = simulateDirectly(kernel, plan).rows(0, 0);
  const facts = (row: number) => ['weight_std', 'samples', 'replicates', 'blocks'].map((name) => rows.axis(name, row));
  expect(facts(0)).toEqual([expect.closeTo(Math.sqrt(2 / 16), 15), 32_768, 32_768 / 8 ** 2, 64]);
  expect(facts(1)).toEqual([0, 32_768, 32_768 / 8 ** 2, 64]);
});

describe('the share that is saturated', () => {
  const beta = 2;

  // Rows of an orthogonal matrix on normal inputs: z is exactly N(0, 1). The slope of the logistic is 1/(4·cosh²(u/2)).
  it.each([
    [0.1, {}],
    [0.01, { saturation: 0.01 }],
  ])('is of slopes under %d of the largest, as the config has it', async (threshold, key) => {
    const plan = await planOf({ ...common, ...key, initializers: ['orthogonal'], beta: [beta] });
    const { theory, zscore, kind } = simulateDirectly(kernel, plan).rows(0, 0).entry('saturated', 0);
    const end = (2 * Math.acosh(1 / Math.sqrt(threshold))) / beta;
    expect(kind).toBe('exact');
    expect(theory).toBeCloseTo(2 * normalCdf(-end), 9);
    // Beyond 5 of Student's t with 63 degrees of freedom in one of 2e5 seeds.
    expect(Math.abs(zscore as number)).toBeLessThan(5);
  });
});
