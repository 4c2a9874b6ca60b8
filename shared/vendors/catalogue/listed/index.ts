import type { Listings } from '../listing.ts';
import { ai } from './ai.ts';
import { aws } from './aws.ts';
import { crm, finance, hr, legal, support } from './business.ts';
import { communication } from './communication.ts';
import { developerTools, packageRegistry, sourceControl } from './developer.ts';
import { email } from './email.ts';
import { google, googleCloud } from './google.ts';
import { advertising, analytics, commerce, marketing, social } from './growth.ts';
import { identity, security } from './identity.ts';
import { clouds, database, infrastructure, storage } from './infrastructure.ts';
import { azure, microsoft } from './microsoft.ts';
import { observability } from './observability.ts';
import { payments } from './payments.ts';
import { logistics, maps, travel } from './places.ts';
import { collaboration, data, design, media, other, productivity, search } from './work.ts';

/** Every vendor of the catalogue, by category. */
export const listings: readonly Listings[] = [
  { category: 'ai', vendors: ai },
  { category: 'analytics', vendors: analytics },
  { category: 'advertising', vendors: advertising },
  { category: 'cloud', vendors: [aws, azure, google, googleCloud, ...clouds] },
  { category: 'collaboration', vendors: collaboration },
  { category: 'commerce', vendors: commerce },
  { category: 'communication', vendors: communication },
  { category: 'crm', vendors: crm },
  { category: 'data', vendors: data },
  { category: 'database', vendors: database },
  { category: 'design', vendors: design },
  { category: 'developer-tools', vendors: developerTools },
  { category: 'email', vendors: email },
  { category: 'finance', vendors: finance },
  { category: 'hr', vendors: hr },
  { category: 'identity', vendors: identity },
  { category: 'infrastructure', vendors: infrastructure },
  { category: 'legal', vendors: legal },
  { category: 'logistics', vendors: logistics },
  { category: 'maps', vendors: maps },
  { category: 'marketing', vendors: marketing },
  { category: 'media', vendors: media },
  { category: 'observability', vendors: observability },
  { category: 'other', vendors: other },
  { category: 'package-registry', vendors: packageRegistry },
  { category: 'payments', vendors: payments },
  { category: 'productivity', vendors: [microsoft, ...productivity] },
  { category: 'search', vendors: search },
  { category: 'security', vendors: security },
  { category: 'social', vendors: social },
  { category: 'source-control', vendors: sourceControl },
  { category: 'storage', vendors: storage },
  { category: 'support', vendors: support },
  { category: 'travel', vendors: travel },
];
