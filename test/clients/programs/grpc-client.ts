// @grpc/grpc-js: a unary call, a stream from the server, and an error in the trailers.
import { Client, credentials } from '@grpc/grpc-js';
import { parrot } from './parrot.ts';

const client = new Client(process.argv[2] ?? '', credentials.createSsl());
const { Say, Repeat, Refuse } = parrot;

const said = await new Promise<string>((resolve, reject) => {
  client.makeUnaryRequest(Say.path, Say.requestSerialize, Say.responseDeserialize, 'ahoy', (error, word) =>
    error ? reject(error) : resolve(word ?? ''),
  );
});
const repeated: string[] = [];
for await (const word of client.makeServerStreamRequest(
  Repeat.path,
  Repeat.requestSerialize,
  Repeat.responseDeserialize,
  'aye',
)) {
  repeated.push(String(word));
}
const refused = await new Promise<number>((resolve) => {
  client.makeUnaryRequest(Refuse.path, Refuse.requestSerialize, Refuse.responseDeserialize, 'no', (error) =>
    resolve(error?.code ?? 0),
  );
});
console.log(said, repeated.join(), refused);
client.close();
