import { spawn } from 'node:child_process';
import { execute } from './command.mjs';
import { interleave } from './row.mjs';
import { median } from './verdict.mjs';

/** Seconds from start to end of a Node that does nothing, on the machine that the goals in seconds are of. */
export const START = 0.065;

/**
 * How long this machine takes for what that one does in a second. A faster machine has the same goals.
 *
 * @returns {Promise<{ start: number, slowness: number }>} with the median start of Node here, in seconds
 */
export async function measureSlowness() {
  const [starts = []] = await interleave(15, [() => execute(process.execPath, ['-e', '0']).seconds]);
  const start = median(starts);
  return { start, slowness: Math.max(1, start / START) };
}

/** Additions and multiplications that touch no memory, for a second or so; prints how long they took. */
const LOOP = `
  const began = performance.now();
  let x = 1;
  for (let i = 0; i < 5e8; i++) x = x * 1.0000001 + 1e-9;
  console.log((performance.now() - began) / 1000, x);`;

/**
 * How many times as much two processes do at once as one alone that share nothing: 2, or less where a core slows down when its
 * neighbour works, as it does where one may run at a higher clock than two.
 */
export async function measureTwoCores() {
  const both = async () => Math.max(...(await Promise.all([loop(), loop()])));
  const [alone = [], together = []] = await interleave(3, [loop, both]);
  return Math.min(2, (2 * median(alone)) / median(together));
}

/** @returns {Promise<number>} seconds of the loop */
function loop() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', LOOP], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.once('error', reject);
    child.stdout.once('data', (text) => resolve(Number.parseFloat(String(text))));
  });
}
