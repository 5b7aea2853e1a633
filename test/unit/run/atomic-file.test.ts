import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomically } from '../../../src/run/atomic-file.ts';
import { folder } from '../../support/tables.ts';

describe('an atomic file', () => {
  it('is written whole, over an old one too, with nothing beside it', () => {
    const path = folder();
    const file = join(path, 'a.json');
    writeFileAtomically(file, 'first, and longer');
    writeFileAtomically(file, 'zweite ≠ first');
    expect(readFileSync(file, 'utf8')).toBe('zweite ≠ first');
    expect(readdirSync(path)).toEqual(['a.json']);
  });

  it('leaves alone what another process of the same id is writing', () => {
    const path = folder();
    const theirs = join(path, `.a.json.${process.pid}.tmp`);
    writeFileSync(theirs, 'half');
    writeFileAtomically(join(path, 'a.json'), 'whole');
    expect(readFileSync(theirs, 'utf8')).toBe('half');
  });

  it('leaves the old file and no temporary one when it fails', () => {
    const path = folder();
    const file = join(path, 'a.json');
    // A folder can't be replaced by a file, so the rename fails after the text was written.
    mkdirSync(file);
    writeFileSync(join(file, 'kept'), '');
    expect(() => writeFileAtomically(file, 'text')).toThrow();
    expect(readdirSync(path)).toEqual(['a.json']);
    expect(existsSync(join(file, 'kept'))).toBe(true);
  });

  it('throws where there is no folder, and makes none', () => {
    const path = folder();
    expect(() => writeFileAtomically(join(path, 'none', 'a.json'), 'text')).toThrow(/ENOENT/);
    expect(readdirSync(path)).toEqual([]);
  });

  it('writes texts of any length to the end', () => {
    const file = join(folder(), 'long.txt');
    const text = 'ß'.repeat(3_000_000);
    writeFileAtomically(file, text);
    expect(readFileSync(file, 'utf8') === text).toBe(true);
  });
});
