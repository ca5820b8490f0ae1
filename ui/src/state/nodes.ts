// The attached nodes, the one that is looked at, and its health. Read over REST every two seconds:
// from the daemon's own memory, which costs the nodes nothing.

import { batch, computed, effect, signal } from "@preact/signals";
import type { Metrics, Node, SystemHealth } from "./api.js";
import { repeat } from "./clock.js";
import { messageOf, request, session } from "./rest.js";
import { go, parameter } from "./route.js";

const NODES_MS = 2000;
const HEALTH_MS = 5000;

/** All attached nodes, as the daemon lists them; null before the first answer. */
export const nodes = signal<readonly Node[] | null>(null);

/** Why the list of nodes could not be read; null while it can. */
export const nodesError = signal<string | null>(null);

/** Health of the node that is looked at; null until known. */
export const health = signal<SystemHealth | null>(null);

/** Figures pushed each second by the live connection; null without it. */
export const metrics = signal<Metrics | null>(null);

/** Name of the node that is looked at: the address's, else the first that is ready. */
export const nodeName = computed<string | null>(() => {
  const asked = parameter("node");
  if (asked !== null) return asked;
  const all = nodes.value ?? [];
  return (all.find((node) => node.state === "ready") ?? all[0])?.name ?? null;
});

/** The node that is looked at; null if it is not attached. */
export const node = computed<Node | null>(
  () => nodes.value?.find((each) => each.name === nodeName.value) ?? null,
);

/** Whether the node can be asked. */
export const nodeReady = computed(() => node.value?.state === "ready");

/** Why nodes were lost, until they are ready again: also while they are being attached anew. */
export const lostReasons = signal<ReadonlyMap<string, string>>(new Map());

async function readNodes(): Promise<void> {
  try {
    const found = (await request<Node[]>("/nodes", { per_page: 200 })).data;
    const reasons = new Map(lostReasons.value);
    for (const each of found) {
      if (each.state === "ready") reasons.delete(each.name);
      else if (each.lost !== undefined) reasons.set(each.name, each.lost.message);
    }
    batch(() => {
      lostReasons.value = reasons;
      nodes.value = found;
      nodesError.value = null;
    });
  } catch (error) {
    nodesError.value = messageOf(error);
  }
}

async function readHealth(): Promise<void> {
  const name = nodeName.value;
  if (name === null || !nodeReady.value) return;
  try {
    const answer = await request<SystemHealth>("/system/health", { node: name });
    if (name === nodeName.value) health.value = answer.data;
  } catch {
    // What went wrong with the node is in the list of nodes; with the daemon, in nodesError.
  }
}

export function watchNodes(): void {
  repeat(readNodes, () => (session.value === "ended" ? NODES_MS * 5 : NODES_MS));
  let stop: (() => void) | null = null;
  effect(() => {
    stop?.();
    health.value = null;
    metrics.value = null;
    stop = nodeName.value !== null && nodeReady.value ? repeat(readHealth, () => HEALTH_MS) : null;
  });
  // With several nodes a link must say which one it shows.
  effect(() => {
    if ((nodes.value?.length ?? 0) > 1 && parameter("node") === null && nodeName.value !== null) {
      go({ node: nodeName.value }, { replace: true });
    }
  });
}
