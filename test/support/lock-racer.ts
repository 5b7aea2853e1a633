import { RunLock } from '../../src/run/lock.ts';

/**
 * A process that locks directories as it is told: `take DIR` is answered with `won` or why not, `release` with `released`. It says
 * `ready` once it can be told.
 */
let lock: RunLock | undefined;
process.on('message', ({ verb, directory }: { verb: 'take' | 'held' | 'release'; directory: string }) => {
  process.send?.({ take, held: () => String(lock?.held()), release }[verb](directory));
});
process.send?.('ready');

function take(directory: string): string {
  try {
    lock = RunLock.take(directory);
    return 'won';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function release(): string {
  lock?.release();
  lock = undefined;
  return 'released';
}
