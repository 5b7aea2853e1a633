import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One level at a time: Node's recursive mkdir never returns where a file system (/proc) answers that the parent is missing. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
