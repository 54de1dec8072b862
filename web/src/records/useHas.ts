/** Which objects this person has at all: what is not theirs is not asked for, so that no page begins with a refusal. */
import { useQuery } from '@tanstack/react-query';
import { objectsQuery } from '@/api/queries';

export function useHas(): (object: string) => boolean {
  const objects = useQuery(objectsQuery);
  return (object) => objects.data?.some((one) => one.name === object) ?? false;
}
