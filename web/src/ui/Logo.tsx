/** The shield with a K: the mark of Kedun. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 512 512" aria-hidden="true">
      <rect width="512" height="512" rx="112" fill="#0B7A6B" />
      <path d="M256 92 396 140v112c0 86-56 140-140 172-84-32-140-86-140-172V140Z" fill="#F6F7F5" />
      <path
        d="M226 200v124M226 268l72-68M250 246l54 78"
        fill="none"
        stroke="#0B7A6B"
        strokeWidth="30"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
