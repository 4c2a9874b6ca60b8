/**
 * Names of what language models and their like are charged for by the piece, beside tokens (`Usage.units`). What a price
 * depends on besides follows after slashes: `images/1024x1024/hd`, `requests/high` (how much of the web is read).
 */
export const MODEL_UNITS = [
  'requests',
  'web_search',
  'file_search',
  'social_search',
  'live_search_sources',
  'code_session',
  'images',
  'image_pixels',
  'audio_seconds',
  'video_seconds',
  'characters',
  'pages',
  'annotated_pages',
  'rerank_units',
  'citation_tokens',
  'text_messages',
] as const;
