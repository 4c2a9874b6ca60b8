import type { Listings } from '../listing.ts';
import { ai } from './ai.ts';
import { aws } from './aws.ts';
import { communication } from './communication.ts';
import { email } from './email.ts';
import { google, googleCloud } from './google.ts';
import { azure, microsoft } from './microsoft.ts';
import { payments } from './payments.ts';

/** Every vendor of the catalogue, by category. */
export const listings: readonly Listings[] = [
  { category: 'ai', vendors: ai },
  { category: 'cloud', vendors: [aws, azure, google, googleCloud] },
  { category: 'productivity', vendors: [microsoft] },
  { category: 'payments', vendors: payments },
  { category: 'communication', vendors: communication },
  { category: 'email', vendors: email },
];
