import type { ClaimSpec, Expectations } from '../../model/expect-spec.ts';
import { type ClaimTable, evaluateExpectation, type Outcome } from './evaluate.ts';

/** What a run says of its claim; `not as expected` where the tables are not what the config expects. */
export type ClaimVerdict = 'holds' | 'holds only if' | 'fails' | 'not as expected';

export interface ClaimReport {
  readonly claim: ClaimSpec | null;
  readonly outcomes: readonly Outcome[];
  readonly verdict: ClaimVerdict;
}

/**
 * Holds the tables of a run against its expectations.
 *
 * @param tableOf opens a table by its name, the main one by null; asked once for each name
 * @throws UsageError as {@link evaluateExpectation}
 */
export function reportClaim(
  { claim, expect }: Expectations,
  tableOf: (name: string | null) => ClaimTable,
): ClaimReport {
  const tables = new Map<string | null, ClaimTable>();
  const outcomes = expect.map((one, i) => {
    const name = one.table ?? null;
    const table = tables.get(name) ?? tableOf(name);
    tables.set(name, table);
    return evaluateExpectation(one, `expect[${i}]`, table);
  });
  return { claim, outcomes, verdict: verdictOf(outcomes) };
}

function verdictOf(outcomes: readonly Outcome[]): ClaimVerdict {
  const shown = (what: string) => outcomes.some(({ expect }) => expect.shows === what);
  if (!outcomes.every(({ met }) => met)) return 'not as expected';
  return shown('failure') ? 'fails' : shown('limit') ? 'holds only if' : 'holds';
}

/** `holds only if the inputs are centred`. */
export function verdictText({ claim, verdict }: ClaimReport): string {
  return verdict === 'holds only if' ? `holds only if ${claim?.onlyIf ?? ''}`.trimEnd() : verdict;
}
