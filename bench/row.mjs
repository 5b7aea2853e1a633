/**
 * One line of the benchmark: what is measured, what it must reach, and how.
 *
 * @typedef {object} Row
 * @property {string} name as `--only` knows it
 * @property {string} title
 * @property {string} unit of its values
 * @property {import('./verdict.mjs').Goal} goal
 * @property {(context: Context) => Promise<Measurement>} measure throws when something cannot be run at all
 */

/**
 * @typedef {object} Context
 * @property {boolean} quick fewer rounds and smaller sweeps: for checks of answers, not for figures
 * @property {import('./python.mjs').Python | null} python
 * @property {string} folder temporary, removed at the end
 */

/**
 * @typedef {object} Measurement
 * @property {readonly string[]} commands what was run, the product's first
 * @property {readonly number[]} values one a round; their median is the row's
 * @property {readonly number[]} [peer] the peer's values in the same rounds, in the same unit
 * @property {readonly string[]} [notes]
 * @property {readonly Answer[]} answers
 * @property {readonly number[]} [cores] for a goal of cores: how many times as much two do as one, measured between the rounds
 * @property {string} [unjudged] why the goal does not apply to this run
 */

/**
 * @typedef {object} Answer
 * @property {string} what
 * @property {boolean} right
 */

/**
 * `rounds` times every action, with the order turned round each time, so that a drift of the machine favours none.
 *
 * @template T
 * @param {number} rounds
 * @param {readonly (() => T | Promise<T>)[]} actions
 * @returns {Promise<T[][]>} results by action
 */
export async function interleave(rounds, actions) {
  const results = actions.map(() => /** @type {T[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    const order = [...actions.entries()];
    if (round % 2 === 1) order.reverse();
    for (const [i, action] of order) results[i]?.push(await action());
  }
  return results;
}

/**
 * @param {string} what
 * @param {number} value
 * @param {number} expected
 * @param {number} tolerance
 * @returns {Answer}
 */
export function near(what, value, expected, tolerance) {
  const difference = Math.abs(value - expected);
  const text = `${what}: ${figure(value, 6)} against ${figure(expected, 6)} ± ${figure(tolerance)}`;
  return { what: text, right: difference <= tolerance };
}

/**
 * @param {number} value
 * @param {number} [digits] significant ones
 */
export function figure(value, digits = 3) {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? Math.max(4, digits) : digits)));
}
