import type { ExpectSpec } from '../../model/expect-spec.ts';
import { formatMeasured, formatNumber, NULL_TEXT } from '../number-format.ts';
import { renderTable, type Terminal } from '../terminal.ts';
import { type ClaimReport, headline, reasonText, verdictText, verdictWord } from './claim-report.ts';
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

/** How far off, and how far that may or has to be: `1.7 ≤ 4.9 errors`, `38 > 10 errors`, `0.00014 ≤ 0.0005`; nothing between exact numbers. */
export function distanceText({ expect: { relation, within }, limit, worst }: Outcome): string {
  const { value, wanted, score, error, upper, problem, margin } = worst;
  if (problem !== null) return problem;
  if (within !== undefined && margin !== null)
    return compared(worst.met, formatNumber(Math.abs(value - wanted) + limit * error, 2), '≤', formatNumber(margin));
  if (Number.isNaN(error)) return `${formatNumber(upper, 2)} < ${formatNumber(wanted)} at 95%`;
  if (!Number.isFinite(score) || (error === 0 && score === 0)) return NULL_TEXT;
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

/** The verdict with its reason: `C2 holds only if …: …`. */
export function conclusion(report: ClaimReport): string {
  return `${report.claim?.id ?? 'expectations'} ${verdictText(report)}: ${reasonText(report)}`;
}

/** The claim of one of several runs. */
export interface RunClaim {
  /** Directory of the run. */
  readonly run: string;
  readonly report: ClaimReport;
}

/** Claims of several runs under each other: the verdict, what stands for it, and below it the reason. */
export function claimTable(claims: readonly RunClaim[], terminal: Terminal): string[] {
  const cells = (text: (outcome: Outcome) => string): string[] => claims.map(({ report }) => text(headline(report)));
  const [header = '', rule = '', ...rest] = renderTable(
    [
      { title: 'run', align: 'left', cells: claims.map(({ run }) => run) },
      { title: 'claim', align: 'left', cells: claims.map(({ report }) => report.claim?.id ?? NULL_TEXT) },
      { title: 'verdict', align: 'left', cells: claims.map(({ report }) => verdictWord(report)) },
      { title: 'statistic', align: 'left', cells: cells(({ expect }) => expect.statistic) },
      { title: 'measured', align: 'decimal', cells: cells(({ worst }) => measuredText(worst)) },
      { title: 'expected', align: 'left', cells: cells(({ expect }) => expectedText(expect)) },
      { title: 'row furthest off', align: 'left', cells: cells(({ worst }) => worst.name || NULL_TEXT) },
    ],
    terminal,
  );
  return [
    header,
    rule,
    ...rest.flatMap((line, i) => [line, ...claims.slice(i, i + 1).map(({ report }) => `  ${conclusion(report)}`)]),
  ];
}
