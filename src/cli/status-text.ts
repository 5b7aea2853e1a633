import { formatBytes } from '../report/size-format.ts';
import { describeFailed } from '../run/faults.ts';
import { roundText } from '../run/precision-text.ts';
import type { RunStatus, TableStatus } from '../run/status.ts';
import { formatCount, formatDuration } from './progress-rate.ts';

/** How a run stands, as lines. */
export function statusLines(status: RunStatus): string[] {
  const { path, manifest, state, rate, secondsLeft, precision, tables } = status;
  const { done, total } = manifest.progress;
  const { initsweep, kernel, node } = manifest.versions;
  const pace = [
    `${done} of ${total} cells (${total > 0 ? Math.floor((100 * done) / total) : 100}%)`,
    `${manifest.seconds.toFixed(1)} s`,
    ...(rate === null ? [] : [`${formatCount(rate)} cells/s`]),
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`]),
  ];
  return [
    `${path}: ${state}${stateText(status)}`,
    `  ${pace.join(', ')}`,
    `  started ${manifest.startedAt}, ${manifest.finishedAt === null ? `last heard of ${manifest.updatedAt}` : `ended ${manifest.finishedAt}`}`,
    `  on ${manifest.host} (${manifest.platform}, ${manifest.threads} thread${manifest.threads === 1 ? '' : 's'}, process ${manifest.pid})`,
    `  plan ${manifest.plan.slice(0, 12)}, initsweep ${initsweep}, kernel ${kernel}, node ${node}`,
    ...(manifest.origins.length > 0
      ? [`  tallies from ${manifest.origins.map((run) => run.directory).join(', ')}`]
      : []),
    ...(precision !== null && manifest.precision !== null
      ? [`  precision: ${roundText(manifest.precision, precision)}`]
      : []),
    ...tallyLines(status),
    ...failureLines(status),
    ...tables.map(tableLine),
  ];
}

function tallyLines({ manifest }: RunStatus): string[] {
  const { total, done, found, running, failed } = manifest.tallies;
  if (total === 0) return done === 0 ? [] : [`  tallies: ${done} kept`];
  const parts = [
    `${done} of ${total} done`,
    ...(found > 0 ? [`${found} of them before this session`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${total - done - running - failed} missing`,
  ];
  return [`  tallies: ${parts.join(', ')}`];
}

/** Failed blocks that are listed. */
const MOST_FAILURES = 5;

function failureLines({ manifest: { failures } }: RunStatus): string[] {
  const listed = failures.slice(0, MOST_FAILURES);
  const more = failures.length - listed.length;
  return [
    ...listed.map((failure) => `  failed: ${describeFailed(failure)}: ${failure.error}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function stateText({ state, manifest }: RunStatus): string {
  if (state === 'interrupted') return `: process ${manifest.pid} is gone; the same command goes on`;
  if (state === 'stopped') return ' before the end; the same command goes on';
  if (state === 'incomplete') {
    const { length } = manifest.failures;
    return `: ${length} block${length === 1 ? '' : 's'} failed; the same command tries ${length === 1 ? 'it' : 'them'} again`;
  }
  if (state === 'failed') return manifest.error === null ? '' : `: ${manifest.error}`;
  return '';
}

const STATES: Readonly<Record<TableStatus['state'], string>> = {
  present: '',
  intact: ', SHA-256 as in the manifest',
  changed: ', CHANGED since it was written',
  missing: ', MISSING',
};

function tableLine({ file, rows, bytes, state }: TableStatus): string {
  return `  ${file}: ${rows} rows, ${formatBytes(bytes)}${STATES[state]}`;
}
