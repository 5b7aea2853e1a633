import * as z from 'zod';
import { numberField, say, strict } from './fields.ts';

const points = () => numberField({ integer: true, min: 2, max: 100_000 }).describe('Examples');
const noise = (usual: number) =>
  numberField({ min: 0, max: 1e6 }).default(usual).describe('Standard deviation of noise');
const positive = () =>
  numberField({ min: 0, max: 1 })
    .default(0.5)
    .describe('Share of the examples that are of class 1, rounded to whole examples');
const labels = () =>
  z
    .enum(['classes', 'values'], { error: say('classes, values') })
    .default('classes')
    .describe('Whether the target is a class or a number');

/** `data` of a training experiment; a file is not read yet. */
export function examplesField() {
  const error = say('{kind: spirals, xor, teacher or file, …}');
  return z
    .discriminatedUnion(
      'kind',
      [
        strict(
          {
            kind: z.literal('spirals'),
            points: points(),
            noise: noise(0.1),
            turns: numberField({ exclusiveMin: 0, max: 100 }).default(1).describe('Times round the origin'),
            positive: positive(),
          },
          'spirals',
        ).describe('Two interleaved spirals'),
        strict({ kind: z.literal('xor'), points: points(), noise: noise(0.3), positive: positive() }, 'xor').describe(
          'Normal clouds round (±1, ±1), class 1 where the signs differ',
        ),
        strict(
          {
            kind: z.literal('teacher'),
            points: points(),
            inputs: numberField({ integer: true, min: 1, max: 4096 }).describe('Inputs of the teacher'),
            noise: noise(0),
            labels: labels(),
          },
          'a teacher',
        ).describe('A linear function of normal inputs, or its sign'),
        strict(
          {
            kind: z.literal('file'),
            file: z
              .string({ error: say('a CSV, TSV, Parquet or Arrow file', 'add file: …') })
              .min(1, { error: say('a CSV, TSV, Parquet or Arrow file') })
              .describe('Data file, relative to the config'),
            target: z
              .string({ error: say('the name of a column', 'add target: …') })
              .describe('Column to predict; all others are inputs, standardised'),
            labels: labels(),
          },
          'a file of examples',
        ).describe('Examples from a file; classes are 0, 1, 2, …'),
      ],
      { error: (issue) => (issue.code === 'invalid_union' ? say('spirals, xor, teacher, file') : error) },
    )
    .describe('Examples to learn from');
}

export type ParsedExamples = z.output<ReturnType<typeof examplesField>>;
