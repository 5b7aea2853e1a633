import { describe, expect, it } from 'vitest';
import type { EstimateRows } from '../../../src/report/estimate-rows.ts';
import { trainingSummary } from '../../../src/report/training-summary.ts';
import type { EstimateColumn, TableRows } from '../../../src/stats/estimate-column.ts';
import type { EstimateField } from '../../../src/tables/estimate-reader.ts';
import { deriveTraining } from '../../../src/training/derive-training.ts';
import { ARM_COLUMNS, TRAINING_COLUMNS } from '../../../src/training/training-columns.ts';
import { trainingLabels } from '../../../src/training/training-plan.ts';
import { runTraining, trainingPlan } from '../../support/training.ts';

/** Rows in flight as a report reads them from a file. */
function asTable(
  { values, rows }: TableRows,
  columns: readonly EstimateColumn[],
  labels: Readonly<Record<string, readonly string[]>>,
): EstimateRows {
  const fields = columns.map((column): EstimateField => {
    const { name, nullable, description } = column;
    const words = column.type === 'dictionary' ? (column.values ?? labels[name] ?? []) : null;
    const type = { f64: 'Float64', u32: 'Uint32', u64: 'Uint64', dictionary: 'Dictionary<Int16, Utf8>' }[column.type];
    return { name, type, nullable, description, ...(words === null ? {} : { values: words }) };
  });
  const numbers = (name: string) => {
    const c = columns.findIndex((column) => column.name === name);
    return values.slice(c * rows, (c + 1) * rows);
  };
  const words = (name: string) => fields.find((field) => field.name === name)?.values ?? [];
  return {
    rows,
    fields,
    columns: columns.map(({ name }) => name),
    numbers,
    labels: (name) => Array.from(numbers(name), (index) => words(name)[index] ?? null),
  };
}

async function tables(arms: readonly object[]) {
  const plan = await trainingPlan({
    name: 'summary',
    experiment: 'training',
    data: { kind: 'xor', points: 40 },
    network: { hidden: [8] },
    steps: 60,
    target: 0.3,
    common: { initializer: 'glorot_uniform', activation: 'tanh', learningRate: 1 },
    arms,
    samples: 32,
  });
  const { records } = runTraining(plan);
  const found = deriveTraining(plan, (arm) => records[arm] ?? []);
  const labels = trainingLabels(plan);
  return {
    training: asTable(found.training, TRAINING_COLUMNS, labels),
    arms: asTable(found.arms, ARM_COLUMNS, labels),
  };
}

describe('trainingSummary', () => {
  it('fits 80 and 120 columns, and names the baseline', async () => {
    const found = await tables([{ scale: [1, 3] }, { initializer: 'zeros' }]);
    for (const columns of [80, 120]) {
      const lines = trainingSummary(found, { columns, color: false });
      expect(lines[0]).toContain('32 networks an arm of 2 weight layers');
      expect(lines[0]).toContain('baseline glorot_uniform');
      const table = lines.slice(2, 7);
      expect(table.every((line) => line.length <= columns)).toBe(true);
      expect(table[0]).toMatch(/arm +reached +steps +less baseline/);
      expect(table[2]).toMatch(/^glorot_uniform .* ± .* – /);
      // Zero weights on balanced classes: never, at most 1 − 0.05^(1/32) of all, and after nobody knows how many steps.
      expect(table[4]).toMatch(/^zeros +0 \(≤ 0\.089\) +60 +\d/);
    }
  });

  it('keeps to its lines, and says what it leaves out', async () => {
    const found = await tables([{ scale: [1, 2, 3, 4, 5, 6, 7] }]);
    const lines = trainingSummary(found, { columns: null, color: false, lines: 12 });
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.at(-1)).toBe('… and 3 more arms');
  });

  it('is empty for no arms', async () => {
    const found = await tables([{}]);
    expect(trainingSummary({ ...found, arms: { ...found.arms, rows: 0 } }, { columns: 80, color: false })).toEqual([]);
    expect(trainingSummary(found, { columns: 80, color: false })[0]).not.toContain('baseline');
  });
});
