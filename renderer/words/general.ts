export const general = {
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading…',
  retry: 'Try again',
  undo: 'Undo',
  failed: 'That did not work',
};
