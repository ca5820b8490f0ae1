// The page of the supervision trees: the list of trees, the tool bar, and the canvas or the text.

import { useEffect } from "preact/hooks";
import { conditionOf, isRuntime, nextTrouble, walk, type Condition, type Item } from "../lib/forest.js";
import { count, plural } from "../lib/format.js";
import type { Supervisor } from "../state/api.js";
import { nodeReady } from "../state/nodes.js";
import { addressOf, go, parameter, route } from "../state/route.js";
import { choose, chosenItem } from "../state/tree_selection.js";
import { forest, supervisors, tops, whole } from "../state/trees.js";
import { TextTree } from "../parts/text_tree.js";
import { TreeCanvas } from "../parts/tree_canvas.js";
import { zoomShown } from "../parts/tree_zoom.js";
import { Mark } from "../parts/mark.js";

const ORDER: readonly Condition[] = ["critical", "stopped", "restarting", "degraded", "unknown", "fine"];

interface Summary {
  readonly worst: Condition;
  readonly processes: number;
  readonly supervisors: number;
  readonly down: number;
  /** Supervisors that are degraded or critical, and children that cannot be started. */
  readonly troubled: number;
}

// A stopped child may have ended as it should: it is counted, and colours no tree.
function summarize(items: readonly Item[]): Summary {
  let worst: Condition = items.length === 0 ? "unknown" : "fine";
  let processes = 0;
  let found = 0;
  let down = 0;
  let troubled = 0;
  for (const item of walk(items)) {
    const condition = conditionOf(item);
    if (condition === "stopped" || condition === "restarting") down += 1;
    else processes += item.kind === "more" ? item.hidden : 1;
    if (item.supervisor !== null) found += 1;
    if (condition === "degraded" || condition === "critical" || condition === "restarting") troubled += 1;
    if (condition !== "stopped" && ORDER.indexOf(condition) < ORDER.indexOf(worst)) worst = condition;
  }
  return { worst, processes, supervisors: found, down, troubled };
}

function titleOf(top: Supervisor): string {
  return top.application ?? top.name;
}

function RailEntry({ top }: { readonly top: Supervisor }) {
  const item = whole.value.byPid.get(top.pid);
  const summary = summarize(item === undefined ? [] : [item]);
  return (
    <a
      href={addressOf({ root: top.path, select: null, open: null })}
      aria-current={parameter("root") === top.path}
      title={`${top.name}: ${plural(summary.supervisors, "supervisor", "supervisors")}, ${plural(summary.processes, "process", "processes")}`}
    >
      <Mark condition={summary.worst} />
      <span class="name">{titleOf(top)}</span>
      <span class="mono">{count(summary.processes)}</span>
    </a>
  );
}

function Rail() {
  const all = tops.value;
  const own = all.filter((top) => !isRuntime(top.application));
  const runtime = all.filter((top) => isRuntime(top.application));
  return (
    <nav class="rail" aria-label="Trees">
      <a href={addressOf({ root: null, select: null, open: null })} aria-current={parameter("root") === null}>
        <Mark condition={summarize(whole.value.tops).worst} />
        <span class="name">All trees</span>
        <span class="mono">{count(summarize(whole.value.tops).processes)}</span>
      </a>
      {own.length > 0 && <h2>Applications</h2>}
      {own.map((top) => (
        <RailEntry key={top.pid} top={top} />
      ))}
      {runtime.length > 0 && <h2>Erlang and Elixir</h2>}
      {runtime.map((top) => (
        <RailEntry key={top.pid} top={top} />
      ))}
    </nav>
  );
}

function ToolBar({ text }: { readonly text: boolean }) {
  const summary = summarize(forest.value.tops);
  const root = parameter("root");
  return (
    <div class="bar" role="toolbar" aria-label="Tree">
      <span class="grow">
        <strong>{root === null ? "All trees" : (forest.value.tops[0]?.title ?? root)}</strong>{" "}
        <span class="dim">
          {plural(summary.supervisors, "supervisor", "supervisors")}, {plural(summary.processes, "process", "processes")}
          {summary.troubled > 0 && <span class="warn">, {summary.troubled} in trouble</span>}
          {summary.down > 0 && <span class="warn">, {summary.down} not running</span>}
        </span>
      </span>
      <button
        type="button"
        disabled={summary.troubled + summary.down === 0}
        title="Next item in trouble or not running (n)"
        onClick={jump}
      >
        Next trouble
      </button>
      {!text && (
        <>
          <button type="button" title="Zoom out (-)" aria-label="Zoom out" onClick={() => zoomShown.step("out")}>
            −
          </button>
          <button type="button" class="mono zoom" title="Life size (1)" onClick={() => zoomShown.step("life")}>
            {Math.round(zoomShown.scale.value * 100).toString().padStart(3, "\u2007")} %
          </button>
          <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={() => zoomShown.step("in")}>
            +
          </button>
          <button type="button" title="Fit all, or the width of tall trees (0)" onClick={() => zoomShown.step("fit")}>
            Fit
          </button>
        </>
      )}
      <span class="segment">
        <a href={addressOf({ view: null })} aria-current={!text} title="Canvas (t)">
          Canvas
        </a>
        <a href={addressOf({ view: "text" })} aria-current={text} title="Text (t)">
          Text
        </a>
      </span>
    </div>
  );
}

function jump(): void {
  const item = nextTrouble(forest.value.tops, chosenItem.value);
  if (item !== null) choose(item);
}

function Nothing() {
  if (supervisors.value === null) {
    return <div class="empty">{nodeReady.value ? "Reading the supervision trees…" : "No trees: the node is not ready."}</div>;
  }
  if (forest.value.tops.length > 0) return null;
  const root = parameter("root");
  return (
    <div class="empty">
      {root === null ? "This node has no supervisors." : `There is no supervisor at ${root} now.`}
    </div>
  );
}

export function TreePage() {
  const text = route.value.parameters["view"] === "text";
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "t") go({ view: parameter("view") === "text" ? null : "text" });
      if (event.key === "n") jump();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return (
    <main class="tree-page">
      <Rail />
      <ToolBar text={text} />
      {text ? <TextTree /> : <TreeCanvas />}
      <Nothing />
    </main>
  );
}
