// Figures per second from two readings of a counter that only grows.

export interface Reading {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** null without an earlier reading, between equal times, and when the counter started again. */
export function perSecond(before: Reading | undefined, now: Reading): number | null {
  if (before === undefined || now.at <= before.at || now.value < before.value) return null;
  return ((now.value - before.value) * 1000) / (now.at - before.at);
}
