import type { ClaimSpec, Expectations } from '../../model/expect-spec.ts';
import { type ClaimTable, evaluateExpectation, type Outcome } from './evaluate.ts';

/**
 * What a run says of its claim; `not as expected` where the tables are not what the config expects, `theory contradicted` where they are
 * not what exact theory says: whatever such tables show may be the fault of the simulation.
 */
export type ClaimVerdict = 'holds' | 'holds only if' | 'fails' | 'not as expected' | 'theory contradicted';

/** What is known of the tables of a run besides. */
export interface RunFacts {
  /** Comparisons with exact theory, and those of them that contradict it. */
  readonly tests: number;
  readonly contradictions: number;
  /** Blocks that failed. */
  readonly missing: number;
}

export interface ClaimReport {
  readonly claim: ClaimSpec | null;
  /** One at least. */
  readonly outcomes: readonly Outcome[];
  readonly facts: RunFacts;
  readonly verdict: ClaimVerdict;
}

/**
 * Holds the tables of a run against its expectations, of which there is one at least.
 *
 * @param tableOf opens a table by its name, the main one by null; asked once for each name
 * @throws UsageError as {@link evaluateExpectation}
 */
export function reportClaim(
  { claim, expect }: Expectations,
  tableOf: (name: string | null) => ClaimTable,
  facts: RunFacts,
): ClaimReport {
  const tables = new Map<string | null, ClaimTable>();
  const outcomes = expect.map((one, i) => {
    const name = one.table ?? null;
    const table = tables.get(name) ?? tableOf(name);
    tables.set(name, table);
    return evaluateExpectation(one, `expect[${i}]`, table);
  });
  return { claim, outcomes, facts, verdict: facts.contradictions > 0 ? 'theory contradicted' : verdictOf(outcomes) };
}

function verdictOf(outcomes: readonly Outcome[]): ClaimVerdict {
  const shown = (what: string) => outcomes.some(({ expect }) => expect.shows === what);
  if (!outcomes.every(({ met }) => met)) return 'not as expected';
  return shown('failure') ? 'fails' : shown('limit') ? 'holds only if' : 'holds';
}

/** The outcome that stands for the claim: the first that is not met, or else the first. */
export function headline({ outcomes }: ClaimReport): Outcome {
  return outcomes.find(({ met }) => !met) ?? (outcomes[0] as Outcome);
}

/** The verdict without its condition; of expectations without a claim, `met` or why not. */
export function verdictWord({ claim, verdict }: ClaimReport): string {
  return claim === null && isAsExpected({ verdict }) ? 'met' : verdict;
}

/** `holds only if the inputs are centred`. */
export function verdictText(report: ClaimReport): string {
  const { claim, verdict } = report;
  return verdict === 'holds only if' ? `${verdictWord(report)} ${claim?.onlyIf ?? ''}`.trimEnd() : verdictWord(report);
}

/** Whether tables show what the config says that they do, and nothing speaks against them. */
export function isAsExpected({ verdict }: Pick<ClaimReport, 'verdict'>): boolean {
  return verdict !== 'not as expected' && verdict !== 'theory contradicted';
}

/** One line: why that is the verdict. */
export function reasonText(report: ClaimReport): string {
  const { missing } = report.facts;
  return missing === 0 ? reasonOf(report) : `${reasonOf(report)} (failed blocks left out: ${missing})`;
}

function reasonOf({ claim, outcomes, facts, verdict }: ClaimReport): string {
  const failed = outcomes.filter(({ met }) => !met).length;
  if (verdict === 'theory contradicted') return `${facts.contradictions} of ${facts.tests} tests of theory`;
  if (verdict === 'not as expected') return `${failed} of ${outcomes.length} expectations not met`;
  return claim?.because ?? `all ${outcomes.length} expectations`;
}
