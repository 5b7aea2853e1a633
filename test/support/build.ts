import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { missingPrograms } from './programs.ts';

const root = resolve(import.meta.dirname, '../..');
const SOURCES = [
  'src',
  'workers',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
/** The last file of each step of `npm run build`. */
const BUILT = ['dist/kernel.wasm', 'dist/src/index.d.ts', 'dist/workers/block.js'];

/** Pool and end-to-end tests run against `dist`: it is built before any test, unless it is newer than its sources. */
export default function setup(project: TestProject): void {
  // Those that extend it are set up as well.
  if (!project.isRootProject()) return;
  const sources = Math.max(...SOURCES.map((source) => changed(join(root, source))));
  const built = Math.min(...BUILT.map((file) => changed(join(root, file))));
  if (built <= sources) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const missing = missingPrograms();
  if (missing.length > 0) console.warn(`not here, and their tests are left out: ${missing.join(', ')}`);
}

/** When a file, or anything in a folder, was changed last, in milliseconds; 0 where there is none. */
function changed(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  const inside = stats.isDirectory() ? readdirSync(path).map((name) => changed(join(path, name))) : [];
  return Math.max(stats.mtimeMs, ...inside);
}
