//! Photographs (ITU-T T.81), without what cameras write beside the picture.

/// Application segments: what the format's own marker is called in the standard.
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const SCAN: u8 = 0xDA;
const END: u8 = 0xD9;
/// Length of a JFIF header without a small picture inside.
const JFIF: usize = 14;
/// How an Exif segment begins.
const EXIF: &[u8] = b"Exif\0\0";
/// Held as the picture is to be seen.
const UPRIGHT: u8 = 1;

/// The picture with its colours and the way it is held; nothing else. None for what is no whole picture.
///
/// The segments are: Exif and XMP (place, time, device, a small picture of before it was cut), comments, and makers' own
/// ones. What follows the picture's end (a second picture, a film) goes too.
pub(super) fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut jfif, mut rest) = (2, Vec::new(), Vec::with_capacity(bytes.len()));
    let (mut turned, mut framed, mut scanned) = (None, false, false);
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        while *bytes.get(at)? == 0xFF {
            at += 1;
        }
        let marker = bytes[at];
        at += 1;
        if marker == END {
            break;
        }
        // A table, a frame, a scan or an application's segment; anything else has no place between segments.
        if !matches!(marker, 0xC0..=0xC7 | 0xC9..=0xCF | 0xDA..=0xDF | APP0..=0xEF | 0xFE) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let segment = bytes.get(at + 2..at + length)?;
        at += length;
        match marker {
            APP0 if segment.starts_with(b"JFIF\0") && jfif.is_empty() => {
                jfif.extend_from_slice(&[0xFF, APP0, 0, 16]);
                jfif.extend_from_slice(segment.get(..JFIF - 2)?);
                jfif.extend_from_slice(&[0, 0]);
            }
            // The first says how the picture was held; others speak of other pictures.
            APP1 if segment.starts_with(EXIF) && turned.is_none() => {
                turned = Some(orientation(segment).unwrap_or(UPRIGHT));
            }
            APP2 if segment.starts_with(b"ICC_PROFILE\0") => keep(&mut rest, marker, segment)?,
            APP14 if segment.starts_with(b"Adobe") => keep(&mut rest, marker, segment)?,
            APP0..=0xEF | 0xFE => {}
            0xC0..=0xCF => {
                framed |= !matches!(marker, 0xC4 | 0xCC);
                keep(&mut rest, marker, segment)?;
            }
            SCAN => {
                if !framed {
                    return None;
                }
                scanned = true;
                keep(&mut rest, marker, segment)?;
                let from = at;
                // Of the coded picture only a marker that is no restart and no stuffed zero ends it.
                while !matches!(bytes.get(at..at + 2)?, [0xFF, next] if !matches!(*next, 0 | 0xD0..=0xD7 | 0xFF))
                {
                    at += 1;
                }
                rest.extend_from_slice(&bytes[from..at]);
            }
            _ => keep(&mut rest, marker, segment)?,
        }
    }
    if !scanned {
        return None;
    }
    let mut out = vec![0xFF, 0xD8];
    out.append(&mut jfif);
    if let Some(turn) = turned.filter(|turn| *turn != UPRIGHT) {
        out.extend_from_slice(&upright(turn));
    }
    out.append(&mut rest);
    out.extend_from_slice(&[0xFF, END]);
    Some(out)
}

fn keep(out: &mut Vec<u8>, marker: u8, segment: &[u8]) -> Option<()> {
    let length = u16::try_from(segment.len() + 2).ok()?;
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(segment);
    Some(())
}

/// How a camera was held (Exif tag 0x0112).
fn orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(EXIF)?;
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let long = |at: usize| {
        let (one, two) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
        usize::try_from(if little { two << 16 | one } else { one << 16 | two }).ok()
    };
    let first = long(4)?;
    for n in 0..usize::from(short(first)?) {
        let entry = first.checked_add(2 + 12 * n)?;
        if short(entry)? == 0x0112 && short(entry.checked_add(2)?)? == 3 {
            let turn = short(entry.checked_add(8)?)?;
            return u8::try_from(turn).ok().filter(|turn| (1..=8).contains(turn));
        }
    }
    None
}

/// A segment that says how the camera was held and nothing else.
fn upright(turn: u8) -> [u8; 36] {
    let mut segment = *b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    segment[29] = turn;
    segment
}
