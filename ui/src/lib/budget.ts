// The restart budget of a supervisor in words and as a state: how many of its restarts are used, and
// when the oldest of them stops counting.

import type { Supervisor } from "../state/api.js";

export type BudgetInput = Pick<
  Supervisor,
  "max_restarts" | "max_seconds" | "restarts_used" | "budget_frees_in_s"
>;

/** Seconds until the oldest restart stops counting, `elapsed` seconds after the answer was read. */
export function freesIn(budget: BudgetInput, elapsed: number): number | null {
  if (budget.budget_frees_in_s === null || !budget.restarts_used) return null;
  return Math.max(0, Math.ceil(budget.budget_frees_in_s - elapsed));
}

/** `2 of 3 used, frees in 41 s`; null for supervisors that keep no budget. Without a time the number is
 * an upper bound: the oldest restart has left the period, and the others are read again soon. */
export function budgetText(budget: BudgetInput, elapsed: number): string | null {
  if (budget.max_restarts === null || budget.restarts_used === null) return null;
  const seconds = freesIn(budget, elapsed);
  const used = `${budget.restarts_used} of ${budget.max_restarts} used`;
  if (seconds === null) return budget.restarts_used === 0 ? used : `at most ${used}`;
  return seconds === 0 ? `${used}, frees now` : `${used}, frees in ${seconds} s`;
}

export type BudgetState = "unknown" | "free" | "used" | "last" | "exhausted";

/** `last`: the next restart is the last one that is allowed. */
export function budgetState(budget: BudgetInput): BudgetState {
  const { max_restarts: most, restarts_used: used } = budget;
  if (most === null || used === null) return "unknown";
  if (used === 0) return "free";
  if (used >= most) return "exhausted";
  return used === most - 1 ? "last" : "used";
}
