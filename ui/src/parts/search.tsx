// Search in the header: finds processes by name, label, module or pid, and shows the chosen one on
// the page one is on. What the trees hold is found at once, the rest over REST.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { pidDigits, pidText } from "../lib/format.js";
import { matches } from "../lib/search.js";
import type { ProcessRow } from "../state/api.js";
import { nodeName } from "../state/nodes.js";
import { request } from "../state/rest.js";
import { go, select } from "../state/route.js";
import { forest, whole } from "../state/trees.js";

const SHOWN = 40;
const PAUSE_MS = 200;

interface Found {
  readonly pid: string;
  readonly title: string;
  readonly module: string;
}

/** What stands in the search box. */
const text = signal("");
/** Processes found over REST for the text. */
const remote = signal<readonly Found[]>([]);
/** Index of the marked result. */
const marked = signal(0);
/** Whether the results are open. */
const open = signal(false);

function found(): readonly Found[] {
  const wanted = text.value.trim();
  if (wanted === "") return [];
  const results = new Map<string, Found>();
  const digits = pidDigits(wanted);
  if (digits !== null) {
    const pid = pidText(digits);
    results.set(pid, { pid, title: whole.value.byPid.get(pid)?.title ?? "process", module: "" });
  }
  for (const item of whole.value.byPid.values()) {
    if (results.size >= SHOWN) break;
    if (item.pid !== null && matches(wanted, [item.title, item.module, item.pid])) {
      results.set(item.pid, { pid: item.pid, title: item.title, module: item.module ?? "" });
    }
  }
  for (const each of remote.value) {
    if (results.size >= SHOWN) break;
    if (!results.has(each.pid)) results.set(each.pid, each);
  }
  return [...results.values()];
}

async function ask(wanted: string): Promise<void> {
  try {
    const answer = await request<ProcessRow[]>("/processes", {
      node: nodeName.value,
      name_pattern: `(?i)${wanted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`,
      per_page: SHOWN,
    });
    if (text.value.trim() !== wanted) return;
    remote.value = answer.data.map((row) => ({
      pid: row.pid,
      title: row.name ?? row.label ?? row.initial_call ?? row.pid,
      module: row.module ?? "",
    }));
  } catch {
    // What the trees hold is found nevertheless.
  }
}

function choose(result: Found | undefined, input: HTMLInputElement | null): void {
  if (result === undefined) return;
  open.value = false;
  text.value = "";
  // A process of another tree is not hidden by the tree that is shown alone.
  if (!forest.value.byPid.has(result.pid) && whole.value.byPid.has(result.pid)) go({ root: null });
  select(result.pid);
  input?.blur();
  document.querySelector<HTMLElement>("[data-main]")?.focus();
}

export function Search() {
  const input = useRef<HTMLInputElement>(null);
  const results = open.value ? found() : [];

  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== "/" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  const wanted = text.value.trim();
  useEffect(() => {
    remote.value = [];
    if (wanted.length < 2) return;
    const timer = setTimeout(() => void ask(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);

  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") marked.value = Math.min(results.length - 1, marked.value + 1);
    else if (event.key === "ArrowUp") marked.value = Math.max(0, marked.value - 1);
    else if (event.key === "Enter") choose(results[marked.value], input.current);
    else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
  };

  return (
    <div class="search">
      <input
        ref={input}
        role="combobox"
        aria-label="Search processes"
        aria-expanded={open.value && wanted !== ""}
        aria-controls="results"
        aria-activedescendant={results.length > 0 ? `result-${marked.value}` : undefined}
        placeholder="Search name, module or pid   /"
        spellcheck={false}
        autocomplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          marked.value = 0;
          open.value = true;
        }}
        onFocus={() => {
          open.value = true;
        }}
        onBlur={() => {
          open.value = false;
        }}
        onKeyDown={keys}
      />
      {open.value && wanted !== "" && (
        <ul class="results" id="results" role="listbox" aria-label="Results">
          {results.length === 0 && <li class="none">Nothing of that name.</li>}
          {results.map((result, index) => (
            <li
              key={result.pid}
              id={`result-${index}`}
              role="option"
              aria-selected={index === marked.value}
              onMouseDown={(event) => {
                event.preventDefault();
                choose(result, input.current);
              }}
            >
              <span>{result.title}</span>
              <span class="dim">{result.module === result.title ? "" : result.module}</span>
              <span class="mono dim">{result.pid}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
