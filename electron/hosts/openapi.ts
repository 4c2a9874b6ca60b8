import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '../../shared/contract/index.ts';

/** The contract as OpenAPI 3.1, and the one route that is not in it: bodies as downloads. */
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
  spec.paths = { ...spec.paths, '/calls/{id}/body/{side}': BODY_DOWNLOAD };
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
