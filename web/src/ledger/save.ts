/** Gives the person a text as a file. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has its copy once the click is over; a moment more is for slow phones.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
