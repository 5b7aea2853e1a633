import type { ExpectSpec } from '../../model/expect-spec.ts';
import { formatMeasured, formatNumber, NULL_TEXT } from '../number-format.ts';
import { renderTable, type Terminal } from '../terminal.ts';
import { type ClaimReport, verdictText } from './claim-report.ts';
import type { Outcome } from './evaluate.ts';
import type { Judged } from './judge.ts';

const RELATION_TEXT: Readonly<Record<ExpectSpec['relation'], string>> = {
  equals: '=',
  differs: '≠',
  above: '>',
  below: '<',
  increases: 'increases along',
  decreases: 'decreases along',
};

/** What is expected, as its config says it: `= 1/(3*fan_in)`, `< 0.01`, `increases along fan_in`. */
export function expectedText({ relation, value, along, within }: ExpectSpec): string {
  const what = along ?? (typeof value === 'number' ? formatNumber(value, 12) : (value ?? ''));
  const margin = within === undefined ? '' : ` ± ${typeof within === 'number' ? formatNumber(within, 12) : within}`;
  return `${RELATION_TEXT[relation]} ${what}${margin}`;
}

/** The row nearest to failing: `0.33456 ± 0.00071`, `0 (≤ 0.0058)`; without an error, the plain number. */
export function measuredText({ value, error, upper }: Judged): string {
  if (Number.isNaN(error) && !Number.isNaN(upper)) return `${formatNumber(value, 2)} (≤ ${formatNumber(upper, 2)})`;
  return error === 0 ? formatNumber(value) : formatMeasured(value, error);
}

/** How far off, and how far that may or has to be: `1.7 ≤ 4.9 errors`, `38 > 10 errors`, `0.00014 ≤ 0.0005`. */
export function distanceText({ expect: { relation, within }, limit, worst }: Outcome): string {
  const { value, wanted, score, error, problem, margin } = worst;
  if (problem !== null) return problem;
  if (within !== undefined && margin !== null)
    return compared(worst.met, formatNumber(Math.abs(value - wanted) + limit * error, 2), '≤', formatNumber(margin));
  if (error === 0 || !Number.isFinite(score)) return NULL_TEXT;
  const either = relation === 'equals' || relation === 'differs';
  const downward = relation === 'below' || relation === 'decreases';
  const size = formatNumber(either ? Math.abs(score) : score, 3);
  const needed = relation === 'equals' ? '≤' : downward ? '<' : '>';
  return `${compared(worst.met, size, needed, formatNumber(downward ? -limit : limit, 3))} errors`;
}

function compared(met: boolean, size: string, needed: string, limit: string): string {
  return `${size}${met ? '' : ', not'} ${needed} ${limit}`;
}

/** The claim of a run, each of its expectations, and the verdict with its reason. */
export function claimLines(report: ClaimReport, terminal: Terminal): string[] {
  const { claim, outcomes } = report;
  const cells = (text: (outcome: Outcome) => string): string[] => outcomes.map(text);
  return [
    ...(claim === null ? ['expectations'] : [`${claim.id}: ${claim.says}`]),
    '',
    ...renderTable(
      [
        { title: 'shows', align: 'left', cells: cells(({ expect }) => expect.shows) },
        { title: 'statistic', align: 'left', cells: cells(({ expect }) => expect.statistic) },
        { title: 'rows', align: 'decimal', cells: cells(({ rows }) => String(rows)) },
        { title: 'measured', align: 'decimal', cells: cells(({ worst }) => measuredText(worst)) },
        { title: 'expected', align: 'left', cells: cells(({ expect }) => expectedText(expect)) },
        { title: 'value', align: 'decimal', cells: cells(({ worst }) => formatNumber(worst.wanted)) },
        { title: 'distance', align: 'left', cells: cells(distanceText) },
        { title: 'as expected', align: 'left', cells: cells(metText) },
        { title: 'row furthest off', align: 'left', cells: cells(({ worst }) => worst.name || NULL_TEXT) },
      ],
      terminal,
    ),
    '',
    conclusion(report),
  ];
}

function metText({ met, rows, failed }: Outcome): string {
  return met ? 'yes' : rows === 1 ? 'NO' : `NO, ${failed} of ${rows} rows`;
}

function conclusion(report: ClaimReport): string {
  const { claim, outcomes, verdict } = report;
  const failed = outcomes.filter(({ met }) => !met).length;
  const subject = claim?.id ?? 'expectations';
  if (verdict === 'not as expected')
    return `${subject}: not as expected (${failed} of ${outcomes.length} expectations)`;
  if (claim === null) return `${subject}: all ${outcomes.length} met`;
  return `${subject} ${verdictText(report)}: ${claim.because}`;
}

/** Claims of several runs under each other: what was measured first of each, and its verdict. */
export function claimTable(reports: readonly ClaimReport[], terminal: Terminal): string[] {
  const rows = reports.filter(({ outcomes }) => outcomes.length > 0);
  const first = (report: ClaimReport): Outcome => report.outcomes[0] as Outcome;
  return renderTable(
    [
      { title: 'claim', align: 'left', cells: rows.map(({ claim }) => claim?.id ?? NULL_TEXT) },
      { title: 'statistic', align: 'left', cells: rows.map((report) => first(report).expect.statistic) },
      { title: 'measured', align: 'decimal', cells: rows.map((report) => measuredText(first(report).worst)) },
      { title: 'expected', align: 'left', cells: rows.map((report) => expectedText(first(report).expect)) },
      { title: 'verdict', align: 'left', cells: rows.map(verdictText) },
    ],
    terminal,
  );
}
