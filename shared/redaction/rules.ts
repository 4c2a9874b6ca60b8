/**
 * What counts as a secret, as data. `createRedactor` compiles it once.
 *
 * Names are compared without case and without `-`, `_`, `.` and spaces, so `apiKey`, `api_key` and
 * `API-Key` are one name.
 */

/** How the value of a header is masked. */
export type HeaderForm =
  | 'credentials' // scheme + credentials (RFC 9110 §11.4)
  | 'cookies' // name=value; name=value
  | 'set-cookie' // name=value; attributes
  | 'value'; // all of it

export interface RuleSet {
  /** Header names, lower case. */
  headers: Readonly<Record<string, HeaderForm>>;
  /** A header whose name ends in one of these words is masked whole. */
  headerEndings: readonly string[];
  /** Authorization schemes that may be shown; behind any other first word everything is masked. */
  schemes: readonly string[];
  /** Names of query parameters and form fields, normalised. */
  parameters: readonly string[];
  /** Names of fields in bodies, normalised: a field (or parameter) that *ends* in one of these is masked. */
  fields: readonly string[];
  /** Names of headers, parameters and fields that are secrets as a whole name, whatever the value; normalised. */
  names: readonly string[];
  /** Names that are never secrets, though another list has them; normalised. Tokens known by their shape still are. */
  plain: readonly string[];
  /** Field names that are secrets only when the value looks like one (16 or more chars, no space). */
  doubtfulFields: readonly string[];
  /** Tokens known by their shape, wherever they stand. */
  shapes: readonly TokenShape[];
  /** Secrets known by what stands before them. */
  places: readonly SecretPlace[];
}

export interface SecretPlace {
  name: string;
  /** The text right before the secret; found with a plain search, so it should be rare. */
  after: string;
  /** The secret: a regular expression's source. */
  secret: string;
}

export interface TokenShape {
  name: string;
  /** What every such token begins with, at the start of a word; may be shown. */
  prefixes: readonly string[];
  /** The secret behind the prefix: a regular expression's source. */
  secret: string;
}

/** Shapes follow the vendors' documentation of their own key formats. Of two that fit, the first counts. */
const SHAPES: readonly TokenShape[] = [
  { name: 'anthropic', prefixes: ['sk-ant-'], secret: '[\\w-]{16,}' },
  { name: 'openai', prefixes: ['sk-'], secret: '(?=[\\w-]*\\d)[\\w-]{16,}' },
  {
    name: 'stripe',
    prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'pk_live_', 'pk_test_'],
    secret: '\\w{10,}',
  },
  { name: 'webhook-secret', prefixes: ['whsec_'], secret: '[\\w+/=]{16,}' },
  { name: 'github', prefixes: ['gho_', 'ghp_', 'ghs_', 'ghu_', 'ghr_'], secret: '\\w{30,}' },
  { name: 'github-pat', prefixes: ['github_pat_'], secret: '\\w{40,}' },
  {
    name: 'gitlab',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'gloas-', 'glsoat-'],
    secret: '[\\w-]{20,}',
  },
  {
    name: 'slack',
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxe.xoxp-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    secret: '[\\w-]{10,}',
  },
  { name: 'aws-key-id', prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], secret: '[A-Z0-9]{16}(?![A-Za-z0-9])' },
  { name: 'aws-bedrock', prefixes: ['ABSK'], secret: '[A-Za-z0-9+/]{60,}=*' },
  { name: 'google', prefixes: ['AIza'], secret: '[\\w-]{35}' },
  { name: 'google-oauth', prefixes: ['ya29.'], secret: '[\\w-]{20,}' },
  { name: 'google-secret', prefixes: ['GOCSPX-'], secret: '[\\w-]{20,}' },
  { name: 'jwt', prefixes: ['eyJ'], secret: '[\\w-]{8,}(?:\\.[\\w-]*){1,4}' },
  { name: 'sendgrid', prefixes: ['SG.'], secret: '[\\w-]{16,}\\.[\\w-]{16,}' },
  { name: 'twilio', prefixes: ['SK'], secret: '[0-9a-f]{32}(?![\\w-])' },
  { name: 'shopify', prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], secret: '[0-9a-fA-F]{32}' },
  { name: 'square', prefixes: ['sq0atp-', 'sq0csp-'], secret: '[\\w-]{22,}' },
  { name: 'npm', prefixes: ['npm_'], secret: '[A-Za-z0-9]{36}' },
  { name: 'pypi', prefixes: ['pypi-AgE'], secret: '[\\w-]{40,}' },
  { name: 'hugging-face', prefixes: ['hf_'], secret: '[A-Za-z0-9]{30,}' },
  { name: 'digitalocean', prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_', 'dot_v1_'], secret: '[0-9a-f]{60,}' },
  { name: 'databricks', prefixes: ['dapi'], secret: '[0-9a-f]{32}' },
  { name: 'vault', prefixes: ['hvs.', 'hvb.'], secret: '[\\w-]{24,}' },
  {
    name: 'doppler',
    prefixes: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    secret: '[\\w.-]{40,}',
  },
  { name: 'grafana', prefixes: ['glsa_', 'glc_'], secret: '[\\w=]{32,}' },
  { name: 'sentry', prefixes: ['sntrys_', 'sntryu_'], secret: '[\\w+/=-]{40,}' },
  { name: 'linear', prefixes: ['lin_api_', 'lin_oauth_'], secret: '[A-Za-z0-9]{32,}' },
  { name: 'notion', prefixes: ['ntn_'], secret: '[A-Za-z0-9]{40,}' },
  { name: 'postman', prefixes: ['PMAK-'], secret: '[0-9a-f]{24}-[0-9a-f]{34}' },
  { name: 'perplexity', prefixes: ['pplx-'], secret: '[A-Za-z0-9]{40,}' },
  { name: 'groq', prefixes: ['gsk_'], secret: '[A-Za-z0-9]{40,}' },
  { name: 'xai', prefixes: ['xai-'], secret: '[A-Za-z0-9]{40,}' },
  { name: 'replicate', prefixes: ['r8_'], secret: '[A-Za-z0-9]{36,}' },
  { name: 'fly', prefixes: ['fo1_', 'fm1_', 'fm1a_', 'fm1r_', 'fm2_'], secret: '[\\w+/=-]{40,}' },
  { name: '1password', prefixes: ['ops_eyJ'], secret: '[\\w+/=-]{60,}' },
  { name: 'age', prefixes: ['AGE-SECRET-KEY-1'], secret: '[A-Z0-9]{58}' },
  // Our own, for the proxy.
  { name: 'sallyport', prefixes: ['sp_'], secret: '[\\w-]{43}' },
  { name: 'heroku', prefixes: ['HRKU-AA'], secret: '[\\w-]{50,}' },
];

