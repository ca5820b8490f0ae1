// Builds the page into build/ui (or the folder given): one script and one style sheet with names made
// from their content, so that they can be cached for ever, and an index.html that is never cached.
// Prints what a first load costs.

import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const SCRIPT_LIMIT = 100 * 1024;

/** Writes the page into a folder and removes what is left there of older ones. */
export async function buildPage(out) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: "src/main.tsx", icon: "src/icon.svg" },
    outdir: out,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".svg": "copy" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome100", "firefox100", "safari16"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "eof",
    metafile: true,
    write: false,
  });

  const files = new Map(result.outputFiles.map((file) => [basename(file.path), file.contents]));
  const named = (start, end) => {
    const name = [...files.keys()].find((each) => each.startsWith(start) && each.endsWith(end));
    if (name === undefined) throw new Error(`esbuild made no ${start}…${end}`);
    return name;
  };
  const page = (await readFile(join(here, "src", "index.html"), "utf8"))
    .replace("{icon}", named("icon", ".svg"))
    .replace("{style}", named("app", ".css"))
    .replace("{script}", named("app", ".js"));
  files.set("index.html", Buffer.from(page));

  await mkdir(out, { recursive: true });
  for (const [name, contents] of files) await writeFile(join(out, name), contents);
  for (const old of await readdir(out)) {
    if (!files.has(old)) await rm(join(out, old), { recursive: true });
  }

  return files;
}

function printSizes(files) {
  for (const [name, contents] of [...files].sort()) {
    const packed = gzipSync(contents, { level: 9 }).length;
    console.log(`${name.padEnd(24)} ${String(contents.length).padStart(8)} bytes ${String(packed).padStart(7)} gzipped`);
    if (name.endsWith(".js") && packed > SCRIPT_LIMIT) {
      console.error(`${name} is larger than ${SCRIPT_LIMIT} bytes gzipped`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printSizes(await buildPage(resolve(process.argv[2] ?? join(here, "..", "build", "ui"))));
}
