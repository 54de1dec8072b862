//! Published vectors of the algorithms below the formats: HMAC-SHA-256, HKDF-SHA-256, Argon2id, SHA-256.
//! AES-256-GCM (NIST) stands with the seals, TOTP (RFC 6238) with the codes.

use super::mac::Keyed;
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use sha2::{Digest, Sha256};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace([' ', '\n'], "")).unwrap()
}

#[test]
fn sha_256_fips_180() {
    for (text, digest) in [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ] {
        assert_eq!(hex::encode(Sha256::digest(text)), digest);
    }
}

#[test]
fn hmac_sha_256_rfc_4231() {
    let cases: [(Vec<u8>, Vec<u8>, &str); 6] = [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, data, tag) in cases {
        assert_eq!(hex::encode(Keyed::new(&key).tag(&[&data])), tag);
        let (a, b) = data.split_at(3);
        assert_eq!(hex::encode(Keyed::new(&key).tag(&[a, b])), tag, "in parts");
    }
}

#[test]
fn hkdf_sha_256_rfc_5869() {
    const FIRST: &str = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
    // Material, salt, info, first block of the output (our keys are one block).
    let cases = [
        (vec![0x0b; 22], range(0x00, 0x0c), range(0xf0, 0xf9), FIRST),
        (
            range(0x00, 0x4f),
            range(0x60, 0xaf),
            range(0xb0, 0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
        ),
        (vec![0x0b; 22], vec![], vec![], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
    ];
    for (material, salt, info, key) in cases {
        assert_eq!(hex::encode(Keyed::extract(&salt, &material).expand(&info).expose()), key);
    }
    // The pseudorandom key of the first case.
    let prk = bytes("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    assert_eq!(hex::encode(Keyed::new(&prk).expand(&range(0xf0, 0xf9)).expose()), FIRST);
}

#[test]
fn argon2id_rfc_9106() {
    // Section 5.3: 32 KiB, three passes, four lanes, with a secret and associated data.
    let mut params = ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).data(AssociatedData::new(&[4; 12]).unwrap());
    let argon2 =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params.build().unwrap())
            .unwrap();
    let mut tag = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    assert_eq!(hex::encode(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

#[test]
fn argon2id_reference_implementation() {
    // phc-winner-argon2, test.c: through the parameters that passwords use.
    let cost = super::HashCost { memory_kib: 256, passes: 2, lanes: 1 };
    let tag = cost.stretch(b"password", b"somesalt").unwrap();
    assert_eq!(hex::encode(tag.expose()), "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
}
