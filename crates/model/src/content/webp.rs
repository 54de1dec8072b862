//! Pictures (RFC 9649), without what cameras write beside them.

/// The chunks that draw the picture.
const DRAWN: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// In the first byte of an extended header: that there is Exif, that there is XMP.
const BESIDE: u8 = 0b0000_1100;

/// The picture with its colours; nothing else. None for what is no whole picture.
pub(super) fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let whole = usize::try_from(length(bytes.get(4..)?)?).ok()?.checked_add(8)?;
    let mut rest = bytes.get(12..whole)?;
    let (mut body, mut drawn) = (Vec::with_capacity(bytes.len()), false);
    while !rest.is_empty() {
        let kind: &[u8; 4] = rest.first_chunk()?;
        let size = usize::try_from(length(rest.get(4..)?)?).ok()?;
        let next = size.checked_add(8)?.checked_add(size % 2)?;
        // Some writers leave the last zero out.
        let chunk = rest.get(..next).or_else(|| rest.get(..size.checked_add(8)?))?;
        rest = rest.get(next..).unwrap_or_default();
        if !DRAWN.contains(&kind) {
            continue;
        }
        drawn |= matches!(kind, b"VP8 " | b"VP8L" | b"ANMF");
        let at = body.len();
        body.extend_from_slice(chunk);
        if body.len() % 2 == 1 {
            body.push(0);
        }
        if kind == b"VP8X" {
            *body.get_mut(at + 8)? &= !BESIDE;
        }
    }
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&u32::try_from(body.len() + 4).ok()?.to_le_bytes());
    out.extend_from_slice(b"WEBP");
    out.append(&mut body);
    drawn.then_some(out)
}

fn length(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|four| u32::from_le_bytes(*four))
}
