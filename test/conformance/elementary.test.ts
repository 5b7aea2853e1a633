import { describe, expect, it } from 'vitest';
import { ACTIVATION_CODES, ACTIVATIONS, type ActivationKind } from '../../src/model/activations.ts';
import { expm1, logistic } from '../../src/numeric/elementary.ts';
import { erf } from '../../src/numeric/special.ts';
import { evaluate } from '../support/evaluate.ts';
import { TestRandom } from '../support/random.ts';
import { KNOWN_ANSWERS } from '../unit/numeric/known-answers.ts';

type Name = (typeof ACTIVATION_CODES)[number];

/** Arguments of all sizes, both signs, and the ends of exp's range. */
const random = new TestRandom(1);
const POINTS = [
  ...[1e-9, 0.01, 1, 5, 40, 750].flatMap((size) =>
    Array.from({ length: 5000 }, () => size * (2 * random.uniform() - 1)),
  ),
  ...[0, 1e-300, 0.5, 1, 700, 708, 709, 710, 1000].flatMap((u) => [u, -u]),
];

/** Points at which `got` is not `want` to the bit (0 and −0 are one). */
function different(got: Float64Array, want: (u: number) => number, points = POINTS): number[] {
  return points.filter((u, i) => got[i] !== want(u));
}

/** Points at which `got` is farther from `want` than `abs` and than `rel` of it. */
function far(got: Float64Array, want: (u: number) => number, abs: number, rel: number): number[] {
  return POINTS.filter((u, i) => {
    const error = Math.abs((got[i] as number) - want(u));
    return !(error <= abs || error <= rel * Math.abs(want(u)));
  });
}

describe('the kernel’s double-precision functions are src/numeric to the bit', () => {
  it('erf', () => {
    expect(different(evaluate('erf', POINTS).g, erf)).toEqual([]);
  });

  it('exp, as the derivative of erf', () => {
    const slope = (ACTIVATIONS.find(({ name }) => name === 'erf') as ActivationKind).derivative;
    expect(different(evaluate('erf', POINTS).d, (u) => slope(u, 0))).toEqual([]);
  });

  it('expm1, as elu left of 0', () => {
    expect(different(evaluate('elu', POINTS, 1).g, (u) => (u > 0 ? u : expm1(u)))).toEqual([]);
  });

  it('logistic right of 0', () => {
    const points = POINTS.map(Math.abs);
    expect(different(evaluate('logistic', points).g, logistic, points)).toEqual([]);
  });

  it('identity, relu and leaky_relu', () => {
    expect(different(evaluate('identity', POINTS).g, (u) => u)).toEqual([]);
    expect(different(evaluate('relu', POINTS).g, (u) => Math.max(u, 0))).toEqual([]);
    expect(different(evaluate('leaky_relu', POINTS, 0.01).g, (u) => (u > 0 ? u : 0.01 * u))).toEqual([]);
    expect(different(evaluate('relu', POINTS).d, (u) => (u > 0 ? 1 : 0))).toEqual([]);
  });

  it('erfc, as gelu and its derivative', () => {
    const { value, derivative } = ACTIVATIONS.find(({ name }) => name === 'gelu') as ActivationKind;
    const { g, d } = evaluate('gelu', POINTS);
    expect(different(g, (u) => value(u, 0))).toEqual([]);
    expect(different(d, (u) => derivative(u, 0))).toEqual([]);
  });

  it('would notice one unit in the last place (negative control)', () => {
    const off = evaluate('erf', POINTS).g.map((y) => y * (1 + 2 ** -52));
    expect(different(off, erf).length).toBeGreaterThan(POINTS.length / 2);
  });
});

/**
 * What an answer may be off: within `rel` of the value, or within `abs`. An absolute bound stands where g′ of silu crosses 0; exp below
 * −708 is 0 on one side and the least normal double on the other.
 */
const FLUSHED = 1e-300;
const BOUNDS: Readonly<Record<Name, { g: [abs: number, rel: number]; d: [abs: number, rel: number] }>> = {
  identity: { g: [0, 0], d: [0, 0] },
  logistic: { g: [FLUSHED, 1e-15], d: [FLUSHED, 1e-15] },
  tanh: { g: [0, 1e-15], d: [FLUSHED, 1e-15] },
  relu: { g: [0, 0], d: [0, 0] },
  leaky_relu: { g: [0, 0], d: [0, 0] },
  elu: { g: [0, 0], d: [FLUSHED, 1e-15] },
  gelu: { g: [0, 0], d: [0, 0] },
  silu: { g: [FLUSHED, 1e-15], d: [5e-16, 1e-15] },
  softplus: { g: [FLUSHED, 2e-15], d: [FLUSHED, 1e-15] },
  erf: { g: [0, 0], d: [0, 0] },
};

describe.each(ACTIVATION_CODES)('%s', (name) => {
  const entry = ACTIVATIONS.find((activation) => activation.name === name) as ActivationKind;
  const param = entry.parameters[0]?.default ?? 0;
  const { g, d } = evaluate(name, POINTS, param);

  it('has the value of src/model', () => {
    expect(far(g, (u) => entry.value(u, param), ...BOUNDS[name].g)).toEqual([]);
  });

  it('has the derivative of src/model', () => {
    expect(far(d, (u) => entry.derivative(u, param), ...BOUNDS[name].d)).toEqual([]);
  });

  it('would notice an error of 1e-14 (negative control)', () => {
    const off = g.map((y) => y * (1 + 1e-14) + 1e-14);
    expect(far(off, (u) => entry.value(u, param), ...BOUNDS[name].g).length).toBeGreaterThan(POINTS.length / 4);
  });
});

describe('known answers of 60-digit arithmetic', () => {
  const answers = (name: string) => KNOWN_ANSWERS.filter((answer) => answer.name === name);

  it.each([
    ['erf', 'erf', () => true],
    ['tanh', 'tanh', () => true],
    ['logistic', 'logistic', () => true],
    ['expm1', 'elu', (u: number) => u <= 0],
    ['normalCdf', 'gelu', (u: number) => u !== 0],
  ] as const)('%s', (name, activation, within) => {
    const wanted = answers(name).filter(({ args }) => within(args[0] as number));
    const { g } = evaluate(
      activation,
      wanted.map(({ args }) => args[0] as number),
      1,
    );
    const off = wanted.filter(({ args, value }, i) => {
      // gelu is u·Φ(u); rounding u/√2 moves a tail like e^(−u²/2) by u² times as much.
      const [u, times] = [args[0] as number, activation === 'gelu' ? (args[0] as number) : 1];
      const share = activation === 'gelu' ? 6e-16 + 2.3e-16 * u * u : 6e-16;
      return Math.abs((g[i] as number) - times * value) > Math.max(1e-307, share * Math.abs(times * value));
    });
    expect(off).toEqual([]);
    expect(wanted.length).toBeGreaterThanOrEqual(15);
  });
});
