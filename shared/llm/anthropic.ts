import type { ChatAnswer, DialectReader, Part, Role, Turn, Usage } from './chat.ts';
import {
  asText,
  emptyAnswer,
  errorOf,
  list,
  numberOrNull,
  other,
  record,
  settingsOf,
  string,
  stringOrNull,
} from './loose.ts';
import type { Loose } from './loose.ts';

/** Anthropic's Messages. */
export const anthropic: DialectReader = {
  request(given) {
    const body = record(given);
    const system = readContent(body['system']);
    return {
      model: stringOrNull(body['model']),
      turns: [
        ...(system.length === 0 ? [] : [{ role: 'system' as const, parts: system }]),
        ...list(body['messages']).map((message) => {
          const said = record(message);
          const parts = readContent(said['content']);
          const results = parts.length > 0 && parts.every((part) => part.type === 'tool-result');
          const role: Role = results ? 'tool' : string(said['role']) === 'assistant' ? 'assistant' : 'user';
          return { role, parts };
        }),
      ],
      tools: list(body['tools']).map((tool) => {
        const said = record(tool);
        return { name: string(said['name']) || string(said['type']), description: string(said['description']) };
      }),
      settings: settingsOf(body, [
        'max_tokens',
        'temperature',
        'top_p',
        'top_k',
        'thinking',
        'tool_choice',
        'stop_sequences',
        'stream',
      ]),
    };
  },

  answer(given) {
    const body = record(given);
    const parts = readContent(body['content']);
    return {
      model: stringOrNull(body['model']),
      turns: parts.length === 0 ? [] : [{ role: 'assistant', parts }],
      usage: readUsage(body['usage'], null),
      stop: stringOrNull(body['stop_reason']),
      error: errorOf(body),
    };
  },

  stream() {
    const answer: ChatAnswer = emptyAnswer();
    const turn: Turn = { role: 'assistant', parts: [] };
    const blocks = new Map<number, Part>();
    const blockAt = (index: unknown): Part | undefined => blocks.get(numberOrNull(index) ?? 0);
    return {
      push(given, name) {
        const event = record(given);
        switch (string(event['type']) || name) {
          case 'message_start': {
            const message = record(event['message']);
            answer.model = stringOrNull(message['model']);
            answer.usage = readUsage(message['usage'], answer.usage);
            return false;
          }
          case 'content_block_start': {
            const block = record(event['content_block']);
            const part = readBlock(block);
            // A tool's input begins as {} and is written anew by the pieces that follow.
            if (part.type === 'tool-call' && part.arguments === '{}') part.arguments = '';
            blocks.set(numberOrNull(event['index']) ?? 0, part);
            turn.parts.push(part);
            return false;
          }
          case 'content_block_delta':
            return addDelta(turn, blockAt(event['index']), record(event['delta']), (part) =>
              blocks.set(numberOrNull(event['index']) ?? 0, part),
            );
          case 'message_delta':
            answer.stop = stringOrNull(record(event['delta'])['stop_reason']) ?? answer.stop;
            answer.usage = readUsage(event['usage'], answer.usage);
            return false;
          case 'error':
            answer.error = errorOf(event);
            return false;
          default:
            return false;
        }
      },
      answer() {
        const parts = turn.parts.filter((part) => !('text' in part) || part.text !== '');
        return { ...answer, turns: parts.length === 0 ? [] : [{ role: 'assistant', parts }] };
      },
    };
  },
};

function addDelta(turn: Turn, known: Part | undefined, delta: Loose, remember: (part: Part) => void): boolean {
  const type = string(delta['type']);
  const made = (part: Part): Part => {
    turn.parts.push(part);
    remember(part);
    return part;
  };
  if (type === 'text_delta') {
    const part = known?.type === 'text' ? known : made({ type: 'text', text: '' });
    if (part.type === 'text') part.text += string(delta['text']);
    return true;
  }
  if (type === 'thinking_delta') {
    const part = known?.type === 'thinking' ? known : made({ type: 'thinking', text: '' });
    if (part.type === 'thinking') part.text += string(delta['thinking']);
    return true;
  }
  if (type === 'input_json_delta') {
    const part = known?.type === 'tool-call' ? known : made({ type: 'tool-call', id: '', name: '', arguments: '' });
    if (part.type === 'tool-call') part.arguments += string(delta['partial_json']);
    return true;
  }
  return false;
}

function readContent(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return list(content).map((block) => readBlock(record(block)));
}

function readBlock(block: Loose): Part {
  const type = string(block['type']);
  switch (type) {
    case 'text':
      return { type: 'text', text: string(block['text']) };
    case 'thinking':
      return { type: 'thinking', text: string(block['thinking']) };
    case 'redacted_thinking':
      return { type: 'thinking', text: '(encrypted by Anthropic)' };
    case 'image': {
      const source = record(block['source']);
      return {
        type: 'image',
        mediaType: stringOrNull(source['media_type']),
        data: stringOrNull(source['data']),
        url: stringOrNull(source['url']),
      };
    }
    case 'document':
      return { type: 'file', name: string(block['title']) || 'document' };
    case 'tool_use':
    case 'server_tool_use':
      return {
        type: 'tool-call',
        id: string(block['id']),
        name: string(block['name']),
        arguments: asText(block['input'] ?? {}),
      };
    case 'tool_result':
    case 'web_search_tool_result': {
      const { content } = block;
      return {
        type: 'tool-result',
        id: string(block['tool_use_id']),
        text: Array.isArray(content)
          ? content
              .map((one) => (record(one)['type'] === 'text' ? string(record(one)['text']) : asText(one)))
              .join('\n')
          : asText(content),
        failed: block['is_error'] === true,
      };
    }
    default:
      return other(type || 'block', block);
  }
}

function readUsage(given: unknown, before: Usage | null): Usage | null {
  if (typeof given !== 'object' || given === null) return before;
  const usage = record(given);
  const cached = numberOrNull(usage['cache_read_input_tokens']);
  const written = numberOrNull(usage['cache_creation_input_tokens']);
  const fresh = numberOrNull(usage['input_tokens']);
  return {
    // Anthropic counts what came from its cache apart; the whole input is the sum.
    input: fresh === null ? (before?.input ?? null) : fresh + (cached ?? 0) + (written ?? 0),
    output: numberOrNull(usage['output_tokens']) ?? before?.output ?? null,
    cached: cached ?? before?.cached ?? null,
    thinking: before?.thinking ?? null,
  };
}
