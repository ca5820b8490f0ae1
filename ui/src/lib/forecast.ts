// What a kill will do, in sentences, before it is done: who restarts the process, what that takes
// from the budget, what goes down with it. From what the daemon knows; what it does not know is said.

import type { Child, ProcessDetails, Supervisor } from "../state/api.js";
import { plural } from "./format.js";

export interface Forecast {
  readonly sentences: readonly string[];
  /** The worst that follows by OTP's rules. */
  readonly severity: "restart" | "loss" | "escalation";
}

export interface ForecastInput {
  readonly process: Pick<
    ProcessDetails,
    "pid" | "name" | "type" | "module" | "application" | "supervisor_pid" | "links"
  >;
  /** The process itself, if it is a supervisor. */
  readonly self: Supervisor | null;
  /** Its supervisor with all children; null if it has none. */
  readonly supervisor: Supervisor | null;
  readonly siblings: readonly Child[];
  /** The supervisor of its supervisor. */
  readonly above: Supervisor | null;
}

export function forecast(input: ForecastInput): Forecast {
  const sentences: string[] = [];
  if (input.self !== null) {
    const below = input.self.active_children ?? 0;
    if (below > 0) sentences.push(`${plural(below, "child ends", "children end")} with it.`);
  }
  const severity = input.supervisor === null ? unsupervised(input, sentences) : supervised(input, sentences);
  const others = strangers(input);
  if (others > 0) {
    const who = others === 1 ? "1 other process is" : `${others} other processes are`;
    sentences.push(`${who} linked to it and ${others === 1 ? "ends" : "end"} too, unless exits are trapped there.`);
  }
  return { sentences, severity };
}

function unsupervised(input: ForecastInput, sentences: string[]): Forecast["severity"] {
  if (input.process.supervisor_pid !== null) {
    sentences.push("Its supervisor did not answer; whether it is restarted is not known.");
    return "loss";
  }
  const application = input.process.application;
  if (input.self !== null && application !== null && !input.self.path.includes("/")) {
    sentences.push(
      `It is the top of the application ${application}: nothing restarts it, and the application ends. ` +
        "If the application was started as permanent, the node ends too.",
    );
    return "escalation";
  }
  sentences.push("No supervisor watches it: nothing restarts it.");
  return "loss";
}

function supervised(input: ForecastInput, sentences: string[]): Forecast["severity"] {
  const supervisor = input.supervisor;
  if (supervisor === null) return "loss";
  const position = input.siblings.findIndex((child) => child.pid === input.process.pid);
  const child = input.siblings[position];
  if (child?.restart_type === "temporary") {
    sentences.push(`It is a temporary child of ${supervisor.name}: it is not restarted.`);
    return "loss";
  }
  sentences.push(restartSentence(supervisor, input.siblings, position));
  return budgetSentence(input, supervisor, sentences);
}

function restartSentence(supervisor: Supervisor, siblings: readonly Child[], position: number): string {
  const start = `${supervisor.name} restarts it`;
  const running = (children: readonly Child[]): number => children.filter((child) => child.alive).length;
  if (supervisor.strategy === "one_for_all") {
    const others = Math.max(0, running(siblings) - 1);
    if (others > 0) return `${start} and its ${plural(others, "sibling", "siblings")} (one_for_all).`;
  }
  if (supervisor.strategy === "rest_for_one" && position >= 0) {
    const later = running(siblings.slice(position + 1));
    if (later > 0) {
      return `${start} and the ${plural(later, "child", "children")} started after it (rest_for_one).`;
    }
  }
  return `${start} alone (${supervisor.strategy ?? "strategy unknown"}).`;
}

function budgetSentence(
  input: ForecastInput,
  supervisor: Supervisor,
  sentences: string[],
): Forecast["severity"] {
  const { max_restarts: most, max_seconds: period, restarts_used: used } = supervisor;
  if (most === null || period === null || used === null) {
    sentences.push("Its restart budget is not known.");
    return "restart";
  }
  const after = used + 1;
  if (after <= most) {
    const left = most - after;
    const rest = left === 0 ? "none is left then" : `${left} ${left === 1 ? "is" : "are"} left then`;
    sentences.push(`This uses restart ${after} of ${most} in ${period} s; ${rest}.`);
    return "restart";
  }
  sentences.push(
    `All ${most === 1 ? "of its 1 restart" : `of its ${most} restarts`} in ${period} s are used: ` +
      `${supervisor.name} gives up and ends with all its children. ` +
      (input.above !== null
        ? `${input.above.name} then restarts it, from its own budget.`
        : supervisor.application !== null && !supervisor.path.includes("/")
          ? `The application ${supervisor.application} ends.`
          : "Whether something restarts it is not known."),
  );
  return "escalation";
}

// Links to neither its supervisor nor its own children.
function strangers(input: ForecastInput): number {
  const links = input.process.links ?? [];
  if (input.self !== null) return 0;
  return links.filter((link) => link.startsWith("#PID") && link !== input.process.supervisor_pid).length;
}
