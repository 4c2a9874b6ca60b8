/**
 * A body as exports take it: `text` when its bytes are UTF-8 without NUL (or were decoded from the
 * declared charset), else base64. `bytes` is the number of bytes it stands for.
 */
export type BodyContent = { text: string; bytes: number } | { base64: string; bytes: number };
