import { OPTIMIZERS } from '../model/training-spec.ts';
import type { TableRows } from '../stats/estimate-column.ts';
import { type ArmRecords, OUTCOMES, outcomeAt, type RecordLayout, recordLayout } from './arm-record.ts';
import { type BlockSums, differenceOf, meanOf, shareOf } from './block-means.ts';
import { ColumnWriter } from './column-writer.ts';
import { lossGap } from './loss-gap.ts';
import { contribution, outcomeSums } from './outcome-sums.ts';
import { medianOf } from './replicate-median.ts';
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
      const [sums] = statisticSums(plan, layout, [own], name) as [BlockSums];
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
  writer.put(row, 'first_moment', spec.firstMoment);
  writer.put(row, 'second_moment', spec.secondMoment);
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
  for (const { name, fraction } of COMPARED_STATISTICS) {
    if (name === 'final_accuracy' && plan.classes === 0) continue;
    const [one, other] = statisticSums(plan, layout, [own, others], name) as [BlockSums, BlockSums];
    writer.statistic(row, `${name}_difference`, differenceOf(one, other, fraction));
  }
  writer.put(row, 'loss_gap', lossGap(layout, own, others));
}

/** Sums of a statistic over the same replicates of arms with the same blocks. */
function statisticSums(
  plan: TrainingPlan,
  layout: RecordLayout,
  arms: readonly (readonly Float64Array[])[],
  name: ComparedStatistic,
): BlockSums[] {
  const sumsOf = (statistic: ComparedStatistic) => outcomeSums(layout, arms, contribution(statistic, plan.spec.steps));
  if (name !== 'steps_mean') return sumsOf(name);
  // Networks that never reach the target all count as `steps`: where few do, that has a spread of 0, and is no certainty.
  const reached = sumsOf('reached');
  return sumsOf(name).map((own, a) => ({ ...own, observed: (reached[a] as BlockSums).sums }));
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
