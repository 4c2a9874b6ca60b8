import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import { putTokens, putUnit } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { deploymentOf } from './chat.ts';

/**
 * Pictures: token models say what they used, in a stream with its last event; for DALL·E the number of pictures counts, by
 * size and quality: `images/1024x1024/hd`.
 */
export const openaiImages = modelReader({
  name: 'openai-images',
  reads: (head) => head.method === 'POST' && /\/images\/(?:generations|edits|variations)$/.test(head.path),
  values: [
    'created',
    'type',
    'usage',
    'model',
    'size',
    'quality',
    'data[].url',
    'data[].b64_json',
    'data[].revised_prompt',
    'output_format',
  ],
  requestValues: ['size', 'quality', 'n'],
  estimates: false,
  begin(draft, head) {
    draft.requestModel = deploymentOf(head);
  },
  request(found, draft) {
    draft.unit = ['images', nameOf(found.at('size')), nameOf(found.at('quality'))]
      .filter((part) => part !== null)
      .join('/');
    draft.asked = numberOrNull(found.at('n')) ?? 1;
  },
  take(found, draft) {
    draft.model = stringOrNull(found.at('model')) ?? draft.model;
    const type = stringOrNull(found.at('type')) ?? '';
    if (found.at('created') === undefined && !type.startsWith('image_')) return;
    draft.known = true;
    if (type.endsWith('.completed')) draft.complete = true;
    const usage = record(found.at('usage'));
    const input = numberOrNull(usage['input_tokens']);
    const output = numberOrNull(usage['output_tokens']);
    if (input !== null || output !== null) {
      const read = record(usage['input_tokens_details']);
      putTokens(draft, {
        input,
        imageIn: numberOrNull(read['image_tokens']),
        cacheRead: numberOrNull(read['cached_tokens']),
        output,
        imageOut: output,
      });
      draft.raw = usage;
      draft.said = 'all';
    } else if (type === '' && found.whole) {
      // A whole answer that says nothing: as many pictures as were asked for.
      putUnit(draft, draft.unit ?? 'images', draft.asked ?? 1);
      draft.said = 'all';
    }
  },
  finish(draft) {
    if (draft.said === 'all' || !draft.known) return;
    // Asked for and begun, so they are charged; how many tokens that was, nobody said.
    putUnit(draft, draft.unit ?? 'images', draft.asked ?? 1);
    draft.counted = true;
  },
});

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z0-9]{1,16}$/i.test(value) && value !== 'auto' ? value.toLowerCase() : null;
}
