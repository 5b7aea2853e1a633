export { STATISTICS } from './stats/statistics.ts';
