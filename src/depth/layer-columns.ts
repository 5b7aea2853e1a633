import { statisticColumns } from '../stats/columns.ts';
import { countColumn, type EstimateColumn, levelColumn, settingColumn } from '../stats/estimate-column.ts';
import type { Statistic } from '../stats/statistics.ts';

const measured = { unit: '1', mcse: true, theory: true, fraction: false, relative: true } as const;

/** The statistics of one layer. ℓ is a loss whose gradient at the output a_L is standard normal. */
export const LAYER_STATISTICS = [
  {
    ...measured,
    name: 'z_var',
    description: 'Variance of the pre-activation over networks, units and inputs',
    formula: 'E z_l² − (E z_l)², z_l = W_l a_{l−1} + b_l',
    unit: '(units of z)²',
  },
  { ...measured, name: 'a_mean', description: 'Mean of the activation', formula: 'E a_l, a_l = g(β z_l)' },
  {
    ...measured,
    name: 'a_var',
    description: 'Variance of the activation; null where it is lost in rounding',
    formula: 'E a_l² − (E a_l)²',
  },
  {
    ...measured,
    name: 'saturated',
    description: 'Share of pre-activations whose |derivative| is under the threshold share of its largest value',
    formula: 'P(|g′(β z_l)| < ε·max|g′|), ε = saturation of the config (0.1 by default)',
    fraction: true,
  },
  {
    ...measured,
    name: 'chi',
    description: 'Gain of the variance of a gradient from this layer to the one below',
    formula: 'n·E w²·E (β g′(β z_l))²',
  },
  {
    ...measured,
    name: 'grad_var',
    description:
      'Variance (mean square: the mean is 0) of the gradient with respect to the activation; null where a double cannot hold it',
    formula: 'E (∂ℓ/∂a_l)²; 1 at the output',
  },
  {
    ...measured,
    name: 'grad_log_var',
    description: 'Mean over networks of the logarithm of the gradient’s mean square in each; null where one is 0',
    formula: 'E ln mean (∂ℓ/∂a_l)²',
    relative: false,
  },
  {
    ...measured,
    name: 'weight_grad_rms',
    description:
      'Root mean square of the gradient with respect to a weight, of one input at a time; null where a double cannot hold its square',
    formula: '√E (∂ℓ/∂w)²: ‖∂ℓ/∂W_l‖² = ‖∂ℓ/∂z_l‖²·‖a_{l−1}‖²',
  },
  {
    ...measured,
    name: 'correlation',
    description: 'Correlation (about 0) of the pre-activations of the two inputs of a pair',
    formula: 'E z_l z_l′ / E z_l²',
    relative: false,
  },
  {
    ...measured,
    name: 'jac_max',
    description: 'Largest singular value of the Jacobian ∂a_L/∂x, mean over networks; last layer only',
    formula: 'E σ_max',
    theory: false,
  },
  {
    ...measured,
    name: 'jac_median',
    description: 'Median singular value, mean over networks; null where it is below rounding in one of them',
    formula: 'E σ_median',
    theory: false,
  },
  {
    ...measured,
    name: 'jac_min',
    description: 'Smallest singular value, mean over networks; null where it is below rounding in one of them',
    formula: 'E σ_min',
    theory: false,
  },
  {
    ...measured,
    name: 'jac_mean_sq',
    description: 'Mean square of the singular values; null where a double cannot hold it',
    formula: 'E ‖∂a_L/∂x‖²/n',
  },
] as const satisfies readonly Statistic[];

export type LayerStatistic = (typeof LAYER_STATISTICS)[number]['name'];

const AXES: readonly EstimateColumn[] = [
  levelColumn('initializer', 'Weight rule'),
  levelColumn('input', 'Distribution of the inputs x'),
  levelColumn('activation', 'Activation function g'),
  countColumn('width', 'u32', 'Units of every layer, and inputs', 'units'),
  countColumn('depth', 'u32', 'Layers of weights, L', 'layers'),
  countColumn('layer', 'u32', 'Layer l, from 1 next to the input to L', '1'),
  settingColumn('beta', 'Slope β of the activation g(βz)'),
  settingColumn('weight_std', 'Standard deviation of a weight', 'units of w'),
  countColumn('samples', 'u64', 'Pre-activations of a layer simulated: networks × width × batch', 'count'),
  countColumn('replicates', 'u64', 'Independent random networks', 'count'),
  countColumn('blocks', 'u32', 'Blocks behind the standard errors', 'count'),
];

const limit = (name: string, unit: string, description: string, formula: string): EstimateColumn => ({
  ...{ name, type: 'f64', nullable: true, unit, description, formula },
});

/** Where mean-field theory sees the network go with depth; the same in all its layers. */
const LIMITS: readonly EstimateColumn[] = [
  limit(
    'q_star',
    '(units of z)²',
    'Fixed point of the second moment of z; null where it grows without bound',
    'q* = σ_w² E g(β√q* u)² + σ_b²',
  ),
  limit(
    'chi_fixed',
    '1',
    'χ at the fixed point: below 1 gradients vanish, above they explode; null where q has none',
    'σ_w² E (β g′(β√q* u))²',
  ),
  limit(
    'depth_scale',
    'layers',
    'Layers over which a gradient’s variance changes by a factor e; null where q has no fixed point, or χ is 0 or 1',
    '1/|ln χ|',
  ),
  limit(
    'c_star',
    '1',
    'Correlation that two inputs end with; null where q has no fixed point, or it is 0, and where every correlation stays',
    'fixed point of the correlation map',
  ),
];

/** The columns of `layers.arrow`, in order. */
export const LAYER_COLUMNS: readonly EstimateColumn[] = [
  ...AXES,
  ...LAYER_STATISTICS.flatMap(statisticColumns),
  ...LIMITS,
];
