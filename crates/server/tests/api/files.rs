//! Photos and files over the wire: what a client sends, what comes back, and what never does.

use crate::company::client::Client;
use crate::company::{House, customer_of, id, in_every_house};
use serde_json::{Value as Json, json};

const PLACE: &[u8] = b"31/1 13/1 4998/100 121/1 28/1";

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, marker];
    out.extend_from_slice(&u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// A photograph with the place where it was taken, in Exif, in XMP and in a film behind it.
fn photograph() -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    out.extend(segment(0xE1, &[b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0".as_slice(), PLACE].concat()));
    out.extend(segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), PLACE].concat()));
    out.extend(segment(0xC0, b"\x08\0\x10\0\x10\x01\x01\x11\0"));
    out.extend(segment(0xDA, b"\x01\x01\0\0\x3f\0"));
    out.extend_from_slice(b"what is drawn\xFF\xD9");
    out.extend_from_slice(PLACE);
    out
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

async fn folder_of(house: &House, client: &Client) -> String {
    let customer = id(&customer_of(house, client).await);
    format!("/api/v1/objects/customer/records/{customer}/files")
}

fn named(client: &Client, name: &str) -> Client {
    client.clone().with("x-kedun-file-name", name)
}

#[test]
fn a_photo_comes_back_as_it_was_without_where_it_was_taken() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        let at = folder_of(house, &rep).await;
        let empty = rep.get(&at).await.expect(200).json();
        assert_eq!((&empty["files"], &empty["may_add"]), (&json!([]), &json!(true)));
        let sent = photograph();
        assert!(holds(&sent, PLACE), "the place is planted");
        let sender = named(&rep, "%E9%97%A8%E5%A4%B4.JPG");
        let file = sender.raw("POST", &at, Some("image/jpeg"), sent).await.expect(201).json();
        assert_eq!((&file["name"], &file["kind"]), (&json!("门头.JPG"), &json!("jpeg")));
        assert_eq!(file["rights"], json!({ "read": true, "remove": true }));
        let listed = rep.get(&at).await.expect(200).json();
        assert_eq!(listed["files"], json!([file]));

        let rows = house.log_rows().await;
        let one = format!("{at}/{}", id(&file));
        let reply = rep.get(&one).await.expect(200);
        assert!(house.log_rows().await > rows, "a look leaves its row");
        assert!(holds(&reply.bytes, b"what is drawn"));
        assert!(!holds(&reply.bytes, PLACE) && !holds(&reply.bytes, b"Exif"), "the place is gone");
        assert_eq!(reply.bytes.len() as u64, file["size"].as_u64().unwrap());
        for (name, value) in [
            ("content-type", "image/jpeg"),
            (
                "content-disposition",
                "attachment; filename=\"kedun.JPG\"; filename*=UTF-8''%E9%97%A8%E5%A4%B4.JPG",
            ),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), Some(value));
        }
        let looks = rep.get(&at.replace("/files", "/audience")).await.expect(200).json();
        assert!(looks["looks"].as_array().unwrap().iter().any(|look| look["action"] == "file"), "{looks}");

        rep.delete(&one).await.expect(204);
        rep.get(&one).await.refuses(404, "not_found");
        rep.delete(&one).await.refuses(404, "not_found");
        assert_eq!(rep.get(&at).await.json()["files"], json!([]));
        // What it held is gone, so nobody takes it back out.
        let manager = house.as_("wang.jianguo").await;
        let back = format!("/api/v1/objects/file/records/{}/restoration", id(&file));
        let refused = manager.call("POST", &back, None).await;
        assert!(matches!(refused.status, 403 | 404 | 409), "{}", refused.text());
    });
}

#[test]
fn files_of_others_are_not_there_and_what_has_no_mask_is_not_shown_to_who_sees_masks() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        let customer = customer_of(house, &rep).await;
        let at = format!("/api/v1/objects/customer/records/{}/files", id(&customer));
        let pdf = b"%PDF-1.4\n13800138000\n%%EOF".to_vec();
        let file = named(&rep, "a.pdf").raw("POST", &at, Some("application/pdf"), pdf.clone()).await;
        let one = format!("{at}/{}", id(&file.expect(201).json()));
        for login in ["chen.jing", "sun.yue", "xu.hui", "he.zheng", "zheng.kai", "feng.an", "shen.ming"] {
            let other = house.as_(login).await;
            other.get(&at).await.refuses(404, "not_found");
            other.get(&one).await.refuses(404, "not_found");
            other.delete(&one).await.refuses(404, "not_found");
            named(&other, "a.pdf")
                .raw("POST", &at, Some("application/pdf"), pdf.clone())
                .await
                .refuses(404, "not_found");
        }
        // Under another customer it is not there either, also for its owner.
        let elsewhere = folder_of(house, &rep).await;
        rep.get(&format!("{elsewhere}/{}", one.rsplit('/').next().unwrap())).await.refuses(404, "not_found");

        // An intern whom the customer is shared with may add, and knows that there are files; what they hold has no mask.
        let intern = house.as_("sun.yue").await;
        let until = kedun_model::moment::text(house.vault.clock().now() + 86_400_000);
        let share = |level: &str| json!({ "person": "", "level": level, "purpose": "拜访", "until": until });
        for (level, added) in [("read", 403), ("edit", 201)] {
            let mut body = share(level);
            body["person"] = json!(house.id_of("sun.yue").await);
            rep.post(&at.replace("/files", "/shares"), body).await.expect(201);
            let seen = intern.get(&at).await.expect(200).json();
            assert_eq!(seen["may_add"], json!(added == 201));
            assert_eq!(seen["files"][0]["rights"], json!({ "read": false, "remove": false }));
            assert!(seen["files"][0].get("name").is_none());
            intern.get(&one).await.refuses(403, "forbidden");
            intern.delete(&one).await.refuses(403, "forbidden");
            let sent = named(&intern, "b.pdf").raw("POST", &at, Some("application/pdf"), pdf.clone()).await;
            sent.expect(added);
        }
    });
}

