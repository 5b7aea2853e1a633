import { beforeAll, describe, expect, it, vi } from 'vitest';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { STATISTICS } from '../../../src/stats/statistics.ts';
import { type DirectRows, type DirectSweep, type Entry, planOf, simulateDirectly } from '../../support/direct-sweep.ts';

const kernel = new WasmKernel();
const common = { samples: 32_768, blocks: 64, seed: 'rows' };

function expectClose(actual: number | null, expected: number | null, digits = 1e-12): void {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(digits * Math.abs(expected));
}

/** Value, error and theory of `a` are `factor` times those of `b`, and the z-score and note the same. */
function expectMultiple(a: Entry, b: Entry, factor: number): void {
  const times = (x: number | null) => (x === null ? null : factor * x);
  expectClose(a.value, times(b.value));
  expectClose(a.mcse, b.mcse === null ? null : Math.abs(factor) * b.mcse);
  expectClose(a.theory, times(b.theory));
  expectClose(a.zscore, b.zscore === null ? null : Math.sign(factor) * b.zscore, 1e-6);
  expect([a.kind, a.note]).toEqual([b.kind, b.note]);
}

describe('scale', () => {
  let rows: DirectRows;

  beforeAll(async () => {
    const plan = await planOf({
      ...common,
      fanIn: [16],
      inputs: ['exponential'],
      initializers: [
        { kind: 'normal', std: 1 },
        { kind: 'normal', std: 0.25 },
        { kind: 'constant', value: 1 },
        { kind: 'constant', value: -2 },
        'zeros',
      ],
      activations: ['logistic', 'relu'],
      beta: [1, 4],
    });
    rows = simulateDirectly(kernel, plan).rows(0, 0);
  });

  /** Row of (initializer, activation, slope), by position. */
  const at = (initializer: number, activation = 0, beta = 0) => (initializer * 2 + activation) * 2 + beta;
  const pair = (name: string, a: number, b: number) => [rows.entry(name, a), rows.entry(name, b)] as const;

  it('multiplies means and quantiles by s, the variance by s², and leaves the shape numbers', () => {
    for (const name of ['z_mean', 'z_p01', 'z_p05', 'z_p50', 'z_p95', 'z_p99', 'z_absmax'])
      expectMultiple(...pair(name, at(1), at(0)), 0.25);
    expectMultiple(...pair('z_var', at(1), at(0)), 0.0625);
    expectMultiple(...pair('z_skew', at(1), at(0)), 1);
    expectMultiple(...pair('z_kurt', at(1), at(0)), 1);
  });

  it('of −2 mirrors: quantiles change places, skewness and mean change signs', () => {
    expectMultiple(...pair('z_mean', at(3), at(2)), -2);
    expectMultiple(...pair('z_var', at(3), at(2)), 4);
    expectMultiple(...pair('z_skew', at(3), at(2)), -1);
    expectMultiple(...pair('z_kurt', at(3), at(2)), 1);
    for (const [low, high] of [
      ['z_p01', 'z_p99'],
      ['z_p05', 'z_p95'],
      ['z_p50', 'z_p50'],
    ] as const) {
      const [a, b] = [rows.entry(low, at(3)), rows.entry(high, at(2))];
      expectMultiple(a, b, -2);
    }
    expect(rows.entry('z_skew', at(2)).value).toBeGreaterThan(0.3);
    expect(rows.entry('z_p01', at(3)).value).toBeLessThan(rows.entry('z_p05', at(3)).value as number);
    // Sums of 16 exponentials of mean 0 and variance 1 that are turned over.
    expect(rows.entry('z_absmax', at(3)).value).toBeGreaterThan(2 * 8);
  });

  it('times β is all that an activation sees: std 0.25 under β = 4 is std 1 under β = 1', () => {
    for (const activation of [0, 1]) {
      const [a, b] = [at(1, activation, 1), at(0, activation, 0)];
      for (const name of ['a_mean', 'a_var', 'saturated']) expectMultiple(...pair(name, a, b), 1);
      expectMultiple(...pair('d_mean', a, b), 4);
      expectMultiple(...pair('d_sq_mean', a, b), 16);
      // fan_in·Var(w)·β²: 1/16 of the variance, 16 times β².
      expectMultiple(...pair('chi_forward', a, b), 1);
      expectMultiple(...pair('chi_backward', a, b), 1);
    }
    // Not so for another product.
    expect(rows.entry('a_var', at(1)).value).not.toBe(rows.entry('a_var', at(0)).value);
  });

  it('of 0 leaves z = 0: no shape numbers, g(0), and nothing random', () => {
    for (const name of ['z_mean', 'z_var', 'z_p01', 'z_p50', 'z_p99', 'z_absmax'])
      expect(rows.entry(name, at(4)).value).toBe(0);
    expect(rows.entry('z_skew', at(4)).value).toBeNull();
    expect(rows.entry('z_kurt', at(4)).value).toBeNull();
    expect(rows.entry('a_mean', at(4))).toMatchObject({ value: 0.5, mcse: 0, theory: 0.5, kind: 'exact', zscore: 0 });
    expect(rows.entry('a_var', at(4))).toMatchObject({ value: 0, mcse: 0, note: 'degenerate' });
    expect(rows.entry('d_mean', at(4, 0, 1)).value).toBe(1);
    expect(rows.entry('saturated', at(4, 1))).toMatchObject({ value: 1, mcse: 0, theory: 1, zscore: 0 });
    expect(rows.entry('chi_forward', at(4)).value).toBe(0);
    for (const { name } of STATISTICS) expect(rows.entry(name, at(4)).upper).toBeNull();
  });
});

