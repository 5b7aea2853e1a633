import { readFileSync } from 'node:fs';

export interface KnownAnswer {
  readonly name: string;
  readonly args: readonly number[];
  readonly value: number;
}

/** The lines of test/kat/elementary.txt. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = readFileSync(
  new URL('../../kat/elementary.txt', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', ...numbers] = line.split(' ');
    const args = numbers.map(Number);
    const value = args.pop();
    if (value === undefined || args.some(Number.isNaN) || Number.isNaN(value)) throw new Error(`bad line: ${line}`);
    return { name, args, value };
  });
