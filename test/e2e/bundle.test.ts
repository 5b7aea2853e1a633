import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const dist = resolve(import.meta.dirname, '../../dist');

/** Sources that a bundled module loads before its first line: chunks by name without hash, packages (as ''); not the platform's own. */
function loads(entry: string): Map<string, string> {
  const seen = new Map<string, string>();
  const visit = (path: string): void => {
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/\b(?:import|from) ?"([^"]+)"/g)) {
      const label = name.startsWith('.') ? name.replace(/^.*\//, '').replace(/-.{8}\.js$/, '') : name;
      if (name.startsWith('node:') || seen.has(label)) continue;
      const file = join(dirname(path), name);
      seen.set(label, name.startsWith('.') ? readFileSync(file, 'utf8') : '');
      if (name.startsWith('.')) visit(file);
    }
  };
  visit(join(dist, entry));
  return seen;
}

/** To start is most of what a short run takes: nothing is loaded before it is needed. */
describe('the bundle', () => {
  it('loads the command line without what runs sweeps', () => {
    expect([...loads('src/cli/main.js').keys()].sort()).toEqual(['base', 'command', 'rolldown-runtime']);
  });

  it('loads into worker threads what simulates, and no large library', () => {
    const loaded = loads('workers/block.js');
    expect([...loaded.keys()].sort()).toEqual(['base', 'rolldown-runtime', 'worker']);
    expect([...loaded.values()].join('\n')).not.toMatch(/ZodObject|RecordBatch|LineCounter|CommanderError/);
  });

  it('loads piscina only for threads', () => {
    const [sweep = ''] = readdirSync(join(dist, 'chunks')).filter((name) => /^sweep-.{8}\.js$/.test(name));
    expect([...loads(join('chunks', sweep)).keys()]).not.toContain('piscina');
    expect([...loads('src/index.js').keys()]).not.toContain('piscina');
    const [pool = ''] = readdirSync(join(dist, 'chunks')).filter((name) => /^pool-.{8}\.js$/.test(name));
    expect([...loads(join('chunks', pool)).keys()]).toContain('piscina');
  });
});
