import { beforeAll, describe, expect, it } from 'vitest';
import { ANSWER, type Functional, type Kernel } from '../../../src/kernel/kernel.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { ACTIVATION_CODES } from '../../../src/model/activations.ts';
import { verifyRun } from '../../../src/run/verify.ts';
import type { SweepPlan } from '../../../src/sweep/plan.ts';
import { estimatesOf } from '../../support/direct-estimates.ts';
import { type DirectSweep, directSweep, planOf, simulateDirectly } from '../../support/direct-sweep.ts';

const kernel = new WasmKernel();
let sweep: DirectSweep;

beforeAll(async () => {
  // Exactly Gaussian (constant × normal) and exactly binomial (sign × rademacher, constant × rademacher).
  sweep = simulateDirectly(
    kernel,
    await planOf({
      samples: 65_536,
      blocks: 64,
      seed: 'wrong simulation',
      fanIn: [3, 16],
      inputs: ['normal', 'rademacher'],
      initializers: ['ones', { kind: 'sign', std: 0.5 }],
      activations: ACTIVATION_CODES,
      beta: [0.5, 2],
    }),
  );
});

const kindAt = (plan: SweepPlan, cell: string | null) =>
  plan.activations.find(({ label }) => cell?.split(', ')[1] === label)?.kind;

/** What `verify` finds wrong in the table that such a kernel and plan make of the tallies: statistics and activations. */
function found(wrong: { kernel?: Kernel; plan?: SweepPlan }) {
  const { plan = sweep.plan } = wrong;
  const made = directSweep(wrong.kernel ?? kernel, plan, sweep.source);
  const { failures } = verifyRun({ plan, tallies: [], estimates: estimatesOf(made) });
  const distinct = (values: unknown[]) => [...new Set(values)].sort();
  return {
    statistics: distinct(failures.map(({ statistic }) => statistic)),
    activations: distinct(failures.map(({ cell }) => kindAt(plan, cell))),
    ensembles: distinct(failures.map(({ ensemble }) => ensemble)),
  };
}

/** A kernel that takes g, or g′, of one activation for `factor` times what it is, whatever it is asked. */
function withWrong(part: 'g' | 'g′', code: number, factor: number): Kernel {
  const [mean, square] = part === 'g' ? [0, 1] : [2, 3];
  const mistake = (functionals: readonly Functional[], answers: Float64Array) => {
    functionals.forEach((functional, i) => {
      if (functional.code !== code) return;
      for (const at of [mean, mean + 4]) (answers[ANSWER * i + at] as number) *= factor;
      for (const at of [square, square + 4]) (answers[ANSWER * i + at] as number) *= factor * factor;
    });
    return answers;
  };
  const wrong = Object.create(kernel) as Kernel;
  wrong.merge = (...args) => {
    const merged = kernel.merge(...args);
    return { ...merged, derive: (functionals) => mistake(functionals, merged.derive(functionals)) };
  };
  wrong.expectations = (points, weights, functionals) =>
    mistake(functionals, kernel.expectations(points, weights, functionals));
  return wrong;
}

describe('verify of a simulation with a wrong activation', () => {
  it('agrees as long as nothing is wrong', () => {
    expect(found({})).toEqual({ statistics: [], activations: [], ensembles: [] });
  });

  it.each(ACTIVATION_CODES.map((kind, code) => [kind, code] as const))('contradicts 1.3·g′ of %s', (kind, code) => {
    const { statistics, activations } = found({ kernel: withWrong('g′', code, 1.3) });
    expect(statistics).toEqual(['d_mean', 'd_sq_mean']);
    expect(activations).toEqual([kind]);
  });

  it.each(ACTIVATION_CODES.map((kind, code) => [kind, code] as const))('contradicts 1.05·g of %s', (kind, code) => {
    const { statistics, activations } = found({ kernel: withWrong('g', code, 1.05) });
    expect(statistics).toContain('a_var');
    expect(activations).toEqual([kind]);
  });

  it('contradicts intervals of saturation that are a third too far out', () => {
    const activations = sweep.plan.activations.map((activation) => ({
      ...activation,
      saturation: (epsilon: number) =>
        activation.saturation(epsilon).map(([from, to]) => [from * 1.33, to * 1.33] as const),
    }));
    const { statistics, activations: kinds } = found({ plan: { ...sweep.plan, activations } });
    expect(statistics).toEqual(['saturated']);
    // The ends of the others are at 0, or there are none.
    expect(kinds).toEqual(['elu', 'erf', 'gelu', 'logistic', 'silu', 'softplus', 'tanh']);
  });
});
