const ENDINGS =
  /(?:\/(?:completions|responses|embeddings|embed|rerank|classify|chat|v1\/messages|batches\/[^/]+\/results|files\/[^/]+\/content|generations|edits|variations|transcriptions|translations|speech|realtime|ocr|converse|converse-stream|invoke|invoke-with-response-stream)|:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|predict|rawPredict|streamRawPredict))$/;

/**
 * Whether a usage reader could have business with such a call, by its method and target alone: asked where bodies go by, to
 * decide whether all their bytes are worth looking at. Readers say the rest.
 */
export function mayBeMetered(method: string, target: string): boolean {
  if (method !== 'POST' && method !== 'GET') return false;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return ENDINGS.test(path.length > 96 ? path.slice(-96) : path);
}
