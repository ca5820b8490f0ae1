// The line below the header: how the page gets its data, how old that is, and what is wrong. It is
// always there, so that nothing jumps when the connection is lost.

import { clockTime, count, duration } from "../lib/format.js";
import { now } from "../state/clock.js";
import { live, retryNow } from "../state/live.js";
import { lostReasons, node, nodeName, nodes, nodesError } from "../state/nodes.js";
import { session } from "../state/rest.js";
import { route } from "../state/route.js";
import { rowsAsOf } from "../state/table.js";
import { asOf, treesError } from "../state/trees.js";

/** Just after a restart a process or two are not known yet; that is not worth a sentence. */
const IDENTIFIED = 0.95;

interface Says {
  readonly tone: "" | "degraded" | "down";
  readonly text: string;
  readonly retry?: boolean;
}

function says(): Says {
  if (session.value === "ended") {
    return {
      tone: "down",
      text: "This browser is not logged in, or its session has ended. Run `whitebeam login` on the daemon's machine and open the address it prints.",
    };
  }
  if (nodesError.value !== null) {
    return { tone: "down", text: `No answer: ${nodesError.value}. Trying again every 2 s; what is shown is old.` };
  }
  const chosen = node.value;
  if (nodes.value !== null && chosen === null) {
    const text =
      nodeName.value === null
        ? "No node is attached. Start the daemon with --attach, or attach one with POST /api/v1/nodes."
        : `${nodeName.value} is not attached. Choose another node above.`;
    return { tone: "down", text };
  }
  if (chosen?.state === "lost") {
    const wait = chosen.lost?.retry_at == null ? null : Date.parse(chosen.lost.retry_at) - now.value;
    const again = wait === null ? "" : wait > 0 ? ` Next try in ${Math.ceil(wait / 1000)} s.` : " Trying again now.";
    return { tone: "down", text: `${chosen.name} is lost: ${chosen.lost?.message ?? "no reason given"}.${again}` };
  }
  if (chosen !== null && chosen.state !== "ready") {
    const why = lostReasons.value.get(chosen.name);
    if (why === undefined) return { tone: "degraded", text: `${chosen.name} is being attached: ${chosen.state}.` };
    return { tone: "down", text: `${chosen.name} was lost: ${why}. It is being attached again: ${chosen.state}.` };
  }
  if (treesError.value !== null) return { tone: "degraded", text: `The trees cannot be read: ${treesError.value}.` };
  return connection();
}

function connection(): Says {
  const connected = live.value;
  if (connected.state === "live") return { tone: "", text: "Live" };
  if (connected.state === "connecting") return { tone: "", text: "Connecting…" };
  const wait = Math.ceil((connected.retryAt - now.value) / 1000);
  return {
    tone: "degraded",
    retry: true,
    text:
      `No live connection since ${clockTime(connected.since).slice(0, 8)}: ${connected.reason}. ` +
      "Reading every 2 s; events are found by comparing, without reasons." +
      (wait > 0 ? ` Next try in ${wait} s.` : " Trying again…"),
  };
}

function Age() {
  const at = route.value.page === "processes" ? rowsAsOf.value : (node.value?.as_of ?? asOf.value);
  if (at === null || at === undefined) return null;
  const age = Math.max(0, now.value - Date.parse(at));
  const found = node.value?.processes_identified;
  const all = node.value?.processes;
  return (
    <span class="age">
      {all !== undefined && found !== undefined && found < all * IDENTIFIED && `${count(found)} of ${count(all)} processes identified, `}
      read <span class="mono">{clockTime(at).slice(0, 8)}</span>
      {age > 5000 && <span class="warn"> ({duration(age)} ago)</span>}
    </span>
  );
}

export function StatusLine() {
  const line = says();
  return (
    <div class={`status ${line.tone}`}>
      {line.tone === "" && <span class={`mark ${live.value.state === "live" ? "fine" : "unknown"}`} aria-hidden="true" />}
      <span class="says" role="status" title={line.text}>
        {line.text}
      </span>
      {line.retry === true && (
        <button type="button" onClick={retryNow}>
          Try now
        </button>
      )}
      <Age />
    </div>
  );
}
