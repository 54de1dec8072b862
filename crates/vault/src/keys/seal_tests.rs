use super::*;
use crate::keys::WrappedKey;
use kedun_model::SubjectId;
use proptest::prelude::*;
use std::collections::HashSet;

/// An owned place, to change one part at a time.
#[derive(Clone, Debug)]
struct At {
    org: String,
    object: ObjectName,
    record: RecordId,
    field: FieldId,
    schema: u32,
}

impl At {
    fn new(org: &str, object: &str, record: &str, field: &str, schema: u32) -> Self {
        Self { org: org.into(), object: object.into(), record: record.into(), field: field.into(), schema }
    }
    fn place(&self) -> Place<'_> {
        Place {
            org: &self.org,
            object: &self.object,
            record: &self.record,
            field: &self.field,
            schema: self.schema,
        }
    }
}

const PHONE: &str = "+8613800138000";

fn key() -> SubjectKey {
    SubjectKey::generate(&"subject".into()).unwrap()
}

fn home() -> At {
    At::new("acme", "customer", "r1", "f1", 1)
}

fn refused(key: &SubjectKey, at: &At, sealed: &[u8]) -> KeyError {
    open_bytes(key, &at.place(), sealed).err().expect("must not open")
}

prop_compose! {
    fn places()(org in ".{0,12}", object in "[a-z_]{0,12}", record in ".{0,36}", field in "f[0-9]{0,3}", schema: u32)
        -> At { At::new(&org, &object, &record, &field, schema) }
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(at in places(), plain in proptest::collection::vec(any::<u8>(), 0..600)) {
        let key = key();
        let sealed = seal(&key, &at.place(), &plain).unwrap();
        let opened = open_bytes(&key, &at.place(), &sealed).ok().unwrap();
        prop_assert_eq!(opened.expose(), plain.as_slice());
    }

    #[test]
    fn it_opens_at_its_own_place_only(a in places(), b in places()) {
        let key = key();
        let sealed = seal(&key, &a.place(), PHONE.as_bytes()).unwrap();
        let same = (&a.org, &a.object, &a.record, &a.field, a.schema)
            == (&b.org, &b.object, &b.record, &b.field, b.schema);
        prop_assert_eq!(open(&key, &b.place(), &sealed).is_ok(), same);
    }

    #[test]
    fn arbitrary_bytes_never_open_and_never_panic(junk: Vec<u8>) {
        let key = key();
        prop_assert!(open(&key, &home().place(), &junk).is_err());
        prop_assert!(open_system(&Key32::from_bytes([1; 32]), "totp", "p1", &junk).is_err());
    }
}

#[test]
fn text_comes_back_as_text() {
    let key = key();
    for text in
        ["", "a", PHONE, "客盾", "ends in zero\0", "ends in mark\u{80}", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"]
    {
        let sealed = seal(&key, &home().place(), text.as_bytes()).unwrap();
        assert_eq!(open(&key, &home().place(), &sealed).ok().unwrap().expose(), text);
    }
}

#[test]
fn a_moved_value_does_not_open() {
    let key = key();
    let sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    for at in [
        At { org: "other".into(), ..home() },
        At { object: "contact".into(), ..home() },
        At { record: "r2".into(), ..home() },
        At { field: "f2".into(), ..home() },
        At { schema: 2, ..home() },
        // The same letters, divided otherwise.
        At::new("acm", "ecustomer", "r1", "f1", 1),
        At::new("acme", "customerr", "1", "f1", 1),
        At::new("acme", "customer", "r1f", "1", 1),
    ] {
        assert!(matches!(refused(&key, &at, &sealed), KeyError::Authentication { .. }), "{at:?}");
    }
}

#[test]
fn another_key_does_not_open_even_when_the_value_claims_it() {
    let (key, other) = (key(), key());
    let mut sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    assert_eq!(key_id(&sealed).unwrap(), key.id());
    match refused(&other, &home(), &sealed) {
        KeyError::OtherKey { found, given } => {
            assert_eq!((found, given), (key.id().to_string(), other.id().to_string()));
        }
        error => panic!("{error:?}"),
    }
    sealed[2..18].copy_from_slice(other.id().as_bytes());
    assert!(matches!(refused(&other, &home(), &sealed), KeyError::Authentication { .. }));
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    let key = key();
    let sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut bad = sealed.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        refused(&key, &home(), &bad);
    }
}

