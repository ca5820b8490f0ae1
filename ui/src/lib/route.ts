// The address as the state of the page: `#/tree?node=…&select=0.123.0`. Parsing and printing only;
// state/route.ts follows the browser. Unknown pages lead to the tree, unknown parameters are kept.

export type Page = "tree" | "processes";

export interface Route {
  readonly page: Page;
  readonly parameters: Readonly<Record<string, string>>;
}

export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const cut = text.indexOf("?");
  const page = cut < 0 ? text : text.slice(0, cut);
  const parameters: Record<string, string> = {};
  if (cut >= 0) {
    for (const [name, value] of new URLSearchParams(text.slice(cut + 1))) {
      if (value !== "") parameters[name] = value;
    }
  }
  return { page: page === "processes" ? "processes" : "tree", parameters };
}

/** Parameters in the order of their names, so that one view has one address. */
export function formatRoute(route: Route): string {
  const query = Object.entries(route.parameters)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${escapeValue(value)}`)
    .join("&");
  return `#/${route.page}${query === "" ? "" : `?${query}`}`;
}

// What a fragment may hold unescaped (RFC 3986 3.5) stays readable.
function escapeValue(value: string): string {
  return encodeURIComponent(value).replace(/%(3A|40|2F|2C)/g, (escape) => decodeURIComponent(escape));
}

/** The route with some parameters set, or removed with null. */
export function withParameters(
  route: Route,
  changes: Readonly<Record<string, string | null>>,
  page: Page = route.page,
): Route {
  const parameters: Record<string, string> = { ...route.parameters };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") delete parameters[name];
    else parameters[name] = value;
  }
  return { page, parameters };
}
