// The process that the detail pane shows: its facts (live or every two seconds), its state on
// request, and the steps of a kill.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { forecast, type Forecast } from "../lib/forecast.js";
import type { ExitResult, ProcessDetails, ProcessPush, Supervisor } from "./api.js";
import { repeat } from "./clock.js";
import { lines } from "./events.js";
import { join, live } from "./live.js";
import { nodeName, nodeReady } from "./nodes.js";
import { messageOf, operate, request, RequestError, segment } from "./rest.js";
import { select, selectedPid } from "./route.js";
import { children, readLater, readOne, supervisors, whole } from "./trees.js";

const POLL_MS = 2000;
/** Moving through a list with the keyboard does not ask for every process on the way. */
const SETTLE_MS = 120;

export type Shown =
  | { readonly state: "reading" }
  | { readonly state: "alive"; readonly process: Omit<ProcessDetails, "uptime_ms"> }
  | {
      readonly state: "gone";
      readonly process: Omit<ProcessDetails, "uptime_ms"> | null;
      readonly reason: string | null;
    }
  | { readonly state: "failed"; readonly message: string };

/** The selected process; null with nothing selected. */
export const shown = signal<Shown | null>(null);

/** The selected process as a supervisor, if it is one. */
export const shownSupervisor = computed<Supervisor | null>(() =>
  selectedPid.value === null ? null : (supervisors.value?.get(selectedPid.value) ?? null),
);

/** The pid that took the place of a selected process that is gone, as far as events tell. */
export const successor = computed<string | null>(() => {
  let pid = selectedPid.value;
  for (const line of [...lines.value].reverse()) {
    if (pid !== null && line.pid === pid && line.newPid !== null) pid = line.newPid;
  }
  return pid === selectedPid.value ? null : pid;
});

export type StateShown =
  | { readonly state: "reading" }
  | { readonly state: "read"; readonly text: string; readonly sysState: string }
  | { readonly state: "failed"; readonly message: string };

/** The state term of the selected process; null until somebody asks for it. */
export const stateShown = signal<StateShown | null>(null);

export type Kill =
  | { readonly step: "idle" }
  | { readonly step: "asking" }
  | { readonly step: "confirm"; readonly forecast: Forecast }
  | { readonly step: "refused"; readonly message: string }
  | { readonly step: "sending" }
  | { readonly step: "done"; readonly result: ExitResult; readonly took: number };

/** Where the kill of the selected process stands. */
export const kill = signal<Kill>({ step: "idle" });

/** When the selected process was first seen, on this machine's clock in milliseconds; null: not known. */
export const seenSince = signal<number | null>(null);

function takeProcess(pid: string, process: Omit<ProcessDetails, "uptime_ms">): void {
  if (pid === selectedPid.value && shown.value?.state !== "gone") shown.value = { state: "alive", process };
}

function takeGone(pid: string, reason: string | null): void {
  if (pid !== selectedPid.value) return;
  const before = shown.value;
  const process = before?.state === "alive" || before?.state === "gone" ? before.process : null;
  shown.value = { state: "gone", process, reason };
}

async function read(node: string, pid: string): Promise<void> {
  if (shown.value?.state === "gone") return;
  try {
    const query = { node, include: "links,monitors,stack_trace" };
    const answer = await request<ProcessDetails>(`/processes/${segment(pid)}`, query);
    const { uptime_ms: uptime } = answer.data;
    if (pid === selectedPid.value) seenSince.value = uptime === null ? null : Date.now() - uptime;
    takeProcess(pid, answer.data);
  } catch (error) {
    if (error instanceof RequestError && error.code === "process_not_found") takeGone(pid, null);
    else if (pid === selectedPid.value && shown.value?.state !== "alive") {
      shown.value = { state: "failed", message: messageOf(error) };
    }
  }
}

