/** Exit codes of the command line. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** `verify`, `replay` or `status --check` found something. */
  finding: 1,
  /** Bad usage, configuration or run directory. */
  usage: 2,
  /** Stopped before the end. */
  stopped: 3,
  /** Failed. */
  failed: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The four parts of a message: where, what was received, what is allowed, what to do. */
export interface MessageParts {
  /** Config path with line and column, option, file or task. */
  readonly where?: string;
  /** What was found there, already described (see {@link describeValue}). */
  readonly received?: string;
  readonly allowed?: string;
  readonly remedy?: string;
}

/** `where: received …; allowed: …; remedy`, leaving out the parts that are not given. */
export function formatMessage({ where, received, allowed, remedy }: MessageParts): string {
  const body = [
    received === undefined ? undefined : `received ${received}`,
    allowed === undefined ? undefined : `allowed: ${allowed}`,
    remedy,
  ].filter((part) => part !== undefined && part !== '');
  return where === undefined || where === '' ? body.join('; ') : `${where}: ${body.join('; ')}`;
}

/** Every error that initsweep raises on purpose: a readable message and the exit code it ends the program with. */
export abstract class InitsweepError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly parts: readonly MessageParts[];

  /** @param parts one problem, several (joined by newlines), or a finished message */
  constructor(parts: MessageParts | readonly MessageParts[] | string, options?: ErrorOptions) {
    const list = typeof parts === 'string' ? [] : 'length' in parts ? parts : [parts];
    super(typeof parts === 'string' ? parts : list.map(formatMessage).join('\n'), options);
    this.name = new.target.name;
    this.parts = list;
  }
}

/** A config, or a data file that it names, is not usable. */
export class ConfigError extends InitsweepError {
  readonly exitCode = EXIT.usage;
}

/** Command-line arguments or API arguments are not usable. */
export class UsageError extends InitsweepError {
  readonly exitCode = EXIT.usage;
}

/** A run directory is missing, damaged, or holds another plan's run. */
export class RunDirectoryError extends InitsweepError {
  readonly exitCode = EXIT.usage;
}

/** Stopped by a signal or a limit; nothing is left half written. */
export class StoppedError extends InitsweepError {
  readonly exitCode = EXIT.stopped;
}

/** One task failed. */
export class TaskError extends InitsweepError {
  readonly exitCode = EXIT.failed;
}

/** The run as a whole failed. */
export class RunError extends InitsweepError {
  readonly exitCode = EXIT.failed;
}

const LONGEST_VALUE = 60;

/** Shows a value in a message: strings quoted, collections by kind and size, anything long truncated. Never throws. */
export function describeValue(value: unknown, longest = LONGEST_VALUE): string {
  const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value.length > longest ? `${JSON.stringify(value.slice(0, longest))}…` : JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
    case 'boolean':
      return cut(String(value));
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
      return describeObject(value, cut);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object, cut: (text: string) => string): string {
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${cut(keys.join(', '))}`;
}
