/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it up by the next turn; the memory is given back.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
