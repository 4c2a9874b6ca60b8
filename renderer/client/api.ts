import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';

/** The engine, as typed questions: `api.calls.list({ query: 'status:5xx' })`. */
export type Api = ContractRouterClient<Contract>;
