import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const DEEPEST = 40;

/**
 * A protobuf message without its schema, as fields by number. What a field of bytes holds is not on the wire: readable
 * text is shown as text, what reads as a message to its last byte as a message, the rest as hex. Null: not protobuf.
 */
export function protobufText(bytes: Uint8Array, depth = 0): string | null {
  if (depth > DEEPEST) return null;
  const reader = new BinaryReader(bytes);
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      switch (wireType) {
        case WireType.Varint: {
          const value = BigInt(reader.uint64());
          lines.push(`${indent}${field}: ${value}${varintNote(value)}`);
          break;
        }
        case WireType.Bit32: {
          const raw = reader.fixed32();
          lines.push(`${indent}${field}: 0x${raw.toString(16).padStart(8, '0')}${floatNote(raw)}`);
          break;
        }
        case WireType.Bit64: {
          const raw = BigInt.asUintN(64, BigInt(reader.fixed64()));
          lines.push(`${indent}${field}: 0x${raw.toString(16).padStart(16, '0')}${doubleNote(raw)}`);
          break;
        }
        case WireType.LengthDelimited: {
          lines.push(lengthDelimited(field, reader.bytes(), depth, indent));
          break;
        }
        case WireType.StartGroup: {
          const start = reader.pos;
          reader.skip(wireType, field);
          lines.push(`${indent}${field}: group of ${reader.pos - start} bytes`);
          break;
        }
        default:
          return null;
      }
    }
  } catch {
    return null;
  }
  return lines.join('\n');
}

function lengthDelimited(field: number, bytes: Uint8Array, depth: number, indent: string): string {
  if (bytes.length === 0) return `${indent}${field}: ""`;
  const text = readable(bytes);
  if (text !== null) return `${indent}${field}: ${JSON.stringify(text)}`;
  const message = protobufText(bytes, depth + 1);
  if (message !== null) return `${indent}${field} {\n${message}\n${indent}}`;
  return `${indent}${field}: ${hexText(bytes)}`;
}

function readable(bytes: Uint8Array): string | null {
  try {
    const text = UTF8.decode(bytes);
    return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** The first bytes in hex, and how many there are. */
export function hexText(bytes: Uint8Array, most = 48): string {
  const shown = Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > most ? `<${shown} … ${bytes.length} bytes>` : `<${shown}>`;
}

/** Small odd numbers are often zigzag (sint), huge ones are negative. */
function varintNote(value: bigint): string {
  if (value >= 1n << 63n) return `  # int64 ${BigInt.asIntN(64, value)}`;
  return value > 1n ? `  # sint ${value & 1n ? -(value >> 1n) - 1n : value >> 1n}` : '';
}

function floatNote(raw: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, raw);
  return `  # float ${Number(view.getFloat32(0).toPrecision(7))}, fixed32 ${raw}`;
}

function doubleNote(raw: bigint): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, raw);
  return `  # double ${view.getFloat64(0)}, fixed64 ${raw}`;
}
