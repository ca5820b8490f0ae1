// A server for working on the page: serves it freshly built, and passes /api and /socket on to a
// running daemon with that daemon's key. `make ui-dev`, or:
//   node dev.mjs [--state DIR] [--port N]     DIR: the daemon's state directory

import { createReadStream } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { homedir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "./build.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "build", "ui");

function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
}

const stateHome = process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
const state = option("state", join(stateHome, "whitebeam-demo"));
const port = Number(option("port", "4100"));

// The same policy as the daemon's, so that what it forbids is found here.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

// Read each time: the daemon may have been started again on another port.
async function daemon() {
  let told;
  try {
    told = await readFile(join(state, "daemon.json"), "utf8");
  } catch {
    throw new Error(`no daemon runs with the state directory ${state}`);
  }
  const { url } = JSON.parse(told);
  const key = (await readFile(join(state, "admin.key"), "utf8")).trim();
  return { url: new URL(url), key };
}

async function newest(folder) {
  let latest = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? await newest(path) : (await stat(path)).mtimeMs);
  }
  return latest;
}

let built = 0;

async function freshen() {
  const changed = await newest(join(here, "src"));
  if (changed <= built) return;
  await buildPage(out);
  built = changed;
}

function refuse(response, status, message) {
  if (response.headersSent) return response.destroy();
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: { code: "unreachable", message, details: {} } }));
}

async function pass(from, response) {
  const { url, key } = await daemon();
  const headers = { ...from.headers, host: url.host, authorization: `Bearer ${key}` };
  delete headers.origin;
  const to = request({ host: url.hostname, port: url.port, path: from.url, method: from.method, headers });
  to.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  to.on("error", (error) => refuse(response, 502, `the daemon at ${url.host} cannot be reached: ${error.message}`));
  from.pipe(to);
}

async function serve(path, response) {
  await freshen();
  const file = join(out, path === "/" ? "index.html" : basename(path));
  try {
    await stat(file);
  } catch {
    return refuse(response, 404, `there is no ${path}`);
  }
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
  });
  createReadStream(file).pipe(response);
}

const server = createServer((from, response) => {
  const path = new URL(from.url ?? "/", "http://localhost").pathname;
  const work = path.startsWith("/api/") || path.startsWith("/socket") ? pass(from, response) : serve(path, response);
  work.catch((error) => refuse(response, 502, error.message));
});

server.on("upgrade", async (from, socket, head) => {
  try {
    const { url, key } = await daemon();
    const to = connect(Number(url.port), url.hostname, () => {
      const headers = { ...from.headers, host: url.host, origin: url.origin, authorization: `Bearer ${key}` };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      to.write(`${from.method} ${from.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      to.write(head);
      to.pipe(socket).pipe(to);
    });
    to.on("error", () => socket.destroy());
    socket.on("error", () => to.destroy());
  } catch {
    socket.destroy();
  }
});

server.listen(port, "127.0.0.1", () => {
  console.log(`page on http://127.0.0.1:${server.address().port}/, daemon of ${state}`);
});
