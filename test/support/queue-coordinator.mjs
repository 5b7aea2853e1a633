// Runs a sweep on a queue as `initsweep run --queue` does, with smaller tasks. Argument: options in JSON.
import { loadSweep } from '../../dist/src/config/load.js';
import { openOnQueue } from '../../dist/src/execute/queue/open.js';
import { runSweep } from '../../dist/src/run/run-sweep.js';

const { url, config, directory, ...options } = JSON.parse(process.argv[2]);
const note = (text) => process.stderr.write(`${text}\n`);
const { manifest } = await runSweep(await loadSweep(config), {
  directory,
  threads: 1,
  open: openOnQueue({ url, shown: url }, { ...options, onNote: note }),
  onFound: (tallies) => note(`found ${tallies}`),
  onProgress: ({ tallies }) => note(`done ${tallies.done}`),
});
note(`finished ${manifest.tables.estimates.sha256}`);
