// A worker process as `initsweep worker` starts one, with shorter times, and perhaps a fault. Argument: options in JSON.
import { idOf } from '../../dist/src/execute/queue/job.js';
import { onThread } from '../../dist/src/execute/queue/simulator.js';
import { QueueWorker } from '../../dist/src/execute/queue/worker.js';

const { url, worker, limits, ...options } = JSON.parse(process.argv[2]);
const note = (text) => process.stderr.write(`${text}\n`);
const simulator = noted(
  onThread({ ...(worker && { worker: new URL(worker, import.meta.url) }), ...(limits && { limits }) }),
);
const running = await QueueWorker.open({ url, shown: url }, { ...options, simulator, onNote: note });
void running.fault.then(({ message, exitCode }) => {
  note(message);
  process.exitCode = exitCode;
  return running.close();
});
process.once('SIGTERM', () => void running.close());
note('ready');

/** Says which jobs its threads begin and end, by their ids. */
function noted(open) {
  return (sweep) => {
    const { simulate, close } = open(sweep);
    return {
      close,
      simulate: async (order) => {
        const { band, group } = order;
        const job = idOf({ plan: sweep.plan.hash, band: band.id, ...group });
        note(`begins ${job}`);
        const bytes = await simulate(order);
        note(`ends ${job}`);
        return bytes;
      },
    };
  };
}
