import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import { putUnit } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';

/** Text out of documents, by the page. Mistral's chats and embeddings are as OpenAI's. */
export const mistralOcr = modelReader({
  name: 'mistral-ocr',
  reads: (head) => head.method === 'POST' && head.path.endsWith('/v1/ocr'),
  values: ['model', 'usage_info', 'document_annotation', 'object'],
  requestValues: ['document_annotation_format', 'bbox_annotation_format'],
  estimates: false,
  request(found, draft) {
    const annotated =
      (found.at('document_annotation_format') ?? null) !== null ||
      (found.at('bbox_annotation_format') ?? null) !== null;
    if (annotated) draft.unit = 'annotated_pages';
  },
  take(found, draft) {
    const usage = record(found.at('usage_info'));
    const pages = numberOrNull(usage['pages_processed']);
    draft.model = stringOrNull(found.at('model')) ?? draft.model;
    if (pages === null) return;
    draft.known = true;
    putUnit(draft, draft.unit ?? 'pages', pages);
    draft.raw = usage;
    draft.said = 'all';
  },
});
