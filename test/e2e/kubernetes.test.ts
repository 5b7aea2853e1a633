import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, scratch } from '../support/cli.ts';

/** What the tests look at, and change. */
interface Job {
  apiVersion: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown> & {
    completions: number;
    template: { spec: Record<string, unknown> & { containers: (Record<string, unknown> & { args: string[] })[] } };
  };
}

/** As the manifest has it, anew with each call. */
const manifest = (): Job => parse(readFileSync(join(ROOT, 'docs/recipes/kubernetes-job.yaml'), 'utf8')) as Job;

/** What the schema refuses, each because of one change. */
const WRONG: Record<string, (job: Job) => unknown> = {
  version: (job) => {
    job.apiVersion = 'batch/v2';
  },
  unknown: (job) => {
    job.spec['backoffLimitPerIdx'] = 3;
  },
  type: (job) => {
    job.spec['parallelism'] = '4';
  },
  missing: (job) => Reflect.deleteProperty(job.spec, 'template'),
  nested: (job) => {
    job.spec.template.spec.containers[0] = { ...containerOf(job), volumeMounts: [{ mountPath: '/sweep' }] };
  },
  deep: (job) => {
    containerOf(job)['resources'] = { request: { cpu: '4' } };
  },
};

const containerOf = (job: Job) =>
  job.spec.template.spec.containers[0] as Job['spec']['template']['spec']['containers'][0];

describe('the manifest for Kubernetes', () => {
  const folder = scratch();

  it('is a Job as the API of Kubernetes describes it, and wrong ones are not', () => {
    // The package holds the OpenAPI description of the API as types, which know no further keys, as a strict server does.
    const write = (name: string, job: unknown): string => {
      const file = join(folder, `${name}.ts`);
      const types = JSON.stringify(join(ROOT, 'node_modules/kubernetes-types/batch/v1'));
      writeFileSync(file, `import type { Job } from ${types};\nexport const job: Job = ${JSON.stringify(job)};\n`);
      return file;
    };
    const wrong = Object.entries(WRONG).map(([name, change]) => {
      const job = manifest();
      change(job);
      return write(name, job);
    });
    const options = ['--strict', '--noEmit', '--pretty', 'false', '--module', 'nodenext'];
    const script = join(ROOT, 'node_modules/typescript/lib/tsc.js');
    const { stdout } = spawnSync(process.execPath, [script, ...options, write('right', manifest()), ...wrong], {
      cwd: folder,
      encoding: 'utf8',
    });
    const refused = new Set([...stdout.matchAll(/^([a-z]+)\.ts\(2,\d+\): error/gm)].map(([, name]) => name));
    expect([...refused].sort(), stdout).toEqual(Object.keys(WRONG).sort());
  });

  it('has what its server checks besides, and as many completions as shares', () => {
    const job = manifest();
    expect(job).toMatchObject({ kind: 'Job', spec: { completionMode: 'Indexed' } });
    // Kubernetes allows a limit for each index only where pods are not restarted in their place.
    // At 10, 20, 40 s and so on: for several that a dead pod's lock refuses, there are as many left.
    expect(job.spec['backoffLimitPerIndex']).toBeGreaterThanOrEqual(6);
    expect(job.spec['maxFailedIndexes']).toBeLessThanOrEqual(job.spec.completions);
    expect(job.spec.template.spec['restartPolicy']).toBe('Never');
    expect(containerOf(job).args[0]).toContain(`--shard "$JOB_COMPLETION_INDEX/${job.spec.completions}"`);
  });
});
