// Loaded with --import before the program: writes the largest resident set of the process, in bytes, when it ends.
// Linux says it as VmHWM. There ru_maxrss won't do: a child starts with its parent's, and the benchmark itself is large.

import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const report = process.env['INITSWEEP_BENCH_PEAK'];

function peakBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

if (isMainThread && report !== undefined) process.on('exit', () => writeFileSync(report, String(peakBytes())));
