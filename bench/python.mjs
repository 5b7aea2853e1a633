import { fileURLToPath } from 'node:url';
import { execute } from './command.mjs';

/**
 * A Python with NumPy.
 *
 * @typedef {object} Python
 * @property {string} version
 * @property {string} numpy
 * @property {(peer: string, args?: readonly string[]) => import('./command.mjs').Finished} run a file of bench/peers
 */

/** @returns {Python | null} null when there is none on the path */
export function findPython() {
  for (const file of ['python3', 'python']) {
    try {
      const facts = execute(file, ['-c', 'import sys, numpy; print(sys.version.split()[0], numpy.__version__)']);
      const [version = '', numpy = ''] = facts.stdout.trim().split(' ');
      return {
        version,
        numpy,
        run: (peer, args = []) => execute(file, [peerPath(peer), ...args], { OPENBLAS_NUM_THREADS: '1' }),
      };
    } catch {
      // Not there, or without NumPy.
    }
  }
  return null;
}

/** @param {string} peer */
function peerPath(peer) {
  return fileURLToPath(new URL(`./peers/${peer}`, import.meta.url));
}

/**
 * @param {string} peer
 * @param {readonly (string | number)[]} args
 */
export function pythonCommand(peer, ...args) {
  return ['OPENBLAS_NUM_THREADS=1 python3', `bench/peers/${peer}`, ...args].join(' ');
}