function follow(node: string, pid: string, isLive: boolean): () => void {
  if (!isLive) {
    return repeat(
      () => read(node, pid),
      () => POLL_MS,
    );
  }
  return join({
    name: `process:${pid}@${node}`,
    joined: () => void read(node, pid),
    refused: () => void read(node, pid),
    messages: {
      process: (payload) => takeProcess(pid, (payload as ProcessPush).process),
      gone: (payload) => takeGone(pid, (payload as { readonly reason: string | null }).reason),
    },
  });
}

/** Follows the selection. */
export function watchProcess(): void {
  let stop: (() => void) | null = null;
  const isLive = computed(() => live.value.state === "live");
  effect(() => {
    const pid = selectedPid.value;
    untracked(() => {
      batch(() => {
        shown.value = pid === null ? null : { state: "reading" };
        stateShown.value = null;
        seenSince.value = null;
        kill.value = { step: "idle" };
      });
    });
  });
  effect(() => {
    const pid = selectedPid.value;
    const node = nodeName.value;
    const connected = isLive.value;
    stop?.();
    stop = null;
    if (pid === null || node === null || !nodeReady.value) return;
    const timer = setTimeout(() => {
      stop = follow(node, pid, connected);
    }, SETTLE_MS);
    stop = () => clearTimeout(timer);
  });
}

/** Asks for the state term. The process is interrupted for it: only on request. */
export async function readState(): Promise<void> {
  const pid = selectedPid.value;
  const node = nodeName.value;
  if (pid === null || node === null) return;
  stateShown.value = { state: "reading" };
  let next: StateShown;
  try {
    const answer = await operate("get_process_state", { pid, node, timeout_ms: 2000 });
    next = { state: "read", text: answer.data.state_inspect, sysState: answer.data.sys_state };
  } catch (error) {
    next = { state: "failed", message: messageOf(error) };
  }
  if (pid === selectedPid.value) stateShown.value = next;
}

// ---- kill -------------------------------------------------------------------------------------

/** First step: has the daemon check the kill, and works out what will happen. */
export async function prepareKill(): Promise<void> {
  const pid = selectedPid.value;
  const node = nodeName.value;
  const process = shown.value;
  if (pid === null || node === null || process?.state !== "alive") return;
  kill.value = { step: "asking" };
  try {
    await operate("exit_process", { pid, node, dry_run: true });
    const parent = process.process.supervisor_pid;
    const [self, supervisor] = await Promise.all([
      shownSupervisor.value === null ? null : readOne(node, pid),
      parent === null ? null : readOne(node, parent, true),
    ]);
    if (pid !== selectedPid.value) return;
    const above = parent === null ? null : (whole.value.byPid.get(parent)?.parent?.supervisor ?? null);
    const siblings = parent === null ? [] : (children.value.get(parent) ?? []);
    const input = { process: process.process, self, supervisor, siblings, above };
    kill.value = { step: "confirm", forecast: forecast(input) };
  } catch (error) {
    if (pid === selectedPid.value) kill.value = { step: "refused", message: messageOf(error) };
  }
}

/** Second step: sends the exit signal. */
export async function confirmKill(): Promise<void> {
  const pid = selectedPid.value;
  const node = nodeName.value;
  if (pid === null || node === null || kill.value.step !== "confirm") return;
  kill.value = { step: "sending" };
  const start = performance.now();
  let next: Kill;
  try {
    const answer = await operate("exit_process", { pid, node, reason: "kill" });
    next = { step: "done", result: answer.data, took: performance.now() - start };
  } catch (error) {
    next = { step: "refused", message: messageOf(error) };
  }
  if (pid !== selectedPid.value) return;
  kill.value = next;
  if (next.step === "done" && !next.result.alive) {
    takeGone(pid, next.result.exit_reason);
    const parent = shown.value?.state === "gone" ? shown.value.process?.supervisor_pid : null;
    if (parent !== null && parent !== undefined) readLater(parent);
  }
}

export function cancelKill(): void {
  kill.value = { step: "idle" };
}

export function followSuccessor(): void {
  if (successor.value !== null) select(successor.value);
}
