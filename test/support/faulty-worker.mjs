// The built worker, with faults: a task's `fault` says what befalls its thread, INITSWEEP_TEST_START what befalls starting threads.
import { appendFileSync, readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import work from '../../dist/workers/block.js';

const [start, times, file] = JSON.parse(process.env['INITSWEEP_TEST_START'] ?? '["well", 0, ""]');
if (file !== '') {
  appendFileSync(file, '.');
  if (readFileSync(file, 'utf8').length <= times) {
    if (start === 'throw') throw new Error('no start');
    if (start === 'exit') process.exit(5);
    if (start === 'hang') for (;;);
  }
}

const words = new Int32Array(workerData.heartbeat);
const beat = () => Atomics.add(words, 0, 1);
const sleep = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
/** Not before: an answer and a death that are under way together may arrive in either order. */
const whenTold = (rows, end) => void setInterval(() => Atomics.load(new Int32Array(rows), 0) === 1 && end(), 1);
let tainted = false;

/** What begins as the real worker begins a task. */
const FAULTS = {
  exit: () => process.exit(7),
  throwLater: () => {
    setImmediate(() => {
      throw new RangeError('thrown outside of the task');
    });
    return new Promise(() => {});
  },
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(1000).fill(kept.length));
  },
  loop: () => {
    for (;;);
  },
  wasm: () => {
    // (func (export "run") (loop (br 0)))
    const body = [3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11];
    const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, ...body]);
    new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.run();
  },
  wait: () => sleep(),
  // Writes to shared memory until its thread is no more.
  write: ({ rows }) => {
    const counter = new Int32Array(rows);
    for (;;) Atomics.add(counter, 0, 1);
  },
  half: (task) => {
    work({ ...task, lastBlock: task.firstBlock + 1 });
    for (;;);
  },
  // Long, but alive.
  slow: ({ milliseconds }) => {
    for (let left = milliseconds; left > 0; left -= 20) {
      sleep(20);
      beat();
    }
  },
  // As long between two beats as it says.
  quiet: ({ milliseconds }) => {
    Atomics.store(words, 1, 10 * milliseconds);
    sleep(milliseconds);
  },
  // Done in order; then, between two tasks, the thread ends when it is told to.
  exitAfter: ({ rows }) => whenTold(rows, () => process.exit(3)),
  throwAfter: ({ rows }) =>
    whenTold(rows, () => {
      throw new Error('thrown between two tasks');
    }),
};

export default function run(task) {
  if (tainted) throw new Error('a thread got another task after one that failed');
  const fault = FAULTS[task.fault];
  if (fault !== undefined) {
    beat();
    return fault(task);
  }
  const failure = work(task);
  tainted = failure !== undefined && !failure.name.endsWith('RunError');
  return failure;
}
