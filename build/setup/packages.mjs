// Before `npm run check` and `npm run build`: packages older than the lockfile (a pull that brought new ones) would show as
// dozens of findings about types that are not there.
import { completePackages } from './complete.mjs';
import { inspectSetup } from './inspect.mjs';

if (inspectSetup().missing.some((part) => part !== 'bundle')) await completePackages();
