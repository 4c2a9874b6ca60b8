// The vendors' own SDKs, streaming: prints each piece of text as it comes.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [vendor] = process.argv.slice(2);
const messages = [{ role: /** @type {const} */ ('user'), content: 'Say ahoy.' }];

if (vendor === 'openai') {
  const client = new OpenAI({ apiKey: process.env['VENDOR_KEY'] });
  const stream = await client.chat.completions.create({ model: 'gpt-test', stream: true, messages });
  for await (const chunk of stream) process.stdout.write(`${chunk.choices[0]?.delta.content ?? ''}|`);
} else {
  const client = new Anthropic({ apiKey: process.env['VENDOR_KEY'] });
  const stream = client.messages.stream({ model: 'claude-test', max_tokens: 16, messages });
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      process.stdout.write(`${event.delta.text}|`);
  }
}
