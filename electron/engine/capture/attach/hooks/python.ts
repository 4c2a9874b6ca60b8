import { delimiter, dirname } from 'node:path';
import type { Hook } from './hook.ts';
import { PYTHON_HOOK, PYTHON_START } from './python-code.ts';

/**
 * Python's urllib, requests, httpx, httplib2 and websockets follow the variables; `http.client`, urllib3 used by itself
 * and aiohttp do not, and whoever takes certifi's roots does not trust us. A start-up file in `PYTHONPATH` brings these
 * in as they are imported. `usercustomize` would be the quieter name, but virtual environments never read it.
 */
export const pythonHook: Hook = {
  id: 'python',
  variables({ before, address, files }) {
    files.keep('python/_sallyport.py', PYTHON_HOOK);
    const folder = dirname(files.keep('python/sitecustomize.py', PYTHON_START));
    // An empty entry would be the working folder: none is left behind when there was nothing.
    return {
      PYTHONPATH: [folder, before['PYTHONPATH'] ?? ''].filter(Boolean).join(delimiter),
      SALLYPORT_PROXY: address,
    };
  },
};
