// The built worker thread, but for block 8 of one band: it kills the whole process.
import work from '../../dist/workers/block.js';

export default function run(task) {
  if (task.band === 16 && task.firstBlock <= 8 && 8 < task.lastBlock) process.kill(process.pid, 'SIGKILL');
  return work(task);
}
