import { readFileSync } from 'node:fs';

/** The lines of a file of known answers in test/kat, without comments and blank ones. */
export function katLines(name: string): string[] {
  return readFileSync(new URL(`../kat/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Eight hexadecimal digits a word. */
export const hex = (words: ArrayLike<number>): string =>
  Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join(' ');

export const unhex = (text: string): number[] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => Number.parseInt(word, 16));
