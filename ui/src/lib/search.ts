// What a search finds: every word stands in one of the texts, whatever the case.

export function matches(wanted: string, texts: readonly (string | null)[]): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const all = texts.filter((text) => text !== null).join("\n").toLowerCase();
  return words.length > 0 && words.every((word) => all.includes(word));
}
