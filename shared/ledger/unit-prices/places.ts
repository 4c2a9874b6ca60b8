import type { UnitPrice } from '../units/unit-price.ts';

const google = (
  id: string,
  hosts: readonly string[],
  paths: readonly string[],
  [free, each, unit]: readonly [number, number, string],
): UnitPrice => ({
  id: `google/${id}`,
  vendor: 'google',
  hosts,
  paths,
  uses: [
    {
      unit,
      from: 'call',
      price: { tiers: [{ upTo: free, each: 0 }, { upTo: 100_000, each }, { each: each * 0.8 }], per: 1000 },
    },
  ],
  checked: null,
  note: 'A month’s first calls are free, for the whole billing account; from 100,000 on it is a fifth less. What others use of the account is not seen here.',
  examples: [{ usd: 0 }],
});

/** Maps, routes, weather and parcels. */
export const PLACES: readonly UnitPrice[] = [
  google('geocode', ['maps.googleapis.com'], ['/maps/api/geocode/*'], [10_000, 5, 'geocode']),
  google('directions', ['maps.googleapis.com'], ['/maps/api/directions/*'], [10_000, 5, 'route']),
  google('place-details', ['maps.googleapis.com'], ['/maps/api/place/details/*'], [5000, 17, 'place']),
  google(
    'place-search',
    ['maps.googleapis.com'],
    ['/maps/api/place/textsearch/*', '/maps/api/place/nearbysearch/*'],
    [5000, 32, 'place'],
  ),
  google('autocomplete', ['maps.googleapis.com'], ['/maps/api/place/autocomplete/*'], [10_000, 2.83, 'autocomplete']),
  google('places', ['places.googleapis.com'], ['/v1/places/*'], [5000, 17, 'place']),
  google('routes', ['routes.googleapis.com'], ['/directions/v2:computeRoutes'], [10_000, 5, 'route']),
  {
    id: 'mapbox/geocode',
    vendor: 'mapbox',
    hosts: ['api.mapbox.com'],
    paths: ['/geocoding/v5/mapbox.places/*', '/search/geocode/v6/forward', '/search/geocode/v6/reverse'],
    uses: [
      {
        unit: 'geocode',
        from: 'call',
        price: { tiers: [{ upTo: 100_000, each: 0 }, { upTo: 500_000, each: 0.75 }, { each: 0.6 }], per: 1000 },
      },
    ],
    checked: null,
    examples: [{ path: '/search/geocode/v6/forward', query: 'q=Berlin', usd: 0 }],
  },
  {
    id: 'mapbox/directions',
    vendor: 'mapbox',
    hosts: ['api.mapbox.com'],
    paths: ['/directions/v5/mapbox/*/*'],
    uses: [
      {
        unit: 'route',
        from: 'call',
        price: { tiers: [{ upTo: 100_000, each: 0 }, { upTo: 500_000, each: 2 }, { each: 1.6 }], per: 1000 },
      },
    ],
    checked: null,
    examples: [{ path: '/directions/v5/mapbox/driving/1,2;3,4', usd: 0 }],
  },
  {
    id: 'here/geocode',
    vendor: 'here',
    hosts: ['geocode.search.hereapi.com', 'revgeocode.search.hereapi.com'],
    uses: [{ unit: 'geocode', from: 'call', price: { tiers: [{ upTo: 30_000, each: 0 }, { each: 0.83 }], per: 1000 } }],
    checked: null,
    examples: [{ path: '/v1/geocode', query: 'q=Berlin', usd: 0 }],
  },
  {
    id: 'openweather/current',
    vendor: 'openweather',
    hosts: ['api.openweathermap.org'],
    paths: ['/data/2.5/**', '/geo/1.0/**'],
    free: true,
    checked: null,
    note: 'Free to 60 a minute; plans are by the month.',
    examples: [{ path: '/data/2.5/weather', usd: 0 }],
  },
  {
    id: 'openweather/onecall',
    vendor: 'openweather',
    hosts: ['api.openweathermap.org'],
    paths: ['/data/3.0/onecall', '/data/3.0/onecall/**'],
    uses: [{ unit: 'weather', from: 'call', price: { each: 1.5, per: 1000 } }],
    checked: null,
    note: 'The first 1,000 of a day are free, which is not counted here.',
    examples: [{ usd: 0.0015 }],
  },
  {
    id: 'shippo/label',
    vendor: 'shippo',
    hosts: ['api.goshippo.com'],
    methods: ['POST'],
    paths: ['/transactions'],
    uses: [
      {
        unit: 'label',
        from: 'call',
        when: { from: 'response', path: 'status', is: ['SUCCESS'] },
        price: { each: 0.07 },
      },
    ],
    checked: null,
    note: 'Without the postage.',
    examples: [
      { response: '{"status":"SUCCESS"}', usd: 0.07 },
      { response: '{"status":"ERROR"}', usd: 0 },
    ],
  },
  {
    id: 'easypost/label',
    vendor: 'easypost',
    hosts: ['api.easypost.com'],
    methods: ['POST'],
    paths: ['/v2/shipments/*/buy'],
    uses: [{ unit: 'label', from: 'call', price: { each: 0.08 } }],
    checked: null,
    note: 'Without the postage; the first 3,000 of a month are free on most plans.',
    examples: [{ usd: 0.08 }],
  },
];
