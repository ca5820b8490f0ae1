// The strip below the pages: what died, why, and how long its restart took, newest first.

import { clockTime, duration } from "../lib/format.js";
import type { Line } from "../lib/events.js";
import { lines } from "../state/events.js";
import { eventStrip } from "../state/preferences.js";
import { Pid } from "./mark.js";

/** Lines in the document; older ones are kept for completing restarts only. */
const DRAWN = 200;

const WORDS: Readonly<Record<Line["kind"], string>> = {
  child_started: "started",
  child_exited: "exited",
  child_restarted: "restarted",
  supervisor_gone: "supervisor gone",
  gap: "gap",
  note: "note",
};

const TONES: Readonly<Record<Line["kind"], string>> = {
  child_started: "good",
  child_exited: "bad",
  child_restarted: "warn",
  supervisor_gone: "bad",
  gap: "warn",
  note: "dim",
};

function EventRow({ line }: { readonly line: Line }) {
  return (
    <div class="event new" role="listitem">
      <span class="mono" title={line.compared ? "Found by comparing readings: it happened up to 2 s earlier" : line.at}>
        {line.compared ? `≤ ${clockTime(line.at).slice(0, 8)}` : clockTime(line.at)}
      </span>
      <span class={TONES[line.kind]}>{WORDS[line.kind]}</span>
      {line.text !== null ? (
        <span class="sentence">{line.text}</span>
      ) : (
        <>
          <span title={line.path}>{line.supervisor}</span>
          <span title={line.module ?? undefined}>{line.child}</span>
          <span class="mono" title={line.reason ?? undefined}>
            {line.reason ?? <span class="dim">{line.compared ? "not seen" : "–"}</span>}
          </span>
          <span>
            {line.pid !== null && <Pid pid={line.pid} />}
            {line.newPid !== null && line.pid !== null && <span class="dim"> → </span>}
            {line.newPid !== null && <Pid pid={line.newPid} />}
          </span>
          <span class="mono number">{line.downMs === null ? "" : duration(line.downMs)}</span>
        </>
      )}
    </div>
  );
}

export function EventStrip() {
  const open = eventStrip.value === "open";
  const all = lines.value;
  return (
    <section class={`strip ${eventStrip.value}`} aria-label="Events">
      <div class="strip-head">
        <strong>Events</strong>
        <span>
          {all.length === 0
            ? ""
            : `${all.length} since this page was opened`}
        </span>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => {
            eventStrip.value = open ? "closed" : "open";
          }}
        >
          {open ? "Hide" : "Show"}
        </button>
      </div>
      {open && (
        <div class="strip-rows" role="list" aria-label="Events, newest first" aria-live="polite">
          {all.length === 0 && (
            <p class="strip-none">Nothing died or started since this page was opened.</p>
          )}
          {all.slice(0, DRAWN).map((line) => (
            <EventRow key={line.key} line={line} />
          ))}
        </div>
      )}
    </section>
  );
}
