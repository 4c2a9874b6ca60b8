import { once } from 'node:events';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/**
 * Ends quietly when whoever reads our output has read enough (`| head`). Must be called before the
 * first output: node would print a stack trace otherwise.
 */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', () => {});
}

/** Writes to standard output and waits while its reader is slower than we are. */
export async function write(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A line to standard error: what people should read and pipes should not. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Styled for standard output: plain when it is no terminal, or NO_COLOR is set. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

/** Columns of standard output's terminal; null when it is none. */
export function terminalWidth(): number | null {
  return process.stdout.isTTY ? process.stdout.columns : null;
}

/**
 * Recorded text made safe to show: what strangers sent must not move the cursor or change colours.
 * Control characters other than newline and tab become their pictures.
 */
export function harmless(text: string, keep: 'lines' | 'nothing' = 'nothing'): string {
  return text.replace(keep === 'lines' ? CONTROLS_BUT_LINES : CONTROLS, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex
const CONTROLS_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
