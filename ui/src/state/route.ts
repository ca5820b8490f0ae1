// Where the page is: the address, as signals. Everything a view shows follows from it, so that each
// view can be linked and the browser's back button works.

import { computed, signal } from "@preact/signals";
import { pidDigits, pidText } from "../lib/format.js";
import { formatRoute, parseRoute, withParameters, type Page, type Route } from "../lib/route.js";

/** The page and its parameters, as the address says. */
export const route = signal<Route>(parseRoute(location.hash));

/** Pid of the process that the detail pane shows; null for none. */
export const selectedPid = computed(() => {
  const digits = pidDigits(route.value.parameters["select"] ?? "");
  return digits === null ? null : pidText(digits);
});

/** One parameter of the address, or null. */
export function parameter(name: string): string | null {
  return route.value.parameters[name] ?? null;
}

export interface Move {
  readonly page?: Page;
  /** Replaces the entry in the browser's history: for steps nobody wants to go back to. */
  readonly replace?: boolean;
}

/** Sets parameters (null removes) and possibly the page. */
export function go(changes: Readonly<Record<string, string | null>>, move: Move = {}): void {
  const next = withParameters(route.value, changes, move.page);
  const address = formatRoute(next);
  if (address === location.hash) return;
  if (move.replace === true) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  route.value = next;
}

/** The address of a view, for links. */
export function addressOf(changes: Readonly<Record<string, string | null>>, page?: Page): string {
  return formatRoute(withParameters(route.value, changes, page));
}

export function select(pid: string | null, replace = false): void {
  go({ select: pid === null ? null : pidDigits(pid) }, { replace });
}

const follow = (): void => {
  route.value = parseRoute(location.hash);
};
addEventListener("hashchange", follow);
addEventListener("popstate", follow);
