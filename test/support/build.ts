import { execFileSync } from 'node:child_process';
import { HAS_REDIS } from './redis.ts';

/** Pool and end-to-end tests run against `dist`: build it once before any test. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (!HAS_REDIS) console.warn('no redis-server here: the tests of queues are left out');
}
