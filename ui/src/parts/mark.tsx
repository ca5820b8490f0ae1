// Small shared parts: the mark of a condition, a pid as a link, the pips of a restart budget.

import type { Condition } from "../lib/forest.js";
import { budgetState, budgetText, type BudgetInput } from "../lib/budget.js";
import { pidDigits } from "../lib/format.js";
import { now } from "../state/clock.js";
import { addressOf } from "../state/route.js";
import { readAt } from "../state/trees.js";

const WORDS: Readonly<Record<Condition, string>> = {
  fine: "healthy",
  degraded: "degraded",
  critical: "critical",
  stopped: "not running",
  restarting: "restarting",
  unknown: "health not known yet",
};

/** Shape and colour for a condition; the words are read out. */
export function Mark({ condition }: { readonly condition: Condition }) {
  return <span class={`mark ${condition}`} role="img" aria-label={WORDS[condition]} title={WORDS[condition]} />;
}

/** A pid that shows its process when followed; other references are plain text. */
export function Pid({ pid, name }: { readonly pid: string; readonly name?: string | null }) {
  const digits = pidDigits(pid);
  if (digits === null) return <span class="mono">{pid}</span>;
  return (
    <a class="mono" href={addressOf({ select: digits })}>
      {pid}
      {name ? ` ${name}` : ""}
    </a>
  );
}

/** Most pips that are drawn one by one. */
const PIPS = 10;

/** `▮▮▯ 2 of 3 used, frees in 41 s`. */
export function Budget({ budget }: { readonly budget: BudgetInput }) {
  const text = budgetText(budget, (now.value - readAt.value) / 1000);
  if (text === null) return <span class="dim">not known</span>;
  const state = budgetState(budget);
  const most = budget.max_restarts ?? 0;
  const used = budget.restarts_used ?? 0;
  const pips = most <= PIPS ? Array.from({ length: most }, (_, index) => index < used) : [];
  return (
    <span class={state === "exhausted" ? "bad" : state === "free" ? "" : "warn"}>
      {pips.length > 0 && (
        <span class={`pips ${state}`} aria-hidden="true">
          {pips.map((isUsed, index) => (
            <i key={index} class={isUsed ? "used" : ""} />
          ))}
        </span>
      )}
      {text}
    </span>
  );
}
