import { decodeMulti, ExtData } from '@msgpack/msgpack';
import { hexText } from './protobuf-text.ts';

/** MessagePack as JSON; what JSON has no form for (bytes, extensions, big numbers as keys) is written in words. Null: not MessagePack. */
export function msgpackText(bytes: Uint8Array): string | null {
  try {
    const values = [
      ...decodeMulti(bytes, {
        useBigInt64: true,
        mapKeyConverter: (key) => (typeof key === 'number' ? key : String(key)),
      }),
    ];
    return values.length === 0 ? null : values.map(write).join('\n');
  } catch {
    return null;
  }
}

function write(value: unknown): string {
  if (value === undefined) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
  if (value instanceof Uint8Array) return JSON.stringify(`bytes ${hexText(value)}`);
  if (value instanceof ExtData)
    return JSON.stringify(`extension ${value.type} ${value.data instanceof Uint8Array ? hexText(value.data) : ''}`);
  if (value instanceof Date) return JSON.stringify(`time ${value.toISOString()}`);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${JSON.stringify(key)}:${write(one)}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}
