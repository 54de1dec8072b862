//! Pictures (W3C PNG), without what programs write beside them.

/// How a file of this kind begins.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunks that draw the picture. Texts, times and Exif are not among them, nor what programs made up.
const DRAWN: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
];

/// The picture with its colours; nothing else. None for what is no whole picture.
pub(super) fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut drawn) = (SIGNATURE.len(), false);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(SIGNATURE);
    loop {
        let length = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
        let kind: &[u8; 4] = bytes.get(at + 4..)?.first_chunk()?;
        let next = at.checked_add(usize::try_from(length).ok()?)?.checked_add(12)?;
        let chunk = bytes.get(at..next)?;
        if (at == SIGNATURE.len()) != (kind == b"IHDR") {
            return None;
        }
        at = next;
        if kind == b"IEND" {
            out.extend_from_slice(chunk.get(..12)?);
            return drawn.then_some(out);
        }
        drawn |= kind == b"IDAT";
        if DRAWN.contains(&kind) {
            out.extend_from_slice(chunk);
        } else if kind[0].is_ascii_uppercase() {
            // The picture cannot be drawn without what nobody knows.
            return None;
        }
    }
}
