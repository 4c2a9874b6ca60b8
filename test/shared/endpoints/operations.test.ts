import { describe, expect, it } from 'vitest';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';

const name = (method: string, address: string, body: string | null = null, fields = ''): string => {
  const slash = address.indexOf('/');
  const question = address.indexOf('?');
  const path = address.slice(slash, question < 0 ? undefined : question);
  return createEndpointNamer().name(
    {
      host: address.slice(0, slash),
      method,
      path,
      query: question < 0 ? '' : address.slice(question + 1),
      requestLines: fields,
    },
    body,
  );
};
const json = (value: unknown): string => JSON.stringify(value);

describe('an operation that the path does not say', () => {
  const graphql: [says: string, body: string, operation: string][] = [
    [
      'named',
      json({ query: 'query GetUser($id: ID!) { user(id: $id) { id } }', variables: { id: 1 } }),
      ' query GetUser',
    ],
    ['after comments', json({ query: '# query Not { a }\nmutation Do { do }' }), ' mutation Do'],
    ['after its variables', json({ variables: { query: 'query Not { a }' }, query: 'query Yes { a }' }), ' query Yes'],
    [
      'with fragments first',
      json({ query: 'fragment F on User { id } query WithFragment { user { ...F } }' }),
      ' query WithFragment',
    ],
    ['one of several', json({ operationName: 'B', query: 'query A { a } mutation B { b }' }), ' mutation B'],
    [
      'without a name, by its root fields',
      json({ query: '{ me: user(id: "}") { id } orders(first: 3) @include(if: true) { id } }' }),
      ' query { user orders }',
    ],
    [
      'without a name, a mutation',
      json({ query: 'mutation { createUser(input: {a: {b: 1}}) { id } }' }),
      ' mutation { createUser }',
    ],
    ['a subscription', json({ query: 'subscription OnEvent { event { id } }' }), ' subscription OnEvent'],
    [
      'a batch',
      json([{ query: 'query A { a }' }, { query: 'query B { b }' }, { query: 'query A { a }' }]),
      ' query A + query B',
    ],
    [
      'persisted, with its name',
      json({
        operationName: 'GetUser',
        extensions: { persistedQuery: { version: 1, sha256Hash: 'abcdef0123456789' } },
      }),
      ' GetUser',
    ],
    [
      'persisted, without',
      json({ extensions: { persistedQuery: { version: 1, sha256Hash: 'abcdef0123456789' } } }),
      ' persisted abcdef01',
    ],
    ['a cut body', json({ query: 'query GetUser($id: ID!) { user { a b c d } }' }).slice(0, 40), ' query GetUser'],
    ['no body that is one', 'hello', ''],
    ['a list of nothing', '[]', ''],
  ];
  it.each(graphql)('GraphQL: %s', (_, body, operation) => {
    expect(name('POST', 'api.example.com/graphql', body)).toBe(`POST /graphql${operation}`);
  });

  it('GraphQL in a query, at paths of other names, and as a document', () => {
    expect(name('GET', 'x/graphql?query=query+Q+%7B+a+%7D')).toBe('GET /graphql query Q');
    expect(name('GET', 'x/graphql?operationName=Q&extensions=%7B%7D')).toBe('GET /graphql Q');
    expect(name('POST', 'x/v1/data', json({ query: 'query GetUser { user { id } }' }))).toBe(
      'POST /v1/data query GetUser',
    );
    expect(name('POST', 'x/graphql', '{ user { id } }', 'Content-Type: application/graphql\r\n')).toBe(
      'POST /graphql query { user }',
    );
    expect(name('POST', 'x/_search', json({ query: { match_all: {} } }))).toBe('POST /_search');
    expect(name('POST', 'x/search', json({ query: 'select me' }))).toBe('POST /search');
  });

  it('AWS: targets, actions, buckets and keys', () => {
    const host = 'dynamodb.eu-west-1.amazonaws.com';
    expect(name('POST', `${host}/`, '{}', 'X-Amz-Target: DynamoDB_20120810.PutItem\r\n')).toBe(
      'POST / DynamoDB_20120810.PutItem',
    );
    expect(name('POST', 'sts.amazonaws.com/', 'Version=2011-06-15&Action=AssumeRole')).toBe('POST / AssumeRole');
    expect(name('GET', 'ec2.eu-west-1.amazonaws.com/?Action=DescribeInstances')).toBe('GET / DescribeInstances');
    expect(name('PUT', 's3.eu-west-1.amazonaws.com/acme/a/b.txt')).toBe('PUT /{bucket}/{key}');
    expect(name('GET', 's3.eu-west-1.amazonaws.com/acme?list-type=2&prefix=a')).toBe('GET /{bucket} list-type');
    expect(name('PUT', 'acme.logs.s3.eu-west-1.amazonaws.com/2026/11/a.gz')).toBe('PUT /{key}');
    expect(name('PUT', 'acme.s3.amazonaws.com/k?partNumber=1&uploadId=x')).toBe('PUT /{key} uploadId');
    expect(name('POST', 'monitoring.eu-west-1.amazonaws.com/service/GraniteService/operation/GetMetricData', 'x')).toBe(
      'POST /service/GraniteService/operation/GetMetricData',
    );
  });

  it('JSON-RPC: methods, and each once of a batch', () => {
    expect(name('POST', 'x/rpc', json({ jsonrpc: '2.0', method: 'eth_call', params: [{ method: 'no' }], id: 1 }))).toBe(
      'POST /rpc eth_call',
    );
    expect(name('POST', 'x/', json({ method: 'tools/list', params: {}, id: 1, jsonrpc: '2.0' }))).toBe(
      'POST / tools/list',
    );
    const call = (method: string): object => ({ jsonrpc: '2.0', id: 1, method });
    expect(name('POST', 'x/', json([call('a'), call('b'), call('a')]))).toBe('POST / a + b');
    expect(name('POST', 'x/', json({ text: '"jsonrpc":"2.0","method":"no"' }))).toBe('POST /');
  });

  it('SOAP, by its action', () => {
    expect(name('POST', 'x/soap', '<a/>', 'SOAPAction: "http://tempuri.org/IService/GetRate"\r\n')).toBe(
      'POST /soap GetRate',
    );
    expect(name('POST', 'x/soap', '<a/>', 'SOAPAction: ""\r\n')).toBe('POST /soap');
    expect(
      name('POST', 'x/soap', '<a/>', 'Content-Type: application/soap+xml; charset=utf-8; action="urn:Get"\r\n'),
    ).toBe('POST /soap Get');
  });
});
