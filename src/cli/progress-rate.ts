const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** Three significant digits with an SI prefix: `1.23 G`, `456`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  let scaled = value;
  let prefix = 0;
  // 999.5 would round to 1000 of the smaller prefix.
  while (Math.abs(scaled) >= 999.5 && prefix < PREFIXES.length - 1) {
    scaled /= 1000;
    prefix++;
  }
  const text = prefix === 0 ? String(Math.round(scaled * 10) / 10) : scaled.toPrecision(3);
  return prefix === 0 ? text : `${text} ${PREFIXES[prefix]}`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min`; `?` when unknown. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.ceil(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How far a run is, how fast it goes and when it ends, from the average since it started. */
export class Pace {
  readonly total: number;
  readonly unit: string;
  readonly #before: number;
  readonly #started: number;
  readonly #now: () => number;
  done: number;

  constructor(total: number, unit: string, before: number, now: () => number) {
    this.total = total;
    this.unit = unit;
    this.done = before;
    this.#before = before;
    this.#now = now;
    this.#started = now();
  }

  get elapsedSeconds(): number {
    return (this.#now() - this.#started) / 1000;
  }

  /** Units a second; NaN before anything is done. */
  get rate(): number {
    const done = this.done - this.#before;
    return done > 0 && this.elapsedSeconds > 0 ? done / this.elapsedSeconds : Number.NaN;
  }

  /** Seconds left at this rate; NaN when unknown. */
  get left(): number {
    return this.done >= this.total ? 0 : (this.total - this.done) / this.rate;
  }

  get percent(): number {
    return this.total > 0 ? Math.floor((100 * Math.min(this.done, this.total)) / this.total) : 100;
  }

  /** `12.3 M samples/s, 4 s left`, or as much of it as is known. */
  get summary(): string {
    if (Number.isNaN(this.rate)) return 'starting';
    return `${formatCount(this.rate)} ${this.unit}/s, ${formatDuration(this.left)} left`;
  }

  /** `1.05 M samples in 2.3 s`. */
  get closing(): string {
    const seconds = this.elapsedSeconds;
    const time = seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
    return `${formatCount(this.done)} ${this.unit} in ${time}`;
  }
}
