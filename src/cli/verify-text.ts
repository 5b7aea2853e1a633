import { claimLines, claimTable, type RunClaim } from '../report/claims/claim-lines.ts';
import { formatMeasured, formatNumber, NULL_TEXT } from '../report/number-format.ts';
import { renderTable, type Terminal } from '../report/terminal.ts';
import type { StatisticTests, VerifyTest } from '../run/family.ts';
import { missingText } from '../run/faults.ts';
import type { Skipped, VerifyReport } from '../run/verify.ts';
import type { RunVerifyReport } from '../run/verify-run.ts';
import type { VerifiedRun } from './verify-runs.ts';

const EXTREMES = 10;
const MOST_FAILURES = 40;

/** One run in full. */
export function runLines({ theory, claim }: VerifiedRun, terminal: Terminal): string[] {
  return [...verifyLines(theory, terminal), ...(claim === null ? [] : ['', ...claimLines(claim, terminal)])];
}

/**
 * Of several runs what is wrong with the theory of each, their claims, and tables of both. A claim follows its theory: what the
 * simulation contradicts, it cannot show.
 */
export function runsLines(runs: readonly VerifiedRun[], terminal: Terminal): string[] {
  const claims = runs.flatMap(({ run, claim }): RunClaim[] => (claim === null ? [] : [{ run, report: claim }]));
  return [
    ...runs.flatMap(({ theory, run }) =>
      theory.verdict === 'agrees' ? [] : [`${run}:`, '', ...verifyLines(theory, terminal), ''],
    ),
    ...claims.flatMap(({ report }) => [...claimLines(report, terminal), '']),
    ...runTable(runs, terminal),
    ...(claims.length === 0 ? [] : ['', ...claimTable(claims, terminal)]),
  ];
}

/** The report of a run for programs. A difference without any error has t null (JSON has no infinity), p 0. */
export function runJson({ run, theory, claim, passed }: VerifiedRun): unknown {
  return { run, ...theory, claim, passed };
}

function runTable(runs: readonly VerifiedRun[], terminal: Terminal): string[] {
  return renderTable(
    [
      { title: 'run', align: 'left', cells: runs.map(({ run }) => run) },
      { title: 'tests of theory', align: 'decimal', cells: runs.map(({ theory }) => String(theory.total)) },
      { title: 'contradictions', align: 'decimal', cells: runs.map(({ theory }) => String(theory.contradictions)) },
      { title: 'expectations', align: 'decimal', cells: runs.map(({ claim }) => String(claim?.outcomes.length ?? 0)) },
      {
        title: 'not met',
        align: 'decimal',
        cells: runs.map(({ claim }) => String(claim?.outcomes.filter(({ met }) => !met).length ?? 0)),
      },
      { title: 'missing blocks', align: 'decimal', cells: runs.map(({ theory }) => String(theory.missing.length)) },
    ],
    terminal,
  );
}

/** The report of `verify` as lines: tests by statistic, the most extreme ones, what was left out, the verdict; blocks that are missing. */
export function verifyLines(report: RunVerifyReport, terminal: Terminal): string[] {
  const { tests, failures, skipped, missing } = report;
  const lacking = missingText(missing);
  const shown = tests.slice(0, Math.min(MOST_FAILURES, Math.max(EXTREMES, failures.length)));
  return [
    ...byStatistic(report.statistics, terminal),
    '',
    'most extreme:',
    ...extremes(shown, terminal),
    '',
    ...(skipped.length > 0 ? ['not tested:', ...skippedLines(skipped), ''] : []),
    ...(lacking === null ? [] : [lacking]),
    verdict(report),
  ];
}

function byStatistic(rows: readonly StatisticTests[], terminal: Terminal): string[] {
  return renderTable(
    [
      { title: 'statistic', align: 'left', cells: rows.map((row) => row.statistic) },
      { title: 'tests', align: 'decimal', cells: rows.map((row) => String(row.tests)) },
      { title: 'largest |t|', align: 'decimal', cells: rows.map((row) => formatNumber(Math.abs(row.zscore), 3)) },
      { title: 'smallest p', align: 'decimal', cells: rows.map((row) => formatNumber(row.p, 2)) },
      { title: 'contradictions', align: 'decimal', cells: rows.map((row) => String(row.contradictions)) },
    ],
    terminal,
  );
}

function extremes(tests: readonly VerifyTest[], terminal: Terminal): string[] {
  return renderTable(
    [
      { title: 'statistic', align: 'left', cells: tests.map((test) => test.statistic) },
      { title: 'ensemble', align: 'left', cells: tests.map((test) => test.ensemble) },
      {
        title: 'fan_in',
        align: 'decimal',
        cells: tests.map((test) => (test.fanIn === null ? 'all' : `${test.fanIn}`)),
      },
      { title: 'value', align: 'decimal', cells: tests.map((test) => formatMeasured(test.value, test.mcse)) },
      { title: 'theory', align: 'decimal', cells: tests.map((test) => formatNumber(test.theory)) },
      { title: 't', align: 'decimal', cells: tests.map((test) => formatNumber(test.zscore, 3)) },
      { title: 'Holm p', align: 'decimal', cells: tests.map((test) => formatNumber(test.adjusted, 2)) },
      { title: 'cell', align: 'left', cells: tests.map((test) => test.cell ?? NULL_TEXT) },
    ],
    terminal,
  );
}

function skippedLines(skipped: readonly Skipped[]): string[] {
  return skipped.map(({ statistic, reason, count }) => `  ${statistic}: ${reason} (${count})`);
}

function verdict({ total, contradictions, alpha }: VerifyReport): string {
  const family = `chance of any false alarm at most ${formatNumber(alpha)}: Holm, Student’s t`;
  if (total === 0) return 'nothing to test: no statistic of this run has a theory that its errors can be held against';
  return contradictions === 0
    ? `agrees: ${total} test${total === 1 ? '' : 's'}, no contradiction (${family})`
    : `contradicts: ${contradictions} of ${total} tests (${family})`;
}
