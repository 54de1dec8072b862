//! Whoever holds a customer's link, over the wire: no session, and nothing without it.

use crate::company::client::Client;
use crate::company::{House, customer_of, id, in_every_house};
use serde_json::{Value as Json, json};

/// Somebody without a session who holds the link of a new customer, with the customer and the code.
pub async fn holder(house: &House) -> (Client, Json, String) {
    let rep = house.as_("zhang.wei").await;
    let customer = customer_of(house, &rep).await;
    let at = format!("/api/v1/objects/customer/records/{}/links", id(&customer));
    let made = rep.post(&at, json!({ "days": 7 })).await.expect(201).json();
    let secret = made["secret"].as_str().unwrap();
    (house.nobody().with("x-kedun-link", secret), customer, made["code"].as_str().unwrap().to_owned())
}

#[test]
fn a_link_opens_its_page_and_names_nobody() {
    in_every_house(async |house| {
        let (guest, customer, _) = holder(house).await;
        let page = guest.get("/api/v1/public/rights").await.expect(200);
        for told in [customer["title"].as_str().unwrap(), "zhang.wei", "138"] {
            assert!(!page.text().contains(told), "{told} is told");
        }
        let consent = page.json()["consents"][0]["id"].clone();
        let receipt = format!("/api/v1/public/rights/receipts/{}", consent.as_str().unwrap());
        assert!(guest.get(&receipt).await.expect(200).text().starts_with("kedun-certificate/1 consent\n"));
        let left = guest.post("/api/v1/public/rights/withdrawals", json!({ "consent": consent })).await;
        assert!(left.expect(200).json()["consents"][0]["withdrawn_at"].is_string());
        let body = json!({ "kind": "complaint", "text": "calls" });
        let asked = guest.post("/api/v1/public/rights/requests", body).await.expect(201).json();
        // The link is no session, and opens nothing of the staff's.
        guest.get("/api/v1/rights_requests").await.refuses(401, "no_session");
        guest.get(&format!("/api/v1/rights_requests/{}", id(&asked))).await.refuses(401, "no_session");
    });
}

#[test]
fn no_link_a_wrong_one_and_a_session_in_its_place_answer_alike() {
    in_every_house(async |house| {
        let (guest, customer, code) = holder(house).await;
        let none = house.nobody().get("/api/v1/public/rights").await.expect(404);
        for secret in ["kdl_", "kdl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", code.as_str(), "é"] {
            let wrong = house.nobody().with("x-kedun-link", secret).get("/api/v1/public/rights").await;
            assert_eq!(wrong.expect(404).bytes, none.bytes, "{secret}");
        }
        let rep = house.as_("zhang.wei").await.get("/api/v1/public/rights").await;
        assert_eq!(rep.expect(404).bytes, none.bytes);
        // A link that was taken back is as unknown as one that never was.
        let rep = house.as_("zhang.wei").await;
        let at = format!("/api/v1/objects/customer/records/{}/links", id(&customer));
        let links = rep.get(&at).await.expect(200).json();
        assert!(!links.to_string().contains("kdl_"));
        rep.delete(&format!("{at}/{}", id(&links["links"][0]))).await.expect(204);
        assert_eq!(guest.get("/api/v1/public/rights").await.expect(404).bytes, none.bytes);
    });
}

#[test]
fn a_copy_takes_the_photos_along_in_one_archive_under_a_name_that_every_client_spells() {
    in_every_house(async |house| {
        let (guest, customer, code) = holder(house).await;
        let rep = house.as_("zhang.wei").await;
        let at = format!("/api/v1/objects/customer/records/{}/files", id(&customer));
        let pdf = b"%PDF-1.4\nwhat the customer signed\n%%EOF".to_vec();
        let sender = rep.clone().with("x-kedun-file-name", "%E5%90%88%E5%90%8C.pdf");
        sender.raw("POST", &at, Some("application/pdf"), pdf.clone()).await.expect(201);
        // The last four of the number are what the masked number ends in.
        let phone = customer["fields"]["phone"].to_string();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let digits = &digits[digits.len() - 4..];
        let body = json!({ "kind": "copy", "check": { "digits": digits, "code": code } });
        let asked = guest.post("/api/v1/public/rights/requests", body).await.expect(201).json();
        let legal = house.as_("he.zheng").await;
        let answers = format!("/api/v1/rights_requests/{}/answers", id(&asked));
        let answered = legal.post(&answers, json!({})).await.expect(200).json();
        assert!(answered.get("left_out").is_none());
        let check = json!({ "digits": digits, "code": answered["copy_code"] });
        let fetch = format!("/api/v1/public/rights/requests/{}/files", id(&asked));
        let copy = guest.post(&fetch, json!({ "part": "copy.zip", "check": check })).await.expect(200);
        let number = asked["number"].as_str().unwrap();
        let name = format!(
            "attachment; filename=\"kedun-{number}.zip\"; \
             filename*=UTF-8''%E4%B8%AA%E4%BA%BA%E4%BF%A1%E6%81%AF%E5%89%AF%E6%9C%AC-{number}.zip"
        );
        assert_eq!(copy.header("content-disposition"), Some(name.as_str()));
        assert_eq!(copy.header("content-type"), Some("application/octet-stream"));
        assert!(copy.bytes.starts_with(b"PK") && copy.bytes.windows(pdf.len()).any(|w| w == pdf));
    });
}
