/** The fonts a picture names: none is fetched or packed. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** About how wide a text is, in pixels: nothing here can measure, so it is taken for rather wide than narrow. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const char of text) width += (char.codePointAt(0)! > 0x2e7f ? 1 : /[MWmw@%]/.test(char) ? 0.86 : 0.57) * size;
  return width;
}

/** As much of a text as fits, with `…` where something is left out. */
export function shorten(text: string, room: number, size: number): string {
  if (widthOf(text, size) <= room) return text;
  const letters = [...text];
  while (letters.length > 0 && widthOf(`${letters.join('')}…`, size) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** Text for XML: names come from calls and may hold anything, also what XML cannot. */
export function escapeXml(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .toWellFormed()
      .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
  );
}
