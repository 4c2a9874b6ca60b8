/** What a chart is drawn for: pixels, and the colours of the theme. */
export interface Canvas {
  width: number;
  height: number;
  /** The value of a token: `colour('--ok')`. */
  colour: (token: string) => string;
  font: string;
}
