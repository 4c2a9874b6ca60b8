import type { HTTPSnippet } from '@readme/httpsnippet';

type Generated = Parameters<HTTPSnippet['convert']>;

/** A form of code: how it is asked for and named, who writes it (null: we do), and what begins a line nobody runs. */
export interface Form {
  target: string;
  title: string;
  language: string;
  by: readonly [Generated[0], Generated[1]] | null;
  comment: string | null;
}

function form(target: string, title: string, language: string, by: Form['by'], comment: string | null = '//'): Form {
  return { target, title, language, by, comment };
}

/** The usual ones first. */
export const FORMS: readonly Form[] = [
  form('curl', 'cURL', 'shell', null, '#'),
  form('fetch', 'JavaScript: fetch', 'javascript', ['javascript', 'fetch']),
  form('python', 'Python: requests', 'python', ['python', 'requests'], '#'),
  form('node', 'Node.js: fetch', 'javascript', ['node', 'fetch']),
  form('axios', 'Node.js: axios', 'javascript', ['node', 'axios']),
  form('go', 'Go', 'go', ['go', 'native']),
  form('java', 'Java: java.net.http', 'java', ['java', 'nethttp']),
  form('java-okhttp', 'Java: OkHttp', 'java', ['java', 'okhttp']),
  form('kotlin', 'Kotlin: OkHttp', 'kotlin', ['kotlin', 'okhttp']),
  form('csharp', 'C#: HttpClient', 'csharp', ['csharp', 'httpclient']),
  form('php', 'PHP: cURL', 'php', ['php', 'curl'], null),
  form('php-guzzle', 'PHP: Guzzle', 'php', ['php', 'guzzle'], null),
  form('ruby', 'Ruby: net/http', 'ruby', ['ruby', 'native'], '#'),
  form('rust', 'Rust: reqwest', 'rust', ['rust', 'reqwest']),
  form('swift', 'Swift: URLSession', 'swift', ['swift', 'urlsession']),
  form('powershell', 'PowerShell', 'powershell', ['powershell', 'restmethod'], '#'),
  form('httpie', 'HTTPie', 'shell', ['shell', 'httpie'], '#'),
  form('wget', 'Wget', 'shell', ['shell', 'wget'], '#'),
  form('c', 'C: libcurl', 'c', ['c', 'libcurl']),
  form('r', 'R: httr', 'r', ['r', 'httr'], '#'),
  form('http', 'HTTP as sent', 'http', ['http', 'http1.1'], null),
];

export const SNIPPET_TARGETS: readonly { target: string; title: string }[] = FORMS.map(({ target, title }) => ({
  target,
  title,
}));
