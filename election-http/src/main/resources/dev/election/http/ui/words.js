// Times and numbers as people read them.

const CLOCK = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const DATE = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short'});

const SHORT = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});

export const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'local time';

/** The time of day; with the date if that was not today. `at` and `now` in milliseconds since 1970. */
export function clock(at, now) {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return today ? CLOCK.format(at) : `${DATE.format(at)}, ${CLOCK.format(at)}`;
}

/** The time at a mark of an axis whose marks are this far apart. */
export function tick(at, step) {
  if (step < 60_000) {
    return CLOCK.format(at);
  }
  return step < 86_400_000 ? SHORT.format(at) : DATE.format(at);
}

/** Two units at most: `12 min 04 s`. */
export function duration(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) {
    return `${seconds} s`;
  }
  if (hours === 0) {
    return `${minutes} min ${two(seconds % 60)} s`;
  }
  return hours < 24 ? `${hours} h ${two(minutes % 60)} min` : `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** One unit: `12 min`. */
export function roughly(millis) {
  return /^\d+ \w+/.exec(duration(millis))[0];
}

/** `4.2 s`: for what is measured in seconds and matters in tenths. */
export function seconds(millis, digits = 1) {
  return `${(millis / 1000).toFixed(digits)} s`;
}

/** As it stands in a configuration: `2.5 s`, not `2.50 s`. */
export function exactly(millis) {
  return `${millis / 1000} s`;
}

export function count(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}

function two(n) {
  return String(n).padStart(2, '0');
}
