/** Names of what was picked for a filter, which carries ids only. In memory: a customer's name belongs in no address. */
const titles = new Map<string, string>();

export function rememberPicked({ id, title }: { id: string; title?: string | null | undefined }): void {
  if (title) titles.set(id, title);
}

export const pickedTitle = (id: string): string | undefined => titles.get(id);
