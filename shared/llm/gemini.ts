import type { ChatAnswer, DialectReader, Part, Turn, Usage } from './chat.ts';
import {
  asText,
  emptyAnswer,
  errorOf,
  list,
  other,
  record,
  settingsOf,
  string,
  stringOrNull,
  usageOf,
} from './loose.ts';
import type { Loose } from './loose.ts';

/** Google's Gemini (generateContent and streamGenerateContent). */
export const gemini: DialectReader = {
  request(given) {
    const body = record(given);
    const system = record(body['systemInstruction'] ?? body['system_instruction']);
    const systemParts = list(system['parts']).map((part) => readPart(record(part)));
    return {
      model: stringOrNull(body['model']),
      turns: [
        ...(systemParts.length === 0 ? [] : [{ role: 'system' as const, parts: systemParts }]),
        ...list(body['contents']).map((content) => readTurn(record(content))),
      ],
      tools: list(body['tools']).flatMap((tool) =>
        list(record(tool)['functionDeclarations'] ?? record(tool)['function_declarations']).map((one) => ({
          name: string(record(one)['name']),
          description: string(record(one)['description']),
        })),
      ),
      settings: settingsOf(record(body['generationConfig'] ?? body['generation_config']), [
        'temperature',
        'topP',
        'topK',
        'maxOutputTokens',
        'candidateCount',
        'stopSequences',
        'responseMimeType',
        'thinkingConfig',
      ]),
    };
  },

  // Without `alt=sse` a stream is one array of pieces.
  answer(given) {
    const reader = gemini.stream();
    for (const piece of Array.isArray(given) ? given : [given]) reader.push(piece, null);
    return reader.answer();
  },

  stream() {
    const answer: ChatAnswer = emptyAnswer();
    return {
      push(given) {
        const piece = record(given);
        let content = false;
        answer.model = stringOrNull(piece['modelVersion']) ?? answer.model;
        answer.error ??= errorOf(piece);
        answer.usage = readUsage(piece['usageMetadata']) ?? answer.usage;
        const blocked = stringOrNull(record(piece['promptFeedback'])['blockReason']);
        if (blocked !== null) answer.stop = blocked;
        for (const [at, candidate] of list(piece['candidates']).map(record).entries()) {
          const index =
            typeof candidate['index'] === 'number' && candidate['index'] >= 0 && candidate['index'] < 128
              ? Math.floor(candidate['index'])
              : at;
          while (answer.turns.length <= index) answer.turns.push({ role: 'assistant', parts: [] });
          const turn = answer.turns[index];
          for (const part of list(record(candidate['content'])['parts'])) {
            if (!turn) break;
            add(turn, readPart(record(part)));
            content = true;
          }
          answer.stop = stringOrNull(candidate['finishReason']) ?? answer.stop;
        }
        return content;
      },
      answer: () => ({ ...answer, turns: answer.turns.filter(({ parts }) => parts.length > 0) }),
    };
  },
};

function add(turn: Turn, part: Part): void {
  const last = turn.parts.at(-1);
  if ((part.type === 'text' || part.type === 'thinking') && last?.type === part.type) last.text += part.text;
  else turn.parts.push(part);
}

function readTurn(content: Loose): Turn {
  const parts = list(content['parts']).map((part) => readPart(record(part)));
  const results = parts.length > 0 && parts.every((part) => part.type === 'tool-result');
  const role = string(content['role']);
  return { role: results || role === 'function' ? 'tool' : role === 'model' ? 'assistant' : 'user', parts };
}

function readPart(part: Loose): Part {
  if (typeof part['text'] === 'string')
    return { type: part['thought'] === true ? 'thinking' : 'text', text: part['text'] };
  const inline = record(part['inlineData'] ?? part['inline_data']);
  if (typeof inline['data'] === 'string') {
    const mediaType = stringOrNull(inline['mimeType'] ?? inline['mime_type']);
    return mediaType?.startsWith('image/') === false
      ? { type: 'file', name: mediaType }
      : { type: 'image', mediaType, data: inline['data'], url: null };
  }
  const file = record(part['fileData'] ?? part['file_data']);
  if (typeof file['fileUri'] === 'string') return { type: 'file', name: file['fileUri'] };
  const call = part['functionCall'] ?? part['function_call'];
  if (call !== undefined)
    return {
      type: 'tool-call',
      id: string(record(call)['id']),
      name: string(record(call)['name']),
      arguments: asText(record(call)['args'] ?? {}),
    };
  const result = part['functionResponse'] ?? part['function_response'];
  if (result !== undefined)
    return {
      type: 'tool-result',
      id: string(record(result)['id']) || string(record(result)['name']),
      text: asText(record(result)['response']),
      failed: false,
    };
  return other(Object.keys(part)[0] ?? 'part', part);
}

function readUsage(given: unknown): Usage | null {
  if (typeof given !== 'object' || given === null) return null;
  const usage = record(given);
  return usageOf(
    usage['promptTokenCount'],
    usage['candidatesTokenCount'],
    usage['cachedContentTokenCount'],
    usage['thoughtsTokenCount'],
  );
}
