// Killing the selected process, in two steps: first what will happen, then the signal, then what came
// of it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { duration } from "../lib/format.js";
import { cancelKill, confirmKill, kill, prepareKill } from "../state/process.js";
import type { ExitResult } from "../state/api.js";

/** Opens the first step. */
export function KillButton() {
  const step = kill.value.step;
  return (
    <button type="button" class="danger" disabled={step !== "idle"} onClick={() => void prepareKill()}>
      {step === "asking" ? "Checking…" : "Kill…"}
    </button>
  );
}

/** The steps after the button; nothing before it is pressed. */
export function KillSection({ title }: { readonly title: string }) {
  const now = kill.value;
  if (now.step === "idle" || now.step === "asking") return null;
  return (
    <section>
      {(now.step === "confirm" || now.step === "sending") && <Confirm title={title} />}
      {now.step === "refused" && (
        <>
          <p class="said bad" role="alert">
            Not killed: {now.message}
          </p>
          <button type="button" onClick={cancelKill}>
            Close
          </button>
        </>
      )}
      {now.step === "done" && <KillResult result={now.result} took={now.took} />}
    </section>
  );
}

// Focus lies on Cancel: Enter twice kills nothing.
function Confirm({ title }: { readonly title: string }) {
  const cancel = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => cancel.current?.focus(), []);
  const now = kill.value;
  const sentences = now.step === "confirm" ? now.forecast.sentences : [];
  const escalates = now.step === "confirm" && now.forecast.severity === "escalation";
  return (
    <div
      class="confirm"
      role="alertdialog"
      aria-label={`Kill ${title}?`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        cancelKill();
      }}
    >
      <p>
        <strong>Kill {title}?</strong> It gets the exit signal <span class="mono">kill</span>, which cannot be caught; its
        state is lost.
      </p>
      {sentences.map((sentence) => (
        <p key={sentence} class={escalates ? "bad" : ""}>
          {sentence}
        </p>
      ))}
      <div class="buttons">
        <button type="button" ref={cancel} onClick={cancelKill} disabled={now.step === "sending"}>
          Cancel
        </button>
        <button type="button" class="danger solid" onClick={() => void confirmKill()} disabled={now.step === "sending"}>
          {now.step === "sending" ? "Killing…" : "Kill it"}
        </button>
      </div>
    </div>
  );
}

export function KillResult({ result, took }: { readonly result: ExitResult; readonly took: number }) {
  if (result.alive) {
    return <p class="said bad">The signal was sent, but the process still runs after {duration(took)}.</p>;
  }
  return (
    <p class="said" role="status">
      Killed: it ended with reason <span class="mono">{result.exit_reason ?? "not seen"}</span>, {duration(took)} after the
      request.
    </p>
  );
}
