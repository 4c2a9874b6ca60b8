import type { ChatAnswer, DialectReader, Part, Turn, Usage } from './chat.ts';
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

/** OpenAI's Responses. */
export const openaiResponses: DialectReader = {
  request(given) {
    const body = record(given);
    const instructions = string(body['instructions']);
    const { input } = body;
    return {
      model: stringOrNull(body['model']),
      turns: [
        ...(instructions === ''
          ? []
          : [{ role: 'system' as const, parts: [{ type: 'text' as const, text: instructions }] }]),
        ...(typeof input === 'string'
          ? [{ role: 'user' as const, parts: [{ type: 'text' as const, text: input }] }]
          : list(input).map((item) => readItem(record(item)))),
      ],
      tools: list(body['tools']).map((tool) => {
        const said = record(tool);
        return { name: string(said['name']) || string(said['type']), description: string(said['description']) };
      }),
      settings: settingsOf(body, [
        'temperature',
        'top_p',
        'max_output_tokens',
        'reasoning',
        'text',
        'tool_choice',
        'previous_response_id',
        'store',
        'stream',
      ]),
    };
  },

  answer: readResponse,

  stream() {
    let answer: ChatAnswer = emptyAnswer();
    const items: Turn[] = [];
    const turnAt = (index: unknown): Turn => {
      const at = typeof index === 'number' && index >= 0 && index < 4096 ? Math.floor(index) : 0;
      while (items.length <= at) items.push({ role: 'assistant', parts: [] });
      return items[at] ?? { role: 'assistant', parts: [] };
    };
    let final = false;
    return {
      push(given, name) {
        const event = record(given);
        const type = string(event['type']) || (name ?? '');
        const delta = string(event['delta']);
        switch (type) {
          case 'response.created':
          case 'response.in_progress':
            answer.model ??= stringOrNull(record(event['response'])['model']);
            return false;
          case 'response.output_item.added': {
            const item = record(event['item']);
            const turn = turnAt(event['output_index']);
            if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call')
              turn.parts.push(...readItem(item).parts);
            return false;
          }
          case 'response.output_text.delta':
            return grow(turnAt(event['output_index']), 'text', delta);
          case 'response.refusal.delta':
            return grow(turnAt(event['output_index']), 'refusal', delta);
          case 'response.reasoning_summary_text.delta':
          case 'response.reasoning_text.delta':
            return grow(turnAt(event['output_index']), 'thinking', delta);
          case 'response.function_call_arguments.delta':
          case 'response.custom_tool_call_input.delta': {
            const turn = turnAt(event['output_index']);
            let call = turn.parts.find((part) => part.type === 'tool-call');
            if (!call) turn.parts.push((call = { type: 'tool-call', id: '', name: '', arguments: '' }));
            call.arguments += delta;
            return delta !== '';
          }
          case 'response.output_item.done': {
            // The whole item, as it will stand in the answer: what the pieces built is replaced by it.
            const whole = readItem(record(event['item']));
            if (whole.parts.length > 0) turnAt(event['output_index']).parts = whole.parts;
            return false;
          }
          case 'response.completed':
          case 'response.incomplete':
          case 'response.failed': {
            const whole = readResponse(event['response']);
            const came = items.some(({ parts }) => parts.length > 0);
            answer = {
              ...whole,
              model: whole.model ?? answer.model,
              turns: whole.turns.length > 0 || !came ? whole.turns : items,
            };
            final = true;
            return false;
          }
          case 'error':
            answer.error ??= errorOf(event) ?? (string(event['message']) || 'error');
            return false;
          default:
            return false;
        }
      },
      answer: () => (final ? answer : { ...answer, turns: items.filter(({ parts }) => parts.length > 0) }),
    };
  },
};

function grow(turn: Turn, type: 'text' | 'thinking' | 'refusal', text: string): boolean {
  if (text === '') return false;
  const last = turn.parts.at(-1);
  if (last?.type === type) last.text += text;
  else turn.parts.push({ type, text });
  return true;
}

function readResponse(given: unknown): ChatAnswer {
  const body = record(given);
  const usage = body['usage'];
  const status = stringOrNull(body['status']);
  return {
    model: stringOrNull(body['model']),
    turns: list(body['output'])
      .map((item) => readItem(record(item)))
      .filter(({ parts }) => parts.length > 0),
    usage: typeof usage === 'object' && usage !== null ? readUsage(record(usage)) : null,
    stop: status === 'in_progress' ? null : (stringOrNull(record(body['incomplete_details'])['reason']) ?? status),
    error: errorOf(body),
  };
}

function readItem(item: Loose): Turn {
  const type = string(item['type']) || 'message';
  switch (type) {
    case 'message': {
      const role = string(item['role']);
      const { content } = item;
      return {
        role: role === 'system' || role === 'developer' ? 'system' : role === 'assistant' ? 'assistant' : 'user',
        parts:
          typeof content === 'string'
            ? content === ''
              ? []
              : [{ type: 'text', text: content }]
            : list(content).map((part) => readPart(record(part))),
      };
    }
    case 'reasoning': {
      const text = [...list(item['summary']), ...list(item['content'])]
        .map((part) => string(record(part)['text']))
        .join('\n');
      return { role: 'assistant', parts: text === '' ? [] : [{ type: 'thinking', text }] };
    }
    case 'function_call':
    case 'custom_tool_call':
      return {
        role: 'assistant',
        parts: [
          {
            type: 'tool-call',
            id: string(item['call_id']) || string(item['id']),
            name: string(item['name']),
            arguments: asText(item['arguments'] ?? item['input']),
          },
        ],
      };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return {
        role: 'tool',
        parts: [{ type: 'tool-result', id: string(item['call_id']), text: asText(item['output']), failed: false }],
      };
    default:
      return { role: 'assistant', parts: [other(type, item)] };
  }
}

function readPart(part: Loose): Part {
  const type = string(part['type']);
  if (type === 'input_text' || type === 'output_text' || type === 'text')
    return { type: 'text', text: string(part['text']) };
  if (type === 'refusal') return { type: 'refusal', text: string(part['refusal']) };
  if (type === 'input_image') return imagePart(string(part['image_url']) || string(part['file_id']));
  if (type === 'input_file')
    return { type: 'file', name: string(part['filename']) || string(part['file_id']) || 'file' };
  return other(type || 'part', part);
}

function readUsage(usage: Loose): Usage {
  return usageOf(
    usage['input_tokens'],
    usage['output_tokens'],
    record(usage['input_tokens_details'])['cached_tokens'],
    record(usage['output_tokens_details'])['reasoning_tokens'],
  );
}
