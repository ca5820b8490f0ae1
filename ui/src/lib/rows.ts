// Which rows of a long list are in sight, and which pages of the list they belong to.

export interface Span {
  readonly first: number;
  /** One past the last row. */
  readonly end: number;
}

/** The rows to draw: those in sight and `spare` beyond each edge. */
export function rowsInSight(
  scrollTop: number,
  height: number,
  rowHeight: number,
  total: number,
  spare = 6,
): Span {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const end = Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { first: Math.min(first, end), end };
}

/** Pages, from 1, that hold the rows. */
export function pagesOf(span: Span, perPage: number): number[] {
  const pages: number[] = [];
  const last = Math.max(1, Math.ceil(span.end / perPage));
  for (let page = Math.floor(span.first / perPage) + 1; page <= last; page++) pages.push(page);
  return pages;
}
