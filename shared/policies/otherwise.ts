import type { Policy } from '../model/policy.ts';
import type { Opinion, Rule } from './kind.ts';

/** The file's `otherwise: deny`, as if it were a policy: an exception can name it, and a refusal names it. */
export const OTHERWISE = 'otherwise';

export const otherwisePolicy: Policy = Object.freeze({
  id: OTHERWISE,
  kind: 'access',
  mode: 'enforce',
  match: Object.freeze({ fields: {}, headers: {}, tags: {}, times: [], when: null }),
  settings: null,
  onFault: 'closed',
  owner: null,
  reason: null,
  expiresAt: null,
});

const NO: Opinion = Object.freeze({ verdict: 'deny', because: 'otherwise', numbers: null });

export const otherwiseRule: Rule = {
  needs: {},
  look: () => NO,
  explain: ({ method, host }) =>
    `No access policy allows ${method === '' ? 'connections' : method} to ${host}, and policies.yaml says \`otherwise: deny\`.`,
  take() {},
  gauges: () => [],
  save() {},
  restore() {},
};
