import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute, shipped, tablesDigest } from '../command.mjs';
import { figure, interleave } from '../row.mjs';

const SCRIPT = fileURLToPath(new URL('../journal-run.mjs', import.meta.url));

/**
 * What the journal adds to the processor time of a run, writing threads of the system included, by the least of many rounds: other
 * noise only ever adds, and is larger than the goal. gold-rule has many tallies for its work: it is a hard case.
 *
 * @type {import('../row.mjs').Row}
 */
export const journal = {
  name: 'journal',
  title: 'gold-rule with its journal against without, 2 threads',
  unit: '% more processor time',
  goal: { floor: 2, aim: 1, bound: 'most' },
  async measure({ quick, folder }) {
    const variants = ['with', 'without'];
    const out = (/** @type {string} */ name) => join(folder, `journal-${name}`);
    const [own = [], bare = []] = await interleave(
      quick ? 1 : 15,
      variants.map((name) => () => {
        const { stdout } = execute(process.execPath, [SCRIPT, shipped('gold-rule'), out(name), name]);
        return Number(stdout);
      }),
    );
    return {
      commands: variants.map((name) => `node bench/journal-run.mjs configs/gold-rule.yaml journal-${name} ${name}`),
      values: [100 * (Math.min(...own) / Math.min(...bare) - 1)],
      notes: [
        `least of ${own.length} rounds ${figure(Math.min(...own))} s with, ${figure(Math.min(...bare))} s without`,
      ],
      answers: [
        { what: 'both tables equal to the byte', right: tablesDigest(out('with')) === tablesDigest(out('without')) },
      ],
      ...(quick ? { unjudged: 'quick: one round' } : {}),
    };
  },
};
