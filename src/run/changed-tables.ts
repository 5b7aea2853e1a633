import { join } from 'node:path';
import { sha256OfFile } from './file-digest.ts';
import type { Tables } from './manifest.ts';

/**
 * Files of tables that are not, byte for byte, what a manifest says was written.
 * @throws RunDirectoryError when one can't be read, the signal's reason when it fires
 */
export async function changedTables(directory: string, tables: Tables, signal?: AbortSignal): Promise<string[]> {
  const changed: string[] = [];
  for (const { file, sha256 } of Object.values(tables))
    if ((await sha256OfFile(join(directory, file), signal)) !== sha256) changed.push(file);
  return changed;
}
