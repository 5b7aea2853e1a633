import * as errors from '../errors.ts';

/** An error as plain data: posted between threads, an Error keeps its words and loses its class. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly parts: readonly errors.MessageParts[];
  readonly stack: string | undefined;
}

export function failureOf(error: unknown): Failure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack, parts: error instanceof errors.InitsweepError ? error.parts : [] };
}

type ErrorClass = new (parts: readonly errors.MessageParts[] | string) => errors.InitsweepError;

const CLASSES: Readonly<Record<string, ErrorClass | undefined>> = {
  ConfigError: errors.ConfigError,
  UsageError: errors.UsageError,
  RunDirectoryError: errors.RunDirectoryError,
  StoppedError: errors.StoppedError,
  TaskError: errors.TaskError,
  RunError: errors.RunError,
};

/** The error again, in its class where that is one of ours; other errors keep their name. */
export function errorOf({ name, message, parts, stack }: Failure): Error {
  const Known = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  const error = Known === undefined ? new Error(message) : new Known(parts.length > 0 ? parts : message);
  if (Known === undefined) error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Whether an error was raised on purpose and holds for the run; any other is of one task, and its thread is in an unknown state. */
export function isVerdict({ name }: Failure): boolean {
  return Object.hasOwn(CLASSES, name) && name !== 'TaskError';
}

/** A failure that is of one task. */
export function taskErrorOf(failure: Failure): errors.TaskError {
  const { name, message } = failure;
  return new errors.TaskError(name === 'TaskError' ? message : `${name}: ${message}`, { cause: errorOf(failure) });
}
