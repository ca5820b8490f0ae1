import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

// CSS cannot name a set of custom properties, so the dark ones stand twice: chosen, and by the system.
test("the dark theme is the same, chosen or by the system", async () => {
  const css = await readFile("src/style/colours.css", "utf8");
  const blocks = [...css.matchAll(/color-scheme: dark;([^}]*)\}/g)].map((match) => match[1]?.split(/\s+/).join(" "));
  assert.equal(blocks.length, 2);
  assert.equal(blocks[0], blocks[1]);
});
