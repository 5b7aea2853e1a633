import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { d: 86400, h: 3600, m: 60, s: 1 };

/** Timers count milliseconds in 31 bits. */
const MOST = 24 * 86400;

/** Seconds of `4h`, `1h30m`, `90s` or a bare number of seconds. @throws InvalidArgumentError on anything else */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([dhms])/g)];
  const whole = parts.map(([part]) => part).join('') === text && text !== '';
  const seconds = whole
    ? parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit as string] as number), 0)
    : Number(/^\d+(\.\d+)?$/.test(text) ? text : Number.NaN);
  if (seconds > 0 && seconds <= MOST) return seconds;
  throw new InvalidArgumentError('Allowed: a time such as 4h, 1h30m, 90s, at most 24d.');
}