describe('a point of a lattice on a kink', () => {
  const fanIns = [1, 2, 6, 30];
  let sweep: DirectSweep;

  beforeAll(async () => {
    const plan = await planOf({
      ...common,
      fanIn: fanIns,
      inputs: [0.7, 0.3, 0.05]
        .map((p) => ({ kind: 'bernoulli', p, standardize: false }))
        .concat([{ kind: 'bernoulli', p: 0.5, standardize: true } as never, { kind: 'constant', value: 0.7 } as never]),
      initializers: ['ones', { kind: 'constant', value: -0.3 }, { kind: 'sign', std: 1 }],
      activations: ['relu', 'leaky_relu', 'elu'],
      beta: [1],
    });
    sweep = simulateDirectly(kernel, plan);
  });

  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);

  it.each([
    [0.7, 0],
    [0.3, 1],
    [0.05, 2],
  ] as const)('no event among n Bernoulli(%d) inputs is z = 0', (p, input) => {
    fanIns.forEach((n, f) => {
      const rows = sweep.rows(input, f);
      const none = (1 - p) ** n;
      // 32,768 draws: 5 standard errors.
      const tolerance = 5 * Math.sqrt((none * (1 - none)) / 32_768) + 2e-5;
      const [relu, leaky] = [0, 1].map((row) => rows.entry('d_mean', row)) as [Entry, Entry];
      expectClose(relu.theory, 1 - none, 1e-9);
      expect(Math.abs((relu.value as number) - (1 - none))).toBeLessThan(tolerance);
      // Negative control: z = 0 as an active one.
      if (n === 1) expect(Math.abs((relu.value as number) - 1)).toBeGreaterThan(tolerance);
      expectClose(leaky.theory, 1 - none + 0.01 * none, 1e-9);
      expect(Math.abs((leaky.value as number) - 1 + 0.99 * none)).toBeLessThan(tolerance);
      expect(Math.abs((rows.entry('saturated', 0).value as number) - none)).toBeLessThan(tolerance);
      // Negative weights: u ≤ 0 always.
      expect(rows.entry('d_mean', 3).value).toBe(0);
      expect(rows.entry('saturated', 3).value).toBe(1);
      expectClose(rows.entry('a_mean', 0).theory, n * p, 1e-5);
    });
  });

  it.each([
    ['±1', 3],
    ['0.7, which singles do not hold', 4],
  ] as const)('signs that cancel on %s are z = 0', (_, input) => {
    fanIns.forEach((n, f) => {
      const rows = sweep.rows(input, f);
      const middle = n % 2 === 0 ? choose(n, n / 2) / 2 ** n : 0;
      const { value, theory, zscore } = rows.entry('d_mean', 6);
      expectClose(theory, 0.5 - middle / 2, 1e-9);
      expect(Math.abs((value as number) - 0.5 + middle / 2)).toBeLessThan(0.05);
      // Negative control: half of the zeros as active ones.
      if (n % 2 === 0) expect(Math.abs((value as number) - 0.5)).toBeGreaterThan(0.05);
      expect(Math.abs(zscore as number)).toBeLessThan(5);
      expect(rows.entry('saturated', 6).theory).toBeCloseTo(0.5 + middle / 2, 9);
      // Moving z a little changes nothing else.
      expect(Math.abs(rows.entry('a_mean', 6).zscore as number)).toBeLessThan(5);
    });
  });
});

