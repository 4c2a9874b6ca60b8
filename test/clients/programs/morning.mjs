// A morning's work with the vendors' own SDKs: the answers and a line per thing that went wrong go to standard output. What it
// costs is written down in ../morning/bill.ts.
import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GoogleGenAI } from '@google/genai';
import { Octokit } from '@octokit/rest';
import { createAdminApiClient } from '@shopify/admin-api-client';
import { WebClient } from '@slack/web-api';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import OpenAI from 'openai';
import { annotate, withApp } from 'sallyport/agent';
import { Stripe } from 'stripe';
import twilio from 'twilio';

const key = (/** @type {string} */ name) => process.env[`${name}_KEY`] ?? '';
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** @type {Record<string, () => Promise<void>>} */
const parts = {
  async support() {
    const openai = new OpenAI({ apiKey: key('OPENAI'), maxRetries: 2 });
    const messages = [{ role: /** @type {const} */ ('user'), content: 'Where is my parcel?' }];
    await withApp('support-bot', async () => {
      annotate({ feature: 'answers', user: 'ada' });
      const whole = await openai.chat.completions.create({ model: 'gpt-5', messages });
      say(`chat ${whole.choices[0]?.message.content}`);
      const stream = await openai.chat.completions.create({
        model: 'gpt-5',
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      say(`streamed ${text}`);
    });
    const response = await openai.responses.create({ model: 'gpt-5-mini', input: 'Sum it up.' });
    say(`response ${response.output_text}`);
    const vectors = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['parcel', 'refund'] });
    say(`vectors ${vectors.data.length}`);

    const anthropic = new Anthropic({ apiKey: key('ANTHROPIC') });
    await withApp('support-bot', async () => {
      annotate({ feature: 'answers', user: 'bob' });
      const stream = anthropic.messages.stream({
        model: 'claude-sonnet-4-5',
        max_tokens: 1024,
        messages: [{ role: 'user', content: 'Where is my parcel?' }],
      });
      say(`claude ${await stream.finalText()}`);
    });

    const gemini = new GoogleGenAI({ apiKey: key('GEMINI') });
    const answer = await gemini.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Translate: parcel' });
    say(`gemini ${answer.text}`);
  },

  async billing() {
    const stripe = new Stripe(key('STRIPE'), { maxNetworkRetries: 0 });
    const intent = await stripe.paymentIntents.create({ amount: 12_345, currency: 'usd', confirm: true });
    say(`stripe ${intent.status}`);
    const customer = await stripe.customers.retrieve('cus_NffrFeUfNV2Hib');
    say(`customer ${customer.id}`);
    await stripe.paymentIntents
      .create({ amount: 500, currency: 'usd', confirm: true, payment_method: 'pm_card_declined' })
      .catch((/** @type {Error} */ error) => say(`declined ${error.message}`));

    const messages = twilio(process.env['TWILIO_SID'] ?? '', key('TWILIO'));
    const sms = await messages.messages.create({ from: '+15005550006', to: '+15005550009', body: 'Paid. '.repeat(40) });
    say(`sms ${sms.numSegments}`);

    const shop = createAdminApiClient({
      storeDomain: 'harbour.myshopify.com',
      apiVersion: '2026-01',
      accessToken: key('SHOPIFY'),
    });
    const { data } = await shop.request('query ShopName { shop { name } }');
    say(`shop ${data?.shop.name}`);
  },

  async builds() {
    const octokit = new Octokit({ auth: key('GITHUB') });
    const { data: repository } = await octokit.rest.repos.get({ owner: 'harbour', repo: 'web' });
    say(`github ${repository.full_name}`);
    const { data: issue } = await octokit.rest.issues.create({ owner: 'harbour', repo: 'web', title: 'Late parcels' });
    say(`issue ${issue.number}`);

    const slack = new WebClient(key('SLACK'), { retryConfig: { retries: 0 } });
    const posted = await slack.chat.postMessage({ channel: 'C0123456789', text: 'Late parcels: 3' });
    say(`slack ${posted.ok}`);

    const credentials = { accessKeyId: 'AKIA' + 'MORNING'.padEnd(16, '0'), secretAccessKey: key('AWS') };
    const s3 = new S3Client({ region: 'eu-west-1', credentials });
    await s3.send(
      new PutObjectCommand({ Bucket: 'harbour-reports', Key: 'parcels/2026-11-23.csv', Body: 'id,late\n1,3\n' }),
    );
    const object = await s3.send(new GetObjectCommand({ Bucket: 'harbour-reports', Key: 'parcels/2026-11-23.csv' }));
    say(`s3 ${(await object.Body?.transformToString())?.length}`);

    const bedrock = new BedrockRuntimeClient({
      region: 'us-east-1',
      credentials,
      requestHandler: new NodeHttpHandler(),
    });
    const converse = await bedrock.send(
      new ConverseCommand({
        modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        messages: [{ role: 'user', content: [{ text: 'Sum up the late parcels.' }] }],
      }),
    );
    say(`bedrock ${converse.output?.message?.content?.[0]?.text}`);
  },
};

for (const name of process.argv.slice(2)) await parts[name]?.();
