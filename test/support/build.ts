import { execFileSync } from 'node:child_process';

/** Pool and end-to-end tests run against `dist`: build it once before any test. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
