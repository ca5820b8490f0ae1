// REST calls to the daemon, with a deadline, and one error type for all that can go wrong.

import { signal } from "@preact/signals";
import type { Answer, ErrorBody } from "./api.js";
import type { Arguments, OperationName, Reply } from "./operations.js";

const DEADLINE_MS = 10_000;

/** Whether the daemon still knows this browser; set by any answer. */
export const session = signal<"open" | "ended">("open");

/** Why a request failed; `code` is the daemon's, or `unreachable` where there was no answer. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

/** A path segment: names and pids hold slashes, hashes and brackets. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

export async function request<T>(
  path: string,
  query: Query = {},
  method: "GET" | "DELETE" = "GET",
): Promise<Answer<T>> {
  return ask(address(path, query), { method, headers: { Accept: "application/json" } });
}

/** An operation of the table by its name, with what it takes and answers. */
export async function operate<N extends OperationName>(
  name: N,
  given: Arguments<N>,
): Promise<Answer<Reply<N>>> {
  return ask(address(`/operations/${name}`), {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(given),
  });
}

async function ask<T>(where: string, how: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(where, {
      ...how,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    const message = late ? "the daemon did not answer within 10 s" : "the daemon cannot be reached";
    throw new RequestError("unreachable", message, 0);
  }
  session.value = response.status === 401 ? "ended" : "open";
  if (!response.ok) throw await failure(response);
  return (await response.json()) as Answer<T>;
}

async function failure(response: Response): Promise<RequestError> {
  try {
    const body = (await response.json()) as ErrorBody;
    return new RequestError(body.error.code, body.error.message, response.status);
  } catch {
    return new RequestError("unreachable", `the daemon answered ${response.status}`, response.status);
  }
}

/** Every row of a list, page after page. */
export async function requestAll<T>(path: string, query: Query): Promise<Answer<T[]>> {
  const first = await request<T[]>(path, { ...query, per_page: 200 });
  const rows = [...first.data];
  for (let page = 2; page <= (first.meta.total_pages ?? 1); page++) {
    const next = await request<T[]>(path, { ...query, per_page: 200, page });
    rows.push(...next.data);
  }
  return { data: rows, meta: first.meta };
}

/** What went wrong, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
