import { describe, expect, it } from 'vitest';
import { depthLabels, planDepth } from '../../../src/depth/depth-plan.ts';
import { deriveLayers } from '../../../src/depth/derive-layers.ts';
import { LAYER_COLUMNS } from '../../../src/depth/layer-columns.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { depthSummary } from '../../../src/report/depth-summary.ts';
import type { EstimateRows } from '../../../src/report/estimate-rows.ts';
import { DEPTH_SPEC, modelSpec, recordsOfCell } from '../../support/depth.ts';

const wasm = new WasmKernel();

/** The table of a whole experiment, in memory. */
function tableOf(spec: DepthSpec): EstimateRows {
  const plan = planDepth(spec);
  const labels = depthLabels(plan);
  const cells = plan.inputs.flatMap((_, input) =>
    spec.width.flatMap((__, width) =>
      plan.networks.map((___, network) => {
        const cell = { input, width, network };
        return deriveLayers(plan, cell, recordsOfCell(wasm, plan, cell));
      }),
    ),
  );
  const numbers = (name: string): Float64Array => {
    const at = LAYER_COLUMNS.findIndex((column) => column.name === name);
    return Float64Array.from(cells.flatMap(({ values, rows }) => [...values.subarray(at * rows, (at + 1) * rows)]));
  };
  const valuesOf = (name: string): readonly string[] =>
    LAYER_COLUMNS.find((column) => column.name === name)?.values ?? labels[name as keyof typeof labels];
  return {
    rows: cells.length * spec.depth,
    columns: LAYER_COLUMNS.map(({ name }) => name),
    fields: LAYER_COLUMNS.map(({ name, nullable, description, type }) => ({
      ...{
        name,
        nullable,
        description,
        type: type === 'f64' ? 'Float64' : type === 'dictionary' ? 'Dictionary' : 'Uint32',
      },
      ...(type === 'dictionary' ? { values: valuesOf(name) } : {}),
    })),
    numbers,
    labels: (name) => Array.from(numbers(name), (index) => valuesOf(name)[index] ?? null),
  };
}

const SPEC: DepthSpec = {
  ...DEPTH_SPEC,
  depth: 20,
  batch: 16,
  samples: 32,
  initializers: ['standard_uniform', 'lecun_normal', 'he_normal', 'zeros'].map((kind) => modelSpec(kind)),
  activations: [modelSpec('logistic')],
};

describe('depthSummary', () => {
  it('shows every network, and the layers of the first ones', () => {
    const lines = depthSummary(tableOf(SPEC), { columns: null, color: false });
    const text = lines.join('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const name of ['standard_uniform logistic', 'lecun_normal logistic', 'he_normal logistic', 'zeros logistic'])
      expect(text).toContain(name);
    // The article's rule: a gradient keeps √.020008 of its size at each layer.
    expect(lines.find((line) => line.startsWith('standard_uniform'))).toMatch(/ 0\.141 /);
    expect(lines.filter((line) => /^ +(1|5|9|12|16|20) {2}/.test(line)).length).toBeGreaterThanOrEqual(6);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each([80, 100, 120])('stays within %i columns', (columns) => {
    const table = tableOf({ ...SPEC, jacobian: true, depth: 3, beta: [1, 2] });
    for (const line of depthSummary(table, { columns, color: false }))
      expect([...line].length).toBeLessThanOrEqual(columns);
  });

  it('has nothing to say of no rows', () => {
    expect(depthSummary({ ...tableOf({ ...SPEC, depth: 1 }), rows: 0 }, { columns: null, color: false })).toEqual([]);
  });
});
