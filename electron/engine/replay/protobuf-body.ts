import { parse, util, type Type } from 'protobufjs';

/** Larger schemas are no schemas. */
const MOST_SCHEMA = 4 * 1024 * 1024;

/**
 * A message written as JSON (proto3's mapping: names as in the schema or in lowerCamelCase, bytes as base64, enums by name)
 * as protobuf; `framed` with gRPC's five bytes before it. Says what is wrong otherwise.
 */
export function encodeProtobuf(given: {
  schema: string;
  type: string;
  json: string;
  framed: boolean;
}): { bytes: Buffer } | { says: string } {
  if (given.schema.length > MOST_SCHEMA) return { says: 'The schema is larger than 4 MiB.' };
  let type: Type;
  try {
    type = parse(given.schema, { keepCase: true }).root.lookupType(given.type);
  } catch (error) {
    return { says: `The schema does not give a message “${given.type}”: ${says(error)}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(given.json);
  } catch (error) {
    return { says: `The message is no JSON: ${says(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { says: 'The message has to be a JSON object.' };
  try {
    const known = withSchemaNames(type, value as Record<string, unknown>);
    const problem = type.verify(type.fromObject(known));
    if (problem !== null) return { says: `The message does not fit “${given.type}”: ${problem}.` };
    const message = Buffer.from(type.encode(type.fromObject(known)).finish());
    if (!given.framed) return { bytes: message };
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    return { bytes: Buffer.concat([head, message]) };
  } catch (error) {
    return { says: `The message does not fit “${given.type}”: ${says(error)}` };
  }
}

/** Fields by the names of the schema; a name that it does not know is an error, never left out. */
function withSchemaNames(type: Type, value: Record<string, unknown>): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) {
    const field = type.fields[name] ?? type.fieldsArray.find((one) => util.camelCase(one.name) === name);
    if (field === undefined) throw new Error(`${type.name} has no field “${name}”`);
    field.resolve();
    const inner = field.resolvedType;
    const isMessage = inner !== null && 'fields' in inner;
    const deep = (one: unknown): unknown =>
      isMessage && typeof one === 'object' && one !== null && !Array.isArray(one)
        ? withSchemaNames(inner, one as Record<string, unknown>)
        : one;
    if (field.map && typeof content === 'object' && content !== null)
      named[field.name] = Object.fromEntries(Object.entries(content).map(([key, one]) => [key, deep(one)]));
    else named[field.name] = Array.isArray(content) ? content.map(deep) : deep(content);
  }
  return named;
}

function says(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
