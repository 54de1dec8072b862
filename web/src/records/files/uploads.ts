/**
 * Files on their way to a customer. They are known here and not by the page that picked them: whoever looks at something
 * else meanwhile is told of a failure, and finds the file where it was picked.
 *
 * A photo that may arrive later waits in the outbox, sealed. A document is too large for that and is sent again by hand.
 */
import { recordPath, sendFile } from '@/api/client';
import type { Files, FileView } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { filesQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { fileSize } from '@/i18n/format';
import { type About, mayHelp } from '@/offline/outbox';
import { toast } from '@/ui/toast';
import { problemText } from '../problemText';
import { smaller } from './picture';
import { leavePhotos } from './send';
import { dismiss, isWatched, show, type Upload, uploads } from './underway';

/** Sends what was picked, one after the other; `most` is how large the server takes one. */
export async function upload(customer: About, picked: Iterable<File>, most: Files['most_bytes'] | undefined) {
  let added = 0;
  for (const file of [...picked]) {
    const photo = file.type.startsWith('image/') ? await smaller(file) : null;
    const name = photo ? `${file.name.replace(/\.[^.]*$/, '')}.jpg` : file.name;
    const blob = photo ?? file;
    const one = { id: crypto.randomUUID(), customer, name, blob, photo: photo !== null, part: 0 };
    const large = most !== undefined && blob.size > most;
    show([
      ...uploads.snapshot(),
      large ? { ...one, problem: t('files.too_large', { name, size: fileSize(most) }) } : one,
    ]);
    if (!large && (await attempt(one))) added += 1;
  }
  if (added > 0) toast(t('files.added', { n: added }));
}

const change = (id: string, news: Partial<Upload>) =>
  show(uploads.snapshot().map((upload) => (upload.id === id ? { ...upload, ...news } : upload)));

export async function sendAgain(one: Upload): Promise<void> {
  change(one.id, { problem: undefined, again: undefined, part: 0 });
  if (await attempt(one)) toast(t('files.added', { n: 1 }));
}

async function attempt({ id, customer, name, blob, photo }: Upload): Promise<boolean> {
  try {
    await sendFile<FileView>(`${recordPath(customer.object, customer.id)}/files`, blob, {
      name,
      idempotencyKey: id,
      onProgress: (part) => change(id, { part }),
    });
    dismiss(id);
    void queryClient.invalidateQueries({ queryKey: filesQuery(customer.id).queryKey });
    return true;
  } catch (problem) {
    const again = mayHelp(problem);
    if (again && photo) {
      // Under the same name, so that what arrived and was not answered is the same request.
      await leavePhotos(customer, [{ id, blob, name: name.replace(/\.jpg$/, '') }]);
      dismiss(id);
      toast(t('outbox.kept'));
      return false;
    }
    const why = isProblem(problem, 'offline') ? t('files.needs_network', { name }) : problemText(problem);
    change(id, { problem: why, again });
    if (!isWatched(customer.id)) toast(t('files.failed', { title: customer.title, name, why }), 'failed');
    return false;
  }
}
