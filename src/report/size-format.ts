const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units with three significant digits: `12.1 MB`. */
export function formatBytes(bytes: number): string {
  let scaled = bytes;
  let unit = 0;
  // 999.5 would round to 1000 of the smaller unit.
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(scaled) : scaled.toPrecision(3)} ${UNITS[unit]}`;
}
