import { describe, expect, it } from 'vitest';
import { LAYER_COLUMNS } from '../../../src/depth/layer-columns.ts';
import { emptyTable } from '../../../src/report/claims/check-expectations.ts';
import { defaultColumns } from '../../../src/report/default-columns.ts';
import { ESTIMATE_COLUMNS } from '../../../src/stats/columns.ts';
import type { EstimateColumn } from '../../../src/stats/estimate-column.ts';
import { ARM_COLUMNS, TRAINING_COLUMNS } from '../../../src/training/training-columns.ts';

/** Two rows that differ in `varying`, with values everywhere but in `nulls`. */
const shown = (columns: readonly EstimateColumn[], varying: readonly string[], nulls: RegExp = /^$/) =>
  defaultColumns({
    ...emptyTable(columns, {}),
    rows: 2,
    numbers: (name) =>
      Float64Array.of(1, varying.includes(name) ? 2 : 1).map((x) => (nulls.test(name) ? Number.NaN : x)),
  });

describe('the columns that show picks', () => {
  it('tell the rows of a training apart, and leave out what is null', () => {
    expect(shown(TRAINING_COLUMNS, ['arm', 'step', 'layer', 'fan_in'], /_(inflated|others)$/)).toEqual([
      ...['arm', 'step', 'layer', 'fan_in', 'fan_out'],
      ...['loss', 'accuracy', 'gradient_norm', 'weight_change', 'saturated', 'unit_spread', 'rank', 'finite'],
    ]);
  });

  it('put the difference from the baseline beside each statistic of an arm', () => {
    expect(shown(ARM_COLUMNS, ['arm', 'scale'])).toEqual([
      ...['arm', 'scale', 'reached', 'reached_difference', 'steps_mean', 'steps_mean_difference'],
      ...['final_loss', 'final_loss_difference', 'final_accuracy', 'final_accuracy_difference'],
    ]);
    expect(shown(ARM_COLUMNS, ['arm'], /_difference$|^loss_gap$/)).toEqual([
      ...['arm', 'reached', 'steps_mean', 'final_loss', 'final_accuracy', 'diverged', 'rises'],
      ...['steps_median', 'final_loss_median'],
    ]);
  });

  it('are z, the derivative and saturation of a layer, beside their theory', () => {
    expect(shown(ESTIMATE_COLUMNS, ['fan_in', 'fan_out'])).toEqual([
      ...['fan_in', 'z_var', 'z_var_theory', 'z_var_zscore', 'd_mean', 'd_mean_theory'],
      ...['saturated', 'saturated_theory'],
    ]);
  });

  it('begin with the layer of a deep network', () => {
    expect(shown(LAYER_COLUMNS, ['layer']).slice(0, 3)).toEqual(['layer', 'z_var', 'a_mean']);
  });
});
