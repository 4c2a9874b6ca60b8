import { RPCHandler } from '@orpc/server/message-port';
import { createApi } from '../api/router.ts';
import type { ApiDoors } from '../api/router.ts';

/** What node's MessagePort and Electron's MessagePortMain have in common, as oRPC wants it. */
export type ApiPort = Parameters<InstanceType<typeof RPCHandler>['upgrade']>[0];

/** Serves the contract over a message port; whoever holds the other end has every right. */
export function serveMessagePort(doors: ApiDoors): (port: ApiPort) => void {
  const rpc = new RPCHandler(createApi(doors));
  return (port) => rpc.upgrade(port);
}
