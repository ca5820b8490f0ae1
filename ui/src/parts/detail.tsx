// The pane on the right: the selected process or supervisor, or the node when nothing is selected.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { bytes, count, dateTime, duration, plural } from "../lib/format.js";
import type { Child, ProcessDetails, Supervisor, SystemHealth } from "../state/api.js";
import { now as clock } from "../state/clock.js";
import { health, node, nodeName } from "../state/nodes.js";
import { followSuccessor, kill, readState, seenSince, shown, shownSupervisor, stateShown, successor } from "../state/process.js";
import { addressOf, go, route, select, selectedPid } from "../state/route.js";
import { children, whole } from "../state/trees.js";
import { KillButton, KillResult, KillSection } from "./kill.js";
import { Budget, Mark, Pid } from "./mark.js";

const CHILDREN_LISTED = 60;
const LINKS_LISTED = 60;

type Process = Omit<ProcessDetails, "uptime_ms">;

interface FactProps {
  readonly label: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

function Fact({ label, title, children: value }: FactProps) {
  return (
    <>
      <dt title={title}>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Mono({ children: value }: { readonly children: ComponentChildren }) {
  return <span class="mono">{value}</span>;
}

// ---- a supervisor -----------------------------------------------------------------------------

function SupervisorFacts({ supervisor }: { readonly supervisor: Supervisor }) {
  const root = route.value.parameters["root"] === supervisor.path;
  return (
    <section>
      <h2>
        Supervisor
        {root ? (
          <a href={addressOf({ root: null }, "tree")}>Show all trees</a>
        ) : (
          <a href={addressOf({ root: supervisor.path, view: route.value.parameters["view"] ?? null }, "tree")}>Show this tree alone</a>
        )}
      </h2>
      <dl class="facts">
        <Fact label="Health">
          <Mark condition={supervisor.health_status === "healthy" ? "fine" : (supervisor.health_status ?? "unknown")} />{" "}
          {supervisor.health_status ?? "not known yet"}
          {!supervisor.answers && <span class="warn"> (does not answer)</span>}
        </Fact>
        <Fact label="Restart budget" title="Restarts within the period that it allows before it gives up">
          <Budget budget={supervisor} />
        </Fact>
        <Fact label="Allows">
          {supervisor.max_restarts === null
            ? "not known"
            : `${plural(supervisor.max_restarts, "restart", "restarts")} in ${supervisor.max_seconds ?? "?"} s`}
        </Fact>
        <Fact label="Strategy">{supervisor.strategy ?? "not known"}</Fact>
        <Fact label="Kind">{supervisor.type}</Fact>
        <Fact label="Path">
          <Mono>{supervisor.path}</Mono>
        </Fact>
      </dl>
    </section>
  );
}

function ChildList({ supervisor }: { readonly supervisor: Supervisor }) {
  const all = children.value.get(supervisor.pid) ?? [];
  const running = all.filter((child) => child.alive).length;
  return (
    <section>
      <h2>
        {plural(all.length, "child", "children")}
        {running < all.length && <span class="warn">{all.length - running} not running</span>}
      </h2>
      <ul class="child-list">
        {all.slice(0, CHILDREN_LISTED).map((child, index) => (
          <ChildRow key={child.id ?? child.pid ?? index} child={child} />
        ))}
      </ul>
      {all.length > CHILDREN_LISTED && <p class="dim">and {count(all.length - CHILDREN_LISTED)} more</p>}
    </section>
  );
}

function ChildRow({ child }: { readonly child: Child }) {
  const condition = child.alive ? "fine" : child.state === "restarting" ? "restarting" : "stopped";
  return (
    <li>
      <Mark condition={condition} />
      <span class="name" title={`${child.module ?? ""} ${child.restart_type ?? ""}`}>
        {child.name ?? child.id ?? child.module ?? "?"}
        {child.restart_type !== null && child.restart_type !== "permanent" && <span class="dim"> {child.restart_type}</span>}
      </span>
      {child.alive && child.pid !== null ? <Pid pid={child.pid} /> : <span class={child.state === "restarting" ? "bad" : "warn"}>{child.state}</span>}
    </li>
  );
}

// ---- any process ------------------------------------------------------------------------------

function ProcessFacts({ process, gone }: { readonly process: Process; readonly gone: boolean }) {
  const figures = process.performance;
  const above = process.supervisor_pid;
  return (
    <section>
      {gone && <h2>As it was last read</h2>}
      <dl class="facts">
        <Fact label="Supervisor">
          {above === null ? (
            <span class="dim">none</span>
          ) : (
            <Pid pid={above} name={whole.value.byPid.get(above)?.title ?? null} />
          )}
        </Fact>
        <Fact label="Application" title="A dash: none, or not known yet">
          {process.application ?? <span class="dim">–</span>}
        </Fact>
        <Fact label="Module">
          <Mono>{process.module ?? "–"}</Mono>
          {process.behavior !== null && <span class="dim"> {process.behavior}</span>}
        </Fact>
        <Fact label="Runs now">
          <Mono>{figures.current_function ?? "–"}</Mono>
        </Fact>
        <Fact label="Started with">
          <Mono>{figures.initial_call ?? "–"}</Mono>
        </Fact>
        <Fact label="Status">
          <span class={figures.status === "suspended" ? "warn" : ""}>{figures.status}</span>
          {process.configuration.priority !== "normal" && `, priority ${process.configuration.priority}`}
          {process.configuration.trap_exit && ", traps exits"}
        </Fact>
        <Fact label="Queue">
          <span class={figures.message_queue_len > 1000 ? "bad" : ""}>
            <Mono>{count(figures.message_queue_len)}</Mono> {figures.message_queue_len === 1 ? "message" : "messages"}
          </span>
        </Fact>
        <Fact label="Memory">
          <Mono>{bytes(figures.memory)}</Mono>
        </Fact>
        <Fact label="Heap" title="Words of the whole heap; the stack is part of it">
          <Mono>{count(figures.total_heap_size)}</Mono> words
        </Fact>
        <Fact label="Reductions">
          <Mono>{count(figures.reductions)}</Mono>
        </Fact>
        <Fact label="Uptime" title="Since it was first seen; at least, if it already ran when the node was attached">
          <Uptime process={process} gone={gone} />
        </Fact>
      </dl>
    </section>
  );
}

function Uptime({ process, gone }: { readonly process: Process; readonly gone: boolean }) {
  if (gone || seenSince.value === null) return <span class="dim">–</span>;
  return (
    <>
      {process.uptime_is_lower_bound && "at least "}
      {duration(Math.max(0, clock.value - seenSince.value))}
    </>
  );
}

interface ReferencesProps {
  readonly title: string;
  readonly list: readonly string[] | null | undefined;
}

function References({ title, list }: ReferencesProps) {
  if (list === undefined) return null;
  if (list === null) {
    return (
      <Fact label={title}>
        <span class="dim">not known</span>
      </Fact>
    );
  }
  return (
    <Fact label={title}>
      {list.length === 0 ? (
        <span class="dim">none</span>
      ) : (
        <ul class="pids">
          {list.slice(0, LINKS_LISTED).map((reference) => (
            <li key={reference}>
              <Pid pid={reference} name={whole.value.byPid.get(reference)?.title ?? null} />
            </li>
          ))}
          {list.length > LINKS_LISTED && <li class="dim">and {count(list.length - LINKS_LISTED)} more</li>}
        </ul>
      )}
    </Fact>
  );
}

// ---- stack and state --------------------------------------------------------------------------

function Stack({ process }: { readonly process: Process }) {
  const frames = process.stack_trace;
  if (frames === undefined || frames === null) return null;
  return (
    <section>
      <h2>Stack, innermost first</h2>
      {frames.length === 0 && <p class="dim">Empty: the process sleeps without a stack.</p>}
      <ol class="stack">
        {frames.map((frame, index) => (
          <li key={index}>
            <Mono>{frame.function}</Mono>
            {frame.file != null && (
              <span class="mono dim">
                {frame.file.replace(/^'|'$/g, "")}
                {frame.line == null ? "" : `:${frame.line}`}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function State({ process }: { readonly process: Process }) {
  const read = stateShown.value;
  return (
    <section>
      <h2>
        State
        <button
          type="button"
          disabled={process.behavior === null || read?.state === "reading"}
          title={process.behavior === null ? "Only processes of an OTP behaviour can be asked" : "Asks the process with a system message"}
          onClick={() => void readState()}
        >
          {read === null ? "Ask" : read.state === "reading" ? "Asking…" : "Ask again"}
        </button>
      </h2>
      {read === null && (
        <p class="dim">
          {process.behavior === null
            ? "Not of an OTP behaviour: it would not understand the question."
            : "Asking interrupts the process for a moment."}
        </p>
      )}
      {read?.state === "failed" && <p class="said bad">{read.message}</p>}
      {read?.state === "read" && (
        <>
          {read.sysState !== "running" && <p class="warn">The process is {read.sysState}.</p>}
          <pre tabIndex={0}>{read.text}</pre>
        </>
      )}
    </section>
  );
}

// ---- the selected process ---------------------------------------------------------------------

function ProcessPane({ pid }: { readonly pid: string }) {
  const now = shown.value;
  const process = now?.state === "alive" || now?.state === "gone" ? now.process : null;
  const supervisor = shownSupervisor.value;
  const item = whole.value.byPid.get(pid) ?? whole.value.byPid.get(successor.value ?? "");
  const title = process?.name ?? process?.label ?? item?.title ?? process?.module ?? pid;
  const gone = now?.state === "gone";
  return (
    <>
      <header>
        <h1>
          <span>{title}</span>
          <button type="button" class="plain" title="Back to the node (Esc)" onClick={() => select(null)}>
            Close
          </button>
        </h1>
        <div class="below">
          <span class="mono">{pid}</span>
          <span class="dim">{gone ? "ended" : (process?.type ?? "")}</span>
          {now?.state === "alive" && <KillButton />}
        </div>
      </header>
      {now?.state === "failed" && (
        <section>
          <p class="said bad">{now.message}</p>
        </section>
      )}
      {gone && <Gone reason={now.reason} />}
      {!gone && process !== null && <KillSection title={title} />}
      {supervisor !== null && !gone && <SupervisorFacts supervisor={supervisor} />}
      {process !== null && <ProcessFacts process={process} gone={gone} />}
      {supervisor !== null && !gone && <ChildList supervisor={supervisor} />}
      {process !== null && (
        <section>
          <dl class="facts">
            <References title="Links" list={process.links} />
            <References title="Monitors" list={process.monitors} />
            <References title="Monitored by" list={process.monitored_by} />
          </dl>
        </section>
      )}
      {process !== null && !gone && <State process={process} />}
      {process !== null && <Stack process={process} />}
    </>
  );
}

function Gone({ reason }: { readonly reason: string | null }) {
  const killed = kill.value.step === "done" ? kill.value : null;
  // The dialog that had the focus is gone.
  useEffect(() => {
    if (killed !== null) document.querySelector<HTMLElement>(".detail")?.focus({ preventScroll: true });
  }, [killed]);
  return (
    <section>
      {killed !== null ? (
        <KillResult result={killed.result} took={killed.took} />
      ) : (
        <p class="said bad">
          This process has ended. {reason === null ? "Its reason was not seen." : <>Reason: <Mono>{reason}</Mono></>}
        </p>
      )}
      {successor.value !== null && (
        <p>
          Restarted as <Mono>{successor.value}</Mono>{" "}
          <button type="button" onClick={followSuccessor}>
            Show the new process
          </button>
        </p>
      )}
    </section>
  );
}

// ---- the node ---------------------------------------------------------------------------------

function NodePane() {
  const chosen = node.value;
  const now = health.value;
  return (
    <>
      <header>
        <h1>{nodeName.value ?? "No node"}</h1>
        <span class="dim">
          {chosen === null
            ? ""
            : [
                chosen.state,
                chosen.otp_release === undefined ? null : `OTP ${chosen.otp_release}`,
                chosen.elixir_version == null ? null : `Elixir ${chosen.elixir_version}`,
              ]
                .filter((part) => part !== null)
                .join(", ")}
        </span>
      </header>
      {chosen?.lost !== undefined && (
        <section>
          <p class="said bad">{chosen.lost.message}</p>
        </section>
      )}
      {now !== null && <Warnings health={now} />}
      {now !== null && <HealthFacts health={now} />}
      {chosen?.impact !== undefined && (
        <section>
          <h2>What watching costs the node</h2>
          <dl class="facts">
            <Fact label="CPU">
              <Mono>{chosen.impact.cpu_percent_of_a_scheduler.toFixed(3)} %</Mono> of one scheduler
            </Fact>
            <Fact label="Traffic">
              <Mono>{bytes(chosen.impact.bytes_per_second)}</Mono> a second
            </Fact>
            <Fact label="Read every">
              <Mono>{duration(chosen.impact.interval_ms)}</Mono>, each <Mono>{chosen.impact.last_sweep_ms.toFixed(2)} ms</Mono>
            </Fact>
            <Fact label="Attached">
              <Mono>{dateTime(chosen.attached_at)}</Mono>
            </Fact>
          </dl>
        </section>
      )}
      <section>
        <h2>Keys</h2>
        <dl class="keys">
          <dt>/</dt>
          <dd>search</dd>
          <dt>arrows</dt>
          <dd>move the selection</dd>
          <dt>Enter</dt>
          <dd>open: to this pane, or all children behind a count</dd>
          <dt>+ − 0 1</dt>
          <dd>zoom in, out, fit, life size</dd>
          <dt>n</dt>
          <dd>next item in trouble or not running</dd>
          <dt>t</dt>
          <dd>canvas or text tree</dd>
          <dt>p</dt>
          <dd>pause the process table</dd>
          <dt>Esc</dt>
          <dd>close this pane's process</dd>
        </dl>
      </section>
    </>
  );
}

function Warnings({ health: now }: { readonly health: SystemHealth }) {
  return (
    <section>
      <h2>{now.warnings.length === 0 ? "No warnings" : plural(now.warnings.length, "warning", "warnings")}</h2>
      <ul class="warnings">
        {now.warnings.map((warning, index) => (
          <li key={index}>
            <Mark condition={warning.severity === "critical" || warning.severity === "high" ? "critical" : "degraded"} />{" "}
            {warning.message}
            {warning.value !== undefined && <span class="dim"> ({count(warning.value)})</span>}
            {warning.pid != null && (
              <div>
                <Pid pid={warning.pid} name={warning.name ?? null} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function HealthFacts({ health: now }: { readonly health: SystemHealth }) {
  const { metrics, overall_score: score } = now;
  const { limits, memory_usage: memory } = metrics;
  return (
    <section>
      <h2>
        Health
        <span class="mono">{Math.round(score)} of 100</span>
      </h2>
      <dl class="facts">
        <Fact label="Supervision">
          <Mono>{Math.round(metrics.supervision_health)}</Mono>
        </Fact>
        <Fact label="Processes">
          <Mono>{Math.round(metrics.process_health)}</Mono>
        </Fact>
        <Fact label="Performance">
          <Mono>{Math.round(metrics.performance_score)}</Mono>
        </Fact>
        <Fact label="Run queue">
          <Mono>{count(metrics.run_queue)}</Mono> on {plural(metrics.schedulers_online, "scheduler", "schedulers")}
        </Fact>
        <Fact label="Process count">
          <Mono>{count(metrics.total_processes)}</Mono> of {count(limits.process_limit)}
        </Fact>
        <Fact label="Ports">
          <Mono>{count(limits.ports)}</Mono> of {count(limits.port_limit)}
        </Fact>
        <Fact label="Atoms">
          <Mono>{count(limits.atoms)}</Mono> of {count(limits.atom_limit)}
        </Fact>
        <Fact label="Memory">
          <Mono>{bytes(memory["total"])}</Mono>
        </Fact>
        <Fact label="… processes">
          <Mono>{bytes(memory["processes"])}</Mono>
        </Fact>
        <Fact label="… binaries">
          <Mono>{bytes(memory["binary"])}</Mono>
        </Fact>
        <Fact label="… ETS">
          <Mono>{bytes(memory["ets"])}</Mono>
        </Fact>
        <Fact label="… code">
          <Mono>{bytes(memory["code"])}</Mono>
        </Fact>
        <Fact label="Up">{duration(metrics.uptime_ms)}</Fact>
      </dl>
    </section>
  );
}

export function Detail() {
  const pid = selectedPid.value;
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || pid === null) return;
    go({ select: null });
    document.querySelector<HTMLElement>("[data-main]")?.focus();
  };
  return (
    <aside class="detail" tabIndex={-1} aria-label="Details" onKeyDown={keys}>
      {pid === null ? <NodePane /> : <ProcessPane key={pid} pid={pid} />}
    </aside>
  );
}
