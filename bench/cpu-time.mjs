// Loaded into a process that is measured: at its end, the seconds of processor time of all its threads become a line of a file.

import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const report = process.env['INITSWEEP_BENCH_CPU'];
if (isMainThread && report !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    appendFileSync(report, `${(user + system) / 1e6}\n`);
  });
}
