import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';

/** Every question of the contract, typed. */
export type EngineClient = ContractRouterClient<Contract>;

/** A client of a running engine over its loopback door. Loads its parts when it is called. */
export async function createEngineClient(at: { workspace: string; token: string }): Promise<EngineClient> {
  const [{ createORPCClient }, { RPCLink }, { loopbackFetch }] = await Promise.all([
    import('@orpc/client'),
    import('@orpc/client/fetch'),
    import('./loopback-fetch.ts'),
  ]);
  return createORPCClient(
    new RPCLink({
      url: `${at.workspace}rpc`,
      headers: { authorization: `Bearer ${at.token}` },
      fetch: loopbackFetch,
    }),
  );
}
