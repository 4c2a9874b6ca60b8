/**
 * Regions of the large clouds and the country they are in. Where a provider names several places of one region in
 * different countries, or a multi-region, the country is `EU` or null. Names are unique over the clouds but for a few
 * that mean the same country.
 *
 * Sources: the providers' region lists (docs.aws.amazon.com “AWS Regions”, cloud.google.com “Locations”,
 * learn.microsoft.com “Azure regions”), from memory and not yet compared with them one by one.
 */
const AWS = `
us-east-1 US, us-east-2 US, us-west-1 US, us-west-2 US, us-gov-east-1 US, us-gov-west-1 US, ca-central-1 CA, ca-west-1 CA,
mx-central-1 MX, sa-east-1 BR, eu-west-1 IE, eu-west-2 GB, eu-west-3 FR, eu-central-1 DE, eu-central-2 CH, eu-north-1 SE,
eu-south-1 IT, eu-south-2 ES, eusc-de-east-1 DE, il-central-1 IL, me-south-1 BH, me-central-1 AE, af-south-1 ZA,
ap-east-1 HK, ap-east-2 TW, ap-south-1 IN, ap-south-2 IN, ap-northeast-1 JP, ap-northeast-2 KR, ap-northeast-3 JP,
ap-southeast-1 SG, ap-southeast-2 AU, ap-southeast-3 ID, ap-southeast-4 AU, ap-southeast-5 MY, ap-southeast-6 NZ,
ap-southeast-7 TH, cn-north-1 CN, cn-northwest-1 CN`;

const GOOGLE_CLOUD = `
africa-south1 ZA, asia-east1 TW, asia-east2 HK, asia-northeast1 JP, asia-northeast2 JP, asia-northeast3 KR,
asia-south1 IN, asia-south2 IN, asia-southeast1 SG, asia-southeast2 ID, australia-southeast1 AU, australia-southeast2 AU,
europe-central2 PL, europe-north1 FI, europe-north2 SE, europe-southwest1 ES, europe-west1 BE, europe-west2 GB,
europe-west3 DE, europe-west4 NL, europe-west6 CH, europe-west8 IT, europe-west9 FR, europe-west10 DE, europe-west12 IT,
me-central1 QA, me-central2 SA, me-west1 IL, northamerica-northeast1 CA, northamerica-northeast2 CA,
northamerica-south1 MX, southamerica-east1 BR, southamerica-west1 CL, us-central1 US, us-east1 US, us-east4 US,
us-east5 US, us-south1 US, us-west1 US, us-west2 US, us-west3 US, us-west4 US, us US, eu EU, europe EU`;

const AZURE = `
australiacentral AU, australiacentral2 AU, australiaeast AU, australiasoutheast AU, austriaeast AT, belgiumcentral BE,
brazilsouth BR, brazilsoutheast BR, canadacentral CA, canadaeast CA, centralindia IN, southindia IN, westindia IN,
jioindiacentral IN, jioindiawest IN, centralus US, eastus US, eastus2 US, northcentralus US, southcentralus US,
westcentralus US, westus US, westus2 US, westus3 US, chilecentral CL, eastasia HK, southeastasia SG, francecentral FR,
francesouth FR, germanynorth DE, germanywestcentral DE, indonesiacentral ID, israelcentral IL, italynorth IT,
japaneast JP, japanwest JP, koreacentral KR, koreasouth KR, malaysiawest MY, mexicocentral MX, newzealandnorth NZ,
northeurope IE, norwayeast NO, norwaywest NO, polandcentral PL, qatarcentral QA, southafricanorth ZA,
southafricawest ZA, spaincentral ES, swedencentral SE, swedensouth SE, switzerlandnorth CH, switzerlandwest CH,
uaecentral AE, uaenorth AE, uksouth GB, ukwest GB, westeurope NL, usgovvirginia US, usgovtexas US, usgovarizona US,
chinaeast CN, chinaeast2 CN, chinaeast3 CN, chinanorth CN, chinanorth2 CN, chinanorth3 CN`;

/** Words that vendors use in hosts and answers for a large area. */
const AREAS = `us US, eu EU, europe EU, uk GB, gb GB, au AU, ca CA, jp JP, in IN, de DE, fr FR, sg SG, br BR, ae AE, us1 US, us2 US, us3 US,
us5 US, eu1 EU, eu2 EU, eu01 EU, au1 AU, ie1 IE, jp1 JP, nl NL, ie IE, ch CH, usa US, kr KR, se SE, it IT, es ES`;

const read = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(',').map((pair) => pair.trim().split(' ') as [string, string]));

const clouds = new Map([...read(AWS), ...read(GOOGLE_CLOUD), ...read(AZURE)]);
const areas = read(AREAS);

/** Whether a word is a region of one of the large clouds. */
export function isCloudRegion(region: string): boolean {
  return clouds.has(region);
}

/** ISO 3166-1 alpha-2 of a region's place, or `EU`; null when not known. Zones (`us-east-1a`) are those of their region. */
export function countryOfRegion(region: string): string | null {
  const word = region.toLowerCase();
  return clouds.get(word) ?? areas.get(word) ?? clouds.get(word.replace(/-?[a-z]$/, '')) ?? null;
}
