// The page of all processes: filters and order in the address, rows as they come into sight.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { bytes, count, rate } from "../lib/format.js";
import { rowsInSight } from "../lib/rows.js";
import { nodeReady } from "../state/nodes.js";
import { addressOf, go, parameter, select, selectedPid } from "../state/route.js";
import {
  complete,
  FILTERS,
  inSight,
  paused,
  question,
  rows,
  tableError,
  total,
  watchTable,
  type Filter,
  type TableRow,
} from "../state/table.js";

const ROW = 22;
const TYPING_MS = 350;

// ---- filters ----------------------------------------------------------------------------------

interface ChoiceProps {
  readonly name: Filter;
  readonly label: string;
  readonly choices: readonly (readonly [string, string])[];
}

function Choice({ name, label, choices }: ChoiceProps) {
  const value = parameter(name) ?? "";
  return (
    <label>
      {label}
      <select
        class={value === "" ? "" : "set"}
        value={value}
        onChange={(event) => go({ [name]: event.currentTarget.value, row: null })}
      >
        <option value="">any</option>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TextProps {
  readonly name: Filter;
  readonly label: string;
  readonly class: string;
  readonly placeholder: string;
  readonly title: string;
}

function TextFilter({ name, label, class: kind, placeholder, title }: TextProps) {
  const value = parameter(name) ?? "";
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current) field.current.value = value;
  }, [value]);
  return (
    <label title={title}>
      {label}
      <input
        ref={field}
        class={`${kind} ${value === "" ? "" : "set"}`}
        defaultValue={value}
        placeholder={placeholder}
        spellcheck={false}
        onInput={(event) => {
          const text = event.currentTarget.value.trim();
          clearTimeout(timer.current);
          timer.current = setTimeout(() => go({ [name]: text, row: null }, { replace: true }), TYPING_MS);
        }}
      />
    </label>
  );
}

const same = (...values: readonly string[]): readonly (readonly [string, string])[] =>
  values.map((value) => [value, value] as const);

function Filters() {
  const set = FILTERS.some((name) => parameter(name) !== null);
  const none = Object.fromEntries([...FILTERS, "row"].map((name) => [name, null]));
  return (
    <form class="filters" role="search" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <TextFilter
        name="name_pattern"
        label="Name"
        class="pattern"
        placeholder="regular expression"
        title="Searched for in the name, else the label, else the initial call"
      />
      <Choice name="type" label="Type" choices={same("supervisor", "genserver", "task", "agent", "worker")} />
      <Choice
        name="behavior"
        label="Behaviour"
        choices={same("gen_server", "gen_statem", "supervisor", "gen_event", "gen_fsm", "supervisor_bridge")}
      />
      <Choice
        name="status"
        label="Status"
        choices={same("waiting", "running", "runnable", "suspended", "garbage_collecting", "exiting")}
      />
      <Choice
        name="supervised"
        label="Supervised"
        choices={[
          ["true", "yes"],
          ["false", "no"],
        ]}
      />
      <span class="range">
        <TextFilter name="queue_min" label="Queue" class="number" placeholder="from" title="Fewest messages waiting" />
        <TextFilter name="queue_max" label="–" class="number" placeholder="to" title="Most messages waiting" />
      </span>
      <span class="range">
        <TextFilter name="memory_min" label="Memory" class="number" placeholder="from" title="Least memory in bytes" />
        <TextFilter name="memory_max" label="–" class="number" placeholder="to" title="Most memory in bytes" />
      </span>
      {set && (
        <button type="button" onClick={() => go(none)}>
          Clear
        </button>
      )}
      <span class="count dim" title={tableError.value ?? undefined}>
        {tableError.value !== null ? (
          <span class="bad">{tableError.value}</span>
        ) : total.value === null ? (
          "reading…"
        ) : (
          <>
            <span class="mono">{count(total.value)}</span> {total.value === 1 ? "process" : "processes"}
            {!complete.value && ", more being identified"}
          </>
        )}
      </span>
      <button
        type="button"
        aria-pressed={paused.value}
        title="Keep the rows as they are (p)"
        onClick={() => {
          paused.value = !paused.value;
        }}
      >
        {paused.value ? "Paused" : "Pause"}
      </button>
    </form>
  );
}

