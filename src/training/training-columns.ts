import { OPTIMIZERS } from '../model/training-spec.ts';
import { statisticColumns } from '../stats/columns.ts';
import { countColumn, type EstimateColumn, levelColumn, settingColumn } from '../stats/estimate-column.ts';
import type { Statistic } from '../stats/statistics.ts';

const ARM = levelColumn('arm', 'Way to initialise and train');
const BLOCKS = countColumn('blocks', 'u32', 'Blocks behind the standard error that has the fewest');

const mean = { unit: '1', mcse: true, theory: false, fraction: false, relative: true } as const;
const share = { ...mean, fraction: true } as const;

/** Statistics of (arm, step, layer); the first two belong to the network and are the same in every layer. */
export const TRAINING_STATISTICS = [
  { ...mean, name: 'loss', description: 'Loss over all examples', formula: 'mean of −Σ y ln p, or of ½ Σ (o − y)²' },
  { ...mean, name: 'accuracy', description: 'Share of examples whose class is right', formula: 'P(argmax o = class)' },
  {
    ...mean,
    name: 'gradient_norm',
    description: 'Norm of the gradient of the loss over all examples in the weights of the layer',
    formula: '‖∂L/∂W‖_F',
  },
  {
    ...mean,
    name: 'weight_change',
    description: 'Root mean square change of the weights since the start',
    formula: '‖W_t − W_0‖_F / √(fan_in·fan_out)',
  },
  {
    ...mean,
    name: 'saturated',
    description: 'Share of (unit, example) whose |derivative| is under the threshold share of its largest value',
    formula: 'P(|g′(βz)| < ε·max|g′|), ε = saturation of the config (0.1 by default)',
  },
  {
    ...mean,
    name: 'unit_spread',
    description:
      'Largest difference between two units of the layer in a weight or bias; 0 where all units are identical',
    formula: 'max_k (max_j w_jk − min_j w_jk)',
  },
  {
    ...mean,
    name: 'rank',
    description: 'Numerical rank of the weights',
    formula: '#{σ_i > max(fan_in, fan_out)·2⁻⁵²·σ_1}',
  },
  {
    ...mean,
    name: 'gradient_inflated',
    description: 'Root mean square gradient of the weights of the inflated units',
    formula: '√(mean (∂L/∂w)²)',
  },
  {
    ...mean,
    name: 'gradient_others',
    description: 'Root mean square gradient of the weights of the other units',
    formula: '√(mean (∂L/∂w)²)',
  },
  {
    ...mean,
    name: 'change_inflated',
    description: 'Root mean square change of the weights of the inflated units',
    formula: '√(mean (w_t − w_0)²)',
  },
  {
    ...mean,
    name: 'change_others',
    description: 'Root mean square change of the weights of the other units',
    formula: '√(mean (w_t − w_0)²)',
  },
  {
    ...mean,
    name: 'saturated_inflated',
    description: 'Share of saturated (unit, example) among the inflated units',
    formula: 'P(|g′(βz)| < ε·max|g′|)',
  },
  {
    ...mean,
    name: 'saturated_others',
    description: 'Share of saturated (unit, example) among the other units',
    formula: 'P(|g′(βz)| < ε·max|g′|)',
  },
  {
    ...share,
    name: 'finite',
    description: 'Share of replicates that are finite at this step, over which the means here are taken',
    formula: 'P(loss, gradients and weights are finite)',
  },
  {
    ...share,
    name: 'moved',
    description: 'Share of replicates whose layer has had a non-zero gradient in any step of the training',
    formula: 'P(‖∂L/∂W‖_F > 1e-16·√(mean δ²) once), δ the errors at the output',
  },
  {
    ...mean,
    name: 'first_gradient_step',
    description:
      'First step at which the layer has a non-zero gradient, over the replicates where it ever has; the same at every step',
    formula: 'min {t: ‖∂L/∂W‖_F > 1e-16·√(mean δ²)}',
    unit: 'steps',
  },
] as const satisfies readonly Statistic[];

export type TrainingStatistic = (typeof TRAINING_STATISTICS)[number]['name'];

/** The columns of `training.arrow`, one row for each (arm, recorded step, layer). */
export const TRAINING_COLUMNS: readonly EstimateColumn[] = [
  ARM,
  countColumn('step', 'u32', 'Updates made so far', 'steps'),
  countColumn('layer', 'u32', 'Weight layer, from 1 at the inputs'),
  countColumn('fan_in', 'u32', 'Inputs of each unit', 'inputs'),
  countColumn('fan_out', 'u32', 'Units of the layer', 'units'),
  countColumn('replicates', 'u64', 'Random initialisations'),
  BLOCKS,
  ...TRAINING_STATISTICS.flatMap(statisticColumns),
];

