// A program as people write it: its own code asks a library, which calls. Run by callers.test.ts.
import axios from 'axios';

const [, , origin, times = '3'] = process.argv;

async function charge(id) {
  // The line below is the place its calls come from.
  return axios.post(`${origin}/v1/charges`, { id }, { validateStatus: null });
}

for (let id = 0; id < Number(times); id += 1) await charge(id);
await fetch(`${origin}/v1/health`);
