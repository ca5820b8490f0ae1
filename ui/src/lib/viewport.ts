// Pan and zoom of a canvas: a view says which point of the drawing is at the corner, and the scale.
// All functions are pure; lengths are CSS pixels (size) or drawing units (box).

export interface View {
  /** Drawing unit at the left and upper edge. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

export const SCALE_LEAST = 0.02;
export const SCALE_MOST = 2.5;
/** Below this, text on the canvas cannot be read. */
export const SCALE_LEGIBLE = 0.86;
/** Below this, titles on the canvas are not written. */
export const SCALE_TITLES = 0.42;
export const MARGIN = 16;

function clampScale(scale: number): number {
  return Math.min(SCALE_MOST, Math.max(SCALE_LEAST, scale));
}

/** Zooms by a factor so that the point under (px, py) stays where it is. */
export function zoomAt(view: View, px: number, py: number, factor: number): View {
  const scale = clampScale(view.scale * factor);
  return {
    x: view.x + px / view.scale - px / scale,
    y: view.y + py / view.scale - py / scale,
    scale,
  };
}

/**
 * The whole drawing, never larger than life. One so tall that this would make an unreadable column of
 * it gets the whole width instead, from the top.
 */
export function fit(drawing: Size, size: Size): View {
  const across = Math.min(1, (size.width - 2 * MARGIN) / Math.max(1, drawing.width));
  const along = Math.min(1, (size.height - 2 * MARGIN) / Math.max(1, drawing.height));
  const scale = clampScale(along < SCALE_TITLES ? across : Math.min(across, along));
  return { x: -MARGIN / scale, y: -MARGIN / scale, scale };
}

/** Life size, with the point at the corner kept there, but no more than a margin before the drawing. */
export function life(view: View): View {
  return { x: Math.max(-MARGIN, view.x), y: Math.max(-MARGIN, view.y), scale: 1 };
}

/** The first look: from the top, as much as stays legible, best the whole width. */
export function opening(drawing: Size, size: Size): View {
  const across = (size.width - 2 * MARGIN) / Math.max(1, drawing.width);
  const scale = Math.min(1, Math.max(SCALE_LEGIBLE, across));
  return { x: -MARGIN / scale, y: -MARGIN / scale, scale };
}

/** Moves no further than needed for the box to be seen with a margin. */
export function reveal(view: View, box: Rectangle, size: Size): View {
  const margin = MARGIN / view.scale;
  const width = size.width / view.scale;
  const height = size.height / view.scale;
  let { x, y } = view;
  if (box.x + box.width > x + width - margin) x = box.x + box.width + margin - width;
  if (box.x < x + margin) x = box.x - margin;
  if (box.y + box.height > y + height - margin) y = box.y + box.height + margin - height;
  if (box.y < y + margin) y = box.y - margin;
  return { x, y, scale: view.scale };
}

/** Keeps a part of the drawing in sight, so that nobody gets lost in empty space. */
export function clamp(view: View, drawing: Size, size: Size): View {
  const keep = 80 / view.scale;
  const between = (value: number, least: number, most: number): number =>
    Math.min(Math.max(value, least), Math.max(least, most));
  return {
    x: between(view.x, keep - size.width / view.scale, drawing.width - keep),
    y: between(view.y, keep - size.height / view.scale, drawing.height - keep),
    scale: view.scale,
  };
}
