// Calls of the real client libraries, as a program of its own: the proxy and its certificate come by environment.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env['OPENAI_KEY'] ?? '', maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: process.env['ANTHROPIC_KEY'] ?? '', maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Say something nice about proxies.' }];

const steps: Record<string, () => Promise<void>> = {
  async whole() {
    await openai.chat.completions.create({ model: 'gpt-5-mini', messages, max_completion_tokens: 500 });
    await anthropic.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 600, messages });
  },
  async streamed() {
    for await (const event of await openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }))
      void event;
    for await (const event of await openai.responses.create({ model: 'gpt-5', input: 'Hello', stream: true }))
      void event;
    await anthropic.messages.stream({ model: 'claude-sonnet-4-5', max_tokens: 600, messages }).finalMessage();
  },
  async aborted() {
    const stream = await anthropic.messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 600,
      messages,
      stream: true,
    });
    for await (const event of stream) if (event.type === 'content_block_delta') break;
    stream.controller.abort();
  },
};
for (const step of process.argv.slice(2)) await steps[step]?.();
console.log('done');
