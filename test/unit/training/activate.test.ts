import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, resolveActivation } from '../../../src/model/activations.ts';
import { activate } from '../../../src/training/activate.ts';

/** Both signs, from the subnormal to the far tails. */
const POINTS = Float64Array.from(
  [0, 1e-310, 1e-20, 1e-8, 1e-3, 0.1, 0.3, 0.5, 1, 2, 5, 10, 18, 20, 37, 40, 100, 300].flatMap((u) => [u, -u]),
);

describe('activate', () => {
  it.each(ACTIVATIONS.map(({ name }) => name))('%s: values and derivatives of the registry, to 2 roundings', (name) => {
    const entry = ACTIVATIONS.find((activation) => activation.name === name);
    const params = Object.fromEntries((entry?.parameters ?? []).map((p) => [p.name, p.default ?? 1]));
    const activation = resolveActivation({ kind: name, params });
    for (const beta of [1, 0.5, 3]) {
      const [values, derivatives] = [new Float64Array(POINTS.length), new Float64Array(POINTS.length)];
      activate(activation, beta)(POINTS, values, derivatives, POINTS.length);
      POINTS.forEach((z, i) => {
        const [value, derivative] = [activation.value(beta * z), activation.derivative(beta * z)];
        // Relative, so that the tails count; 2⁻⁵¹ is four half-units in the last place.
        expect(Math.abs((values[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(2 ** -51 * Math.abs(value) + 1e-300);
        expect(Math.abs((derivatives[i] ?? Number.NaN) - derivative)).toBeLessThanOrEqual(
          2 ** -50 * Math.abs(derivative) + 1e-300,
        );
      });
    }
  });

  it('tanh is odd to the bit, and so logistic but for ½ to rounding; their derivatives are even to the bit', () => {
    for (const kind of ['tanh', 'logistic']) {
      const [values, derivatives] = [new Float64Array(POINTS.length), new Float64Array(POINTS.length)];
      activate(resolveActivation({ kind, params: {} }), 1.7)(POINTS, values, derivatives, POINTS.length);
      for (let i = 0; i < POINTS.length; i += 2) {
        const sum = (values[i] ?? Number.NaN) + (values[i + 1] ?? Number.NaN);
        if (kind === 'tanh') expect(sum).toBe(0);
        else expect(Math.abs(sum - 1)).toBeLessThanOrEqual(2 ** -52);
        expect(derivatives[i]).toBe(derivatives[i + 1]);
      }
    }
  });
});
