import * as z from 'zod';
import { AXIS_SCALES, type AxisRange, BETA_DOMAIN, expandRange, FAN_DOMAIN, LEVEL_LIMIT } from './axis.ts';
import { domainText, type NumberDomain, numberField, say, strict } from './fields.ts';

/** An axis of numbers as a config writes it, read as its levels in the order written. */
export type AxisSchema = z.ZodType<readonly number[]>;

const RANGES = '{from, to} with scale: log2, step, or count and scale: linear or log';

const axisText = (domain: NumberDomain): string => `${domainText(domain)}, a list of them, or ${RANGES}`;

/** A number, a list of numbers or a range. */
export function axis(domain: NumberDomain, doc: string): AxisSchema {
  const level = numberField(domain);
  const single = level.transform((value) => [value]);
  const list = z
    .array(level, { error: say(axisText(domain)) })
    .min(1, { error: say('at least one level') })
    .max(LEVEL_LIMIT, { error: say(`at most ${LEVEL_LIMIT} levels`) })
    .superRefine(refuseRepeats);
  return z
    .union([single, list, range(domain)], { error: say(axisText(domain)) })
    .meta({ description: `${doc}: ${axisText(domain)}` });
}

function refuseRepeats(levels: readonly number[], context: z.core.$RefinementCtx<number[]>): void {
  const seen = new Map<number, number>();
  for (const [i, level] of levels.entries()) {
    const first = seen.get(level);
    if (first === undefined) seen.set(level, i);
    else
      context.addIssue({
        code: 'custom',
        path: [i],
        message: say('each level once', `the same as [${first}]; remove one`),
      });
  }
}

function range(domain: NumberDomain): z.ZodType<readonly number[]> {
  const step: NumberDomain = domain.integer === true ? { integer: true, min: 1 } : { exclusiveMin: 0 };
  const fields = {
    from: numberField(domain).describe('First level'),
    to: numberField(domain).describe('Last level, or the bound that no level passes'),
    step: numberField(step).optional().describe('Distance between levels'),
    count: numberField({ integer: true, min: 1, max: LEVEL_LIMIT }).optional().describe('How many levels'),
    scale: z
      .enum(AXIS_SCALES, { error: say(AXIS_SCALES.join(', ')) })
      .optional()
      .describe('log2: doublings of from; linear or log: `count` levels evenly spaced, or in the logarithm'),
  };
  return strict(fields, 'a range').transform((written: AxisRange, context) => {
    // What a misspelt key makes of the range is beside the point.
    if (context.issues.length > 0) return z.NEVER;
    const levels = expandRange(written, domain.integer === true);
    if ('allowed' in levels) {
      const { key, allowed, remedy } = levels;
      context.addIssue({ code: 'custom', path: key === null ? [] : [key], message: say(allowed, remedy) });
      return z.NEVER;
    }
    if (new Set(levels).size < levels.length)
      context.addIssue({ code: 'custom', path: ['count'], message: say('levels that differ in 12 digits') });
    return levels;
  });
}

export const fanInAxis = (doc = 'Inputs of a neuron'): AxisSchema => axis(FAN_DOMAIN, doc);

export const betaAxis = (doc = 'Slope β of the activation g(βz)'): AxisSchema => axis(BETA_DOMAIN, doc);

/** The word `fanIn`, or an axis of its own. */
export const fanOutAxis = (): z.ZodType<'fanIn' | readonly number[]> => {
  const error = say(`fanIn, ${axisText(FAN_DOMAIN)}`);
  return z.union([z.literal('fanIn', { error }), axis(FAN_DOMAIN, 'Units of the layer')], { error }).meta({
    description: 'Units of the layer, as the Glorot rules and chi_backward see them; fanIn: a square layer',
  });
};
