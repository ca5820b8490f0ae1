import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, parseRoute, withParameters } from "../src/lib/route.js";

test("an address survives reading and writing", () => {
  const address = "#/processes?name_pattern=%5Ea%26b%3D&node=demo@127.0.0.1&select=0.12.0&sort=memory";
  assert.equal(formatRoute(parseRoute(address)), address);
});

test("an empty or unknown address leads to the tree", () => {
  for (const address of ["", "#", "#/", "#/nonsense", "#/tree"]) {
    assert.equal(formatRoute(parseRoute(address)), "#/tree");
  }
});

test("one view has one address, whatever the order of its parameters", () => {
  assert.equal(formatRoute(parseRoute("#/tree?b=2&a=1")), formatRoute(parseRoute("#/tree?a=1&b=2")));
});

test("a path with slashes and percent signs comes back as it was", () => {
  const root = "rabbit/:%22rabbit_tcp_listener_sup_:::35672%22/%7B:acceptor%2C%201%7D";
  const route = withParameters(parseRoute("#/tree"), { root });
  assert.equal(parseRoute(formatRoute(route)).parameters["root"], root);
});

test("null and the empty text remove a parameter", () => {
  const route = parseRoute("#/tree?a=1&b=2&c=3");
  assert.equal(formatRoute(withParameters(route, { a: null, b: "" }, "processes")), "#/processes?c=3");
});
