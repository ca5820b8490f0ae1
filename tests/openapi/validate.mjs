// Whether a file is a good OpenAPI 3.1 document: by the schema of such documents, and by what that
// schema cannot say.
//   node validate.mjs FILE

import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import addFormats from "ajv-formats";
import Ajv2020 from "ajv/dist/2020.js";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
let faults = 0;

function fault(where, what) {
  console.log(`${where}: ${what}`);
  faults += 1;
}

const verdict = await new Validator().validate(structuredClone(document));
if (!verdict.valid) fault("document", JSON.stringify(verdict.errors, null, 2));
if (!document.openapi.startsWith("3.1.")) fault("document", `it is OpenAPI ${document.openapi}`);

// ---- what stands in it once, or twice ----------------------------------------------------------

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => ({ path, method, ...item[method] })),
);
const tags = new Set(document.tags.map((tag) => tag.name));
const ids = new Set();
const shapes = new Map();
const used = new Set();

for (const path of Object.keys(document.paths)) {
  const shape = path.replace(/\{[^}]*\}/g, "{}");
  if (shapes.has(shape)) fault(path, `is the same path as ${shapes.get(shape)}`);
  shapes.set(shape, path);
}

for (const operation of operations) {
  const where = `${operation.method} ${operation.path}`;
  if (ids.has(operation.operationId)) fault(where, `operationId ${operation.operationId} twice`);
  ids.add(operation.operationId);
  for (const tag of operation.tags) if (!tags.has(tag)) fault(where, `tag ${tag} is not listed`);
  const parameters = operation.parameters ?? [];
  const named = parameters.filter((parameter) => parameter.in === "path");
  const wanted = [...operation.path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
  if (named.map((parameter) => parameter.name).join() !== wanted.join())
    fault(where, `the path has ${wanted}, the parameters are ${named.map((one) => one.name)}`);
  const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
  if (new Set(keys).size !== keys.length) fault(where, "a parameter stands there twice");
  for (const field of ["x-effect", "x-rate-class", "x-permission", "summary", "description"])
    if (typeof operation[field] !== "string") fault(where, `has no ${field}`);
  for (const answer of Object.values(operation.responses)) used.add(answer.$ref);
}

for (const name of Object.keys(document.components.responses))
  if (!used.has(`#/components/responses/${name}`))
    fault(name, "no operation answers with it");

// ---- every schema can be used, and takes its own default ---------------------------------------

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
addFormats.default(ajv);
ajv.addKeyword("components");
ajv.addSchema({ $id: "whitebeam:", components: { schemas: document.components.schemas } });

// The document's references, as seen from a schema of its own.
const standalone = (schema) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"whitebeam:#/components/'));

function use(where, schema) {
  try {
    const check = ajv.compile(standalone(schema));
    if ("default" in schema && !check(schema.default)) fault(where, "the default is not allowed");
  } catch (error) {
    fault(where, error.message);
  }
}

for (const { path, method, parameters = [], requestBody } of operations) {
  for (const { name, schema } of parameters) use(`${method} ${path} ${name}`, schema);
  const body = requestBody?.content["application/json"].schema;
  if (body !== undefined) use(`${method} ${path} body`, body);
  for (const [name, schema] of Object.entries(body?.properties ?? {}))
    use(`${method} ${path} body ${name}`, schema);
}
for (const [name, response] of Object.entries(document.components.responses))
  for (const { schema } of Object.values(response.content ?? {})) if (schema) use(name, schema);

console.log(`${operations.length} routes, ${faults} faults`);
process.exitCode = faults === 0 && operations.length > 0 ? 0 : 1;