/** Statistics of an arm that have a paired difference from the baseline as well. */
export const COMPARED_STATISTICS = [
  {
    ...share,
    name: 'reached',
    description: 'Share of replicates whose loss reached the target',
    formula: 'P(T ≤ steps), T = min {t: L_t ≤ target}',
  },
  {
    ...mean,
    name: 'steps_mean',
    description:
      'Restricted mean of the steps to the target: replicates that never reach it count as `steps`; no error where few do',
    formula: 'E min(T, steps)',
    unit: 'steps',
  },
  {
    ...mean,
    name: 'final_loss',
    description: 'Loss at the end, mean over the replicates that are finite',
    formula: 'E L_steps',
  },
  {
    ...mean,
    name: 'final_accuracy',
    description: 'Share of right answers at the end, mean over the replicates that are finite',
    formula: 'E P(argmax o = class)',
  },
  {
    ...share,
    name: 'diverged',
    description:
      'Share of replicates that end with a loss that is not finite, or above `divergence` times the larger of the initial loss and that of zero weights',
    formula: 'P(L_steps > divergence·max(L_0, L(θ = 0)))',
  },
  {
    ...mean,
    name: 'rises',
    description:
      'Share of the steps (with batches, from one look to the next) after which the loss was higher than before',
    formula: 'P(L_{t+1} > L_t)',
  },
] as const satisfies readonly Statistic[];

/** Statistics of an arm by itself. */
export const ARM_STATISTICS = [
  {
    ...mean,
    name: 'steps_median',
    description: 'Median of the steps to the target; null when at most half of the replicates reach it',
    formula: 'Q(0.50) of T',
    unit: 'steps',
  },
  {
    ...mean,
    name: 'final_loss_median',
    description: 'Median of the loss at the end; infinite where not finite, and null when that is the median',
    formula: 'Q(0.50) of L_steps',
  },
] as const satisfies readonly Statistic[];

export type ComparedStatistic = (typeof COMPARED_STATISTICS)[number]['name'];

/** The paired difference of a statistic from the baseline arm, over the replicates that count in both. */
const difference = (s: Statistic): Statistic => ({
  ...s,
  name: `${s.name}_difference`,
  description: `${s.name} minus that of the baseline arm, over the replicates that count in both; null for the baseline itself`,
  formula: `${s.name} − ${s.name} of the baseline`,
  fraction: false,
});

export const DIFFERENCES: readonly Statistic[] = COMPARED_STATISTICS.map(difference);

/** The columns of `arms.arrow`, one row an arm. */
export const ARM_COLUMNS: readonly EstimateColumn[] = [
  ARM,
  levelColumn('initializer', 'Weight rule'),
  levelColumn('activation', 'Activation function g of the hidden units'),
  {
    name: 'optimizer',
    type: 'dictionary',
    values: OPTIMIZERS,
    nullable: false,
    description: 'Rule of the updates',
  },
  settingColumn('scale', 'Factor on the initial weights'),
  settingColumn('bias_std', 'Standard deviation of the initial biases'),
  settingColumn('beta', 'Slope β of the activation g(βz)'),
  settingColumn('learning_rate', 'Learning rate η'),
  settingColumn('momentum', 'Momentum of sgd'),
  settingColumn('l2', 'Penalty λ/2·‖θ‖²'),
  settingColumn('decay', 'Weight decay of adamw'),
  settingColumn('epsilon', 'ε of adam and adamw'),
  settingColumn('first_moment', 'Rate at which adam and adamw forget the first moment'),
  settingColumn('second_moment', 'Rate at which adam and adamw forget the second moment'),
  settingColumn('inflated', 'Share of the units of a hidden layer whose weights are inflated'),
  settingColumn('inflation', 'Factor on their weights'),
  countColumn('replicates', 'u64', 'Random initialisations'),
  BLOCKS,
  ...COMPARED_STATISTICS.flatMap(statisticColumns),
  ...ARM_STATISTICS.flatMap(statisticColumns),
  ...DIFFERENCES.flatMap(statisticColumns),
  {
    name: 'loss_gap',
    type: 'f64',
    nullable: true,
    description:
      'Largest relative difference of the mean loss of a block from that of the baseline arm, over blocks and recorded steps; null where a replicate is not finite; no error: an extreme',
    unit: '1',
    formula: 'max |L − L_baseline| / L_baseline',
  },
];
