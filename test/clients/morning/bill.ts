/**
 * What the morning costs, worked out by hand from the vendors' list prices and from what the stand-ins say was used, in
 * nano-dollars, call by call. Nothing of the program's own arithmetic or tables is in it.
 */
export const BILL: readonly { call: string; app: string; vendor: string; model: string | null; nanoUsd: number }[] = [
  // Refused for its number: nothing is charged.
  openai(null, '429', 0),
  // 86 tokens at 1.25, 1,920 out of the cache at 0.125, 300 written at 10 dollars a million.
  openai('gpt-5-2025-08-07', '200', 107_500 + 240_000 + 3_000_000),
  openai('gpt-5-2025-08-07', '200', 107_500 + 240_000 + 3_000_000),
  // 86 at 0.25, 1,920 at 0.025, 300 at 2.
  openai('gpt-5-mini-2025-08-07', '200', 21_500 + 48_000 + 600_000),
  // 5,000 at 0.02.
  openai('text-embedding-3-small', '200', 100_000),
  // 100 at 3, 1,000 into the cache for five minutes at 3.75 and 4,000 for an hour at 6, 20,000 out of it at 0.3, 503 at 15.
  {
    call: 'POST api.anthropic.com 200',
    app: 'support-bot',
    vendor: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    nanoUsd: 300_000 + 3_750_000 + 24_000_000 + 6_000_000 + 7_545_000,
  },
  // 400 at 0.3, 600 out of the cache at 0.03, 200 written and 300 thought at 2.5.
  {
    call: 'POST generativelanguage.googleapis.com 200',
    app: 'support-bot',
    vendor: 'google',
    model: 'gemini-2.5-flash',
    nanoUsd: 120_000 + 18_000 + 1_250_000,
  },
  // 2.9 % of 123.45 dollars, and 30 cents.
  billing('POST api.stripe.com 200', 'stripe', 3_580_050_000 + 300_000_000),
  billing('GET api.stripe.com 200', 'stripe', 0),
  billing('POST api.stripe.com 402', 'stripe', 0),
  // Two segments at 0.0083.
  billing('POST api.twilio.com 201', 'twilio', 16_600_000),
  billing('POST harbour.myshopify.com 200', 'shopify', 0),
  builds('GET api.github.com 200', 'github', 0),
  builds('POST api.github.com 201', 'github', 0),
  builds('POST slack.com 200', 'slack', 0),
  // 0.005 and 0.0004 dollars a thousand.
  builds('PUT harbour-reports.s3.eu-west-1.amazonaws.com 200', 'aws', 5000),
  builds('GET harbour-reports.s3.eu-west-1.amazonaws.com 200', 'aws', 400),
  // 10,000 at 3.3, 1,000 at 16.5: a tenth more for a model held to a region.
  {
    ...builds('POST bedrock-runtime.us-east-1.amazonaws.com 200', 'aws', 33_000_000 + 16_500_000),
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  },
];

function openai(model: string | null, status: string, nanoUsd: number) {
  return { call: `POST api.openai.com ${status}`, app: 'support-bot', vendor: 'openai', model, nanoUsd };
}

function billing(call: string, vendor: string, nanoUsd: number) {
  return { call, app: 'billing-api', vendor, model: null, nanoUsd };
}

function builds(call: string, vendor: string, nanoUsd: number) {
  return { call, app: 'builds', vendor, model: null, nanoUsd };
}
