import { CommanderError } from 'commander';
import { EXIT, InitsweepError } from '../errors.ts';

/** Prints an error to stderr and returns the exit code that goes with it. Only a fault of the program shows a stack. */
export function reportError(error: unknown): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof InitsweepError) {
    process.stderr.write(`initsweep: ${error.message}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`initsweep: this is a fault of the program, please report it\n${text}\n`);
  return EXIT.failed;
}

/** Lets the program end with this code, unless something worse has happened. */
export function exitWith(code: number): void {
  process.exitCode = Math.max(Number(process.exitCode ?? EXIT.ok), code);
}
