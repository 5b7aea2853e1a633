import * as z from 'zod';
import { type Expectations, type ExpectSpec, NO_EXPECTATIONS, ROW_TABLES } from '../model/expect-spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { claimField, expectField } from './expect-schema.ts';
import type { Problem } from './problems.ts';

/** The two keys as the schema reads them. */
export interface ParsedExpectations {
  readonly claim?: Expectations['claim'] | undefined;
  readonly expect?: readonly ExpectSpec[] | undefined;
}

export interface ResolvedExpectations {
  readonly expectations: Expectations;
  readonly problems: readonly Problem[];
}

/** Checks what concerns several keys of `claim` and `expect` at once. What an expression says, only a table can tell. */
export function resolveExpectations(
  { claim = null, expect = [] }: ParsedExpectations,
  experiment: keyof typeof ROW_TABLES,
): ResolvedExpectations {
  const problems = expect.flatMap((one, i) => {
    const wrong = wrongKey(one) ?? wrongTable(one, ROW_TABLES[experiment]);
    return wrong === null ? [] : [{ ...wrong, path: ['expect', i, ...wrong.path] }];
  });
  return { expectations: { claim, expect }, problems: [...problems, ...claimProblems({ claim, expect })] };
}

function wrongKey({ relation, value, along, within }: ExpectSpec): Problem | null {
  const ordered = relation === 'increases' || relation === 'decreases';
  const given = { value, along, within };
  const needed = ordered ? 'along' : 'value';
  if (given[needed] === undefined)
    return { path: [], received: relation, allowed: `${relation} with ${needed}`, remedy: `add ${needed}: …` };
  const allowed = ordered ? ['along'] : relation === 'equals' ? ['value', 'within'] : ['value'];
  const superfluous = Object.entries(given).find(([key, word]) => word !== undefined && !allowed.includes(key));
  if (superfluous !== undefined)
    return {
      path: [superfluous[0]],
      key: true,
      received: superfluous[0],
      allowed: `${relation} with ${allowed.join(' and ')}`,
      remedy: 'remove it',
    };
  if (typeof within === 'number' && within < 0)
    return { path: ['within'], received: String(within), allowed: 'number ≥ 0' };
  return null;
}

function wrongTable({ table }: ExpectSpec, tables: readonly string[]): Problem | null {
  if (table === undefined || tables.includes(table)) return null;
  return { path: ['table'], received: table, allowed: `${tables.join(', ')}, the tables of this experiment` };
}

/** A verdict says no more than the expectations show. */
function claimProblems({ claim, expect }: Expectations): readonly Problem[] {
  if (claim === null) return [];
  if (expect.length === 0)
    return [{ path: ['claim'], key: true, received: 'a claim without expectations', allowed: 'expect: …' }];
  const limit = expect.findIndex(({ shows }) => shows === 'limit');
  if (limit >= 0 && claim.onlyIf === undefined)
    return [
      {
        path: ['expect', limit, 'shows'],
        received: 'limit',
        allowed: 'a claim with onlyIf',
        remedy: 'add onlyIf: … to the claim: the condition whose absence this shows',
      },
    ];
  if (limit < 0 && claim.onlyIf !== undefined)
    return [
      {
        path: ['claim', 'onlyIf'],
        received: 'a condition',
        allowed: 'expectations that show it',
        remedy: 'add one with shows: limit, or remove onlyIf',
      },
    ];
  return [];
}

/** The expectations in a run's file, which may have been written by anybody; null when they are none. */
export function readExpectations(value: unknown, experiment: keyof typeof ROW_TABLES): Expectations | null {
  if (value === undefined) return NO_EXPECTATIONS;
  const parsed = z
    .strictObject({ claim: claimField().nullable(), expect: z.union([expectField(), z.tuple([])]) })
    .safeParse(value);
  if (!parsed.success || canonicalJson(parsed.data) !== canonicalJson(value)) return null;
  return resolveExpectations({ ...parsed.data, claim: parsed.data.claim ?? undefined }, experiment).problems.length > 0
    ? null
    : parsed.data;
}
