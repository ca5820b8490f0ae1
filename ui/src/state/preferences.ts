// What the browser remembers of its user: theme, and whether the event strip is open. No state of a
// view is kept here; that is the address's.

import { effect, signal, type Signal } from "@preact/signals";

export type Theme = "system" | "dark" | "light";

function remembered<T extends string>(name: string, choices: readonly T[], fallback: T): Signal<T> {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(`whitebeam.${name}`);
  } catch {
    // Storage may be forbidden; the page works without it.
  }
  const value = signal<T>(choices.find((choice) => choice === stored) ?? fallback);
  effect(() => {
    try {
      localStorage.setItem(`whitebeam.${name}`, value.value);
    } catch {
      // As above.
    }
  });
  return value;
}

/** Dark, light, or what the system says. */
export const theme = remembered<Theme>("theme", ["system", "dark", "light"], "system");

/** Whether the events below the pages are shown. */
export const eventStrip = remembered<"open" | "closed">("events", ["open", "closed"], "open");

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Counts changes of the colours in use: the canvas reads them again. */
export const colours = signal(0);

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
  colours.value = colours.peek() + 1;
});

dark.addEventListener("change", () => {
  colours.value += 1;
});

/** What is on the screen now, whatever it follows from. */
export function shownTheme(): "dark" | "light" {
  if (theme.value !== "system") return theme.value;
  return dark.matches ? "dark" : "light";
}
