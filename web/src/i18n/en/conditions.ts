/** Somebody else's filter, read by those who approve and review. */
export const conditions = {
  'relation.own': 'owned by the requester',
  'relation.collaborating': 'shared with the requester',
  'relation.subordinates': "owned by the requester's team",
  'relation.pool': 'in the public pool',
  'relation.all': 'all',
  'condition.me': 'is the requester',
  'condition.my_department': "is the requester's department",
  'condition.pool.in': 'in the public pool',
  'condition.pool.out': 'not in the public pool',
  'system.created_by': 'Created by',
  'system.owned_since': 'Owned since',
  'system.pool': 'Public pool',
} as const;
