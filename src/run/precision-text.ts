import type { PrecisionSpec } from '../model/spec.ts';
import type { LimitingCell, Round } from './precision-round.ts';

/** `z_var to 0.2% of its value` */
export function targetText({ statistic, target: { kind, value } }: PrecisionSpec): string {
  return kind === 'absolute'
    ? `${statistic} to ± ${short(value)}`
    : `${statistic} to ${short(100 * value)}% of its value`;
}

/** How a precision stands, in a line for people: what it is held up by, and how far it is likely to have to go. */
export function roundText(round: Round, precision: PrecisionSpec): string {
  const { decision, steering, samples, limiting } = round;
  const target = targetText(precision);
  const at = `at ${samples} samples a cell`;
  if (decision === 'reached') return `${target}: reached in ${cells(steering)} ${at}${leftOut(round)}`;
  const state = decision === 'exhausted' ? 'not reached' : round.held ? 'held once' : 'not yet';
  const why = limiting === null ? 'no cell can be judged by its standard error' : limitText(limiting);
  return `${target}: ${state} ${at}${leftOut(round)}; ${why}${decision === 'continue' ? outlook(round, precision) : ''}`;
}

function limitText(cell: LimitingCell): string {
  const { ratio, note, mcse, value } = cell;
  if (ratio !== null) return `${short(ratio)} times the target in ${cellText(cell)}`;
  const why =
    note === 'degenerate' ? 'does not vary' : note === 'rare' ? 'counts too few events' : 'has no standard error';
  return `${cellText(cell)} ${mcse !== null && value === 0 && note === null ? 'has the value 0' : why}: leave it out with cells`;
}

function outlook({ held, predictedSamples, predictedBlocks }: Round, { maxSamples }: PrecisionSpec): string {
  if (held || predictedSamples === null) return '';
  const end = predictedBlocks === null ? `, more than maxSamples (${maxSamples}) allows` : '';
  return `; needs about ${Number(predictedSamples.toPrecision(2))}${end}`;
}

function cellText({ initializer, input, activation, fanIn, fanOut, beta }: LimitingCell): string {
  const layer = fanOut === fanIn ? `fan-in ${fanIn}` : `fan-in ${fanIn}, fan-out ${fanOut}`;
  return `${initializer}, ${input}, ${activation}, ${layer}, β = ${beta}`;
}

function leftOut({ unjudged }: Round): string {
  return unjudged === 0 ? '' : ` (${cells(unjudged)} with heavy tails left out)`;
}

const cells = (n: number): string => `${n} ${n === 1 ? 'cell' : 'cells'}`;

const short = (x: number): string => String(Number(x.toPrecision(3)));