describe('activations of a z that constant weights carry far from 0', () => {
  it('have no z-scores where a few values that the sample may lack make up the expectation', async () => {
    const plan = await planOf({
      ...common,
      fanIn: [1, 100],
      inputs: [
        { kind: 'bernoulli', p: 0.7, standardize: false },
        { kind: 'normal', mean: 1, std: 0.5, standardize: false },
      ],
      initializers: [{ kind: 'constant', value: -0.5 }],
      activations: ['tanh', 'gelu', 'logistic'],
      beta: [0.7, 0.01],
    });
    const sweep = simulateDirectly(kernel, plan);
    for (const input of [0, 1]) {
      const [near, far] = [sweep.rows(input, 0), sweep.rows(input, 1)];
      for (const entry of [far.entry('d_sq_mean', 0), far.entry('d_mean', 2), far.entry('d_sq_mean', 4)])
        expect(entry).toMatchObject({ kind: 'exact', zscore: null, note: 'unreliable' });
      // A gentle slope keeps all of z in view, and so does a z near 0.
      for (const entry of [far.entry('d_sq_mean', 5), near.entry('d_sq_mean', 0), near.entry('a_var', 2)]) {
        expect(entry.note).toBeNull();
        expect(Math.abs(entry.zscore as number)).toBeLessThan(5);
      }
    }
  });
});

it('the mean of a z that rare values make up has no z-score, as its sample may lack them', async () => {
  const plan = await planOf({
    ...common,
    fanIn: [1],
    inputs: [1e-6, 0.1].map((p) => ({ kind: 'bernoulli', p })),
    initializers: ['ones'],
    activations: ['identity'],
    beta: [1],
  });
  const sweep = simulateDirectly(kernel, plan);
  expect(sweep.rows(0, 0).entry('z_mean', 0)).toMatchObject({ theory: 0, zscore: null, note: 'unreliable' });
  const often = sweep.rows(1, 0).entry('z_mean', 0);
  expect(often.note).toBeNull();
  expect(Math.abs(often.zscore as number)).toBeLessThan(5);
});

it('activations far left of 0 agree with their theory to a share of themselves', async () => {
  const plan = await planOf({
    ...common,
    fanIn: [1],
    inputs: [-6, -8.25, -8.4, -20].map((mean) => ({ kind: 'normal', mean, std: 1e-3, standardize: false })),
    initializers: ['ones'],
    activations: ['gelu', 'silu', 'softplus', 'elu'],
    beta: [1],
  });
  const sweep = simulateDirectly(kernel, plan);
  for (const input of plan.inputs.keys())
    for (let row = 0; row < 4; row++)
      for (const statistic of ['a_mean', 'd_mean', 'd_sq_mean']) {
        const { value, theory, zscore } = sweep.rows(input, 0).entry(statistic, row);
        expect(Math.abs(zscore as number), `${statistic}, ${input}, ${row}`).toBeLessThan(5);
        expect((value as number) / (theory as number)).toBeCloseTo(1, 3);
      }
});

