import assert from "node:assert/strict";
import { test } from "node:test";
import { forecast, type ForecastInput } from "../src/lib/forecast.js";
import { child, supervisor } from "./samples.js";

const siblings = [child("a", 10), child("b", 11), child("c", 12)];
const parent = supervisor("DemoSupervisor", 1, { path: "shop/demo" });

function input(changes: Partial<ForecastInput> = {}, pid = "#PID<0.11.0>"): ForecastInput {
  return {
    process: {
      pid,
      name: null,
      type: "genserver",
      module: "Counter",
      application: "shop",
      supervisor_pid: parent.pid,
      links: [parent.pid],
    },
    self: null,
    supervisor: parent,
    siblings,
    above: supervisor("Top", 2),
    ...changes,
  };
}

const text = (of: ForecastInput): string => forecast(of).sentences.join(" ");

test("one_for_one restarts the process alone and says what is left of the budget", () => {
  assert.equal(text(input()), "DemoSupervisor restarts it alone (one_for_one). This uses restart 1 of 3 in 5 s; 2 are left then.");
});

test("one_for_all takes all siblings, rest_for_one those started later", () => {
  assert.match(text(input({ supervisor: { ...parent, strategy: "one_for_all" } })), /and its 2 siblings/);
  assert.match(text(input({ supervisor: { ...parent, strategy: "rest_for_one" } })), /the 1 child started after it/);
});

test("a used-up budget ends the supervisor and goes on to the one above", () => {
  const used = { ...parent, restarts_used: 3 };
  assert.equal(forecast(input({ supervisor: used })).severity, "escalation");
  assert.match(text(input({ supervisor: used })), /DemoSupervisor gives up .* Top then restarts it/);
});

test("a used-up budget at the top ends the application", () => {
  const top = { ...parent, restarts_used: 3, path: "shop" };
  assert.match(text(input({ supervisor: top, above: null })), /The application shop ends/);
});

test("a temporary child is not restarted and spends nothing", () => {
  const list = [child("a", 10), child("b", 11, { restart_type: "temporary" })];
  assert.equal(text(input({ siblings: list })), "It is a temporary child of DemoSupervisor: it is not restarted.");
});

test("the top of an application takes the application with it", () => {
  const self = supervisor("shop_sup", 11, { path: "shop", active_children: 4 });
  const result = forecast(input({ self, supervisor: null, process: { ...input().process, supervisor_pid: null } }));
  assert.equal(result.severity, "escalation");
  assert.match(result.sentences.join(" "), /4 children end with it\. .*top of the application shop/);
});

test("a process without a supervisor stays dead", () => {
  const alone = input({ supervisor: null, process: { ...input().process, supervisor_pid: null, links: [] } });
  assert.equal(text(alone), "No supervisor watches it: nothing restarts it.");
});

test("links to others than the supervisor are named as a danger", () => {
  const linked = input({ process: { ...input().process, links: [parent.pid, "#PID<0.99.0>", "#Port<0.4>"] } });
  assert.match(text(linked), /1 other process is linked to it and ends too/);
});
