// A child that writes versions of a policy file over and over until it is killed.
import { openPolicyRegister } from '../../../electron/engine/govern/register/register.ts';

const file = process.argv[2] ?? '';
const register = openPolicyRegister({
  file,
  kept: { newest: null, changedAt: {} },
  addVersion: async () => {},
  user: 'ada',
  now: () => 1,
  log: () => {},
});
for (let round = 0; ; round += 1) {
  const policies = Array.from(
    { length: 60 },
    (_, at) => `  - { id: p-${at}, kind: access, mode: observe, settings: { action: deny }, reason: round ${round} }\n`,
  );
  await register.replace(`policies:\n${policies.join('')}# end ${round}\n`, {});
  if (round === 1) process.stdout.write('writing\n');
}
