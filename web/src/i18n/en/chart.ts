/** The frame of a chart: picture and table one tap apart. */
export const chart = {
  'chart.as_table': 'Show as table',
  'chart.as_picture': 'Show as picture',
  'chart.empty': 'Nothing to draw yet',
};
