use super::*;
use proptest::prelude::*;

/// What a camera knows and nobody is to keep: a place as text and as the numbers of Exif.
const PLACE: &[u8] = b"31/1 13/1 4998/100 121/1";
const DEVICE: &[u8] = b"PhoneMaker Model 7 serial 0042";

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, marker];
    out.extend_from_slice(&u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// Exif with a way of holding, a device and a place, in either order of bytes.
fn exif(turn: u16, little: bool) -> Vec<u8> {
    let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let mut out = b"Exif\0\0".to_vec();
    out.extend_from_slice(if little { b"II*\0" } else { b"MM\0*" });
    out.extend_from_slice(&long(8));
    out.extend_from_slice(&short(2));
    for (tag, value) in [(0x0112, turn), (0x8825, 40)] {
        out.extend_from_slice(&short(tag));
        out.extend_from_slice(&short(3));
        out.extend_from_slice(&long(1));
        out.extend_from_slice(&short(value));
        out.extend_from_slice(&[0, 0]);
    }
    out.extend_from_slice(&long(0));
    out.extend_from_slice(PLACE);
    out.extend_from_slice(DEVICE);
    out
}

/// A photograph as cameras write it: in two scans, with everything beside the picture that may be there.
fn photograph(turn: u16, little: bool) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    out.extend(segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01xyz"));
    out.extend(segment(0xE1, &exif(turn, little)));
    out.extend(segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), PLACE].concat()));
    out.extend(segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"));
    out.extend(segment(0xE2, &[b"MPF\0".as_slice(), PLACE].concat()));
    out.extend(segment(0xED, &[b"Photoshop 3.0\0".as_slice(), PLACE].concat()));
    out.extend(segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"));
    out.extend(segment(0xFE, DEVICE));
    out.extend(segment(0xDB, &[1; 65]));
    out.extend([0xFF, 0xFF]);
    out.extend(&segment(0xC2, b"\x08\0\x10\0\x10\x01\x01\x11\0")[1..]);
    out.extend(segment(0xC4, &[2; 20]));
    out.extend(segment(0xDA, b"\x01\x01\0\0\x3f\0"));
    out.extend(b"coded\xFF\0picture\xFF\xD0more");
    out.extend(segment(0xE1, &exif(3, false)));
    out.extend(segment(0xDA, b"\x01\x01\0\0\x3f\0"));
    out.extend(b"second scan\xFF\xD9");
    // A film behind the picture, as phones make it.
    out.extend(b"\0\0\0\x18ftypmp42");
    out.extend(PLACE);
    out
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

fn code(bytes: &[u8]) -> String {
    let error = Content::read(bytes).unwrap_err();
    assert_eq!(error.field, "file");
    error.code
}

#[test]
fn a_photograph_keeps_its_picture_and_loses_place_device_and_film() {
    for (little, turn) in [(false, 6), (true, 6), (true, 1), (false, 99)] {
        let sent = photograph(turn, little);
        assert!(holds(&sent, PLACE) && holds(&sent, DEVICE), "it is planted");
        let kept = Content::read(&sent).unwrap();
        assert_eq!(kept.kind(), ContentKind::Jpeg);
        for secret in [PLACE, DEVICE, b"xap", b"MPF", b"Photoshop", b"ftyp", b"xyz", b"\x88\x25", b"\x25\x88"]
        {
            assert!(!holds(kept.bytes(), secret), "{} is kept", String::from_utf8_lossy(secret));
        }
        for drawn in
            [b"coded\xFF\0picture\xFF\xD0more".as_slice(), b"second scan", b"colours", b"Adobe", &[2; 20]]
        {
            assert!(holds(kept.bytes(), drawn), "{} is lost", String::from_utf8_lossy(drawn));
        }
        // How the camera was held is all that is left of Exif: without it the picture lies on its side.
        assert_eq!(holds(kept.bytes(), b"Exif"), turn == 6);
        assert_eq!(holds(kept.bytes(), b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), turn == 6);
        let again = Content::read(kept.bytes()).unwrap();
        assert_eq!(again.bytes(), kept.bytes(), "nothing more to take away");
    }
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(kind);
    out.extend_from_slice(body);
    out.extend_from_slice(b"crc.");
    out
}

fn picture() -> Vec<u8> {
    let mut out = png::SIGNATURE.to_vec();
    for (kind, body) in [
        (b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".as_slice()),
        (b"sRGB", b"\0"),
        (b"eXIf", PLACE),
        (b"tEXt", DEVICE),
        (b"iTXt", PLACE),
        (b"zTXt", PLACE),
        (b"tIME", b"\x07\xEA\x0B\x1A\0\0\0"),
        (b"maKr", DEVICE),
        (b"IDAT", b"drawn"),
        (b"IEND", b""),
    ] {
        out.extend(chunk(kind, body));
    }
    out.extend(PLACE);
    out
}

#[test]
fn a_picture_keeps_what_draws_it_only() {
    let kept = Content::read(&picture()).unwrap();
    assert_eq!(kept.kind(), ContentKind::Png);
    assert!(holds(kept.bytes(), b"drawn") && holds(kept.bytes(), b"sRGB"));
    for secret in [PLACE, DEVICE, b"eXIf", b"tEXt", b"tIME", b"maKr"] {
        assert!(!holds(kept.bytes(), secret), "{} is kept", String::from_utf8_lossy(secret));
    }
    assert!(kept.bytes().ends_with(&chunk(b"IEND", b"")));
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, inner) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(inner.len()).unwrap().to_le_bytes());
        body.extend_from_slice(inner);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF".as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

#[test]
fn a_webp_loses_exif_and_xmp_and_no_longer_says_that_they_are_there() {
    let head = b"\x2C\0\0\0\0\0\0\0\0\0";
    let mut sent =
        riff(&[(b"VP8X", head), (b"ICCP", b"odd"), (b"VP8 ", b"drawn"), (b"EXIF", PLACE), (b"XMP ", DEVICE)]);
    sent.extend_from_slice(PLACE);
    let kept = Content::read(&sent).unwrap();
    assert_eq!(kept.kind(), ContentKind::Webp);
    let plain = riff(&[(b"VP8X", b"\x20\0\0\0\0\0\0\0\0\0"), (b"ICCP", b"odd"), (b"VP8 ", b"drawn")]);
    assert_eq!(kept.bytes(), plain);
}

/// An archive of empty parts, as its list describes it.
fn archive(parts: &[&str], flags: u16) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for part in parts {
        let begins = u32::try_from(out.len()).unwrap();
        let name = u16::try_from(part.len()).unwrap().to_le_bytes();
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&[0; 22]);
        out.extend_from_slice(&name);
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(part.as_bytes());
        list.extend_from_slice(b"PK\x01\x02\0\0\0\0");
        list.extend_from_slice(&flags.to_le_bytes());
        list.extend_from_slice(&[0; 18]);
        list.extend_from_slice(&name);
        list.extend_from_slice(&[0; 12]);
        list.extend_from_slice(&begins.to_le_bytes());
        list.extend_from_slice(part.as_bytes());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let (size, begins) = (u32::try_from(list.len()).unwrap(), u32::try_from(out.len()).unwrap());
    out.extend(list);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&[count, count].concat());
    out.extend_from_slice(&[size.to_le_bytes(), begins.to_le_bytes()].concat());
    out.extend_from_slice(&[0, 0]);
    out
}

