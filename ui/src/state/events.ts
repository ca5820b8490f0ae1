// What happened on the node that is looked at: lines for the event strip, newest first, and which
// pids are new enough to be pointed out.

import { signal } from "@preact/signals";
import type { LiveEvent } from "./api.js";
import { addLine, lineOf, type Line } from "../lib/events.js";

/** How long a restarted process is pointed out. */
export const FLASH_MS = 2500;

/** Lines of the event strip, newest first. */
export const lines = signal<readonly Line[]>([]);

/** Pids that have just been started, with the time they were seen (performance.now()). */
export const flashes = signal<ReadonlyMap<string, number>>(new Map());

/** Id of the last event of the node; sent at a new join so that none is missed. */
export let lastEventId: number | null = null;

export function rememberEventId(id: number): void {
  lastEventId = Math.max(lastEventId ?? 0, id);
}

export function forgetEvents(): void {
  lines.value = [];
  flashes.value = new Map();
  lastEventId = null;
}

export function addEvent(event: LiveEvent): void {
  rememberEventId(event.id);
  addLines([lineOf(event)]);
}

export function addLines(added: readonly Line[]): void {
  if (added.length === 0) return;
  let next = lines.value;
  for (const line of added) next = addLine(next, line);
  lines.value = next;
  flash(added.flatMap((line) => (line.newPid === null ? [] : [line.newPid])));
}

let notes = 0;

/** A sentence in the strip: a gap, a lost node. */
export function addNote(text: string, kind: "gap" | "note"): void {
  notes += 1;
  const line: Line = {
    key: `n${notes}`,
    kind,
    at: new Date().toISOString(),
    supervisor: "",
    supervisorPid: null,
    path: "",
    child: "",
    module: null,
    pid: null,
    newPid: null,
    reason: null,
    downMs: null,
    compared: false,
    text,
  };
  addLines([line]);
}

function flash(pids: readonly string[]): void {
  if (pids.length === 0) return;
  const at = performance.now();
  const next = new Map([...flashes.value].filter(([, since]) => at - since < FLASH_MS));
  for (const pid of pids) next.set(pid, at);
  flashes.value = next;
}
