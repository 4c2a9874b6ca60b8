/** Names under which the preload and the main process speak. */
export const CHANNELS = {
  requestPort: 'sallyport:request-port',
  port: 'sallyport:hand-port',
  engine: 'sallyport:engine',
  askEngine: 'sallyport:ask-engine',
  command: 'sallyport:command',
  describeViews: 'sallyport:describe-views',
  restartEngine: 'sallyport:restart-engine',
  saveAs: 'sallyport:save-as',
  sendFile: 'sallyport:send-file',
  changeTrust: 'sallyport:change-trust',
  notify: 'sallyport:notify',
  openOutside: 'sallyport:open-outside',
  settings: 'sallyport:settings',
  changeSettings: 'sallyport:change-settings',
} as const;

/** What comes back for a question: its value, or a sentence why not. */
export type Answer<T> = { value: T } | { why: string };
