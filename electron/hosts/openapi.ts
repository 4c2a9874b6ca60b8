import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '../../shared/contract/index.ts';

/** The contract as OpenAPI 3.1, and the routes that are not in it: downloads, and files sent to us. */
export async function describeApi(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const spec = await generator.generate(contract, {
    info: {
      title: 'Sallyport',
      version,
      description:
        'The local engine: recorded calls and the engine itself. Loopback only; the token is in engine.json in the data folder.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
  spec.paths = {
    ...spec.paths,
    '/calls/{id}/body/{side}': BODY_DOWNLOAD,
    '/exports/{name}': EXPORT_DOWNLOAD,
    '/import': IMPORT,
  };
  return spec;
}

const BODY_DOWNLOAD = {
  get: {
    operationId: 'calls.download',
    tags: ['calls'],
    summary: 'Download a body',
    description: 'The recorded (redacted) bytes of one body, content codings undone unless `raw=1`.',
    parameters: [
      { name: 'id', in: 'path' as const, required: true, schema: { type: 'integer' as const } },
      {
        name: 'side',
        in: 'path' as const,
        required: true,
        schema: { type: 'string' as const, enum: ['request', 'response'] },
      },
      { name: 'raw', in: 'query' as const, schema: { type: 'string' as const, enum: ['0', '1'] } },
    ],
    responses: {
      200: {
        description: 'The bytes, with the recorded media type',
        content: { '*/*': { schema: { type: 'string' as const, contentMediaType: 'application/octet-stream' } } },
      },
      404: {
        description: 'No such call, or the body was not kept',
        content: { 'application/problem+json': { schema: { type: 'object' as const } } },
      },
    },
  },
};

const EXPORT_DOWNLOAD = {
  get: {
    operationId: 'jobs.download',
    tags: ['jobs'],
    summary: 'Download an export',
    description:
      'The file of a finished export job, named by its `download`. Kept for an hour, and until the engine ends.',
    parameters: [{ name: 'name', in: 'path' as const, required: true, schema: { type: 'string' as const } }],
    responses: {
      200: { description: 'The file', content: { 'application/json': {}, 'application/x-ndjson': {} } },
      404: { description: 'No such export', content: { 'application/problem+json': {} } },
    },
  },
};

const IMPORT = {
  post: {
    operationId: 'jobs.import',
    tags: ['jobs'],
    summary: 'Import a HAR file',
    description:
      'The body is a HAR 1.2 file of any tool, perhaps gzip-compressed, of any length. Its calls are recorded (and redacted) like any others, with the source `import`. Answers with the job when all has been read; `jobs.watch` tells how far it is meanwhile, and leaving gives it up.',
    parameters: [
      {
        name: 'name',
        in: 'query' as const,
        schema: { type: 'string' as const },
        description: 'What to call it in the list of jobs',
      },
    ],
    requestBody: { required: true, content: { 'application/json': {}, 'application/gzip': {} } },
    responses: {
      200: { description: 'The job, done', content: { 'application/json': {} } },
      422: { description: 'The job, failed: its message says why and where', content: { 'application/json': {} } },
    },
  },
};
