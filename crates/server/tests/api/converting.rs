//! Converting a lead over HTTP: sent twice it is done once, and each refusal names its place.

use crate::company::{a_phone, id, in_every_house, intake};
use serde_json::json;

const LEADS: &str = "/api/v1/objects/lead/records";
const REP: &str = "zhang.wei";

#[test]
fn a_conversion_that_is_sent_twice_makes_one_customer() {
    in_every_house(async |house| {
        let rep = house.as_(REP).await;
        let phone = a_phone();
        let fields = json!({ "company": "点了两次的线索", "name": "林若琳", "phone": phone });
        let body = json!({ "fields": fields, "intake": intake(house, false) });
        let lead = rep.post(LEADS, body).await.expect(201).json();
        assert_eq!(lead["rights"]["convert"], json!(true));
        let at = format!("{LEADS}/{}", id(&lead));
        let preview = rep.post(&format!("{at}/conversions/previews"), json!({})).await.expect(200);
        assert!(!preview.text().contains(&phone), "{}", preview.text());
        assert_eq!(preview.json()["also"], json!(["contact", "opportunity"]));

        let conversions = format!("{at}/conversions");
        rep.post(&conversions, json!({ "also": { "opportunity": {} } }))
            .await
            .faults("also.opportunity.name", "required");
        rep.post(&conversions, json!({ "contact": true })).await.expect(422);
        let stale = rep.clone().with("if-match", "\"9\"");
        stale.post(&conversions, json!({})).await.refuses(409, "revision_conflict");

        let key = uuid::Uuid::now_v7().to_string();
        let client = rep.clone().with("idempotency-key", &key).with("if-match", "\"1\"");
        let asked = json!({ "also": { "contact": {} } });
        let sent = [(); 3].map(|()| client.post(&conversions, asked.clone()));
        let mut made = std::collections::BTreeSet::new();
        for reply in futures_util::future::join_all(sent).await {
            let reply = reply.expect(201).json();
            assert_eq!(reply["left_behind"], json!([]));
            made.insert(id(&reply["record"]));
        }
        assert_eq!(made.len(), 1, "one customer");
        let again = client.post(&conversions, asked).await.expect(201).json();
        assert!(made.contains(&id(&again["record"])));
        client.post(&conversions, json!({})).await.refuses(409, "idempotency_key_reused");
        rep.post(&conversions, json!({})).await.refuses(409, "already_converted");
        let after = rep.get(&at).await.expect(200).json();
        assert!(after["rights"].get("convert").is_none());
        assert_eq!(after["fields"]["customer"]["value"]["id"], again["record"]["id"]);
        rep.patch(&at, json!({ "fields": { "status": "new" } })).await.faults("status", "locked_option");
        // The same person again, from another lead: who is known is said by the field, without a value.
        let fields = json!({ "company": "同一人的线索", "name": "林若琳", "phone": phone });
        let body = json!({ "fields": fields, "intake": intake(house, false) });
        let refused = rep.post(LEADS, body).await;
        refused.refuses(409, "duplicate");
    });
}
