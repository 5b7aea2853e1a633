/** One estimated statistic of a cell: the source of its table columns, its documentation and its tests. */
export interface Statistic {
  readonly name: string;
  readonly description: string;
  readonly formula: string;
  readonly unit: string;
  /** Whether a Monte Carlo standard error is defined. */
  readonly mcse: boolean;
  /** Whether some cells have a theory. */
  readonly theory: boolean;
  /** Whether it is a share in [0, 1], which gets an upper limit where events are rare. */
  readonly fraction: boolean;
  /** Whether an error relative to the value means anything: not where the truth is 0 or tends to it. */
  readonly relative: boolean;
}

const z = { unit: 'units of z', mcse: true, theory: true, fraction: false, relative: true } as const;
const free = { ...z, unit: '1' } as const;

export const STATISTICS = [
  {
    ...z,
    name: 'z_mean',
    description: 'Mean of the pre-activation',
    formula: 'E z, z = Σ w_i x_i',
    relative: false,
  },
  {
    ...z,
    name: 'z_var',
    description: 'Variance of the pre-activation',
    formula: 'E (z − E z)²',
    unit: '(units of z)²',
  },
  {
    ...free,
    name: 'z_skew',
    description: 'Skewness of the pre-activation',
    formula: 'E (z − E z)³ / Var(z)^1.5',
    relative: false,
  },
  {
    ...free,
    name: 'z_kurt',
    description: 'Excess kurtosis of the pre-activation',
    formula: 'E (z − E z)⁴ / Var(z)² − 3',
    relative: false,
  },
  { ...z, name: 'z_p01', description: '1st percentile of the pre-activation', formula: 'Q(0.01)' },
  { ...z, name: 'z_p05', description: '5th percentile of the pre-activation', formula: 'Q(0.05)' },
  { ...z, name: 'z_p50', description: 'Median of the pre-activation', formula: 'Q(0.50)', relative: false },
  { ...z, name: 'z_p95', description: '95th percentile of the pre-activation', formula: 'Q(0.95)' },
  { ...z, name: 'z_p99', description: '99th percentile of the pre-activation', formula: 'Q(0.99)' },
  {
    ...z,
    name: 'z_absmax',
    description: 'Largest absolute pre-activation seen: an extreme of the sample, without error or theory',
    formula: 'max |z|',
    mcse: false,
    theory: false,
    relative: false,
  },
  { ...free, name: 'a_mean', description: 'Mean of the activation', formula: 'E g(βz)' },
  { ...free, name: 'a_var', description: 'Variance of the activation', formula: 'Var g(βz)' },
  { ...free, name: 'd_mean', description: 'Mean derivative of the activation in z, β included', formula: 'E β·g′(βz)' },
  { ...free, name: 'd_sq_mean', description: 'Mean squared derivative', formula: 'E (β·g′(βz))²' },
  {
    ...free,
    name: 'saturated',
    description: 'Share of pre-activations whose |derivative| is under the threshold share of its largest value',
    formula: 'P(|g′(βz)| < ε·max|g′|), ε = saturation of the config (0.1 by default)',
    fraction: true,
  },
  {
    ...free,
    name: 'chi_forward',
    description: 'Gain of the variance of small changes through the layer, forward',
    formula: 'fan_in·Var(w)·E (β·g′(βz))²',
  },
  {
    ...free,
    name: 'chi_backward',
    description: 'Gain of the gradient variance through the layer, backward',
    formula: 'fan_out·Var(w)·E (β·g′(βz))²',
  },
] as const satisfies readonly Statistic[];

export type StatisticName = (typeof STATISTICS)[number]['name'];

/** Where a theory comes from: exact at this fan-in, or the large-n limit. The order is the code in the tables. */
export const THEORY_KINDS = ['exact', 'gaussian'] as const;
/** Why an error or z-score is missing or to be distrusted. The order is the code in the tables. */
export const NOTES = ['unreliable', 'infinite', 'rare', 'degenerate'] as const;
