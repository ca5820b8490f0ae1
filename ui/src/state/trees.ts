// The supervisors of the node that is looked at, and their children. Live: rows and events come from
// the lobby topic, children are read over REST when their supervisor changed. Without the live
// connection all is read every two seconds and compared.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { applyEvent, compareChildren, type Line } from "../lib/events.js";
import { buildForest, topsOf } from "../lib/forest.js";
import type { Child, LiveEvent, LobbyReply, Metrics, Supervisor, SupervisorsPush } from "./api.js";
import { repeat } from "./clock.js";
import { addEvent, addLines, addNote, forgetEvents, lastEventId, rememberEventId } from "./events.js";
import { join, live, setLive, setLost } from "./live.js";
import { lostReasons, metrics, nodeName, nodeReady } from "./nodes.js";
import { messageOf, request, requestAll, segment } from "./rest.js";
import { parameter } from "./route.js";

const POLL_MS = 2000;
/** With the live connection, a reading now and then finds what no event told. */
const RECONCILE_MS = 30_000;
/** Changed supervisors are read again together, so much after the first of them changed. */
const GATHER_MS = 300;
/** More changed supervisors than this are read in one go. */
const SINGLE_READS = 8;
/** Nodes with more children than this are not read whole every two seconds. */
const MANY_CHILDREN = 4000;

/** Supervisors by pid; null until the first answer. */
export const supervisors = signal<ReadonlyMap<string, Supervisor> | null>(null);

/** Children by the pid of their supervisor, in order of start. */
export const children = signal<ReadonlyMap<string, readonly Child[]>>(new Map());

/** When the supervisors were read, for countdowns: milliseconds since the epoch on this machine. */
export const readAt = signal(0);

/** The daemon's word on when it read the node (RFC 3339). */
export const asOf = signal<string | null>(null);

/** Why the supervisors could not be read; null while they can. */
export const treesError = signal<string | null>(null);

/** Keys of supervisors all of whose children are shown, from the address. */
export const openKeys = computed<ReadonlySet<string>>(
  () => new Set((parameter("open") ?? "").split(",").filter((key) => key !== "")),
);

/** Supervisors that are nobody's child. */
export const tops = computed(() => topsOf(supervisors.value?.values() ?? [], children.value));

/** All trees, or the one that the address asks for. */
export const forest = computed(() =>
  buildForest(supervisors.value ?? new Map(), children.value, {
    open: openKeys.value,
    root: parameter("root"),
  }),
);

/** The whole forest whatever is shown: for search, and to know parents. */
export const whole = computed(() =>
  parameter("root") === null
    ? forest.value
    : buildForest(supervisors.value ?? new Map(), children.value, { open: openKeys.value, root: null }),
);

// ---- reading ----------------------------------------------------------------------------------

function countChildren(): number {
  let sum = 0;
  for (const list of children.value.values()) sum += list.length;
  return sum;
}

let lastWhole = 0;

/** Reads supervisors, and children where that is not too much. */
async function readAll(node: string, compare: boolean): Promise<void> {
  const full = countChildren() <= MANY_CHILDREN || Date.now() - lastWhole > RECONCILE_MS;
  try {
    const answer = await requestAll<Supervisor>("/supervisors", {
      node,
      include: full ? "children" : null,
    });
    if (node !== nodeName.value) return;
    if (full) lastWhole = Date.now();
    take(answer.data, answer.meta.as_of ?? null, compare);
    treesError.value = null;
  } catch (error) {
    if (node === nodeName.value) treesError.value = messageOf(error);
  }
}

/** All rows of a new reading; without children in them the known ones stay. */
function take(rows: readonly Supervisor[], at: string | null, compare: boolean): void {
  const known = supervisors.value;
  const found: Line[] = [];
  const lists = new Map<string, readonly Child[]>();
  const changed: string[] = [];
  for (const row of rows) {
    const before = children.value.get(row.pid);
    const list = row.children ?? before;
    if (list !== undefined) lists.set(row.pid, list);
    if (row.children === undefined && known !== null && differs(known.get(row.pid), row)) changed.push(row.pid);
    if (compare) found.push(...changesOf(row, at));
  }
  batch(() => {
    supervisors.value = new Map(rows.map((row) => [row.pid, row]));
    children.value = lists;
    readAt.value = Date.now();
    asOf.value = at;
    addLines(found);
  });
  for (const pid of changed) readLater(pid);
}

/** What a new reading of a supervisor shows to have happened since the last. */
function changesOf(row: Supervisor, at: string | null): Line[] {
  const before = children.value.get(row.pid);
  if (before === undefined || row.children === undefined) return [];
  return compareChildren({ supervisor: row, before, after: row.children, at: at ?? new Date().toISOString() });
}

function differs(before: Supervisor | undefined, after: Supervisor): boolean {
  return (
    before === undefined ||
    before.child_count !== after.child_count ||
    before.active_children !== after.active_children ||
    before.restarts_used !== after.restarts_used
  );
}

const waiting = new Set<string>();

/** Reads the children of a supervisor again, soon. */
export function readLater(pid: string): void {
  if (waiting.size === 0) setTimeout(() => void readWaiting(), GATHER_MS);
  waiting.add(pid);
}

