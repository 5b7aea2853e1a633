import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';

/** Where the queue is. */
export interface QueueAddress {
  /** With the password, if it has one: for the client only. */
  readonly url: string;
  /** Without: for people. */
  readonly shown: string;
}

export const URL_VARIABLE = 'INITSWEEP_QUEUE_URL';

const ALLOWED = `redis://HOST:PORT or rediss://HOST:PORT; \`env\` for what ${URL_VARIABLE} holds; file:PATH`;

/**
 * Finds the address of a queue, as `--queue` names it. One with a password is taken from the environment or a file only: everybody on
 * a machine can read the arguments of its processes.
 *
 * @throws UsageError that never shows a password
 */
export function queueAddress(given: string, environment: NodeJS.ProcessEnv = process.env): QueueAddress {
  if (given === 'env') return parse(fromEnvironment(environment), URL_VARIABLE);
  if (given.startsWith('file:')) return parse(fromFile(given.slice('file:'.length)), given);
  const address = parse(given, '--queue');
  if (address.url === address.shown) return address;
  throw new UsageError({
    where: '--queue',
    received: 'an address with a password',
    allowed:
      'a password in the environment or a file, because every user of a machine can read its processes’ arguments',
    remedy: `put the address into ${URL_VARIABLE} and say --queue env, or into a file and say --queue file:PATH`,
  });
}

function fromEnvironment(environment: NodeJS.ProcessEnv): string {
  const text = environment[URL_VARIABLE];
  if (text !== undefined && text !== '') return text;
  throw new UsageError({ where: URL_VARIABLE, received: 'nothing', allowed: 'redis://USER:PASSWORD@HOST:PORT' });
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const received =
      error instanceof Error && 'code' in error ? `a file that cannot be read (${error.code})` : 'no file';
    throw new UsageError({ where: `--queue file:${path}`, received, allowed: 'a file that holds the address' });
  }
}

function parse(text: string, where: string): QueueAddress {
  // What is wrong with it is not said in its own words: it may hold a password in an unexpected place.
  const refuse = (received: string): UsageError => new UsageError({ where, received, allowed: ALLOWED });
  if (!URL.canParse(text)) throw refuse('no address');
  const url = new URL(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw refuse('an address of another kind');
  if (url.hostname === '') throw refuse('an address without a host');
  // The client would read any of its options from there.
  if (url.search !== '' || url.hash !== '') throw refuse('an address with ? or #');
  if (!/^\/?\d{0,5}$/.test(url.pathname)) throw refuse('a path that is no number of a database');
  const shown = new URL(url);
  shown.password = '';
  return { url: url.href, shown: shown.href };
}
