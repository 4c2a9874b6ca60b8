import { createContext, useContext } from 'react';
import type { Api, Connection } from './connection.ts';

export const ConnectionContext = createContext<Connection | null>(null);

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error('There is no connection around this component.');
  return connection;
}

/** The engine's questions. */
export function useApi(): Api {
  return useConnection().api;
}
