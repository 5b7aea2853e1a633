// node bench/journal-run.mjs CONFIG OUT with|without: one run from the built modules, its journal perhaps left out. Prints the
// processor time of the run, in seconds.

import { loadSweep } from '../dist/src/config/load.js';
import { openExecutor } from '../dist/src/execute/open.js';
import { Journal } from '../dist/src/run/journal.js';
import { runSweep } from '../dist/src/run/run-sweep.js';

const [config = '', directory = '', journal] = process.argv.slice(2);
if (journal === 'without') Journal.prototype.add = () => {};
await runSweep(await loadSweep(config), { directory, threads: 2, fresh: true, open: openExecutor });
const { user, system } = process.cpuUsage();
console.log((user + system) / 1e6);
