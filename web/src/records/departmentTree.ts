/** Departments in the order of their tree, each with how deep it lies. Whoever lost their parent stands on top. */
import type { Department } from '@/api/contract';

export type Branch = { department: Department; depth: number };

export function indented(departments: Department[]): Branch[] {
  const known = new Set(departments.map((department) => department.id));
  const below = (parent: string | null, depth: number): Branch[] =>
    departments
      .filter((d) => (d.parent && known.has(d.parent) ? d.parent : null) === parent)
      .flatMap((department) => [{ department, depth }, ...below(department.id, depth + 1)]);
  return below(null, 0);
}

/** A department and everything below it. */
export function withBelow(departments: Department[], id: string): Set<string> {
  const found = new Set([id]);
  let before = 0;
  while (found.size > before) {
    before = found.size;
    for (const department of departments)
      if (department.parent && found.has(department.parent)) found.add(department.id);
  }
  return found;
}
