import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The commit that is checked out in `folder`, with `-dirty` where tracked files differ from it; null where `folder` is no repository of
 * its own, has no commit, or git is not there.
 *
 * @param {string} folder
 * @returns {string | null}
 */
export function commitOf(folder) {
  // A package unpacked inside somebody's repository is not of that one.
  if (!existsSync(join(folder, '.git'))) return null;
  const describe = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  try {
    return execFileSync('git', describe, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