describe('steep slopes of a z around 0', () => {
  it('are unreliable where few values make up the mean of g′, under an exact law and a limit', async () => {
    const plan = await planOf({
      ...common,
      fanIn: [256],
      inputs: ['rademacher', 'normal'],
      initializers: [
        { kind: 'normal', std: 1 },
        { kind: 'uniform', bound: 1 },
      ],
      activations: ['logistic', 'tanh', 'erf', 'relu'],
      beta: [0.1, 1000],
    });
    const sweep = simulateDirectly(kernel, plan);
    expect(sweep.rows(0, 0).entry('d_mean', 0).kind).toBe('exact');
    expect(sweep.rows(0, 0).entry('d_mean', 8).kind).toBe('gaussian');
    for (const rows of [sweep.rows(0, 0), sweep.rows(1, 0)])
      for (let row = 0; row < rows.rows; row += 2)
        for (const statistic of ['d_mean', 'd_sq_mean', 'chi_forward', 'a_mean']) {
          expect(rows.entry(statistic, row).note, `gentle, ${statistic}`).toBeNull();
          // A kink is as steep, but half of all z lie on either side; and so do the values of a step.
          const few = statistic !== 'a_mean' && row % 8 !== 6;
          expect(rows.entry(statistic, row + 1).note, `steep, ${statistic}`).toBe(few ? 'unreliable' : null);
        }
  });
});

describe('inputs with heavy tails', () => {
  let heavy: DirectSweep;
  const inputs = [1, 2, 4, 5].map((df) => ({ kind: 'student_t', df, standardize: false }));

  beforeAll(async () => {
    const plan = await planOf({
      ...common,
      fanIn: [4],
      inputs,
      initializers: ['standard_uniform'],
      activations: ['logistic', 'identity', 'tanh'],
    });
    heavy = simulateDirectly(kernel, plan);
  });

  const theoryOf = (input: number, statistic: string, row = 0) => heavy.rows(input, 0).entry(statistic, row).theory;

  it('leave a null in place of a theory that does not exist', () => {
    const known = inputs.map((_, i) => ['z_mean', 'z_var', 'z_kurt'].map((name) => theoryOf(i, name) !== null));
    expect(known).toEqual([
      [false, false, false],
      [false, false, false],
      [true, true, false],
      [true, true, true],
    ]);
    // Kurtosis 3·(df − 2)/(df − 4) = 9 of the input, 1.8 of the weight.
    expect(theoryOf(3, 'z_kurt')).toBeCloseTo((1.8 * 9 - 3) / 4, 12);
  });

  it('leave the error of a moment null and say so, where its own does not exist', () => {
    for (const [i, name] of [
      [0, 'z_mean'],
      [1, 'z_var'],
      [2, 'z_var'],
      [3, 'z_kurt'],
    ] as const)
      expect(heavy.rows(i, 0).entry(name, 0)).toMatchObject({ mcse: null, zscore: null, note: 'infinite' });
  });

  it('have the mean of a bounded odd activation by symmetry, but not that of an unbounded one without a variance', () => {
    for (const i of inputs.keys()) expect([theoryOf(i, 'a_mean', 0), theoryOf(i, 'a_mean', 2)]).toEqual([0.5, 0]);
    expect(inputs.map((_, i) => theoryOf(i, 'a_mean', 1))).toEqual([null, null, 0, 0]);
  });
});

it('asks the kernel once for what several fan-outs have in common', async () => {
  const plan = await planOf({
    ...common,
    ...{ fanIn: [16], fanOut: [8, 16, 64], inputs: ['rademacher'], initializers: ['sign', 'glorot_normal'] },
    ...{ activations: ['logistic', 'relu'], beta: [1, 4] },
  });
  const asked: number[] = [];
  const merge = kernel.merge.bind(kernel);
  const counting = vi.spyOn(kernel, 'merge').mockImplementation((...args) => {
    const merged = merge(...args);
    const derive: typeof merged.derive = (functionals) => {
      asked.push(functionals.length);
      return merged.derive(functionals);
    };
    return { ...merged, derive };
  });
  const rows = simulateDirectly(kernel, plan).rows(0, 0);
  counting.mockRestore();
  // Scales of the signs do not depend on the fan-out, those of Glorot do.
  expect(asked).toEqual([4, 12]);
  for (const fanOut of [1, 2]) expectMultiple(rows.entry('a_mean', fanOut * 8 + 3), rows.entry('a_mean', 3), 1);
});
