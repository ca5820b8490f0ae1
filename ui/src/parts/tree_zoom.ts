// The zoom of the canvas, between the buttons of the tool bar and the stage.

import { signal } from "@preact/signals";

export type ZoomStep = "in" | "out" | "fit" | "life";

/** The scale that the canvas has now. */
const scale = signal(1);

const followers = new Set<(step: ZoomStep) => void>();

export const zoomShown = {
  scale,
  show(value: number): void {
    scale.value = value;
  },
  step(step: ZoomStep): void {
    for (const follower of followers) follower(step);
  },
  follow(follower: (step: ZoomStep) => void): () => void {
    followers.add(follower);
    return () => {
      followers.delete(follower);
    };
  },
};