async function readWaiting(): Promise<void> {
  const node = nodeName.value;
  const pids = [...waiting];
  waiting.clear();
  if (node === null) return;
  if (pids.length > SINGLE_READS) {
    lastWhole = 0;
    await readAll(node, live.value.state !== "live");
    return;
  }
  await Promise.all(pids.map((pid) => readOne(node, pid)));
}

/** Reads one supervisor again, with its children. */
export async function readOne(node: string, pid: string, fresh = false): Promise<Supervisor | null> {
  try {
    const query = { node, include: "children", depth: 1, fresh: fresh || null };
    const answer = await request<Supervisor>(`/supervisors/${segment(pid)}`, query);
    const row = answer.data;
    if (node !== nodeName.value) return null;
    batch(() => {
      if (live.value.state !== "live") addLines(changesOf(row, answer.meta.as_of ?? null));
      supervisors.value = new Map(supervisors.value ?? []).set(row.pid, row);
      children.value = new Map(children.value).set(row.pid, row.children ?? []);
    });
    return row;
  } catch {
    return null; // It ended meanwhile: the next list will not have it.
  }
}

// ---- live -------------------------------------------------------------------------------------

function heard(event: LiveEvent): void {
  batch(() => {
    if (event.supervisor_pid !== null) {
      const list = children.value.get(event.supervisor_pid);
      if (list !== undefined) {
        const next = applyEvent(list, event);
        if (next !== list) children.value = new Map(children.value).set(event.supervisor_pid, next);
      }
      readLater(event.supervisor_pid);
    }
    addEvent(event);
  });
}

function changed(push: SupervisorsPush): void {
  if (supervisors.value === null) return; // The first reading is under way.
  const rows = new Map(supervisors.value);
  for (const row of push.changed) {
    if (differs(rows.get(row.pid), row)) readLater(row.pid);
    rows.set(row.pid, row);
  }
  for (const pid of push.removed) rows.delete(pid);
  batch(() => {
    supervisors.value = rows;
    readAt.value = Date.now();
    asOf.value = push.as_of;
  });
}

function joinNode(node: string): () => void {
  const lobby = join({
    name: `supervisor:lobby@${node}`,
    parameters: () => (lastEventId === null ? {} : { since: lastEventId }),
    joined: (payload) => {
      const reply = payload as LobbyReply;
      // The first picture is one with children: rows alone would be laid out twice.
      if (supervisors.value !== null) take(reply.supervisors, reply.as_of, false);
      lastWhole = 0;
      void readAll(node, false);
      if (reply.gap === true) addNote("Some events before this moment were not kept: there is a gap.", "gap");
      for (const event of reply.events ?? []) heard(event);
      rememberEventId(reply.last_event_id);
      setLive();
    },
    refused: setLost,
    messages: {
      event: (payload) => heard(payload as LiveEvent),
      supervisors: (payload) => changed(payload as SupervisorsPush),
    },
  });
  const figures = join({
    name: `system:metrics@${node}`,
    joined: () => undefined,
    messages: {
      metrics: (payload) => {
        metrics.value = payload as Metrics;
      },
    },
  });
  return () => {
    lobby();
    figures();
  };
}

// What the page could not see is said where the events are.
function sayGaps(): void {
  let before: { readonly node: string | null; readonly ready: boolean } = { node: null, ready: false };
  effect(() => {
    const current = { node: nodeName.value, ready: nodeReady.value };
    const last = before;
    before = current;
    if (last.node !== current.node || last.ready === current.ready || supervisors.peek() === null) return;
    untracked(() => {
      const why = lostReasons.value.get(current.node ?? "");
      if (current.ready) addNote(`${current.node ?? ""} is back. What happened there meanwhile was not seen.`, "gap");
      else addNote(`${current.node ?? ""} was lost${why === undefined ? "" : `: ${why}`}`, "gap");
    });
  });
  let wasLive = false;
  effect(() => {
    const isLive = live.value.state === "live";
    if (wasLive && !isLive) {
      untracked(() => addNote("The live connection was lost. Until it is back, events come from comparing readings.", "gap"));
    }
    wasLive = isLive;
  });
}

/** Follows the node that the address names, live or by polling. */
export function watchTrees(): void {
  sayGaps();
  let leave: (() => void) | null = null;
  effect(() => {
    const node = nodeName.value;
    const ready = nodeReady.value;
    leave?.();
    leave = null;
    if (node !== null && ready) leave = untracked(() => joinNode(node));
  });
  effect(() => {
    void nodeName.value;
    untracked(() => {
      supervisors.value = null;
      children.value = new Map();
      treesError.value = null;
      lastWhole = 0;
      forgetEvents();
    });
  });
  let stop: (() => void) | null = null;
  const isLive = computed(() => live.value.state === "live");
  effect(() => {
    const node = nodeName.value;
    const polling = !isLive.value;
    stop?.();
    stop = null;
    if (node === null || !nodeReady.value) return;
    if (polling) {
      metrics.value = null;
      stop = repeat(
        () => readAll(node, true),
        () => POLL_MS,
      );
    } else {
      stop = repeat(
        () => readAll(node, false),
        () => RECONCILE_MS,
      );
    }
  });
}
