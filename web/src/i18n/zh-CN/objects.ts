/** 对象的名称：看不到某个对象的人也要读得懂它的数量。 */
export const objects = {
  'objects.customer': '客户',
  'objects.contact': '联系人',
  'objects.lead': '线索',
  'objects.follow_up': '跟进',
  'objects.file': '文件',
  'objects.plan': '计划',
  'objects.opportunity': '商机',
  'objects.quote': '报价',
  'objects.contract': '合同',
  'objects.payment': '回款',
  'objects.ticket': '工单',
  'objects.complaint': '投诉',
  'objects.consent': '授权',
  'objects.lead_consent': '线索授权',
  'objects.product': '产品',
  'objects.export_case': '导出',
} as const;
