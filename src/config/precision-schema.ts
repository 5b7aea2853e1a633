import * as z from 'zod';
import type { PrecisionSpec } from '../model/spec.ts';
import { STATISTICS, type Statistic, type StatisticName } from '../stats/statistics.ts';
import { betaAxis, fanInAxis } from './axis-schema.ts';
import { numberField, say, strict } from './fields.ts';
import { SAMPLES_DOMAIN } from './sample-size.ts';

/** A precision as a config gives it; what it names is not looked for on the axes yet. */
export interface ParsedPrecision {
  readonly statistic: StatisticName;
  readonly target: PrecisionSpec['target'];
  readonly cells: {
    readonly [Axis in keyof PrecisionSpec['cells']]?: NonNullable<PrecisionSpec['cells'][Axis]> | undefined;
  };
  readonly minSamples: number | undefined;
  readonly maxSamples: number;
}

const NAMES = STATISTICS.filter(({ mcse }) => mcse).map(({ name }) => name);

const statistic = () =>
  z
    .enum(NAMES, {
      error: ({ input }) =>
        STATISTICS.some(({ name }) => name === input)
          ? say(NAMES.join(', '), `${input} is an extreme of the sample and has no standard error`)
          : say(NAMES.join(', ')),
    })
    .meta({
      description: 'Statistic whose standard error is to become small enough',
      enumDescriptions: STATISTICS.filter(({ mcse }) => mcse).map(({ description }) => description),
    });

/** Levels of an axis of models, by label or name. */
function levels(doc: string): z.ZodType<readonly string[]> {
  const label = z.string({ error: say('a label or name') });
  const error = say('a label or name, or a list of them');
  const list = z.array(label, { error }).min(1, { error: say('at least one level') });
  return z.union([label.transform((one) => [one]), list], { error }).meta({
    description: `${doc}: labels as the tables have them, such as bernoulli(p=0.1, raw), or names, for all of that name; default: all`,
  });
}

const cells = () =>
  strict(
    {
      inputs: levels('Inputs').optional(),
      fanIn: fanInAxis('Fan-ins, default: all').optional(),
      fanOut: fanInAxis('Fan-outs, default: all').optional(),
      initializers: levels('Initializers').optional(),
      activations: levels('Activations').optional(),
      beta: betaAxis('Slopes, default: all').optional(),
    },
    'levels',
  );

export function precisionField(): z.ZodType<ParsedPrecision> {
  const fields = {
    statistic: statistic(),
    relative: numberField({ exclusiveMin: 0, exclusiveMax: 1 })
      .optional()
      .describe('Largest standard error as a share of |value|; this or absolute'),
    absolute: numberField({ exclusiveMin: 0, max: 1e12 })
      .optional()
      .describe('Largest standard error, in the unit of the statistic; this or relative'),
    cells: cells().optional().describe('Levels of the cells that must reach the target; default: all cells'),
    minSamples: numberField(SAMPLES_DOMAIN)
      .optional()
      .describe('Pre-activations for each cell before the run may stop; default: samples'),
    maxSamples: numberField(SAMPLES_DOMAIN).describe('Pre-activations for each cell, at most'),
  };
  return strict(fields, 'a precision')
    .describe('Adds blocks in doubling rounds until a statistic is as precise as asked for, at two rounds in a row')
    .transform(({ statistic, relative, absolute, cells = {}, minSamples, maxSamples }, context) => {
      // What a misspelt key leaves out is beside the point.
      if (context.issues.length > 0) return z.NEVER;
      const complain = (path: string[], allowed: string, remedy: string) => {
        context.addIssue({ code: 'custom', path, message: say(allowed, remedy) });
        return z.NEVER;
      };
      if (relative !== undefined && absolute !== undefined)
        return complain(['absolute'], 'relative or absolute, not both', 'remove one of the two');
      const value = relative ?? absolute;
      if (value === undefined)
        return complain([], 'relative or absolute', 'add relative: …, a share of |value|, or absolute: …');
      const { relative: sensible, unit } = STATISTICS.find(({ name }) => name === statistic) as Statistic;
      if (relative !== undefined && !sensible)
        return complain(
          ['relative'],
          `absolute for ${statistic}, whose true value is 0 or tends to it`,
          `use absolute: … (${unit === '1' ? 'a plain number' : `in ${unit}`})`,
        );
      const kind = relative === undefined ? 'absolute' : 'relative';
      return { statistic, target: { kind, value }, cells, minSamples, maxSamples };
    });
}
