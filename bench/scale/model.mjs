/**
 * What a result costs by the model of docs/scale.md, in milliseconds of processor time: for each task, and for each MB (1e6 bytes) of
 * results.
 */
export const MODEL = {
  coordinator: { task: 0.2, megabyte: 6.2 },
  redis: { task: 0, megabyte: 3.9 },
  worker: { task: 2.7, megabyte: 5 },
};

/** Milliseconds of Redis a second for each worker process that is there. */
export const PRESENCE = 0.09;

/**
 * Milliseconds for each task.
 *
 * @param {{ workers: number, rate: number, megabytes: number }} measured worker processes, tasks a second, MB a task
 */
export function predicted({ workers, rate, megabytes }) {
  const cost = (/** @type {keyof typeof MODEL} */ who) => MODEL[who].task + MODEL[who].megabyte * megabytes;
  return {
    coordinator: cost('coordinator'),
    redis: cost('redis') + (PRESENCE * workers) / rate,
    worker: cost('worker'),
  };
}
