// One exchange in every dialect, as its vendor's API writes it; the words are ours.
import type { Dialect } from '../../../shared/llm/chat.ts';

export interface Fixture {
  request: object;
  answer: object;
  /** `data` of each event of the same answer, streamed. */
  stream: object[];
}

const TOOL = '{"city":"Oslo"}';

export const FIXTURES: Readonly<Record<Dialect, Fixture>> = {
  'openai-chat': {
    request: {
      model: 'gpt-x',
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c0', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c0', content: 'cold' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'Tells it' } }],
    },
    answer: {
      model: 'gpt-x-1',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'I will look.',
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: TOOL } }],
          },
        },
      ],
      usage: { prompt_tokens: 30, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 10 } },
    },
    stream: [
      { model: 'gpt-x-1', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
      { model: 'gpt-x-1', choices: [{ index: 0, delta: { content: 'I will ' } }] },
      { model: 'gpt-x-1', choices: [{ index: 0, delta: { content: 'look.' } }] },
      {
        model: 'gpt-x-1',
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'weather', arguments: '' } }] } },
        ],
      },
      {
        model: 'gpt-x-1',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] } }],
      },
      {
        model: 'gpt-x-1',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] } }],
      },
      { model: 'gpt-x-1', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      {
        model: 'gpt-x-1',
        choices: [],
        usage: { prompt_tokens: 30, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 10 } },
      },
    ],
  },
  'openai-responses': {
    request: {
      model: 'gpt-x',
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Weather?' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
          ],
        },
        { type: 'function_call', call_id: 'c0', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c0', output: 'cold' },
      ],
      tools: [{ type: 'function', name: 'weather', description: 'Tells it' }],
    },
    answer: {
      model: 'gpt-x-1',
      status: 'completed',
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I will look.' }] },
        { type: 'function_call', call_id: 'c1', name: 'weather', arguments: TOOL },
      ],
      usage: { input_tokens: 30, output_tokens: 12, input_tokens_details: { cached_tokens: 10 } },
    },
    stream: [
      { type: 'response.created', response: { model: 'gpt-x-1', status: 'in_progress', output: [] } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', role: 'assistant', content: [] },
      },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'I will ' },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'look.' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I will look.' }] },
      },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '' },
      },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"city":' },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '"Oslo"}' },
      {
        type: 'response.completed',
        response: {
          model: 'gpt-x-1',
          status: 'completed',
          output: [
            { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I will look.' }] },
            { type: 'function_call', call_id: 'c1', name: 'weather', arguments: TOOL },
          ],
          usage: { input_tokens: 30, output_tokens: 12, input_tokens_details: { cached_tokens: 10 } },
        },
      },
    ],
  },
  anthropic: {
    request: {
      model: 'claude-x',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c0', name: 'look', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'c0', content: [{ type: 'text', text: 'cold' }] }],
        },
      ],
      tools: [{ name: 'weather', description: 'Tells it', input_schema: {} }],
    },
    answer: {
      type: 'message',
      model: 'claude-x-1',
      content: [
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Oslo' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 12 },
    },
    stream: [
      {
        type: 'message_start',
        message: {
          model: 'claude-x-1',
          content: [],
          usage: { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I will ' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'look.' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c1', name: 'weather', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '"Oslo"}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 12 } },
      { type: 'message_stop' },
    ],
  },
  gemini: {
    request: {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'look', response: 'cold' } }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'weather', description: 'Tells it' }] }],
    },
    answer: {
      modelVersion: 'gemini-x-1',
      candidates: [
        {
          content: {
            role: 'model',
            parts: [{ text: 'I will look.' }, { functionCall: { id: 'c1', name: 'weather', args: { city: 'Oslo' } } }],
          },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 12, cachedContentTokenCount: 10 },
    },
    stream: [
      { modelVersion: 'gemini-x-1', candidates: [{ content: { role: 'model', parts: [{ text: 'I will ' }] } }] },
      { modelVersion: 'gemini-x-1', candidates: [{ content: { role: 'model', parts: [{ text: 'look.' }] } }] },
      {
        modelVersion: 'gemini-x-1',
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Oslo' } } }],
            },
            finishReason: 'STOP',
          },
        ],
        usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 12, cachedContentTokenCount: 10 },
      },
    ],
  },
};
