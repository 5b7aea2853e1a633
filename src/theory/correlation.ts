import type { Dependence } from '../model/inputs.ts';

/**
 * Σ_{i≠j} c_ij^power over the n components of an input, c the correlations: 0 for independent components, n(n − 1)ρ^p when
 * equicorrelated, 2·Σ_d (n − d)·φ^{pd} for AR(1). Null for whole rows of data, whose correlations are not recorded.
 */
export function pairSum(dependence: Dependence, n: number, power: 1 | 2): number | null {
  switch (dependence.kind) {
    case 'iid':
      return 0;
    case 'equicorrelated':
      return n * (n - 1) * raise(dependence.rho, power);
    case 'ar1':
      return 2 * geometricPairs(raise(dependence.phi, power), n);
    case 'rows':
      return null;
  }
}

function raise(x: number, power: 1 | 2): number {
  return power === 2 ? x * x : x;
}

/** Σ_{d=1}^{n−1} (n − d)·q^d. A plain sum: the closed form cancels as q nears 1. */
function geometricPairs(q: number, n: number): number {
  let sum = 0;
  let power = q;
  for (let d = 1; d < n && Math.abs(power) > 1e-18; d++) {
    sum += (n - d) * power;
    power *= q;
  }
  return sum;
}
