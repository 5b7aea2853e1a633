import { OPTIMIZERS } from '../model/training-spec.ts';
import { OUTCOMES, outcomeAt, type RecordLayout, recordLayout, STEP_SUMS, stepAt } from './arm-record.ts';
import { type BlockSums, differenceOf, meanOf, shareOf } from './block-means.ts';
import { ColumnWriter } from './column-writer.ts';
import { medianOf } from './replicate-median.ts';
import type { ArmRecords, TableRows } from './table-rows.ts';
import { ARM_COLUMNS, COMPARED_STATISTICS, type ComparedStatistic } from './training-columns.ts';
import { type Arm, type TrainingPlan, trainingLabels } from './training-plan.ts';

/** The rows of `arms.arrow`. */
export function deriveArms(plan: TrainingPlan, recordsOf: (arm: number) => ArmRecords): TableRows {
  const layout = recordLayout(plan);
  const writer = new ColumnWriter(ARM_COLUMNS, plan.arms.length);
  const labels = trainingLabels(plan);
  const baseline = recordsOf(plan.baseline);
  plan.arms.forEach((arm, a) => {
    const records = recordsOf(a);
    const own = records.filter((record) => record !== null);
    settings(writer, a, arm, labels);
    writer.put(a, 'replicates', own.length * plan.blockSamples);
    writer.put(a, 'blocks', own.length);
    if (own.length === 0) return;
    for (const { name, fraction } of COMPARED_STATISTICS) {
      if (name === 'final_accuracy' && plan.classes === 0) continue;
      const sums = outcomeSums(plan, layout, own, name);
      writer.statistic(a, name, fraction ? shareOf(sums) : meanOf(sums));
    }
    writer.statistic(a, 'steps_median', medianOf(own.map((record) => outcomes(layout, record, 'reached', never))));
    writer.statistic(a, 'final_loss_median', medianOf(own.map((r) => outcomes(layout, r, 'finalLoss', asItIs))));
    if (a !== plan.baseline) compare(plan, layout, writer, a, records, baseline);
  });
  return { values: writer.values, rows: plan.arms.length };
}

const never = (step: number): number => (step < 0 ? Number.POSITIVE_INFINITY : step);
const asItIs = (value: number): number => value;

function settings(
  writer: ColumnWriter,
  row: number,
  { spec, initializer, activation }: Arm,
  labels: ReturnType<typeof trainingLabels>,
): void {
  writer.put(row, 'arm', row);
  writer.put(row, 'initializer', labels.initializer.indexOf(initializer.label));
  writer.put(row, 'activation', labels.activation.indexOf(activation.label));
  writer.put(row, 'optimizer', OPTIMIZERS.indexOf(spec.optimizer));
  writer.put(row, 'scale', spec.scale);
  writer.put(row, 'bias_std', spec.biasStd);
  writer.put(row, 'beta', spec.beta);
  writer.put(row, 'learning_rate', spec.learningRate);
  writer.put(row, 'momentum', spec.momentum);
  writer.put(row, 'l2', spec.l2);
  writer.put(row, 'decay', spec.decay);
  writer.put(row, 'epsilon', spec.epsilon);
  writer.put(row, 'inflated', spec.inflated);
  writer.put(row, 'inflation', spec.inflation);
}

function compare(
  plan: TrainingPlan,
  layout: RecordLayout,
  writer: ColumnWriter,
  row: number,
  records: ArmRecords,
  baseline: ArmRecords,
): void {
  const pairs = records.flatMap((own, b) => {
    const other = baseline[b] ?? null;
    return own === null || other === null ? [] : [{ own, other }];
  });
  if (pairs.length === 0) return;
  const own = pairs.map((pair) => pair.own);
  const others = pairs.map(({ other }) => other);
  for (const { name } of COMPARED_STATISTICS) {
    if (name === 'final_accuracy' && plan.classes === 0) continue;
    const difference = differenceOf(outcomeSums(plan, layout, own, name), outcomeSums(plan, layout, others, name));
    writer.statistic(row, `${name}_difference`, difference);
  }
  writer.put(row, 'loss_gap', lossGap(layout, own, others));
}

/** What each replicate contributes to a statistic; null where it does not count. */
function contribution(
  plan: TrainingPlan,
  name: ComparedStatistic,
): (outcome: Record<keyof typeof OUTCOMES, number>) => number | null {
  switch (name) {
    case 'reached':
      return ({ reached }) => (reached < 0 ? 0 : 1);
    case 'steps_mean':
      return ({ reached }) => (reached < 0 ? plan.spec.steps : reached);
    case 'final_loss':
      return ({ finalLoss }) => (Number.isFinite(finalLoss) ? finalLoss : null);
    case 'final_accuracy':
      return ({ accuracy }) => accuracy;
    case 'diverged':
      return ({ diverged }) => diverged;
    case 'rises':
      return ({ rises }) => rises;
  }
}

const OUTCOME_NAMES = Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[];

function outcomeSums(
  plan: TrainingPlan,
  layout: RecordLayout,
  records: readonly Float64Array[],
  name: ComparedStatistic,
): BlockSums {
  const contribute = contribution(plan, name);
  const sums = new Float64Array(records.length);
  const counts = new Float64Array(records.length);
  records.forEach((record, b) => {
    for (let r = 0; r < layout.replicates; r++) {
      const outcome = Object.fromEntries(
        OUTCOME_NAMES.map((key) => [key, record[outcomeAt(layout, r, OUTCOMES[key])] as number]),
      ) as Record<keyof typeof OUTCOMES, number>;
      const value = contribute(outcome);
      if (value === null) continue;
      sums[b] = (sums[b] as number) + value;
      counts[b] = (counts[b] as number) + 1;
    }
  });
  return { sums, counts };
}

/** One outcome of every replicate of a block. */
function outcomes(
  layout: RecordLayout,
  record: Float64Array,
  name: keyof typeof OUTCOMES,
  read: (value: number) => number,
): Float64Array {
  return Float64Array.from({ length: layout.replicates }, (_, r) =>
    read(record[outcomeAt(layout, r, OUTCOMES[name])] as number),
  );
}

/** max |L − L_baseline| / L_baseline over blocks and recorded steps; null where one of them is not finite. */
function lossGap(layout: RecordLayout, own: readonly Float64Array[], others: readonly Float64Array[]): number | null {
  let gap = 0;
  own.forEach((record, b) => {
    const other = others[b] as Float64Array;
    for (let s = 0; s < layout.steps; s++) {
      const at = stepAt(layout, s, STEP_SUMS.loss);
      const count = stepAt(layout, s, STEP_SUMS.finite);
      const difference = Math.abs((record[at] as number) - (other[at] as number));
      // Sums over different replicates can't be compared.
      if (record[count] !== other[count]) gap = Number.POSITIVE_INFINITY;
      else if (difference > 0) gap = Math.max(gap, difference / Math.abs(other[at] as number));
    }
  });
  return Number.isFinite(gap) ? gap : null;
}