#[test]
fn a_value_cut_short_or_grown_is_refused() {
    let key = key();
    let sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    for len in 0..sealed.len() {
        let error = refused(&key, &home(), &sealed[..len]);
        assert!(
            matches!(error, KeyError::Truncated { .. } | KeyError::Authentication { .. }),
            "{len}: {error:?}"
        );
    }
    refused(&key, &home(), &[sealed.as_slice(), &[0]].concat());
}

#[test]
fn unknown_version_and_suite_are_named() {
    let key = key();
    let mut sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    for suite in (0..=255).filter(|suite| *suite != 1) {
        sealed[1] = suite;
        assert!(matches!(refused(&key, &home(), &sealed), KeyError::Suite { found } if found == suite));
    }
    for version in (0..=255).filter(|version| *version != 1) {
        sealed[0] = version;
        assert!(
            matches!(refused(&key, &home(), &sealed), KeyError::Version { found, .. } if found == version)
        );
    }
}

#[test]
fn nonces_and_ciphertexts_never_repeat() {
    let key = key();
    let sealed: Vec<Vec<u8>> =
        (0..10_000).map(|_| seal(&key, &home().place(), PHONE.as_bytes()).unwrap()).collect();
    let nonces: HashSet<&[u8]> = sealed.iter().map(|value| &value[HEAD..HEAD + NONCE]).collect();
    let bodies: HashSet<&[u8]> = sealed.iter().map(|value| &value[HEAD + NONCE..]).collect();
    assert_eq!((nonces.len(), bodies.len()), (10_000, 10_000));
}

#[test]
fn a_sealed_value_shows_neither_content_nor_exact_length() {
    let key = key();
    let len =
        |plain: usize| seal(&key, &home().place(), &vec![b'x'; plain]).unwrap().len() - HEAD - NONCE - TAG;
    for (plain, padded) in [
        (0, 16),
        (15, 16),
        (16, 32),
        (31, 32),
        (32, 64),
        (63, 64),
        (64, 128),
        (127, 128),
        (128, 256),
        (255, 256),
        (256, 384),
        (1_000, 1_024),
        (1_024, 1_152),
    ] {
        assert_eq!(len(plain), padded, "{plain}");
    }
    let sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    assert!(!sealed.windows(4).any(|window| PHONE.as_bytes().windows(4).any(|part| part == window)));
}

#[test]
fn broken_padding_under_a_good_tag_is_refused() {
    let key = key();
    let at = home();
    for body in [[0_u8; 16], [7; 16]] {
        let mut sealed = vec![VERSION, 1];
        sealed.extend_from_slice(key.id().as_bytes());
        let bound = bound(Suite::Aes256Gcm, &at.place(), key.id());
        encrypt(&key.field_key(&at.object, &at.field), &bound, &body, &mut sealed).unwrap();
        assert!(matches!(refused(&key, &at, &sealed), KeyError::Authentication { .. }));
    }
}

#[test]
fn a_value_over_the_limit_is_refused() {
    let key = key();
    let sealed = seal(&key, &home().place(), &vec![1; VALUE_MAX]).unwrap();
    assert_eq!(open_bytes(&key, &home().place(), &sealed).ok().unwrap().expose().len(), VALUE_MAX);
    let error = seal(&key, &home().place(), &vec![1; VALUE_MAX + 1]).unwrap_err();
    assert!(matches!(error, KeyError::TooLong { len, max: VALUE_MAX } if len == VALUE_MAX + 1));
    let error = seal_system(&Key32::from_bytes([1; 32]), "p", "i", &vec![1; VALUE_MAX + 1]).unwrap_err();
    assert!(matches!(error, KeyError::TooLong { .. }));
}

#[test]
fn bytes_that_are_not_text_do_not_open_as_text() {
    let key = key();
    let sealed = seal(&key, &home().place(), &[0xFF, 0xFE]).unwrap();
    assert!(matches!(open(&key, &home().place(), &sealed), Err(KeyError::NotText)));
}

