import type { ExchangeHead } from '../../../../shared/vendors/exchange.ts';

/** Noon of a day, in microseconds: when the answers of these tests came. */
export const NOON = Date.UTC(2026, 10, 23, 12) * 1000;

export type Fields = Record<string, string> | [string, string][];

export const linesOf = (fields: Fields): string =>
  (Array.isArray(fields) ? fields : Object.entries(fields)).map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** An exchange with a vendor nobody listed. */
export function headOf(said: Partial<ExchangeHead> & { host: string }): ExchangeHead {
  return {
    recognised: {
      vendor: {
        id: said.host,
        name: said.host,
        company: null,
        category: 'unknown',
        country: null,
        importer: null,
        urls: { docs: null, status: null, dpa: null, subprocessors: null },
        services: [],
        logo: null,
        listed: false,
      },
      service: null,
      region: null,
    },
    method: 'GET',
    path: '/',
    query: '',
    requestLines: '',
    status: 200,
    responseLines: '',
    startedAt: NOON - 100_000,
    ...said,
  };
}
