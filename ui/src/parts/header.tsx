// The header: pages, node, search, what watching costs, health, theme.

import type { Impact, Node } from "../state/api.js";
import type { Condition } from "../lib/forest.js";
import { bytes, percent } from "../lib/format.js";
import { health, metrics, node, nodeName, nodes, nodesError } from "../state/nodes.js";
import { theme, type Theme } from "../state/preferences.js";
import { addressOf, go, route } from "../state/route.js";
import { Search } from "./search.js";

/** The daemon keeps what watching costs below this share of a scheduler. */
const IMPACT_BUDGET_PERCENT = 1;

// Leaving a page leaves its own parameters; node and selection go along.
const TREE_ONLY = { root: null, view: null, open: null };
const TABLE_ONLY = {
  sort: null,
  order: null,
  row: null,
  name_pattern: null,
  type: null,
  behavior: null,
  status: null,
  supervised: null,
  memory_min: null,
  memory_max: null,
  queue_min: null,
  queue_max: null,
};

function Tabs() {
  const page = route.value.page;
  return (
    <nav class="tabs" aria-label="Pages">
      <a href={addressOf(TABLE_ONLY, "tree")} aria-current={page === "tree" ? "page" : undefined}>
        Tree
      </a>
      <a href={addressOf(TREE_ONLY, "processes")} aria-current={page === "processes" ? "page" : undefined}>
        Processes
      </a>
    </nav>
  );
}

function conditionOfNode(chosen: Node | null): Condition {
  if (chosen === null || nodesError.value !== null) return "unknown";
  if (chosen.state === "ready") return "fine";
  return chosen.state === "lost" ? "critical" : "degraded";
}

function NodeChooser() {
  const all = nodes.value ?? [];
  const chosen = node.value;
  return (
    <label class="node-chooser">
      <span class={`mark ${conditionOfNode(chosen)}`} aria-hidden="true" />
      <span class="unseen">Node</span>
      <select
        value={nodeName.value ?? ""}
        title={chosen?.lost?.message ?? undefined}
        onChange={(event) =>
          go({ node: event.currentTarget.value, select: null, root: null, open: null, row: null })
        }
      >
        {nodeName.value === null && <option value="">{nodes.value === null ? "nodes not known" : "no node attached"}</option>}
        {nodeName.value !== null && chosen === null && (
          <option value={nodeName.value}>{nodeName.value}: not attached</option>
        )}
        {all.map((each) => (
          <option key={each.name} value={each.name}>
            {each.name}: {each.state}
          </option>
        ))}
      </select>
    </label>
  );
}

function ImpactMeter({ impact }: { readonly impact: Impact | undefined }) {
  const title =
    impact === undefined
      ? "What watching costs the node is not known."
      : `What watching costs the node: ${percent(impact.cpu_percent_of_a_scheduler)} of one scheduler, ` +
        `${bytes(impact.bytes_per_second)} a second; it is read every ${impact.interval_ms} ms, ` +
        `which takes ${impact.last_sweep_ms} ms. The bar is full at ${IMPACT_BUDGET_PERCENT} %.`;
  const cpu = impact?.cpu_percent_of_a_scheduler ?? 0;
  return (
    <div class="meter impact" title={title}>
      <span class="label">Watching costs</span>
      <span class="figure mono">{impact === undefined ? "–" : percent(cpu)}</span>
      <progress class={cpu > IMPACT_BUDGET_PERCENT ? "over" : ""} max={IMPACT_BUDGET_PERCENT} value={cpu} aria-label={title} />
    </div>
  );
}

function Score() {
  const now = health.value;
  const tone = now === null ? "dim" : now.status === "healthy" ? "" : now.status === "degraded" ? "warn" : "bad";
  return (
    <a class={`meter score ${tone}`} href={addressOf({ select: null })} title="Health score of the node, 0 to 100. Shows what it is made of.">
      <span class="label">{now?.status ?? "health"}</span>
      <span class={`figure mono ${tone}`}>{now === null ? "–" : Math.round(now.overall_score)}</span>
    </a>
  );
}

export function Header() {
  return (
    <header class="header">
      <span class="brand">Whitebeam</span>
      <NodeChooser />
      <Tabs />
      <Search />
      <div class="meters">
        <ImpactMeter impact={metrics.value?.impact ?? node.value?.impact} />
        <Score />
        <label>
          <span class="unseen">Theme</span>
          <select
            class="theme"
            value={theme.value}
            onChange={(event) => {
              theme.value = event.currentTarget.value as Theme;
            }}
            title="Colours"
          >
            <option value="system">Auto</option>
            <option value="dark">Dark</option>
            <option value="light">Light</option>
          </select>
        </label>
      </div>
    </header>
  );
}
