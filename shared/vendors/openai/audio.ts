import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import { putTokens, putUnit } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { deploymentOf } from './chat.ts';

/** Sound to text: tokens or seconds, as the model has it; in a stream with `transcript.text.done`. */
export const openaiTranscription = modelReader({
  name: 'openai-transcription',
  reads: (head) => head.method === 'POST' && /\/audio\/(?:transcriptions|translations)$/.test(head.path),
  values: ['type', 'text', 'usage', 'duration', 'model', 'x_groq.id'],
  estimates: false,
  begin(draft, head) {
    draft.requestModel = deploymentOf(head);
  },
  take(found, draft) {
    const type = stringOrNull(found.at('type')) ?? '';
    if (type.startsWith('transcript.') || found.at('text') !== undefined) draft.known = true;
    draft.model = stringOrNull(found.at('model')) ?? draft.model;
    if (type === 'transcript.text.done') draft.complete = true;
    const usage = record(found.at('usage'));
    const read = record(usage['input_token_details']);
    const input = numberOrNull(usage['input_tokens']);
    // Older answers with details have the length of the sound beside the text.
    const seconds = numberOrNull(usage['seconds']) ?? (input === null ? numberOrNull(found.at('duration')) : null);
    if (input !== null) {
      putTokens(draft, {
        input,
        audioIn: numberOrNull(read['audio_tokens']),
        output: numberOrNull(usage['output_tokens']),
      });
    } else if (seconds !== null) putUnit(draft, 'audio_seconds', seconds);
    else return;
    draft.raw = found.at('usage') === undefined ? null : usage;
    draft.said = 'all';
  },
});

/** Text to sound: characters of the request, since the answer is the sound; newer models say tokens when it is streamed as events. */
export const openaiSpeech = modelReader({
  name: 'openai-speech',
  reads: (head) => head.method === 'POST' && head.path.endsWith('/audio/speech'),
  values: ['type', 'usage'],
  estimates: false,
  begin(draft, head) {
    draft.requestModel = deploymentOf(head);
  },
  answered(head, draft) {
    if (head.status !== null && head.status < 300) draft.known = true;
  },
  take(found, draft) {
    if (found.at('type') === 'speech.audio.done') draft.complete = true;
    const usage = record(found.at('usage'));
    const input = numberOrNull(usage['input_tokens']);
    const output = numberOrNull(usage['output_tokens']);
    if (input === null && output === null) return;
    putTokens(draft, { input, output, audioOut: output });
    draft.raw = usage;
    draft.said = 'all';
  },
  finish(draft, { input }) {
    if (draft.said === 'all' || !draft.known) return;
    // All of it is charged once sound comes, whether or not it is listened to.
    putUnit(draft, 'characters', input.total);
    draft.counted = true;
  },
});