// ---- table ------------------------------------------------------------------------------------

interface Column {
  readonly title: string;
  readonly hint?: string;
  /** The list's name for an order by this column. */
  readonly sort?: "name" | "memory" | "queue_length" | "reductions";
  readonly number?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: "Pid" },
  { title: "Name", sort: "name", hint: "Registered name, else label, else initial call" },
  { title: "Type" },
  { title: "Module" },
  { title: "Application" },
  { title: "Memory", sort: "memory", number: true },
  { title: "Queue", sort: "queue_length", number: true, hint: "Messages waiting" },
  { title: "Reductions", sort: "reductions", number: true, hint: "Reductions since it was started" },
  { title: "per s", number: true, hint: "Reductions per second between the last two readings" },
  { title: "Status" },
  { title: "Runs now", hint: "Current function" },
];

function HeadCell({ column }: { readonly column: Column }) {
  const kind = column.number === true ? "number" : "";
  if (column.sort === undefined) {
    return (
      <span role="columnheader" class={kind} title={column.hint}>
        {column.title}
      </span>
    );
  }
  const usual = column.sort === "name" ? "asc" : "desc";
  const sorted = parameter("sort") === column.sort;
  const order = sorted ? (parameter("order") ?? usual) : null;
  const other = usual === "asc" ? "desc" : "asc";
  // Three steps: the usual order, the other one, none.
  const next =
    order === null
      ? { sort: column.sort, order: null }
      : order === usual
        ? { sort: column.sort, order: other }
        : { sort: null, order: null };
  return (
    <span
      role="columnheader"
      class={kind}
      title={column.hint}
      aria-sort={order === "asc" ? "ascending" : order === "desc" ? "descending" : "none"}
    >
      <a href={addressOf({ ...next, row: null })}>
        {column.title}
        {order === "asc" ? " ↑" : order === "desc" ? " ↓" : ""}
      </a>
    </span>
  );
}

interface RowProps {
  readonly index: number;
  readonly shown: TableRow | undefined;
  readonly selected: boolean;
}

function Row({ index, shown, selected }: RowProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) place.current.style.top = `${index * ROW}px`;
  }, [index]);
  if (shown === undefined) {
    return <div ref={place} class="table-row waits" role="row" aria-rowindex={index + 2} />;
  }
  const { row } = shown;
  return (
    <div
      ref={place}
      id={`row-${index}`}
      class="table-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      onClick={() => select(row.pid, true)}
    >
      <span role="cell" class="mono">
        {row.pid}
      </span>
      <span role="cell" title={row.name ?? row.label ?? row.initial_call ?? undefined}>
        {row.name ?? row.label ?? <span class="dim">{row.initial_call ?? "–"}</span>}
      </span>
      <span role="cell" class="dim">
        {row.type}
      </span>
      <span role="cell" title={row.module ?? undefined}>
        {row.module ?? "–"}
      </span>
      <span role="cell" class="dim">
        {row.application ?? "–"}
      </span>
      <span role="cell" class="mono number" title={row.memory_is_lower_bound ? "At least: it was measured before it grew" : undefined}>
        {row.memory_is_lower_bound ? "≥" : ""}
        {bytes(row.memory)}
      </span>
      <span role="cell" class={`mono number ${row.message_queue_len > 1000 ? "bad" : row.message_queue_len === 0 ? "dim" : ""}`}>
        {count(row.message_queue_len)}
      </span>
      <span role="cell" class="mono number" title={count(row.reductions)}>
        {rate(row.reductions)}
      </span>
      <span role="cell" class={`mono number ${shown.rate === 0 ? "dim" : ""}`}>
        {rate(shown.rate)}
      </span>
      <span role="cell" class={row.status === "suspended" ? "warn" : row.status === "waiting" ? "dim" : ""}>
        {row.status === "garbage_collecting" ? "collecting" : row.status}
      </span>
      <span role="cell" class="mono" title={row.current_function ?? undefined}>
        {row.current_function ?? "–"}
      </span>
    </div>
  );
}

