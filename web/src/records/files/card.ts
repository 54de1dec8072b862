/**
 * A business card that was photographed before its customer is there: it waits in the memory of this tab for the form
 * beside which it is read. It goes to the server with the customer, after notice and consent, or nowhere.
 */
import type { Photo } from './PhotoPicker';

let held: Photo | null = null;

export function holdCard(photo: Photo | null): void {
  held = photo;
}

export function heldCard(): Photo | null {
  return held;
}
