/**
 * What a row must reach (`floor`) and should reach (`aim`).
 *
 * @typedef {object} Goal
 * @property {number} floor
 * @property {number | null} aim null: a limit, with nothing beyond it to aim for
 * @property {'least' | 'most'} bound whether the figures are the least or the most that will do
 * @property {number} [orPeerShare] this share of the peer's value meets the floor as well
 * @property {boolean} [ofMachine] seconds are in its unit, so that it depends on the machine
 */

/** @typedef {'aim met' | 'floor met' | 'MISSED' | 'not judged'} Verdict */

/**
 * @param {Goal} goal
 * @param {number} value
 * @param {number | null} peerShare the value over the peer's
 * @returns {Verdict}
 */
export function judge(goal, value, peerShare) {
  const reaches = (/** @type {number} */ mark) => (goal.bound === 'least' ? value >= mark : value <= mark);
  if (goal.aim !== null && reaches(goal.aim)) return 'aim met';
  if (reaches(goal.floor)) return 'floor met';
  if (goal.orPeerShare !== undefined && peerShare !== null && peerShare >= goal.orPeerShare) return 'floor met';
  return 'MISSED';
}

/**
 * The goal on a machine that takes `slowness` times as long as the one that goals in seconds are of.
 *
 * @param {Goal} goal
 * @param {number} slowness
 * @returns {Goal}
 */
export function goalHere(goal, slowness) {
  if (goal.ofMachine !== true || slowness === 1) return goal;
  const factor = goal.bound === 'least' ? 1 / slowness : slowness;
  return { ...goal, floor: goal.floor * factor, aim: goal.aim === null ? null : goal.aim * factor };
}

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = /** @type {number} */ (sorted[half]);
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[half - 1])) / 2;
}
