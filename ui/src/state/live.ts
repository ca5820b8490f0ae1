// The live connection: one WebSocket (Phoenix channels), and what state it is in. When it is lost
// the page reads over REST instead; the connection is tried again by itself.

import { signal } from "@preact/signals";
import { Socket, type Channel } from "phoenix";
import { messageOf, request, session } from "./rest.js";

const RETRY_MS = [1000, 2000, 5000, 10_000];

export type Live =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | {
      readonly state: "lost";
      readonly reason: string;
      /** Milliseconds since the epoch. */
      readonly since: number;
      readonly retryAt: number;
    };

/** The state of the live connection. */
export const live = signal<Live>({ state: "connecting" });

let retryAt = 0;

const socket = new Socket("/socket", {
  heartbeatIntervalMs: 15_000,
  reconnectAfterMs: (tries) => {
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length) - 1] ?? 10_000;
    retryAt = Date.now() + wait;
    if (live.value.state === "lost") live.value = { ...live.value, retryAt };
    return wait;
  },
});

export function setLost(reason: string): void {
  const since = live.value.state === "lost" ? live.value.since : Date.now();
  live.value = { state: "lost", reason, since, retryAt: Math.max(retryAt, Date.now()) };
}

export function setLive(): void {
  live.value = { state: "live" };
}

// A browser does not say why a WebSocket failed; a request over HTTP finds out.
async function findReason(event: CloseEvent): Promise<string> {
  if (event.reason !== "") return event.reason;
  try {
    await request<unknown>("/nodes", { per_page: 1 });
  } catch (error) {
    return messageOf(error);
  }
  return event.code === 1006 || event.code === 0
    ? "the daemon answers, but not at /socket"
    : `the daemon closed it with code ${event.code}`;
}

export function connect(): void {
  socket.onClose((event) => {
    if (live.value.state !== "lost") setLost("the connection was closed");
    void findReason(event).then((reason) => {
      if (live.value.state === "lost") setLost(reason);
    });
  });
  socket.connect();
}

/** Tries again now. */
export function retryNow(): void {
  if (session.value === "ended") {
    location.reload();
    return;
  }
  socket.disconnect(() => socket.connect());
}

/** Handlers of a topic; the payloads are checked by the daemon's tests, not here. */
export interface Topic {
  readonly name: string;
  /** Asked again at each join, so that a resumed client can say what it has. */
  readonly parameters?: () => Readonly<Record<string, unknown>>;
  readonly joined: (reply: unknown) => void;
  readonly refused?: (reason: string) => void;
  readonly messages: Readonly<Record<string, (payload: unknown) => void>>;
}

/** Joins until the returned function is called; joins again by itself after a lost connection. */
export function join(topic: Topic): () => void {
  const channel: Channel = socket.channel(topic.name, () => ({ ...topic.parameters?.() }));
  for (const [name, handle] of Object.entries(topic.messages)) {
    channel.on(name, (payload: unknown) => handle(payload));
  }
  channel
    .join()
    .receive("ok", (reply: unknown) => topic.joined(reply))
    .receive("error", (reply: unknown) => topic.refused?.(reasonOf(reply)))
    .receive("timeout", () => topic.refused?.("the daemon did not answer in time"));
  return () => {
    channel.leave();
  };
}

function reasonOf(reply: unknown): string {
  if (typeof reply === "object" && reply !== null) {
    for (const name of ["message", "reason"]) {
      const text: unknown = Reflect.get(reply, name);
      if (typeof text === "string") return text;
    }
    const inner: unknown = Reflect.get(reply, "error");
    if (typeof inner === "object" && inner !== null) return reasonOf(inner);
  }
  return "the daemon refused the topic";
}