#[test]
fn a_system_secret_opens_for_its_purpose_and_id_only() {
    let key = Key32::from_bytes([1; 32]);
    let sealed = seal_system(&key, "totp", "p1", b"seed").unwrap();
    assert_eq!(open_system(&key, "totp", "p1", &sealed).ok().unwrap().expose(), b"seed");
    for (key, purpose, id) in [(1, "totp", "p2"), (1, "mail", "p1"), (2, "totp", "p1"), (1, "totpp", "1")] {
        let error = open_system(&Key32::from_bytes([key; 32]), purpose, id, &sealed).err().unwrap();
        assert!(matches!(error, KeyError::Authentication { .. }), "{key} {purpose} {id}");
    }
    for bit in 0..sealed.len() * 8 {
        let mut bad = sealed.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(open_system(&key, "totp", "p1", &bad).is_err(), "bit {bit}");
    }
    for len in 0..sealed.len() {
        assert!(open_system(&key, "totp", "p1", &sealed[..len]).is_err(), "{len}");
    }
}

#[test]
fn errors_show_neither_value_nor_key() {
    let key = key();
    let sealed = seal(&key, &home().place(), PHONE.as_bytes()).unwrap();
    let field_key = hex::encode(key.field_key(&home().object, &home().field).expose());
    for error in [
        refused(&key, &At { record: "r2".into(), ..home() }, &sealed),
        refused(&super::tests::key(), &home(), &sealed),
        refused(&key, &home(), &sealed[..20]),
    ] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("13800138000") && !shown.contains(&field_key), "{shown}");
    }
}

#[test]
fn values_sealed_by_the_first_release_open_for_ever() {
    let org = Key32::from_bytes([0x11; 32]);
    let subject = SubjectId::from("01890000-0000-7000-8000-000000000001");
    let wrapped = WrappedKey {
        bytes: hex::decode(FIRST_WRAPPED).unwrap(),
        commitment: hex::decode(FIRST_COMMITMENT).unwrap().try_into().unwrap(),
    };
    let sealed = hex::decode(FIRST_SEALED).unwrap();
    let key = SubjectKey::unwrap(&org, key_id(&sealed).unwrap(), &subject, &wrapped).unwrap();
    assert_eq!(open(&key, &home().place(), &sealed).ok().unwrap().expose(), PHONE);
    assert_eq!(hex::encode(key.reference(&"r1".into())), FIRST_REFERENCE);
    let secret = open_system(&org, "totp", "p1", &hex::decode(FIRST_SYSTEM).unwrap()).ok().unwrap();
    assert_eq!(secret.expose(), b"12345678901234567890");
}

/// Prints the constants below; run only to add a format, never to replace one.
#[test]
#[ignore = "makes constants"]
fn make_constants() {
    let org = Key32::from_bytes([0x11; 32]);
    let key = SubjectKey::generate(&"01890000-0000-7000-8000-000000000001".into()).unwrap();
    let wrapped = key.wrap(&org).unwrap();
    for (name, bytes) in [
        ("WRAPPED", wrapped.bytes),
        ("COMMITMENT", wrapped.commitment.to_vec()),
        ("SEALED", seal(&key, &home().place(), PHONE.as_bytes()).unwrap()),
        ("REFERENCE", key.reference(&"r1".into()).to_vec()),
        ("SYSTEM", seal_system(&org, "totp", "p1", b"12345678901234567890").unwrap()),
    ] {
        println!("const FIRST_{name}: &str = \"{}\";", hex::encode(bytes));
    }
}

#[rustfmt::skip]
mod first {
    pub(super) const FIRST_WRAPPED: &str = "0101d8744178f1b083aa1ca873b8c81f897e8159d47fe142aca9bc53cebcb36daa6850509bc00abf60a2d5aad83db3548da83732f6698c1aeb2a9c1063b6";
    pub(super) const FIRST_COMMITMENT: &str = "928e68f196806882f149436de4b95d8165a67d41183c1ff3c019a343bac1f518";
    pub(super) const FIRST_SEALED: &str = "010101a20c76d025717fbdb0302ca178b4fce250805f4161d36404b33707e4937f2adf8e8a3d97954a58f0ddad3581d17c84e69abe3a3f8cae5bc733382e";
    pub(super) const FIRST_REFERENCE: &str = "0c9812e5654cc81b60e586879c77b5fe01ddf0da79f1f2eedb4b3ae3fb513a75";
    pub(super) const FIRST_SYSTEM: &str = "0101a5af72b2e9807efc18b42a45732e373c002aab6e8214f679830c694a1b523ab9c551b2276f41e7af14d925819b861df5bb9d9bb3e297540ea8bf85ad";
}
use first::*;

