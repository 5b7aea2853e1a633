import type { TableRows } from '../stats/estimate-column.ts';
import {
  type ArmRecords,
  LAYER_SUMS,
  type LayerSum,
  layerAt,
  OUTCOME_COUNT,
  outcomeAt,
  type RecordLayout,
  recordLayout,
  STEP_SUMS,
  stepAt,
} from './arm-record.ts';
import { type BlockSums, meanOf, shareOf } from './block-means.ts';
import { ColumnWriter } from './column-writer.ts';
import type { Layer } from './network.ts';
import { TRAINING_COLUMNS } from './training-columns.ts';
import type { Arm, TrainingPlan } from './training-plan.ts';

/** The rows of `training.arrow`: by arm, recorded step and layer. */
export function deriveSteps(plan: TrainingPlan, recordsOf: (arm: number) => ArmRecords): TableRows {
  const { arms, layers, spec } = plan;
  const layout = recordLayout(plan);
  const rows = arms.length * spec.record.length * layers.length;
  const writer = new ColumnWriter(TRAINING_COLUMNS, rows);
  let row = 0;
  arms.forEach((arm, a) => {
    const records = recordsOf(a).filter((record) => record !== null);
    spec.record.forEach((step, s) => {
      layers.forEach((layer, l) => {
        writer.put(row, 'arm', a);
        writer.put(row, 'step', step);
        writer.put(row, 'layer', l + 1);
        writer.put(row, 'fan_in', layer.fanIn);
        writer.put(row, 'fan_out', layer.fanOut);
        writer.put(row, 'replicates', records.length * plan.blockSamples);
        writer.put(row, 'blocks', records.length);
        if (records.length > 0) stepRow(plan, arm, layout, records, s, l, writer, row);
        row++;
      });
    });
  });
  return { values: writer.values, rows };
}

function stepRow(
  plan: TrainingPlan,
  arm: Arm,
  layout: RecordLayout,
  records: readonly Float64Array[],
  step: number,
  l: number,
  writer: ColumnWriter,
  row: number,
): void {
  const at = (place: number) => Float64Array.from(records, (record) => record[place] as number);
  const counts = at(stepAt(layout, step, STEP_SUMS.finite));
  const mean = (place: number) => meanOf({ sums: at(place), counts });
  const all = new Float64Array(records.length).fill(plan.blockSamples);
  writer.statistic(row, 'finite', shareOf({ sums: counts, counts: all }));
  writer.statistic(row, 'loss', mean(stepAt(layout, step, STEP_SUMS.loss)));
  if (plan.classes > 0) writer.statistic(row, 'accuracy', mean(stepAt(layout, step, STEP_SUMS.accuracy)));
  LAYER_SUMS.forEach((name, i) => {
    if (isDefined(plan, arm, l, name)) writer.statistic(row, name, mean(layerAt(layout, step, l) + i));
  });
  const first = firstGradients(records, layout, l);
  writer.statistic(row, 'moved', shareOf({ sums: first.counts, counts: all }));
  writer.statistic(row, 'first_gradient_step', meanOf(first));
}

/** Whether a statistic means anything for a layer of an arm. */
function isDefined({ layers, spec }: TrainingPlan, arm: Arm, l: number, name: LayerSum): boolean {
  const hidden = l < layers.length - 1;
  const { fanOut } = layers[l] as Layer;
  const inflated = arm.inflatedUnits[l] ?? 0;
  switch (name) {
    case 'saturated':
      return hidden || spec.network.output === 'logistic';
    case 'unit_spread':
      return fanOut > 1;
    case 'gradient_norm':
    case 'weight_change':
    case 'rank':
      return true;
    default:
      return hidden && inflated > 0 && inflated < fanOut;
  }
}

/** Steps of the replicates that had a gradient at all, and how many these were. */
function firstGradients(records: readonly Float64Array[], layout: RecordLayout, l: number): BlockSums {
  const sums = new Float64Array(records.length);
  const counts = new Float64Array(records.length);
  records.forEach((record, b) => {
    for (let r = 0; r < layout.replicates; r++) {
      const step = record[outcomeAt(layout, r, OUTCOME_COUNT + l)] as number;
      if (step < 0) continue;
      sums[b] = (sums[b] as number) + step;
      counts[b] = (counts[b] as number) + 1;
    }
  });
  return { sums, counts };
}
