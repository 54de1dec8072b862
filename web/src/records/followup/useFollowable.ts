/** Whether this person may write a follow-up about records of an object; a button that ends in a refusal is none. */
import { useQuery } from '@tanstack/react-query';
import type { ObjectDef } from '@/api/contract';
import { objectQuery, objectsQuery } from '@/api/queries';

export function useFollowable(object: ObjectDef | undefined): boolean {
  const objects = useQuery(objectsQuery);
  const may = objects.data?.some((item) => item.name === 'follow_up' && item.verbs.includes('create'));
  const followUp = useQuery({ ...objectQuery('follow_up'), enabled: may === true });
  if (!object || may === false) return false;
  if (followUp.data) return followUp.data.parent?.object === object.name;
  // Until it is known, by what its definition says: cards must not jump when the answer comes.
  return object.fields.some((field) => field.name === 'last_follow_up');
}