#[test]
fn aes_256_gcm_meets_the_published_vectors() {
    for (key, nonce, plain, aad, cipher, tag) in NIST {
        let bytes = |text: &str| hex::decode(text).unwrap();
        let (key, plain, aad) = (Key32::from_slice(&bytes(key)).unwrap(), bytes(plain), bytes(aad));
        let expected = bytes(&format!("{nonce}{cipher}{tag}"));
        let mut sealed = Vec::new();
        encrypt_with(bytes(nonce).try_into().unwrap(), &key, &aad, &plain, &mut sealed).unwrap();
        assert_eq!(sealed, expected, "{nonce}");
        assert_eq!(decrypt(&key, &aad, &expected, WHAT).ok().unwrap().expose(), plain);
        for bit in 0..expected.len() * 8 {
            let mut bad = expected.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(decrypt(&key, &aad, &bad, WHAT).is_err());
        }
    }
}

/// NIST CAVP `gcmEncryptExtIV256.rsp`, one of each length of plaintext and associated data:
/// key, nonce, plaintext, associated data, ciphertext, tag.
#[rustfmt::skip]
const NIST: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4", "516c33929df5a3284ff463d7", "", "", "", "bdc1ac884d332457a1d2664f168c76f0"),
    ("78dc4e0aaf52d935c3c01eea57428f00ca1fd475f5da86a49c8dd73d68c8e223", "d79cf22d504cc793c3fb6c8a", "", "b96baa8c1c75a671bfb2d08d06be5f36", "", "3e5d486aa2e30b22e040b85723a06e76"),
    ("886cff5f3e6b8d0e1ad0a38fcdb26de97e8acbe79f6bed66959a598fa5047d65", "3a8efa1cd74bbab5448f9945", "", "519fee519d25c7a304d6c6aa1897ee1eb8c59655", "", "f6d47505ec96c98a42dc3ae719877b87"),
    ("f4069bb739d07d0cafdcbc609ca01597f985c43db63bbaaa0debbb04d384e49c", "d25ff30fdc3d464fe173e805", "", "3e1449c4837f0892f9d55127c75c4b25d69be334baf5f19394d2d8bb460cbf2120e14736d0f634aa792feca20e455f11", "", "805ec2931c2181e5bfb74fa0a975f0cf"),
    ("03ccb7dbc7b8425465c2c3fc39ed0593929ffd02a45ff583bd89b79c6f646fe9", "fd119985533bd5520b301d12", "", "98e68c10bf4b5ae62d434928fc6405147c6301417303ef3a703dcfd2c0c339a4d0a89bd29fe61fecf1066ab06d7a5c31a48ffbfed22f749b17e9bd0dc1c6f8fbd6fd4587184db964d5456132106d782338c3f117ec05229b0899", "", "cf54e7141349b66f248154427810c87a"),
    ("31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22", "0d18e06c7c725ac9e362e1ce", "2db5168e932556f8089a0622981d017d", "", "fa4362189661d163fcd6a56d8bf0405a", "d636ac1bbedd5cc3ee727dc2ab4a9489"),
    ("92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b", "ac93a1a6145299bde902f21a", "2d71bcfa914e4ac045b2aa60955fad24", "1e0889016f67601c8ebea4943bc23ad6", "8995ae2e6df3dbf96fac7b7137bae67f", "eca5aa77d51d4a0a14d9c51e1da474ab"),
    ("83688deb4af8007f9b713b47cfa6c73e35ea7a3aa4ecdb414dded03bf7a0fd3a", "0b459724904e010a46901cf3", "33d893a2114ce06fc15d55e454cf90c3", "794a14ccd178c8ebfd1379dc704c5e208f9d8424", "cc66bee423e3fcd4c0865715e9586696", "0fb291bd3dba94a1dfd8b286cfb97ac5"),
    ("e4fed339c7b0cd267305d11ab0d5c3273632e8872d35bdc367a1363438239a35", "0365882cf75432cfd23cbd42", "fff39a087de39a03919fbd2f2fa5f513", "8a97d2af5d41160ac2ff7dd8ba098e7aa4d618f0f455957d6a6d0801796747ba57c32dfbaaaf15176528fe3a0e4550c9", "8d9e68f03f7e5f4a0ffaa7650d026d08", "3554542c478c0635285a61d1b51f6afa"),
    ("80d755e24d129e68a5259ec2cf618e39317074a83c8961d3768ceb2ed8d5c3d7", "7598c07ba7b16cd12cf50813", "5e7fd1298c4f15aa0f1c1e47217aa7a9", "0e94f4c48fd0c9690c853ad2a5e197c5de262137b69ed0cdfa28d8d12413e4ffff15374e1cccb0423e8ed829a954a335ed705a272ad7f9abd1057c849bb0d54b768e9d79879ec552461cc04adb6ca0040c5dd5bc733d21a93702", "5762a38cf3f2fdf3645d2f6696a7eead", "8a6708e69468915c5367573924fe1ae3"),
    ("82c4f12eeec3b2d3d157b0f992d292b237478d2cecc1d5f161389b97f999057a", "7b40b20f5f397177990ef2d1", "982a296ee1cd7086afad976945", "", "ec8e05a0471d6b43a59ca5335f", "113ddeafc62373cac2f5951bb9165249"),
    ("dad89d9be9bba138cdcf8752c45b579d7e27c3dbb40f53e771dd8cfd500aa2d5", "cfb2aec82cfa6c7d89ee72ff", "b526ba1050177d05b0f72f8d67", "6e43784a91851a77667a02198e28dc32", "8b29e66e924ecae84f6d8f7d68", "1e365805c8f28b2ed8a5cadfd9079158"),
    ("69b458f2644af9020463b40ee503cdf083d693815e2659051ae0d039e606a970", "8d1da8ab5f91ccd09205944b", "f3e0e09224256bf21a83a5de8d", "036ad5e5494ef817a8af2f5828784a4bfedd1653", "c0a62d77e6031bfdc6b13ae217", "a794a9aaee48cd92e47761bf1baff0af"),
    ("5f671466378f470ba5f5160e2209f3d95a48b7e560625d5a08654414de23aee2", "6b3c08a663d04132243dd96c", "c428592d9f8a7f107ec4d0df05", "12965559c31d538f937bda6eee9c93b0387318dc5d9496fb1c3a0b9b978dbfebff2a5823974ee9d679834dbe59f7ec51", "1d8d7fe4357080c817303ce19c", "e88d6b566fdc7b4fd62106bd2eb806ec"),
    ("ff9506b4d46ba54128876fadfcc673a4c927c618ea7d95cfcaa508cbc8f7fc66", "3742ad2208a0484345eee1be", "7fd0d6cadc92cad27bb2d7d8c8", "f1360a27fdc244be8739d85af6491c762a693aafe668c449515fdeeedb6a90aeee3891bbc8b69adc6a6426cb12fcdebc32c9f58c5259d128b91efa28620a3a9a0168b0ff5e76951cb41647ba4aa1f87fac0d97ac580e42cffc7e", "bdb8346b28eb4d7226493611a6", "7484d827b767647f44c7f94a39f8175c"),
    ("268ed1b5d7c9c7304f9cae5fc437b4cd3aebe2ec65f0d85c3918d3d3b5bba89b", "9ed9d8180564e0e945f5e5d4", "fe29a40d8ebf57262bdb87191d01843f4ca4b2de97d88273154a0b7d9e2fdb80", "", "791a4a026f16f3a5ea06274bf02baab469860abde5e645f3dd473a5acddeecfc", "05b2b74db0662550435ef1900e136b15"),
    ("37ccdba1d929d6436c16bba5b5ff34deec88ed7df3d15d0f4ddf80c0c731ee1f", "5c1b21c8998ed6299006d3f9", "ad4260e3cdc76bcc10c7b2c06b80b3be948258e5ef20c508a81f51e96a518388", "22ed235946235a85a45bc5fad7140bfa", "3b335f8b08d33ccdcad228a74700f1007542a4d1e7fc1ebe3f447fe71af29816", "1fbf49cc46f458bf6e88f6370975e6d4"),
    ("5853c020946b35f2c58ec427152b840420c40029636adcbb027471378cfdde0f", "eec313dd07cc1b3e6b068a47", "ce7458e56aef9061cb0c42ec2315565e6168f5a6249ffd31610b6d17ab64935e", "1389b522c24a774181700553f0246bbabdd38d6f", "eadc3b8766a77ded1a58cb727eca2a9790496c298654cda78febf0da16b6903b", "3d49a5b32fde7eafcce90079217ffb57"),
    ("dc776f0156c15d032623854b625c61868e5db84b7b6f9fbd3672f12f0025e0f6", "67130951c4a57f6ae7f13241", "9378a727a5119595ad631b12a5a6bc8a91756ef09c8d6eaa2b718fe86876da20", "fd0920faeb7b212932280a009bac969145e5c316cf3922622c3705c3457c4e9f124b2076994323fbcfb523f8ed16d241", "6d958c20870d401a3c1f7a0ac092c97774d451c09f7aae992a8841ff0ab9d60d", "b876831b4ecd7242963b040aa45c4114"),
    ("26bf255bee60ef0f653769e7034db95b8c791752754e575c761059e9ee8dcf78", "cecd97ab07ce57c1612744f5", "96983917a036650763aca2b4e927d95ffc74339519ed40c4336dba91edfbf9ad", "afebbe9f260f8c118e52b84d8880a34622675faef334cdb41be9385b7d059b79c0f8a432d25f8b71e781b177fce4d4c57ac5734543e85d7513f96382ff4b2d4b95b2f1fdbaf9e78bbd1db13a7dd26e8a4ac83a3e8ab42d1d545f", "e34b1540a769f7913331d66796e00bdc3ee0f258cf244eb7663375cc5ad6c658", "3841f02beb7a7fca7e578922d0a2f80c"),
    ("1fded32d5999de4a76e0f8082108823aef60417e1896cf4218a2fa90f632ec8a", "1f3afa4711e9474f32e70462", "06b2c75853df9aeb17befd33cea81c630b0fc53667ff45199c629c8e15dce41e530aa792f796b8138eeab2e86c7b7bee1d40b0", "", "91fbd061ddc5a7fcc9513fcdfdc9c3a7c5d4d64cedf6a9c24ab8a77c36eefbf1c5dc00bc50121b96456c8cd8b6ff1f8b3e480f", "30096d340f3d5c42d82a6f475def23eb"),
    ("5fe01c4baf01cbe07796d5aaef6ec1f45193a98a223594ae4f0ef4952e82e330", "bd587321566c7f1a5dd8652d", "881dc6c7a5d4509f3c4bd2daab08f165ddc204489aa8134562a4eac3d0bcad7965847b102733bb63d1e5c598ece0c3e5dadddd", "9013617817dda947e135ee6dd3653382", "16e375b4973b339d3f746c1c5a568bc7526e909ddff1e19c95c94a6ccff210c9a4a40679de5760c396ac0e2ceb1234f9f5fe26", "abd3d26d65a6275f7a4f56b422acab49"),
    ("24501ad384e473963d476edcfe08205237acfd49b5b8f33857f8114e863fec7f", "9ff18563b978ec281b3f2794", "27f348f9cdc0c5bd5e66b1ccb63ad920ff2219d14e8d631b3872265cf117ee86757accb158bd9abb3868fdc0d0b074b5f01b2c", "adb5ec720ccf9898500028bf34afccbcaca126ef", "eb7cb754c824e8d96f7c6d9b76c7d26fb874ffbf1d65c6f64a698d839b0b06145dae82057ad55994cf59ad7f67c0fa5e85fab8", "bc95c532fecc594c36d1550286a7a3f0"),
    ("463b412911767d57a0b33969e674ffe7845d313b88c6fe312f3d724be68e1fca", "611ce6f9a6880750de7da6cb", "e7d1dcf668e2876861940e012fe52a98dacbd78ab63c08842cc9801ea581682ad54af0c34d0d7f6f59e8ee0bf4900e0fd85042", "0a682fbc6192e1b47a5e0868787ffdafe5a50cead3575849990cdd2ea9b3597749403efb4a56684f0c6bde352d4aeec5", "8886e196010cb3849d9c1a182abe1eeab0a5f3ca423c3669a4a8703c0f146e8e956fb122e0d721b869d2b6fcd4216d7d4d3758", "2469cecd70fd98fec9264f71df1aee9a"),
    ("148579a3cbca86d5520d66c0ec71ca5f7e41ba78e56dc6eebd566fed547fe691", "b08a5ea1927499c6ecbfd4e0", "9d0b15fdf1bd595f91f8b3abc0f7dec927dfd4799935a1795d9ce00c9b879434420fe42c275a7cd7b39d638fb81ca52b49dc41", "e4f963f015ffbb99ee3349bbaf7e8e8e6c2a71c230a48f9d59860a29091d2747e01a5ca572347e247d25f56ba7ae8e05cde2be3c97931292c02370208ecd097ef692687fecf2f419d3200162a6480a57dad408a0dfeb492e2c5d", "2097e372950a5e9383c675e89eea1c314f999159f5611344b298cda45e62843716f215f82ee663919c64002a5c198d7878fd3f", "adbecdb0d5c2224d804d2886ff9a5760"),
];
