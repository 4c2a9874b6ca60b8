export const call = {
  title: 'Call',
  noneTitle: 'No call chosen',
  noneSays: 'The address of this page names no call. Choose one in the list.',
  toTraffic: 'Show calls',
};
