// node test/soak/agent.ts [--calls N]: an observed program makes 50,000 calls; its heap has to stay flat, and every
// one has to be told. The suite runs the same with fewer (test/agent/soak.test.ts).
import { parseArgs } from 'node:util';
import { soak } from '../agent/soak.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '50000' } } });
const result = await soak(Number(values.calls));
console.log(JSON.stringify(result));
if (result.told !== result.made || result.heapGrowth > 4e6) process.exitCode = 1;
