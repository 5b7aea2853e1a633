// How things are called in Redis. All keys begin with one prefix, so that an access list can name them.

export const PREFIX = 'initsweep';

/** Seconds after which Redis forgets what a coordinator left there that did not come back. */
export const LIFETIME = 24 * 3600;

/** The queue that all sweeps of a kernel version share. */
export const queueName = (kernel: string): string => `kernel-${kernel}`;

/** What a sweep asks for: see `notice.ts`. */
export const noticeKey = (plan: string): string => `${PREFIX}:sweep:${plan}`;

/** The values of a data file, by the SHA-256 of their bytes. */
export const dataKey = (sha256: string): string => `${PREFIX}:data:${sha256}`;

/** What has not come as a whole yet, by a name that nobody else has. */
export const uploadKey = (name: string): string => `${PREFIX}:upload:${name}`;

/** A hash: what the tasks of a sweep came to, until its coordinator has taken it. */
export const resultsKey = (plan: string): string => `${PREFIX}:results:${plan}`;

/** A list: the fields of results that have come, until the coordinator has heard of them. */
export const arrivalsKey = (plan: string): string => `${PREFIX}:arrivals:${plan}`;

/** The process that coordinates a sweep. */
export const leaseKey = (plan: string): string => `${PREFIX}:coordinator:${plan}`;

/** A hash: the worker processes. */
export const WORKERS = `${PREFIX}:workers`;

/** A hash: the sweeps that have a coordinator. */
export const SWEEPS = `${PREFIX}:sweeps`;

/** The field of a sweep's results that says two results of one task differ. */
export const alarmField = (field: string): string => `alarm-${field}`;
