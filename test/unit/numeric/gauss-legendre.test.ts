import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../../../src/numeric/gauss-legendre.ts';

function integrate(points: number, f: (x: number) => number): number {
  const { nodes, weights } = gaussLegendre(points);
  return nodes.reduce((sum, x, i) => sum + (weights[i] as number) * f(x), 0);
}

describe('gaussLegendre', () => {
  it('has the closed-form nodes and weights of 1, 2, 3 points', () => {
    expect([...gaussLegendre(1).nodes, ...gaussLegendre(1).weights]).toEqual([0, 2]);
    expect(gaussLegendre(2).nodes[1]).toBeCloseTo(1 / Math.sqrt(3), 15);
    expect(gaussLegendre(3).nodes[2]).toBeCloseTo(Math.sqrt(0.6), 15);
    expect(gaussLegendre(3).weights[1]).toBeCloseTo(8 / 9, 15);
  });

  it.each([4, 5, 15, 16, 32, 64])('integrates degree 2n − 1 exactly, and 2n not, with %i points', (points) => {
    for (let degree = 0; degree < 2 * points; degree += 2)
      expect(Math.abs(integrate(points, (x) => x ** degree) - 2 / (degree + 1))).toBeLessThan(4e-15);
    expect(integrate(points, (x) => x ** 3 + x)).toBeCloseTo(0, 15);
    if (points < 16)
      expect(Math.abs(integrate(points, (x) => x ** (2 * points)) - 2 / (2 * points + 1))).toBeGreaterThan(1e-10);
  });

  it('gives ascending, symmetric nodes', () => {
    const { nodes } = gaussLegendre(64);
    for (let i = 1; i < 64; i++) expect(nodes[i]).toBeGreaterThan(nodes[i - 1] as number);
    expect(nodes.map((x, i) => x + (nodes[63 - i] as number)).every((sum) => sum === 0)).toBe(true);
  });
});