function Table() {
  const scroll = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const size = total.value ?? 0;
  const span = inSight.value;

  useLayoutEffect(() => {
    if (all.current !== null) all.current.style.height = `${size * ROW}px`;
  }, [size]);

  // The first row in sight is in the address: a link leads to the same place.
  useEffect(() => {
    const box = scroll.current;
    if (box === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const next = rowsInSight(box.scrollTop, box.clientHeight, ROW, Math.max(50, total.peek() ?? 50));
      if (next.first !== inSight.peek().first || next.end !== inSight.peek().end) inSight.value = next;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const first = Math.floor(box.scrollTop / ROW);
        if (total.peek() !== null) go({ row: first === 0 ? null : String(first) }, { replace: true });
      }, 250);
    };
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);

  const asked = question.value;
  const ready = total.value !== null;
  useLayoutEffect(() => {
    if (scroll.current !== null && ready) scroll.current.scrollTop = Number(parameter("row") ?? 0) * ROW;
  }, [asked, ready]);

  const selected = selectedPid.value;
  const keys = (event: KeyboardEvent): void => {
    const box = scroll.current;
    if (box === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = [...rows.value].find(([, shown]) => shown.row.pid === selected)?.[0] ?? -1;
    const move = (to: number): void => {
      const index = Math.min(size - 1, Math.max(0, to));
      const pid = rows.value.get(index)?.row.pid;
      if (pid !== undefined) select(pid, true);
      const head = ROW + 4;
      if (index * ROW < box.scrollTop) box.scrollTop = index * ROW;
      if ((index + 1) * ROW + head > box.scrollTop + box.clientHeight) {
        box.scrollTop = (index + 1) * ROW + head - box.clientHeight;
      }
    };
    if (event.key === "ArrowDown") move(at < 0 ? Math.ceil(box.scrollTop / ROW) : at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Enter" && selected !== null) document.querySelector<HTMLElement>(".detail")?.focus();
    else if (event.key === "Escape") select(null);
    else return;
    event.preventDefault();
  };

  const indices: number[] = [];
  for (let index = span.first; index < Math.min(span.end, size); index++) indices.push(index);
  return (
    <div
      ref={scroll}
      class="table-scroll"
      role="table"
      aria-label="Processes"
      aria-rowcount={size + 1}
      tabIndex={0}
      data-main
      onKeyDown={keys}
    >
      <div class="table-head" role="row">
        {COLUMNS.map((column) => (
          <HeadCell key={column.title} column={column} />
        ))}
      </div>
      <div class="table-rows" role="rowgroup" ref={all}>
        {indices.map((index) => {
          const shown = rows.value.get(index);
          const isSelected = shown !== undefined && shown.row.pid === selected;
          return <Row key={index} index={index} shown={shown} selected={isSelected} />;
        })}
      </div>
    </div>
  );
}

export function ProcessesPage() {
  useEffect(watchTable, []);
  useEffect(() => {
    document.querySelector<HTMLElement>("[data-main]")?.focus({ preventScroll: true });
    const key = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key !== "p" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
      paused.value = !paused.value;
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return (
    <main class="processes-page">
      <Filters />
      <Table />
      {total.value === 0 && <div class="empty">No process passes these filters.</div>}
      {total.value === null && !nodeReady.value && <div class="empty">No processes: the node is not ready.</div>}
    </main>
  );
}