#[test]
fn what_may_not_be_kept_is_refused_by_name_and_rule() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        let at = folder_of(house, &rep).await;
        let sender = named(&rep, "a.pdf");
        let bin = Some("application/octet-stream");
        for (bytes, code) in [
            (b"GIF89a\x01\0".to_vec(), "file_kind"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "file_kind"),
            (b"\xFF\xD8\xFF\xE0".to_vec(), "file_damaged"),
            (b"%PDF-1.4".to_vec(), "file_damaged"),
            (Vec::new(), "required"),
        ] {
            sender.raw("POST", &at, bin, bytes).await.faults("file", code);
        }
        let pdf = b"%PDF-1.4\n%%EOF".to_vec();
        for kind in
            [None, Some("text/plain"), Some("multipart/form-data; boundary=x"), Some("application/json")]
        {
            let reply =
                sender.raw("POST", &at, kind, pdf.clone()).await.refuses(415, "unsupported_media_type");
            assert_eq!(reply.json()["errors"][0]["field"], "content-type");
        }
        rep.raw("POST", &at, bin, pdf.clone()).await.faults("name", "required");
        for (name, code) in [
            ("a%2Fb.pdf", "file_name"),
            ("%zz", "file_name"),
            ("%20", "required"),
            ("a%00b", "control_character"),
        ] {
            named(&rep, name).raw("POST", &at, bin, pdf.clone()).await.faults("name", code);
        }
        named(&rep, &"x".repeat(300)).raw("POST", &at, bin, pdf.clone()).await.faults("name", "too_long");
        sender
            .raw("POST", &format!("{at}?follow_up=nothing"), bin, pdf.clone())
            .await
            .faults("follow_up", "unknown_record");
        let mut large = pdf.clone();
        large.resize((10 << 20) + 1, b' ');
        sender.raw("POST", &at, bin, large.clone()).await.refuses(413, "too_large");
        // The largest that may be kept is, whole.
        large.truncate(10 << 20);
        large.splice((10 << 20) - 5.., *b"%%EOF");
        let file = sender.raw("POST", &at, bin, large.clone()).await.expect(201).json();
        assert!(rep.get(&format!("{at}/{}", id(&file))).await.expect(200).bytes == large);
        // Nobody makes a file without what it holds, and nobody says themselves what it is.
        let of = at.split('/').nth(6).unwrap();
        let body = json!({ "fields": { "customer": of, "name": "a.pdf" } });
        rep.post("/api/v1/objects/file/records", body).await.faults("file", "required");
        rep.patch(&format!("/api/v1/objects/file/records/{}", id(&file)), json!({ "fields": { "size": 1 } }))
            .await
            .faults("size", "not_writable");
        assert_eq!(rep.get(&at).await.json()["files"].as_array().unwrap().len(), 1);
        rep.get(&at.replace("/customer/", "/contact/")).await.refuses(404, "not_found");
    });
}

#[test]
fn what_is_sent_twice_is_kept_once() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        let at = folder_of(house, &rep).await;
        let key = uuid::Uuid::now_v7().to_string();
        let sender = named(&rep, "a.pdf").with("idempotency-key", &key);
        let pdf = b"%PDF-1.4\n%%EOF".to_vec();
        let send = |bytes: Vec<u8>| {
            let (sender, at) = (sender.clone(), at.clone());
            async move { sender.raw("POST", &at, Some("application/pdf"), bytes).await }
        };
        let (one, two) = tokio::join!(send(pdf.clone()), send(pdf.clone()));
        let known: Json = one.expect(201).json();
        assert_eq!(two.expect(201).json()["id"], known["id"]);
        assert_eq!(send(pdf).await.expect(201).json()["id"], known["id"]);
        send(b"%PDF-1.4\nother\n%%EOF".to_vec()).await.refuses(409, "idempotency_key_reused");
        assert_eq!(rep.get(&at).await.json()["files"].as_array().unwrap().len(), 1);
    });
}
