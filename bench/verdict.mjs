/**
 * What a row must reach (`floor`) and should reach (`aim`).
 *
 * @typedef {object} Goal
 * @property {number} floor
 * @property {number | null} aim null: a limit, with nothing beyond it to aim for
 * @property {'least' | 'most'} bound whether the figures are the least or the most that will do
 * @property {number} [orPeerShare] this share of the peer's value meets the floor as well
 * @property {boolean} [ofMachine] seconds are in its unit, so that it depends on the machine
 * @property {boolean} [ofCores] it says how much more two cores do than one, so that it depends on the machine too
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
 * What the goals depend on.
 *
 * @typedef {object} Machine
 * @property {number} slowness how long it takes for what the machine that goals in seconds are of does in one
 * @property {number} [cores] how many times as much two processes that share nothing do on it at once as one alone
 */

/**
 * The goal on a machine; never stricter than it stands.
 *
 * @param {Goal} goal
 * @param {Machine} machine
 * @returns {Goal}
 */
export function goalHere(goal, { slowness, cores = 2 }) {
  const ease = Math.max(1, (goal.ofMachine ? slowness : 1) * (goal.ofCores ? 2 / cores : 1));
  if (ease === 1) return goal;
  const factor = goal.bound === 'least' ? 1 / ease : ease;
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
