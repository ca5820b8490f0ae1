// The page's clock, and work that repeats. Nothing is asked of the daemon while nobody looks.

import { signal } from "@preact/signals";

/** Milliseconds since the epoch, once a second: for ages and countdowns. */
export const now = signal(Date.now());

/** Whether the page is in front; polling rests otherwise. */
export const visible = signal(!document.hidden);

setInterval(() => {
  if (visible.value) now.value = Date.now();
}, 1000);

document.addEventListener("visibilitychange", () => {
  visible.value = !document.hidden;
  if (visible.value) now.value = Date.now();
});

/** Runs `work`, then again `interval()` ms after it ended, until the returned function is called.
 * Answers that take long make the pauses longer: the daemon is never asked faster than it answers. */
export function repeat(work: () => Promise<void>, interval: () => number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    const start = performance.now();
    if (visible.peek()) await work();
    const took = performance.now() - start;
    if (!stopped) timer = setTimeout(() => void round(), Math.max(interval(), took * 3));
  };
  // Not at once: a caller inside an effect must not subscribe to what the work reads.
  queueMicrotask(() => void round());
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
