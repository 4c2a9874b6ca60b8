export const charts = {
  notEnough: 'Not enough data to draw',
  nothing: 'nothing',
  overTime: (title: string) => `${title} over time`,
  time: 'Time',
  copyTable: 'Copy the table',
};
