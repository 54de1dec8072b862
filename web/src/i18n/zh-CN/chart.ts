/** 图表的框：图与表之间一点即换。 */
export const chart = {
  'chart.as_table': '看表格',
  'chart.as_picture': '看图',
  'chart.empty': '暂无数据',
} as const;
