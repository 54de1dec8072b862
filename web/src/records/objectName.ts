/** The name of an object, in the plural: as its designer called it, or ours where the caller may not see the object. */
import { useQuery } from '@tanstack/react-query';
import { objectsQuery } from '@/api/queries';
import { sayMany, tCode } from '@/i18n';

export function useObjectName(): (name: string) => string {
  const objects = useQuery(objectsQuery);
  return (name) => {
    const label = objects.data?.find((item) => item.name === name)?.label;
    return label ? sayMany(label) : tCode('objects', name);
  };
}
