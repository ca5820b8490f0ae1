// The process table: filters and order from the address, rows page by page from REST as they come
// into sight, and each row's reductions per second from two readings.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { perSecond, type Reading } from "../lib/rates.js";
import { pagesOf, type Span } from "../lib/rows.js";
import type { ProcessRow } from "./api.js";
import { repeat } from "./clock.js";
import { node, nodeName, nodeReady } from "./nodes.js";
import { messageOf, request } from "./rest.js";
import { parameter, route } from "./route.js";

export const ROWS_PER_PAGE = 50;

/** Parameters of the address that the list of processes takes as they are. */
export const FILTERS = [
  "name_pattern",
  "type",
  "behavior",
  "status",
  "supervised",
  "memory_min",
  "memory_max",
  "queue_min",
  "queue_max",
] as const;

export type Filter = (typeof FILTERS)[number];

export interface TableRow {
  readonly row: ProcessRow;
  /** Reductions per second between the last two readings. */
  readonly rate: number | null;
}

/** Rows by their place in the list; only those that have been in sight. */
export const rows = signal<ReadonlyMap<number, TableRow>>(new Map());

/** How many processes the filters leave; null before the first answer. */
export const total = signal<number | null>(null);

/** When the daemon read the rows from the node. */
export const rowsAsOf = signal<string | null>(null);

/** Whether every process is known already, or kinds and modules are still being found. */
export const complete = signal(true);

/** What is wrong with the filters, or why there are no rows; null if nothing is. */
export const tableError = signal<string | null>(null);

/** Whether rows are kept as they are, to be read in peace. */
export const paused = signal(false);

/** The rows in sight. */
export const inSight = signal<Span>({ first: 0, end: ROWS_PER_PAGE });

/** The question that the address asks; a change of it starts the table anew. */
export const question = computed(() => {
  const query: Record<string, string> = {};
  for (const name of [...FILTERS, "sort", "order"] as const) {
    const value = parameter(name);
    if (value !== null) query[name] = value;
  }
  return JSON.stringify(query);
});

const pagesInSight = computed(() => pagesOf(inSight.value, ROWS_PER_PAGE).join(","));

let readings = new Map<string, Reading>();

async function readPages(pages: readonly number[]): Promise<void> {
  const name = nodeName.value;
  const asked = question.value;
  if (name === null) return;
  try {
    const answers = await Promise.all(
      pages.map((page) =>
        request<ProcessRow[]>("/processes", {
          ...(JSON.parse(asked) as Record<string, string>),
          node: name,
          page,
          per_page: ROWS_PER_PAGE,
        }),
      ),
    );
    if (asked !== question.value || name !== nodeName.value) return;
    const found = new Map<number, TableRow>();
    const next = new Map<string, Reading>();
    answers.forEach((answer, index) => {
      const at = Date.parse(answer.meta.as_of ?? "");
      answer.data.forEach((row, offset) => {
        const now = { value: row.reductions, at };
        const before = readings.get(row.pid);
        // A copy that the daemon has not renewed keeps the rate it had.
        const known = before !== undefined && before.at === at;
        const rate = known ? (rateOf(row.pid) ?? null) : perSecond(before, now);
        next.set(row.pid, now);
        found.set(((pages[index] ?? 1) - 1) * ROWS_PER_PAGE + offset, { row, rate });
      });
    });
    readings = next;
    const last = answers[answers.length - 1];
    batch(() => {
      rows.value = found;
      total.value = last?.meta.total ?? 0;
      rowsAsOf.value = last?.meta.as_of ?? null;
      complete.value = last?.meta.complete ?? true;
      tableError.value = null;
    });
  } catch (error) {
    if (asked === question.value) tableError.value = messageOf(error);
  }
}

function rateOf(pid: string): number | null | undefined {
  for (const shown of rows.value.values()) if (shown.row.pid === pid) return shown.rate;
  return undefined;
}

/** Keeps the rows in sight fresh while the table is on the screen; returns how to stop. */
export function watchTable(): () => void {
  let stop: (() => void) | null = null;
  const forget = effect(() => {
    void question.value;
    void nodeName.value;
    untracked(() => {
      batch(() => {
        rows.value = new Map();
        total.value = null;
        tableError.value = null;
      });
    });
  });
  const watch = effect(() => {
    void question.value;
    const pages = pagesInSight.value.split(",").map(Number);
    const rest = paused.value;
    stop?.();
    stop = null;
    if (nodeName.value === null || !nodeReady.value || route.value.page !== "processes") return;
    let first = true;
    stop = repeat(
      async () => {
        if (first || !rest) await readPages(pages);
        first = false;
      },
      () => Math.min(10_000, Math.max(1000, node.peek()?.impact?.interval_ms ?? 2000)),
    );
  });
  return () => {
    stop?.();
    forget();
    watch();
  };
}
