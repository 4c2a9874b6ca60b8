import type { PictureReader, Span } from '../../store/picture-rows.ts';

/** What of the store costs are worked out of. The reader has it; tests make it by hand. */
export interface CostRows extends Pick<PictureReader, 'spending' | 'edges' | 'metered'> {
  /** Answered GETs whose answers were kept whole, newest first. */
  repeatable(span: Span): Iterable<RepeatableGet | void>;
}

/** A GET with what tells whether its answer could have been kept. */
export interface RepeatableGet {
  id: number;
  startedAt: number;
  app: string | null;
  host: string;
  endpoint: string | null;
  /** Path and query. */
  target: string;
  credential: string | null;
  /** The stored answer: the same number, the same bytes. */
  responseBody: number;
  responseBytes: number;
  /** Of the answer, as sent; read only when somebody asks. */
  header(name: string): string | null;
}
