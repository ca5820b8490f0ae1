// Runs the daemon with its demo in a state directory of its own, for the browser test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = new URL("../../build/release/whitebeam", import.meta.url).pathname;
const READY_MS = 30_000;
const STOP_MS = 15_000;

/** Starts `whitebeam demo` on a free port; resolves when its ready line is there. */
export async function startDemo() {
  const state = await mkdtemp(join(tmpdir(), "whitebeam-browser-"));
  const child = spawn(PROGRAM, ["demo", "--listen", "127.0.0.1:0", "--state", state], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  // Whatever happens to the test: no daemon stays.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const login = await readyLine(child, ended, () => log);
  return {
    login,
    origin: new URL(login).origin,
    /** Asks it to end, and resolves to its exit status. */
    async stop() {
      if (child.exitCode === null) child.kill("SIGTERM");
      const timer = setTimeout(kill, STOP_MS);
      const [status] = await ended;
      clearTimeout(timer);
      process.removeListener("exit", kill);
      await rm(state, { recursive: true, force: true });
      return status;
    },
  };
}

function readyLine(child, ended, log) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`no ready line within ${READY_MS} ms:\n${log()}`));
    }, READY_MS);
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = /^whitebeam ready (http:\S+\/login\?token=\S+)$/m.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    ended.then(([status]) => {
      clearTimeout(timer);
      reject(new Error(`the daemon ended with ${status} before it was ready:\n${log()}`));
    }, reject);
  });
}
