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
