import type { Figure } from '../domain/figure.js';

/** Draws figures. */
export interface Plots {
  /** An SVG that stands alone: no script, nothing fetched. The same figure gives the same bytes. */
  draw(figure: Figure): string;
}
