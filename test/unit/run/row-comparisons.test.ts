import { describe, expect, it } from 'vitest';
import { type DepthPlan, depthLabels, planDepth } from '../../../src/depth/depth-plan.ts';
import { deriveLayers } from '../../../src/depth/derive-layers.ts';
import { LAYER_COLUMNS } from '../../../src/depth/layer-columns.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { rowComparisons } from '../../../src/run/row-comparisons.ts';
import { verify } from '../../../src/run/verify.ts';
import { DEPTH_SPEC, inputSpec, modelSpec, recordsOfCell } from '../../support/depth.ts';

const wasm = new WasmKernel();

const SPEC: DepthSpec = {
  ...DEPTH_SPEC,
  ...{ width: [8, 12], samples: 2048, inputs: [inputSpec('normal'), inputSpec('uniform')], beta: [1, 2] },
  initializers: ['he_normal', 'lecun_normal', 'orthogonal'].map((kind) => modelSpec(kind)),
};

/** `layers.arrow` of a plan, in memory: as simulated under `simulated`, beside the theory of `plan`. */
function tableOf(plan: DepthPlan, simulated: DepthPlan = plan) {
  const cells = plan.spec.width.flatMap((_, width) =>
    plan.inputs.flatMap((_, input) => plan.networks.map((_, network) => ({ width, input, network }))),
  );
  const parts = cells.map((cell) => deriveLayers(plan, cell, recordsOfCell(wasm, simulated, cell)));
  const names = LAYER_COLUMNS.map(({ name }) => name);
  const columns = new Map(
    names.map((name, c) => [
      name,
      Float64Array.from(parts.flatMap(({ values, rows }) => [...values.subarray(c * rows, (c + 1) * rows)])),
    ]),
  );
  const levels: Readonly<Record<string, readonly string[]>> = depthLabels(plan);
  const numbers = (name: string): Float64Array => columns.get(name) ?? new Float64Array();
  return {
    rows: numbers('layer').length,
    columns: names,
    fields: LAYER_COLUMNS.map((column) => {
      const { values: fixed, ...field } = column;
      const values = fixed ?? levels[column.name];
      return values === undefined ? field : { ...field, values };
    }),
    metadata: new Map<string, string>(),
    numbers,
    labels: (name: string) => [...numbers(name)].map((level) => levels[name]?.[level] ?? null),
  };
}

type Table = ReturnType<typeof tableOf>;

/** A table with some numbers of one column changed. */
const changed = (table: Table, column: string, change: (value: number, row: number) => number): Table => ({
  ...table,
  numbers: (name) => (name === column ? table.numbers(name).map(change) : table.numbers(name)),
});

const reportOf = (table: Table) => verify({ ensembles: [], cells: [], others: rowComparisons(table) });

describe('rows with an exact theory', () => {
  const plan = planDepth(SPEC);
  const table = tableOf(plan);
  const last = (row: number) => table.numbers('layer')[row] === 3;

  it('agree with what was simulated, each number once', () => {
    const { tests, total, verdict } = reportOf(table);
    expect(verdict).toBe('agrees');
    // Of 24 networks: gradients at the output of 2 widths; first layers of 2 widths, 2 inputs and the 2 shapes of weights.
    expect(total).toBe(2 + 8);
    expect(new Set(tests.map(({ statistic }) => statistic))).toEqual(new Set(['z_var', 'grad_var']));
  });

  it.each([
    ['a gradient', 'grad_var', 1.3],
    ['a theory', 'grad_var_theory', 1.3],
    ['a theory', 'z_var_theory', 2],
    ['an error', 'z_var_mcse', 0.01],
  ])('contradict %s that was changed (negative control): %s × %f', (_, column, factor) => {
    const one = table.numbers('z_var_zscore').findIndex((score) => !Number.isNaN(score));
    const row = column.startsWith('grad_var') ? table.numbers('layer').findIndex((_, at) => last(at)) : one;
    const { failures, verdict } = reportOf(
      changed(table, column, (value, at) => (at === row ? factor * value : value)),
    );
    expect(verdict).toBe('contradicts');
    expect(failures).toHaveLength(1);
  });

  it('contradict a theory of other weights or biases (negative control)', () => {
    for (const wrong of [
      { initializers: ['lecun_normal', 'he_normal', 'orthogonal'].map((kind) => modelSpec(kind)) },
      { biasStd: 0.7 },
    ]) {
      const { failures } = reportOf(tableOf(planDepth({ ...SPEC, ...wrong }), plan));
      expect(failures.length).toBeGreaterThan(0);
      for (const { statistic } of failures) expect(statistic).toBe('z_var');
    }
  });
});
