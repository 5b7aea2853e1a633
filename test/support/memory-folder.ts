import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder in memory where there is such a disk: for tests that sync files thousands of times. It goes away with the file's tests. */
export function memoryFolder(): string {
  const path = mkdtempSync(join(parent(), 'initsweep-memory-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function parent(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
