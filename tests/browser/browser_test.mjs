// The page as a newcomer meets it: `whitebeam demo`, its login address in Debian's chromium, the tree,
// a kill, and the end of the daemon. Each step goes on where the one before it stopped.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startDemo } from "./daemon.mjs";

const PATIENCE_MS = 20_000;
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let daemon;
let browser;
let context;
let page;
/** What the page complained of: its console, its exceptions, its security policy. */
const complaints = [];
/** Events that came over the live connection, in their order. */
const events = [];
/** Pid of counter_1 before and after it is killed. */
let oldPid;
let newPid;

before(async () => {
  daemon = await startDemo();
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...ARGUMENTS, ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
  });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
  context.setDefaultTimeout(PATIENCE_MS);
  page = await context.newPage();
  await listen(page);
});

after(async () => {
  await browser?.close();
  await daemon?.stop();
});

async function listen(to) {
  to.on("console", (message) => {
    // A process that ended a moment ago is answered with 404, which the browser reports by itself.
    if (/status of 404/.test(message.text()) && /\/api\/v1\//.test(message.location().url)) return;
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  to.on("pageerror", (error) => complaints.push(`exception: ${error.stack}`));
  to.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const [, , , name, body] = JSON.parse(payload);
      if (name === "event") events.push(body);
    });
  });
  await to.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`security policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
}

const status = () => page.getByRole("status").first();
const item = (name) => page.getByRole("treeitem").filter({ has: page.getByText(name, { exact: true }) });
const row = (name) => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
const detail = () => page.locator(".detail");
const eventRow = (word) => page.getByRole("list", { name: /^Events/ }).getByRole("listitem").filter({ hasText: word });
const pidIn = (text) => /#PID<[\d.]+>/.exec(text)?.[0];

/** Waits until a locator's text has the pattern, and returns the text. */
async function textOf(locator, pattern) {
  await locator.filter({ hasText: pattern }).first().waitFor();
  return locator.filter({ hasText: pattern }).first().innerText();
}

/** The colour behind the page. */
const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the login address leads to the page, live", async () => {
  const answer = await page.goto(daemon.login);
  assert.equal(answer.status(), 200);
  assert.ok(page.url().startsWith(`${daemon.origin}/#/tree`) || page.url() === `${daemon.origin}/`, page.url());
  assert.ok(!page.url().includes("token"), "the token stays in the address");
  await textOf(status(), /^Live$/);
  assert.equal(await page.title(), "demo tree – Whitebeam");
});

test("a used login token is refused with a sentence", async () => {
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  const answer = await other.goto(daemon.login);
  assert.equal(answer.status(), 403);
  assert.match(await other.innerText("body"), /^This login link was used before or is too old/);
  assert.equal((await stranger.cookies()).length, 0);
  assert.equal((await stranger.request.get(`${daemon.origin}/api/v1/processes`)).status(), 401);
  await stranger.close();
});

test("the tree shows DemoSupervisor with its workers, on the canvas and as text", async () => {
  const canvas = page.getByRole("img", { name: /^Supervision trees/ });
  await canvas.waitFor();
  await page.keyboard.press("t");
  await item("DemoSupervisor").waitFor();
  for (const name of ["counter_1", "counter_2", "printer_1"]) await item(name).waitFor();
  assert.match(await item("DemoSupervisor").innerText(), /one_for_one/);
  oldPid = pidIn(await item("counter_1").innerText());
  assert.ok(oldPid, "counter_1 has a pid");
});

test("the keyboard moves the selection, searches and goes back to the node", async () => {
  await page.getByRole("tree").focus();
  await page.keyboard.press("Home");
  const first = await textOf(page.locator("[role=treeitem][aria-selected=true] .name"), /./);
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(
    (name) => document.querySelector("[role=treeitem][aria-selected=true] .name")?.textContent !== name,
    first,
  );
  await page.keyboard.press("/");
  await page.keyboard.type("counter_2");
  await page.getByRole("option", { name: /counter_2/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await textOf(detail().getByRole("heading", { level: 1 }), /counter_2/);
  await page.keyboard.press("Escape");
  await page.getByRole("tree").focus();
  await page.keyboard.press("t");
  await page.getByRole("img", { name: /^Supervision trees/ }).waitFor();
});

test("the theme is switched and remembered", async () => {
  const dark = await ground();
  await page.getByLabel("Theme").selectOption("light");
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, dark);
  const light = await ground();
  await page.reload();
  await textOf(status(), /^Live$/);
  assert.equal(await ground(), light);
  await page.getByLabel("Theme").selectOption("dark");
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor === before, dark);
});

test("the processes are filtered by name", async () => {
  await page.getByRole("link", { name: "Processes" }).click();
  await page.getByRole("row").nth(10).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("^counter_[12]$");
  await textOf(page.locator(".filters .count"), /^2 processes$/);
  await row("counter_1").waitFor();
  await row("counter_2").waitFor();
  assert.match(page.url(), /name_pattern=/, "a filter is part of the address");
});

test("a worker's detail says what it is and who supervises it", async () => {
  await row("counter_1").click();
  await textOf(detail(), /DemoSupervisor/);
  const facts = await textOf(detail(), /Counter/);
  assert.equal(pidIn(facts), oldPid);
  assert.match(facts, /playground/);
  await detail().getByRole("button", { name: "Ask" }).click();
  await textOf(detail().locator("pre"), /count/);
});

test("a kill says first what will follow, and can be cancelled", async () => {
  await detail().getByRole("button", { name: "Kill…" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Kill counter_1?" });
  await textOf(dialog, /DemoSupervisor restarts it alone/);
  await dialog.getByRole("button", { name: "Cancel" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(events, [], "nothing died");
});

test("a confirmed kill shows exit, reason, restart and the new pid", async () => {
  await detail().getByRole("button", { name: "Kill…" }).click();
  await page.getByRole("button", { name: "Kill it" }).click();
  const line = await textOf(eventRow("restarted"), /→/);
  assert.match(line, /DemoSupervisor/);
  assert.match(line, /counter_1/);
  assert.match(line, /killed/);
  const pids = line.match(/#PID<[\d.]+>/g);
  assert.equal(pids[0], oldPid);
  newPid = pids[1];
  assert.notEqual(newPid, oldPid);
  const own = events.filter((event) => event.pid === oldPid);
  assert.equal(own[0].type, "child_exited");
  assert.equal(own[0].reason, "killed");
  const restart = own.find((event) => event.type === "child_restarted");
  assert.equal(restart.new_pid, newPid);
});

test("the page leads on to the restarted process", async () => {
  await detail().getByRole("button", { name: "Show the new process" }).click();
  await detail().getByRole("button", { name: "Kill…" }).waitFor();
  assert.equal(pidIn(await detail().innerText()), newPid);
});

test("the tree has the new pid and the used restart", async () => {
  await page.getByRole("link", { name: "Tree" }).click();
  await page.getByRole("img", { name: /^Supervision trees/ }).waitFor();
  await page.keyboard.press("t");
  await textOf(item("counter_1"), newPid);
  assert.equal(await page.getByText(oldPid, { exact: true }).count(), 1, "only its event has the old pid");
});

test("the page complained of nothing", () => {
  assert.deepEqual(complaints, []);
});

test("the end of the daemon is said, and what is shown is marked as old", async () => {
  const stopped = daemon.stop();
  await textOf(status(), /^No (answer|live connection)/);
  assert.equal(await stopped, 0);
  await textOf(status(), /^No answer: .*what is shown is old/);
  await item("counter_1").waitFor();
});
