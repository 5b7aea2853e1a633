import { type DepthCell, type DepthPlan, planDepth } from '../../src/depth/depth-plan.ts';
import { deriveLayers } from '../../src/depth/derive-layers.ts';
import { LAYER_COLUMNS } from '../../src/depth/layer-columns.ts';
import { simulateDepth } from '../../src/depth/simulate-depth.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { DepthSpec } from '../../src/model/depth-spec.ts';
import type { InputSpec, ModelSpec } from '../../src/model/spec.ts';

export const inputSpec = (kind: string, params: Record<string, number> = {}, standardize = true): InputSpec => ({
  ...{ kind, params, standardize },
  dataset: null,
});

export const modelSpec = (kind: string, params: Record<string, number> = {}): ModelSpec => ({ kind, params });

/** A small depth experiment, for tests to change. */
export const DEPTH_SPEC: DepthSpec = {
  name: 'depth',
  seed: 'depth',
  experiment: 'depth',
  width: [32],
  depth: 3,
  inputs: [inputSpec('normal')],
  initializers: [modelSpec('lecun_normal')],
  activations: [modelSpec('tanh')],
  beta: [1],
  batch: 32,
  correlation: 0,
  biasStd: 0,
  jacobian: false,
  saturation: 0.1,
  samples: 64,
  blocks: 32,
  precision: null,
};

/** Rows of `layers.arrow`, columns by name; NaN is null. */
export interface LayerRows {
  readonly rows: number;
  at(column: string, layer: number): number;
}

export const FIRST: DepthCell = { input: 0, width: 0, network: 0 };

/** The records of all blocks of a cell. */
export function recordsOfCell(kernel: Kernel, plan: DepthPlan, cell: DepthCell = FIRST): Float64Array[] {
  return Array.from({ length: plan.blocks }, (_, block) => simulateDepth(kernel, plan, { ...cell, block }, () => {}));
}

/** Simulates a cell and derives its rows. */
export function layersOf(kernel: Kernel, spec: DepthSpec, cell: DepthCell = FIRST): LayerRows {
  const plan = planDepth(spec);
  return layerRows(deriveLayers(plan, cell, recordsOfCell(kernel, plan, cell)));
}

export function layerRows({ values, rows }: { readonly values: Float64Array; readonly rows: number }): LayerRows {
  return {
    rows,
    at(column, layer) {
      const at = LAYER_COLUMNS.findIndex(({ name }) => name === column);
      if (at < 0 || layer < 1 || layer > rows) throw new Error(`no ${column} of layer ${layer}`);
      return values[at * rows + layer - 1] as number;
    },
  };
}