#[test]
fn documents_are_told_by_their_parts_and_bring_no_program() {
    let types = "[Content_Types].xml";
    let kind = |parts: &[&str]| Content::read(&archive(parts, 0)).map(|c| c.kind()).map_err(|e| e.code);
    assert_eq!(kind(&[types, "word/document.xml"]), Ok(ContentKind::Docx));
    assert_eq!(kind(&[types, "xl/workbook.xml", "xl/worksheets/sheet1.xml"]), Ok(ContentKind::Xlsx));
    for (parts, expected) in [
        (vec!["a.exe"], "file_kind"),
        (vec!["word/document.xml"], "file_kind"),
        (vec![types, "word/document.xml", "xl/workbook.xml"], "file_kind"),
        (vec![types, "ppt/presentation.xml"], "file_kind"),
        (vec![types, "word/document.xml", "word/vbaProject.bin"], "file_macros"),
        (vec![types, "xl/workbook.xml", "xl/VBAPROJECT.BIN"], "file_macros"),
        (vec![types, "xl/workbook.xml", "xl/activeX/activeX1.bin"], "file_macros"),
    ] {
        assert_eq!(kind(&parts), Err(expected.to_owned()), "{parts:?}");
    }
    assert_eq!(code(&archive(&[types, "word/document.xml"], 1)), "file_damaged", "sealed by a password");
    let whole = archive(&[types, "word/document.xml"], 0);
    assert_eq!(code(&whole[..whole.len() - 1]), "file_damaged");
}

