import * as z from 'zod';
import { type ClaimSpec, type ExpectSpec, RELATIONS, ROW_TABLES, SHOWN } from '../model/expect-spec.ts';
import { numberField, say, strict } from './fields.ts';

/** Standard errors that a difference may have by chance; a normal variable is 4 deviations off, in either direction, once in 16,000. */
const DEFAULT_TOLERANCE = 4;

const EXPECTATIONS_LIMIT = 100;
const LONGEST = 500;

const TABLES = [...new Set(Object.values(ROW_TABLES).flat())];

const line = (what: string) => {
  const error = say(`${what}, in one line of at most ${LONGEST} characters`);
  return (
    z
      .string({ error })
      .max(LONGEST, { error })
      .regex(/^\P{C}*$/u, { error })
      // Not in one: that would try every place for the one character, which takes long where it fails.
      .regex(/\S/, { error })
  );
};

const amount = (doc: string) =>
  z
    .union([numberField({}), line('an expression')], { error: say('a finite number, or an expression over columns') })
    .optional()
    .describe(doc);

/** The claim that a run puts to the test. */
export const claimField = (): z.ZodType<ClaimSpec> =>
  strict(
    {
      id: z
        .string({ error: say('a short name') })
        .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,19}$/u, { error: say('1 to 20 letters, digits, ".", "_" or "-"') })
        .describe('Short name, such as C2'),
      says: line('the claim').describe('The claim'),
      because: line('an explanation').describe('Why it holds, or does not, in one line'),
      onlyIf: line('a condition')
        .optional()
        .describe('Completes "holds only if …"; for a claim whose expectations show a limit'),
    },
    'a claim',
  ).describe('What the run puts to the test, in words; `initsweep verify` prints its verdict') as z.ZodType<ClaimSpec>;

function expectation() {
  return strict(
    {
      shows: z
        .enum(SHOWN, { error: say(SHOWN.join(', ')) })
        .default('claim')
        .describe('claim: that it holds; limit: where it ends; failure: that it is false'),
      table: z
        .enum(TABLES as [string, ...string[]], { error: say(TABLES.join(', ')) })
        .optional()
        .describe('Table of the run; default: its main one'),
      statistic: line('a column or an expression').describe(
        'Column, or arithmetic over columns of which one at most has a standard error',
      ),
      where: line('an expression').optional().describe('Rows, as in show --where; default: all'),
      relation: z
        .enum(RELATIONS, { error: say(RELATIONS.join(', ')) })
        .describe('How the statistic has to stand to the value, in every row'),
      value: amount('What it is compared with: a number, or an expression such as 1/(3*fan_in)'),
      along: line('a column').optional().describe('Axis of increases and decreases'),
      tolerance: numberField({ min: 0, max: 30 })
        .default(DEFAULT_TOLERANCE)
        .describe(
          'In standard errors of a normal distribution, whose chance of a false alarm is kept: a limit for Student’s t with blocks − 1 degrees of freedom, and for equals over all rows together',
        ),
      within: amount('For equals: the largest difference that counts as equal; the run then has to be that precise'),
    },
    'an expectation',
  );
}

/** What `initsweep verify` is to find in the tables of the run. */
export const expectField = (): z.ZodType<readonly ExpectSpec[]> =>
  z
    .array(expectation(), { error: say('a list of expectations') })
    .min(1, { error: say('at least one expectation') })
    .max(EXPECTATIONS_LIMIT, { error: say(`at most ${EXPECTATIONS_LIMIT} expectations`) })
    .describe('What `initsweep verify` is to find in the tables; exit code 1 where it does not') as z.ZodType<
    readonly ExpectSpec[]
  >;
