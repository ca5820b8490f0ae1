// The supervision trees of a node, put together from supervisors and their children. Pure: the same
// readings give the same forest. Every item has a key that survives a restart (its place, not its
// pid), so that selection and layout stay where they are when a child gets a new pid.

import type { Child, Supervisor } from "../state/api.js";

/** So many children of a supervisor are shown; the dynamic ones beyond stand behind a count. */
export const CHILDREN_SHOWN = 50;

export interface Item {
  readonly key: string;
  readonly kind: "supervisor" | "worker" | "more";
  readonly title: string;
  /** null: it does not run. */
  readonly pid: string | null;
  readonly module: string | null;
  readonly child: Child | null;
  readonly supervisor: Supervisor | null;
  readonly parent: Item | null;
  readonly depth: number;
  readonly children: readonly Item[];
  /** How many children stand behind a `more` item. */
  readonly hidden: number;
}

export interface Forest {
  readonly tops: readonly Item[];
  readonly byKey: ReadonlyMap<string, Item>;
  readonly byPid: ReadonlyMap<string, Item>;
}

export interface ForestOptions {
  /** Keys of supervisors all of whose children are shown. */
  readonly open: ReadonlySet<string>;
  /** Path of the supervisor to start from; null for all trees. */
  readonly root: string | null;
}

// Applications that come with Erlang and Elixir; their trees stand behind one's own.
const RUNTIME = new Set(
  ("asn1 common_test compiler crypto debugger dialyzer diameter eldap elixir eex erl_interface et eunit " +
    "ex_unit ftp iex inets jinterface kernel logger megaco mix mnesia observer odbc os_mon parsetools " +
    "public_key reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools tftp tools wx xmerl").split(" "),
);

export function isRuntime(application: string | null): boolean {
  return application !== null && RUNTIME.has(application);
}

/** Supervisors that are nobody's child: one's own applications first, then the runtime's, by path. */
export function topsOf(
  supervisors: Iterable<Supervisor>,
  children: ReadonlyMap<string, readonly Child[]>,
): Supervisor[] {
  const below = new Set<string>();
  for (const [parent, list] of children) {
    for (const child of list) {
      if (child.pid !== null && child.pid !== parent) below.add(child.pid);
    }
  }
  return [...supervisors].filter((supervisor) => !below.has(supervisor.pid)).sort(compareTops);
}

function compareTops(a: Supervisor, b: Supervisor): number {
  const order = Number(isRuntime(a.application)) - Number(isRuntime(b.application));
  if (order !== 0) return order;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

export function buildForest(
  supervisors: ReadonlyMap<string, Supervisor>,
  children: ReadonlyMap<string, readonly Child[]>,
  options: ForestOptions,
): Forest {
  const byKey = new Map<string, Item>();
  const byPid = new Map<string, Item>();

  function place(
    key: string,
    child: Child | null,
    supervisor: Supervisor | null,
    parent: Item | null,
  ): Item {
    const list: Item[] = [];
    const item: Item = {
      key,
      kind: supervisor !== null || child?.type === "supervisor" ? "supervisor" : "worker",
      title: titleOf(child, supervisor),
      pid: child === null ? (supervisor?.pid ?? null) : child.alive ? child.pid : null,
      module: supervisor?.module ?? child?.module ?? null,
      child,
      supervisor,
      parent,
      depth: parent === null ? 0 : parent.depth + 1,
      children: list,
      hidden: 0,
    };
    byKey.set(key, item);
    // A pid that is met again is a loop of wrong answers, or a tree in change: shown once.
    const known = item.pid === null || byPid.has(item.pid);
    if (item.pid !== null && !byPid.has(item.pid)) byPid.set(item.pid, item);
    if (supervisor !== null && !known) placeChildren(item, supervisor, list);
    return item;
  }

  function placeChildren(parent: Item, supervisor: Supervisor, list: Item[]): void {
    const all = children.get(supervisor.pid) ?? [];
    const cut = all.length > CHILDREN_SHOWN && !options.open.has(parent.key);
    const dynamic = all.filter((child) => child.id === null).length;
    let room = cut ? Math.max(0, CHILDREN_SHOWN - (all.length - dynamic)) : dynamic;
    let hidden = 0;
    for (const child of all) {
      // A dynamic child that is not running is trouble, and trouble is not hidden.
      if (child.id === null && child.alive && child.type === "worker" && room-- <= 0) {
        hidden += 1;
        continue;
      }
      const name = child.id === null ? `*${child.pid ?? child.name ?? ""}` : encodeURIComponent(child.id);
      const base = `${parent.key}/${name}`;
      let key = base;
      for (let i = 2; byKey.has(key); i++) key = `${base}~${i}`;
      const below = child.pid === null ? undefined : supervisors.get(child.pid);
      list.push(place(key, child, below ?? null, parent));
    }
    if (hidden > 0) list.push(more(parent, hidden, byKey));
  }

  const start =
    options.root === null
      ? topsOf(supervisors.values(), children)
      : [...supervisors.values()].filter((supervisor) => supervisor.path === options.root);
  const tops = start.map((supervisor) => place(supervisor.path, null, supervisor, null));
  return { tops, byKey, byPid };
}

function more(parent: Item, hidden: number, byKey: Map<string, Item>): Item {
  const item: Item = {
    key: `${parent.key}/…`,
    kind: "more",
    title: `${hidden} more`,
    pid: null,
    module: null,
    child: null,
    supervisor: null,
    parent,
    depth: parent.depth + 1,
    children: [],
    hidden,
  };
  byKey.set(item.key, item);
  return item;
}

// Unnamed supervisors go by their path in lists; in a tree the last part, the child id, is enough.
function titleOf(child: Child | null, supervisor: Supervisor | null): string {
  if (supervisor !== null && supervisor.name !== supervisor.path) return supervisor.name;
  return child?.name ?? child?.id ?? supervisor?.module ?? child?.module ?? supervisor?.path ?? "?";
}

export type Condition = "fine" | "degraded" | "critical" | "stopped" | "restarting" | "unknown";

/** What an item's mark shows. */
export function conditionOf(item: Item): Condition {
  if (item.child !== null && !item.child.alive) {
    return item.child.state === "restarting" ? "restarting" : "stopped";
  }
  if (item.supervisor === null) return "fine";
  const health = item.supervisor.health_status;
  return health === null ? "unknown" : health === "healthy" ? "fine" : health;
}

/** The next item after `current` that is not fine, from the top again after the last; null if all are. */
export function nextTrouble(tops: readonly Item[], current: Item | null): Item | null {
  const all = [...walk(tops)];
  const start = current === null ? 0 : all.indexOf(current) + 1;
  const inTrouble = (item: Item): boolean => !["fine", "unknown"].includes(conditionOf(item));
  return all.slice(start).find(inTrouble) ?? all.slice(0, start).find(inTrouble) ?? null;
}

/** Items from the top down, as they are read. */
export function* walk(items: readonly Item[], collapsed?: ReadonlySet<string>): Generator<Item> {
  for (const item of items) {
    yield item;
    if (!collapsed?.has(item.key)) yield* walk(item.children, collapsed);
  }
}
