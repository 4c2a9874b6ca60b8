import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { onError } from '@orpc/server';
import { BodyLimitPlugin } from '@orpc/server/node';
import type { Api } from '../api/router.ts';

/** Answers a request under /api; false when it is no question of the contract. */
export type RestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The contract as plain HTTP: methods, paths and JSON as its routes say. */
export function createRest(api: Api, mostRequestBytes: number, onBug: (error: unknown) => void): RestHandler {
  const rest = new OpenAPIHandler(api, {
    plugins: [new BodyLimitPlugin({ maxBodySize: mostRequestBytes })],
    interceptors: [onError(onBug)],
  });
  return async (request, response) => (await rest.handle(request, response, { prefix: '/api' })).matched;
}
