import type { ChatAnswer, DialectReader, Part, Role, Turn, Usage } from './chat.ts';
import {
  asText,
  emptyAnswer,
  errorOf,
  imagePart,
  list,
  other,
  record,
  settingsOf,
  string,
  stringOrNull,
  usageOf,
} from './loose.ts';
import type { Loose } from './loose.ts';

/** OpenAI's chat completions, and the many who speak the same. */
export const openaiChat: DialectReader = {
  request(given) {
    const body = record(given);
    return {
      model: stringOrNull(body['model']),
      turns: list(body['messages']).map(readMessage),
      tools: list(body['tools']).map((tool) => {
        const said = record(record(tool)['function'] ?? record(tool)['custom']);
        return { name: string(said['name']), description: string(said['description']) };
      }),
      settings: settingsOf(body, [
        'temperature',
        'top_p',
        'max_tokens',
        'max_completion_tokens',
        'n',
        'seed',
        'stop',
        'reasoning_effort',
        'tool_choice',
        'response_format',
        'stream',
      ]),
    };
  },

  answer(given) {
    const body = record(given);
    const choices = list(body['choices']).map(record);
    return {
      model: stringOrNull(body['model']),
      turns: choices.map((choice) => ({
        ...readMessage(choice['message'] ?? { content: choice['text'] }),
        role: 'assistant',
      })),
      usage: readUsage(body['usage']),
      stop: choices.map((choice) => stringOrNull(choice['finish_reason'])).find((reason) => reason !== null) ?? null,
      error: errorOf(body),
    };
  },

  stream() {
    const answer: ChatAnswer = emptyAnswer();
    return {
      push(given) {
        const chunk = record(given);
        let content = false;
        answer.model ??= stringOrNull(chunk['model']);
        answer.error ??= errorOf(chunk);
        answer.usage = readUsage(chunk['usage']) ?? answer.usage;
        for (const one of list(chunk['choices']).map(record)) {
          const index =
            typeof one['index'] === 'number' && one['index'] >= 0 && one['index'] < 128 ? Math.floor(one['index']) : 0;
          while (answer.turns.length <= index) answer.turns.push({ role: 'assistant', parts: [] });
          const turn = answer.turns[index];
          if (turn && addDelta(turn, record(one['delta']))) content = true;
          answer.stop = stringOrNull(one['finish_reason']) ?? answer.stop;
        }
        return content;
      },
      answer: () => answer,
    };
  },
};

function addDelta(turn: Turn, delta: Loose): boolean {
  let content = false;
  for (const [type, text] of [
    ['thinking', string(delta['reasoning_content'] ?? delta['reasoning'])],
    ['text', string(delta['content'])],
    ['refusal', string(delta['refusal'])],
  ] as const) {
    if (text === '') continue;
    content = true;
    const last = turn.parts.at(-1);
    if (last?.type === type) last.text += text;
    else turn.parts.push({ type, text });
  }
  for (const given of list(delta['tool_calls']).map(record)) {
    content = true;
    const said = record(given['function'] ?? given['custom']);
    const piece = string(said['arguments'] ?? said['input']);
    const calls = turn.parts.filter((part) => part.type === 'tool-call');
    const known = typeof given['index'] === 'number' ? calls[given['index']] : calls.at(-1);
    if (known) {
      known.arguments += piece;
      known.name ||= string(said['name']);
      known.id ||= string(given['id']);
    } else {
      turn.parts.push({ type: 'tool-call', id: string(given['id']), name: string(said['name']), arguments: piece });
    }
  }
  return content;
}

function readMessage(given: unknown): Turn {
  const message = record(given);
  const role = roleOf(string(message['role']));
  const parts: Part[] = [];
  const thinking = string(message['reasoning_content'] ?? message['reasoning']);
  if (thinking !== '') parts.push({ type: 'thinking', text: thinking });
  if (role === 'tool') {
    parts.push({
      type: 'tool-result',
      id: string(message['tool_call_id']),
      text: contentText(message['content']),
      failed: false,
    });
    return { role, parts };
  }
  const { content } = message;
  if (typeof content === 'string' && content !== '') parts.push({ type: 'text', text: content });
  for (const one of list(content)) parts.push(readPart(record(one)));
  if (string(message['refusal']) !== '') parts.push({ type: 'refusal', text: string(message['refusal']) });
  for (const call of list(message['tool_calls']).map(record)) {
    const said = record(call['function'] ?? call['custom']);
    parts.push({
      type: 'tool-call',
      id: string(call['id']),
      name: string(said['name']),
      arguments: asText(said['arguments'] ?? said['input']),
    });
  }
  return { role, parts };
}

function contentText(content: unknown): string {
  return Array.isArray(content) ? content.map((one) => asText(record(one)['text'] ?? one)).join('\n') : asText(content);
}

function readPart(part: Loose): Part {
  const type = string(part['type']);
  if (type === 'text') return { type: 'text', text: string(part['text']) };
  if (type === 'refusal') return { type: 'refusal', text: string(part['refusal']) };
  if (type === 'image_url') return imagePart(string(record(part['image_url'])['url'] ?? part['image_url']));
  if (type === 'file') return { type: 'file', name: string(record(part['file'])['filename']) || 'file' };
  return other(type || 'part', part);
}

function roleOf(role: string): Role {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'tool' || role === 'function') return 'tool';
  return role === 'assistant' ? 'assistant' : 'user';
}

function readUsage(given: unknown): Usage | null {
  if (typeof given !== 'object' || given === null) return null;
  const usage = record(given);
  return usageOf(
    usage['prompt_tokens'],
    usage['completion_tokens'],
    record(usage['prompt_tokens_details'])['cached_tokens'],
    record(usage['completion_tokens_details'])['reasoning_tokens'],
  );
}
