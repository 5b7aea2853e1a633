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
