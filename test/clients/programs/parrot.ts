// The parrot's service for @grpc/grpc-js, without its schema loader: both sides know their one message by heart.
import type { ServiceDefinition } from '@grpc/grpc-js';

/** A `Word` on the wire: field 1, length-delimited. Short texts only. */
const encode = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
};
const decode = (bytes: Buffer): string => bytes.subarray(2).toString();

const method = (name: string, responseStream: boolean) => ({
  path: `/test.Parrot/${name}`,
  requestStream: false as const,
  responseStream,
  requestSerialize: encode,
  requestDeserialize: decode,
  responseSerialize: encode,
  responseDeserialize: decode,
});

export const parrot = {
  Say: method('Say', false),
  Repeat: method('Repeat', true),
  Refuse: method('Refuse', false),
} satisfies ServiceDefinition;
