import { execFileSync } from 'node:child_process';
import { missingPrograms } from './programs.ts';

/** Pool and end-to-end tests run against `dist`: build it once before any test. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const missing = missingPrograms();
  if (missing.length > 0) console.warn(`not here, and their tests are left out: ${missing.join(', ')}`);
}