#[test]
fn what_is_none_of_the_kinds_is_refused_whatever_it_calls_itself() {
    for junk in [
        b"GIF89a\x01\0\x01\0".as_slice(),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>1</script>",
        b"MZ\x90\0",
        b"\x7fELF",
        b"\0\0\0\x18ftypheic",
        b" %PDF-1.7\n%%EOF",
        b"plain words",
        b"\xFF",
    ] {
        assert_eq!(code(junk), "file_kind", "{}", String::from_utf8_lossy(junk));
    }
    assert_eq!(code(b""), "required");
    assert_eq!(code(&vec![0xFF; MOST_BYTES + 1]), "too_large");
    assert_eq!(code(b"%PDF-1.7\nno end"), "file_damaged");
    assert_eq!(Content::read(b"%PDF-1.7\n%%EOF\n").unwrap().kind(), ContentKind::Pdf);
}

#[test]
fn what_breaks_off_is_refused() {
    let whole = photograph(1, false);
    let end = whole.windows(2).rposition(|w| w == b"\xFF\xD9").unwrap();
    for cut in [3, 5, 30, end - 30, end, end + 1] {
        assert_eq!(code(&whole[..cut]), "file_damaged", "{cut}");
    }
    assert_eq!(code(b"\xFF\xD8\xFF\xD9"), "file_damaged", "a photograph without a picture");
    let picture = picture();
    let end = picture.windows(4).rposition(|w| w == b"IEND").unwrap();
    for cut in [8, 20, end, end + 4] {
        assert_eq!(code(&picture[..cut]), "file_damaged", "{cut}");
    }
    assert_eq!(code(&riff(&[(b"VP8X", &[0; 10])])), "file_damaged");
    assert_eq!(code(&riff(&[(b"VP8 ", b"drawn")])[..20]), "file_damaged");
}

#[test]
fn a_name_ends_as_its_kind_does() {
    for (given, kind, name) in [
        ("IMG_1.JPG", ContentKind::Jpeg, "IMG_1.JPG"),
        ("合同", ContentKind::Pdf, "合同.pdf"),
        ("IMG_1.HEIC", ContentKind::Jpeg, "IMG_1.HEIC.jpg"),
        ("run.exe", ContentKind::Xlsx, "run.exe.xlsx"),
    ] {
        assert_eq!(kind.name(given), name);
    }
    assert!(ContentKind::ALL.iter().all(|kind| ContentKind::parse(kind.as_str()) == Some(*kind)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(place in 0usize..400, byte: u8, cut in 0usize..1_000, which in 0usize..4) {
        let types = "[Content_Types].xml";
        let mut bytes = [photograph(6, true), picture(), riff(&[(b"VP8X", &[0; 10]), (b"VP8 ", b"drawn")]),
            archive(&[types, "word/document.xml"], 0)][which].clone();
        bytes.truncate(cut.max(1));
        if let Some(at) = bytes.get_mut(place) {
            *at = byte;
        }
        if let Ok(kept) = Content::read(&bytes) {
            prop_assert!(kept.bytes().len() <= bytes.len() + 36);
        }
    }
}
