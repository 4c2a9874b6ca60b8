import type { Step } from '../../shared/model/sequence.ts';
import { chainCalls, type ChainCall } from '../../shared/replay/chain.ts';
import { readJson } from '../../shared/replay/read-json.ts';
import { readText } from '../../shared/replay/read-text.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { harmless, note } from './terminal.ts';

/** Recorded steps with values of earlier answers taken from the new ones; says on standard error which. */
export async function chainSteps(client: EngineClient, steps: readonly Step[]): Promise<Step[]> {
  const calls: ChainCall[] = [];
  for (const { draft, origin } of steps) calls.push({ draft, ...(await answerOf(client, origin)) });
  const { flows, drafts } = chainCalls(calls);
  for (const { from, at, variable, to } of flows) {
    const places = to.map(({ step, place }) => `${steps[step]?.name ?? ''} (${place})`).join(', ');
    note(harmless(`${steps[from]?.name ?? ''} ${at} → {{${variable}}} → ${places}`));
  }
  return steps.map((step, index) => ({
    ...step,
    draft: drafts[index] ?? step.draft,
    extract: {
      ...step.extract,
      ...Object.fromEntries(flows.filter(({ from }) => from === index).map(({ variable, at }) => [variable, at])),
    },
  }));
}

async function answerOf(client: EngineClient, origin: number | null): Promise<Pick<ChainCall, 'json' | 'headers'>> {
  if (origin === null) return { json: undefined, headers: [] };
  const [call, body] = await Promise.all([
    client.calls.get({ id: origin }),
    // An answer without a body, or whose body was not kept, says nothing.
    client.calls.body({ id: origin, side: 'response' }).catch(() => null),
  ]);
  const text = body === null ? null : readText(Buffer.from(body.base64, 'base64'), body.contentType);
  return { json: text === null ? undefined : readJson(text), headers: call.responseHeaders };
}
