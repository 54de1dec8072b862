/** 别人的筛选条件，读给审批人和复核人听。 */
export const conditions = {
  'relation.own': '申请人负责的',
  'relation.collaborating': '申请人协作的',
  'relation.subordinates': '申请人下属的',
  'relation.pool': '公海中的',
  'relation.all': '全部',
  'condition.me': '是申请人本人',
  'condition.my_department': '是申请人的部门',
  'condition.pool.in': '在公海',
  'condition.pool.out': '不在公海',
  'system.created_by': '创建人',
  'system.owned_since': '负责起始时间',
  'system.pool': '公海',
} as const;
