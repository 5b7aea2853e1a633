import * as z from 'zod';
import { INPUTS, type InputKind, inputProblem } from '../model/inputs.ts';
import type { ModelSpec } from '../model/spec.ts';
import { numberField, say } from './fields.ts';
import { modelList, type Registry } from './model-schema.ts';

/** An input as a config gives it; its data file is not read yet. */
export interface ParsedInput extends ModelSpec {
  readonly standardize: boolean;
  readonly data: ParsedData | null;
}

export interface ParsedData {
  readonly file: string;
  readonly column: string | number | null;
  readonly draw: 'values' | 'rows';
}

const column = z.union(
  [z.string({ error: 'a name' }).min(1, { error: 'a name' }), numberField({ integer: true, min: 0 })],
  {
    error: say('a column name, or its index counted from 0'),
  },
);

const DATA_KEYS = {
  file: z
    .string({ error: say('a CSV, TSV, Parquet or Arrow file', 'add file: …') })
    .min(1, { error: say('a CSV, TSV, Parquet or Arrow file') })
    .describe('Data file, relative to the config: .csv, .tsv, .parquet, .arrow, .feather or .ipc'),
  column: column.optional().describe('Column name, or 0-based index; not needed where the file has one column'),
  draw: z
    .enum(['values', 'rows'], { error: say('values, rows') })
    .default('values')
    .describe('values: components are drawn one by one from a column; rows: whole rows are drawn from all columns'),
};

const standardize = (kind: InputKind): z.ZodType<boolean, boolean | undefined> =>
  kind.standardizable
    ? z
        .boolean({ error: say('true, false') })
        .default(true)
        .describe('Shift and scale x to mean 0 and variance 1')
    : z
        .literal(false, { error: say('false', `${kind.name} is never standardised`) })
        .default(false)
        .describe('Never standardised');

const registry: Registry<InputKind, ParsedInput> = {
  noun: 'input',
  entries: INPUTS,
  keys: (kind) => ({ ...(kind.name === 'empirical' ? DATA_KEYS : {}), standardize: standardize(kind) }),
  build: (kind, model, values) => ({
    ...model,
    standardize: values['standardize'] as boolean,
    data:
      kind.name === 'empirical'
        ? {
            file: values['file'] as string,
            column: (values['column'] as string | number | undefined) ?? null,
            draw: values['draw'] as 'values' | 'rows',
          }
        : null,
  }),
  problem: (input) => {
    if (input.data?.draw === 'rows' && input.data.column !== null)
      return {
        received: `draw: rows and column: ${input.data.column}`,
        allowed: 'column with draw: values only: rows take every column of the file',
        remedy: 'remove column, or use draw: values',
      };
    return inputProblem({ ...input, dataset: null });
  },
};

export const inputList = (): z.ZodType<readonly ParsedInput[]> =>
  modelList(registry, 'Distributions of the inputs x; mean 0 and variance 1 unless standardize: false');
