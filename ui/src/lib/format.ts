// Values as short text for people: sizes, counts, times, pids. Pure; figures have a fixed shape, so
// that a column of them does not dance while it is refreshed.

/** What is shown where the daemon does not know. */
export const UNKNOWN = "–";

/** Bytes as binary units: `512 B`, `2.7 KiB`, `1.2 GiB`. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return UNKNOWN;
  if (count < 1024) return `${Math.round(count)} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = count / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Whole numbers in groups of three, with narrow no-break spaces: `2 362`. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** `1 child`, `2 children`. */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A span of time with two units at most: `0.2 ms`, `41 s`, `3 min 12 s`, `2 h 5 min`, `4 d 3 h`. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return UNKNOWN;
  if (milliseconds > 0 && milliseconds < 0.1) return "< 0.1 ms";
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}

/** Local clock time of an RFC 3339 instant: `11:49:07.889`. */
export function clockTime(instant: string | number | null | undefined): string {
  if (instant === null || instant === undefined) return UNKNOWN;
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const millis = date.getMilliseconds().toString().padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** Local date and time to the second. */
export function dateTime(instant: string | null | undefined): string {
  if (instant === null || instant === undefined) return UNKNOWN;
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockTime(instant).slice(0, 8)}`;
}

/** The digits of a pid, for addresses: `#PID<0.123.0>` and `<0.123.0>` are `0.123.0`. */
export function pidDigits(text: string): string | null {
  const match = /^(?:#PID)?<?(\d+\.\d+\.\d+)>?$/.exec(text.trim());
  return match?.[1] ?? null;
}

/** The way pids are shown everywhere. */
export function pidText(digits: string): string {
  return `#PID<${digits}>`;
}

/** A share of one scheduler: `0.004 %`. */
export function percent(value: number): string {
  if (value >= 10) return `${value.toFixed(0)} %`;
  if (value >= 0.1) return `${value.toFixed(1)} %`;
  return `${value.toFixed(3)} %`;
}

/** Per-second figures: `0`, `812`, `12.4 k`, `3.1 M`. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (value < 1000) return Math.round(value).toString();
  if (value < 999_500) return `${(value / 1000).toFixed(1)} k`;
  return `${(value / 1e6).toFixed(1)} M`;
}