/** Secrets found by a text before them that is too long, or too odd, for the search by prefix. */
const PLACES: readonly SecretPlace[] = [
  { name: 'bearer', after: 'earer ', secret: '[A-Za-z0-9._~+/-]{16,}=*' },
  { name: 'slack-hook', after: 'hooks.slack.com/', secret: '(?:services|workflows|triggers)/[\\w/]{20,}' },
  { name: 'discord-hook', after: '/webhooks/', secret: '\\d{5,}/[\\w-]{40,}' },
  { name: 'telegram', after: ':AA', secret: '[\\w-]{32,}' },
  { name: 'kubernetes', after: 'bearer.authorization.k8s.io.', secret: '[\\w-]{16,}' },
];

export const DEFAULT_RULES: RuleSet = {
  headers: {
    authorization: 'credentials',
    'proxy-authorization': 'credentials',
    'x-authorization': 'credentials',
    'x-forwarded-authorization': 'credentials',
    'x-amz-security-token': 'value',
    cookie: 'cookies',
    'set-cookie': 'set-cookie',
    cookie2: 'cookies',
    'set-cookie2': 'set-cookie',
    'x-api-key': 'value',
    'api-key': 'value',
    apikey: 'value',
    'x-auth': 'value',
    'x-auth-key': 'value',
    'ocp-apim-subscription-key': 'value',
    'x-functions-key': 'value',
    'x-goog-api-key': 'value',
    'x-rapidapi-key': 'value',
    'dd-api-key': 'value',
    'dd-application-key': 'value',
    'x-algolia-api-key': 'value',
    'x-parse-rest-api-key': 'value',
    'x-parse-master-key': 'value',
    'x-master-key': 'value',
    'x-honeycomb-team': 'value',
    'x-insert-key': 'value',
    'x-license-key': 'value',
    'x-query-key': 'value',
    'x-admin-key': 'value',
    'x-service-key': 'value',
    'x-access-key': 'value',
    'x-server-key': 'value',
    'x-mbx-apikey': 'value',
    'x-hub-signature': 'value',
    'x-hub-signature-256': 'value',
    'x-twitter-webhooks-signature': 'value',
    'x-client-cert': 'value',
    'x-forwarded-client-cert': 'value',
    dpop: 'value',
    pin: 'value',
    sessionid: 'value',
  },
  headerEndings: [
    'token',
    'secret',
    'apikey',
    'api-key',
    'api_key',
    'password',
    'passwd',
    'passphrase',
    'signature',
    'credential',
    'credentials',
    'session-id',
    'sessionid',
    'access-key',
    'private-key',
    'jwt',
    'otp',
  ],
  schemes: [
    'basic',
    'bearer',
    'digest',
    'negotiate',
    'ntlm',
    'token',
    'apikey',
    'api-key',
    'key',
    'hawk',
    'oauth',
    'dpop',
    'mac',
    'signature',
    'aws4-hmac-sha256',
    'aws4-ecdsa-p256-sha256',
    'aws',
    'googlelogin',
    'sharedkey',
    'sharedkeylite',
    'sharedaccesssignature',
    'ssws',
    'bot',
    'geniekey',
    'zoho-oauthtoken',
    'jwt',
    'scram-sha-256',
    'vapid',
    'gitlab-token',
    'discogs',
    'splunk',
    'cloudsignature',
    'acs',
    'hmac-sha256',
    'bce-auth-v1',
    'tc3-hmac-sha256',
    'goog4-rsa-sha256',
    'goog4-hmac-sha256',
    'datadog',
    'pve_apitoken',
  ],
  parameters: [
    'apikey',
    'key',
    'accesskey',
    'accesskeyid',
    'awsaccesskeyid',
    'secretkey',
    'privatekey',
    'accesstoken',
    'refreshtoken',
    'idtoken',
    'token',
    'authtoken',
    'auth',
    'authorization',
    'bearer',
    'bearertoken',
    'sessiontoken',
    'session',
    'sessionid',
    'sid',
    'password',
    'passwd',
    'pass',
    'pwd',
    'passphrase',
    'secret',
    'clientsecret',
    'apisecret',
    'appsecret',
    'sig',
    'sign',
    'signature',
    'hmac',
    'hdnea',
    'hdnts',
    'xamzsignature',
    'xamzcredential',
    'xamzsecuritytoken',
    'xgoogsignature',
    'xgoogcredential',
    'xossignature',
    'code',
    'codeverifier',
    'devicecode',
    'usercode',
    'assertion',
    'clientassertion',
    'subjecttoken',
    'actortoken',
    'samlresponse',
    'samlrequest',
    'jwt',
    'otp',
    'pin',
    'totp',
    'ticket',
    'oauthtoken',
    'oauthtokensecret',
    'oauthsignature',
    'oauthverifier',
    'subscriptionkey',
    'appkey',
    'xapikey',
    'xaccesstoken',
    'credential',
    'credentials',
    'cvv',
    'cvc',
    'csrftoken',
    'xsrftoken',
    'logintoken',
    'resettoken',
    'invitetoken',
    'magiclink',
    'privatetoken',
    'jobtoken',
    'hapikey',
    'fbexchangetoken',
    'inputtoken',
  ],
  fields: [
    'password',
    'passwd',
    'pwd',
    'passphrase',
    'passcode',
    'secret',
    'clientsecret',
    'secretkey',
    'secretaccesskey',
    'accesskey',
    'accesskeyid',
    'accesstoken',
    'refreshtoken',
    'idtoken',
    'authtoken',
    'sessiontoken',
    'bearertoken',
    'securitytoken',
    'apitoken',
    'oauthtoken',
    'csrftoken',
    'xsrftoken',
    'resettoken',
    'devicetoken',
    'webhooktoken',
    // Not every name that ends in "token": those of paging, and the counts of language models, are no secrets.
    'bottoken',
    'githubtoken',
    'gitlabtoken',
    'slacktoken',
    'plextoken',
    'sastoken',
    'logintoken',
    'invitationtoken',
    'verificationtoken',
    'apikey',
    'apisecret',
    'appsecret',
    'appkey',
    'privatekey',
    'signingkey',
    'encryptionkey',
    'masterkey',
    'authkey',
    'licensekey',
    'authorization',
    'credential',
    'credentials',
    'clientassertion',
    'codeverifier',
    'devicecode',
    'jwt',
    'otp',
    'totp',
    'cvv',
    'cvc',
    'cvv2',
    'cookie',
    'setcookie',
    'sessionid',
    'signature',
    'connectionstring',
    'subscriptionkey',
    'samlresponse',
  ],
  names: [],
  plain: [],
  doubtfulFields: ['token', 'auth', 'sessionkey', 'assertion', 'pass', 'bearer', 'sig'],
  shapes: SHAPES,
  places: PLACES,
};

/** The default rules with a user's own names: more that are secrets, and some that are none. */
export function rulesWith(own: { names: readonly string[]; plain: readonly string[] }): RuleSet {
  return {
    ...DEFAULT_RULES,
    names: own.names.map((name) => normaliseName(asBytes(name))),
    plain: own.plain.map((name) => normaliseName(asBytes(name))),
  };
}

/** Text as its UTF-8 bytes, one char a byte: the form in which everything is read here. */
function asBytes(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%([0-9A-F]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The form in which names are compared. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}
